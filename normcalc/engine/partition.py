"""Penalties that are sums over disjoint blocks of the unknown: read from their canonical forms.

A block is a group of entries of a vector, or a row of a matrix.  Every term must be a sum over
the same blocks, or over the entries; then their sum is one function of a block, whatever it is
called.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.weights import with_weights
from normcalc.forms import Separable, Sum, Transfer
from normcalc.forms.degree import replaced
from normcalc.forms.in_coordinates import entry_kind
from normcalc.forms.lower import lower
from normcalc.forms.vectors import Blocks
from normcalc.language.calling import check_parameters
from normcalc.language.construct import plus
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Node, Number, Symbol, symbols
from normcalc.language.parameters import Parameter
from normcalc.language.shapes import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from normcalc.engine.jit import Floats


class _NotBlocks(Exception):
    """The penalty is no sum over disjoint blocks."""


@dataclass(frozen=True)
class Partition:
    """Disjoint blocks of rows of an unknown with `targets` numbers in each row.

    Block ``b`` has the rows ``order[starts[b]:starts[b + 1]]``.
    """

    order: Any
    starts: Any
    targets: int

    def __len__(self) -> int:
        """Return the number of blocks."""
        return len(self.starts) - 1

    def rows(self, blocks: Any) -> Any:
        """Return the rows of some blocks, one block after another."""
        parts = [self.order[self.starts[b] : self.starts[b + 1]] for b in blocks]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.intp)

    def of(self, blocks: Any) -> Any:
        """Return where each of some blocks starts, once their rows stand one after another."""
        sizes = np.diff(self.starts)[blocks]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


@dataclass(frozen=True)
class InBlocks:
    """A penalty as the same function of each block; `table` has its parameters, a row a block."""

    function: Function
    partition: Partition
    table: Floats


@dataclass
class _Reader:
    """Collects the terms of a block, the groups, and which parameters vary with the block."""

    block: Symbol
    bodies: list[Node] = field(default_factory=list)
    groups: Any = None
    varying: set[str] = field(default_factory=set)

    def add(self, function: Function, values: Mapping[str, Any]) -> None:
        """Add all terms of a function."""
        if function.variable.kind == "scalar":
            self._entries(function)
            return
        form = lower(function)
        for term in form.terms if isinstance(form, Sum) else (form,):
            self._term(term, values)

    def _term(self, term: Any, values: Mapping[str, Any]) -> None:
        if isinstance(term, Separable):
            self._of_separable(term)
        elif isinstance(term, Blocks):
            size = Apply("norm", (self.block, term.listing.args[-1]))
            self._listed(term.listing, Apply("mul", (term.factor, size)), values)
        elif isinstance(term, Transfer) and term.listing.head == "entries":
            self._of_separable(lower(term.outer))
        elif isinstance(term, Transfer):
            inner = lower(term.outer)
            if not isinstance(inner, Separable):
                raise _NotBlocks
            size = Apply("norm", (self.block, Number(Fraction(2))))
            self._listed(term.listing, _at(inner.element, size), values)
        else:
            raise _NotBlocks

    def _of_separable(self, form: Any) -> None:
        if not isinstance(form, Separable) or form.varying:
            raise _NotBlocks
        self._entries(form.element)

    def _entries(self, element: Function) -> None:
        if element.domain is not None:
            raise _NotBlocks
        body = replaced(element.body, Symbol(element.variable.name), self.block)
        self.bodies.append(Apply("sum", (body,)))

    def _listed(self, listing: Apply, body: Node, values: Mapping[str, Any]) -> None:
        found: Any = listing.head
        if listing.head == "group_norms":
            found = values[listing.args[1].name]  # type: ignore[union-attr]
        elif listing.head != "row_norms":
            raise _NotBlocks
        if self.groups not in (None, found):
            raise _NotBlocks
        self.groups = found
        self.varying |= {name for name in symbols(body) if np.ndim(values.get(name, 0.0))}
        self.bodies.append(body)


def _at(element: Function, size: Node) -> Node:
    """Return a function of a size at a norm, which is its own absolute value."""
    s = Symbol(element.variable.name)
    return replaced(replaced(element.body, Apply("abs", (s,)), size), s, size)


def in_blocks(
    penalties: Sequence[Function], given: Mapping[str, Any], zero: Floats
) -> InBlocks | None:
    """Return the sum of some penalties as a sum over disjoint blocks; None if it is none.

    Examples
    --------
    >>> import normcalc as nc
    >>> f = nc.function("lam*norm(x, 1) + sum(w*group_norms(x, G, 2))", w=nc.Positive.vector)
    >>> given = {"lam": 1.0, "w": [1.0, 2.0], "G": [[0, 2], [1]]}
    >>> found = in_blocks([f], given, np.zeros(3))
    >>> print(found.function, found.table.tolist())
    sum(lam*abs(u)) + w*norm(u) [[1.0, 1.0], [1.0, 2.0]]
    """
    values: dict[str, Any] = {}
    reader = _Reader(_unused(penalties))
    try:
        for each in penalties:
            own = {p.name: given[p.name] for p in each.parameters if p.name in given}
            values |= check_parameters(each, own)
            reader.add(each, values)
        partition = _partition(reader.groups, zero)
    except _NotBlocks:
        return None
    function, weights = with_weights(_function(reader, penalties))
    values |= weights
    columns = [
        _column(p.name, values, reader.varying, len(partition)) for p in function.parameters
    ]
    if any(column is None for column in columns):
        return None
    return InBlocks(function, partition, np.array(columns).reshape(-1, len(partition)).T.copy())


def _unused(penalties: Iterable[Function]) -> Symbol:
    """Return a name for the entries of a block that no parameter has."""
    taken = {p.name for f in penalties for p in f.parameters}
    return Symbol(next(name for k in count() if (name := "u" + k * "_") not in taken))


def _function(reader: _Reader, penalties: Sequence[Function]) -> Function:
    body = reduce(plus, reader.bodies)
    used = set(symbols(body))
    kinds = {p.name: entry_kind(p.kind) for f in penalties for p in f.parameters}
    kept = tuple(Parameter(name, kind) for name, kind in kinds.items() if name in used)
    relations = dict.fromkeys(r for f in penalties for r in f.relations if set(symbols(r)) <= used)
    return Function(body, Variable(reader.block.name, "vector"), kept, tuple(relations))


def _column(name: str, values: Mapping[str, Any], varying: set[str], blocks: int) -> Any:
    """Return the values of a parameter in all blocks; None if it varies in another way."""
    value = values[name]
    if np.ndim(value) == 0:
        return np.full(blocks, float(value))
    return value if name in varying and np.shape(value) == (blocks,) else None


def _partition(groups: Any, zero: Floats) -> Partition:
    """Return the blocks: the rows of a matrix, or groups that hold each entry once."""
    size = len(zero)
    if groups is None or (groups == "row_norms") != (zero.ndim == 2):
        raise _NotBlocks
    if zero.ndim == 2:
        return Partition(np.arange(size), np.arange(size + 1), zero.shape[1])
    order = np.array([i for group in groups for i in group], dtype=np.intp)
    sizes = np.array([len(group) for group in groups], dtype=np.int64)
    if not sizes.all() or not np.array_equal(np.sort(order), np.arange(size)):
        raise _NotBlocks
    return Partition(order, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), 1)
