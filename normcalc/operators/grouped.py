"""Sums of norms of groups, rows or columns: disjoint blocks, trees, and groups that overlap."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.language.evaluate import evaluate
from normcalc.operators.split import SplitTerm, minimised

if TYPE_CHECKING:
    from normcalc.language.nodes import Apply, Node
    from normcalc.operators.base import Floats, Operator, Values

Group = tuple[int, ...]


@dataclass(frozen=True)
class Blockwise:
    """The prox of ``sum(factor * norms of blocks)``, from the prox of one norm."""

    block: Operator
    factor: Node
    listing: Apply

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox.

        Disjoint blocks are independent.  Of nested groups with a 1-, 2- or infinity-norm, each
        prox is taken after those of the groups inside it.  Groups that overlap otherwise need an
        inner solver.
        """
        groups, order = blocks(self.listing, v, values)
        weights = np.broadcast_to(evaluate(self.factor, values), (len(groups),)).astype(float)
        if np.any(weights < 0):
            raise NotDerivable(f"the weights {weights} of the norms must not be negative")
        flat = v.ravel()
        if is_tree(groups) and (are_disjoint(groups) or order in (1.0, 2.0, np.inf)):
            return np.reshape(self._nested(flat, groups, weights, step, values), v.shape)
        terms = [
            self._term(g, w, flat.size, values) for g, w in zip(groups, weights, strict=True) if g
        ]
        return np.reshape(minimised(flat, step, terms).point, v.shape)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("for each block, the smallest first:", *self.block.steps(),
                "groups that overlap and are not nested: an inner solver")  # fmt: skip

    def _nested(
        self, v: Floats, groups: list[list[int]], weights: Floats, step: float, values: Values
    ) -> Floats:
        u = v.copy()
        for k in sorted(range(len(groups)), key=lambda k: len(groups[k])):
            if weights[k] > 0 and groups[k]:
                u[groups[k]] = self.block(u[groups[k]], step * weights[k], values)
        return u

    def _term(self, group: list[int], weight: float, n: int, values: Values) -> SplitTerm:
        rows = np.eye(n)[group]
        block = self.block

        def prox(y: Floats, t: float) -> Floats:
            return block(y, t * weight, values) if weight > 0 else y

        return SplitTerm(rows, np.zeros(len(group)), prox)


def blocks(listing: Apply, v: Floats, values: Values) -> tuple[list[list[int]], float]:
    """Return the places of the entries in every block of a list of norms, and the norms' order.

    Raises
    ------
    NotDerivable
        A group names an entry that v lacks.
    """
    if listing.head == "abs":
        return [[i] for i in range(v.size)], 1.0
    order = float(evaluate(listing.args[-1], values))
    places = np.arange(v.size).reshape(v.shape)
    if listing.head == "group_norms":
        found = [list(g) for g in values[listing.args[1].name]]  # type: ignore[union-attr]
        if any(i >= v.size for g in found for i in g):
            raise NotDerivable(f"a group names an index beyond the {v.size} entries")
        return found, order
    return [list(p) for p in (places if listing.head == "row_norms" else places.T)], order


@dataclass(frozen=True)
class StackedBlocks:
    """The prox of a convex function of norms of blocks, by the prox for disjoint blocks.

    Where groups overlap, or leave entries out, the function is that of disjoint blocks of the
    longer vector in which the groups stand one after the other.
    """

    inner: Operator
    listing: Apply

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        if self.listing.head != "group_norms":
            return self.inner(v, step, values)
        name = self.listing.args[1].name  # type: ignore[union-attr]
        groups = [list(g) for g in values[name]]
        listed = [i for g in groups for i in g]
        ends = np.cumsum([0, *map(len, groups)]).tolist()
        apart = {**values, name: [list(range(a, b)) for a, b in pairwise(ends)]}
        if len(set(listed)) == len(listed):
            u = v.copy()  # entries in no group are kept
            u[listed] = self.inner(v[listed], step, apart)
            return u
        rows = np.eye(v.size)[listed]
        term = SplitTerm(rows, np.zeros(len(rows)), lambda y, t: self.inner(y, t, apart))
        return minimised(v, step, [term]).point

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return (*self.inner.steps(), "groups that overlap: an inner solver, the groups stacked")


def is_tree(groups: list[list[int]]) -> bool:
    """Tell whether any two groups are disjoint or nested.

    Examples
    --------
    >>> is_tree([[0], [0, 1], [2]]), is_tree([[0, 1], [1, 2]])
    (True, False)
    """
    pairs = ((set(a), set(b)) for a, b in combinations(groups, 2))
    return all(not a & b or a <= b or b <= a for a, b in pairs)


def are_disjoint(groups: list[list[int]]) -> bool:
    """Tell whether no index lies in two groups."""
    listed: list[Any] = [i for g in groups for i in g]
    return len(set(listed)) == len(listed)
