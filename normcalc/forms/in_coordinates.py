"""Write a function of a vector in explicit coordinates, for one chosen length."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

from normcalc.errors import InputError
from normcalc.language.arithmetic import exact
from normcalc.language.construct import conjunction, minus, negate, times
from normcalc.language.function import Function
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    symbols,
)
from normcalc.language.parameters import Kind, Parameter
from normcalc.language.shapes import Variable
from normcalc.language.text import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_ONE, _TWO, _ZERO = Number(Fraction(1)), Number(Fraction(2)), Number(Fraction(0))
_MINUS = Number(Fraction(-1))
_LONGEST_SORT = 6

Entries = Node | tuple[Node, ...]


def in_coordinates(
    function: Function, size: int, given: Mapping[str, Any] | None = None
) -> Function:
    """Return the function of x1, ..., xn that a function of a vector is for vectors of length n.

    Vector parameters become one parameter per entry, in the same manner.  Values given for
    vectors, matrices and groups are written into the formula as numbers; the entries of a vector
    may be formulas themselves.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(in_coordinates(function("norm(x, 2) + sum(abs(x))"), 2))
    sqrt(x1**2 + x2**2) + (abs(x1) + abs(x2))
    """
    if function.variable.kind != "vector":
        raise InputError(f"{function} is not a function of a vector; it has its coordinates")
    name, known = function.variable.name, dict(given or {})
    open_ = [p for p in function.parameters if p.name not in known]
    function = replace(function, parameters=tuple(open_))
    table = {name: Variable(name, "coordinates", size).names}
    taken = set(symbols(function.body))
    for parameter in open_:
        if parameter.kind.shape == "vector":
            table[parameter.name] = _entry_names(parameter.name, size, taken)
    body = _expand(_Writer(table, size, known), function.body)
    assert not isinstance(body, tuple), "a function has one number for a value"
    variable = Variable(name, "coordinates", size)
    parameters = tuple(_entry_parameters(function, table))
    relations = (*function.relations, *_orders(function, table))
    return Function(body, variable, parameters, relations)


@dataclass(frozen=True)
class _Writer:
    table: dict[str, tuple[str, ...]]
    size: int
    given: dict[str, Any] = field(default_factory=dict)


def _entry_names(name: str, size: int, taken: set[str]) -> tuple[str, ...]:
    plain = tuple(f"{name}{i}" for i in range(1, size + 1))
    return plain if not taken & set(plain) else tuple(f"{name}_{i}" for i in range(1, size + 1))


def _entry_parameters(function: Function, table: dict[str, tuple[str, ...]]) -> list[Parameter]:
    found: list[Parameter] = []
    for parameter in function.parameters:
        kind = entry_kind(parameter.kind)
        names = table.get(parameter.name, (parameter.name,))
        found += [Parameter(name, kind) for name in names]
    return found


def entry_kind(kind: Kind) -> Kind:
    """Return the kind of the entries of a vector of this kind; a scalar kind is its own."""
    if kind.shape == "scalar":
        return kind
    plain = {"Nonincreasing": "Nonnegative", "Vector": "Real"}
    name = plain.get(kind.name, kind.name.removesuffix(".vector"))
    return replace(kind, name=name, shape="scalar", order=None)


def _orders(function: Function, table: dict[str, tuple[str, ...]]) -> list[Compare]:
    ordered = [p.name for p in function.parameters if p.kind.order == "nonincreasing"]
    return [
        Compare(">=", Symbol(a), Symbol(b))
        for name in ordered
        for a, b in zip(table[name], table[name][1:], strict=False)
    ]


def _expand(writer: _Writer, node: Node) -> Entries:
    """Return the formula, entry by entry where its value is a vector."""
    if isinstance(node, Symbol) and node.name in writer.table:
        return tuple(Symbol(name) for name in writer.table[node.name])
    if isinstance(node, Symbol) and node.name in writer.given:
        return _written(writer.given[node.name])
    if isinstance(node, Apply) and node.head == "image":
        return _image(_value_of(writer, node.args[0]), _expand(writer, node.args[1]))
    if isinstance(node, Apply) and node.head == "group_norms":
        groups = [[int(i) for i in group] for group in _value_of(writer, node.args[1])]
        return _group_norms(_expand(writer, node.args[0]), groups, node.args[2])
    if isinstance(node, Apply):
        parts = [_expand(writer, arg) for arg in node.args]
        if node.head in _REDUCTIONS:
            return _REDUCTIONS[node.head](*parts)
        return _spread(parts, lambda *args: Apply(node.head, args))
    if isinstance(node, Logic):
        parts = [_expand(writer, arg) for arg in node.args]
        if node.head == "all":
            return conjunction(*_vector(parts[0]))
        return _spread(parts, lambda *args: Logic(node.head, args))
    if isinstance(node, Compare):
        parts = [_expand(writer, node.left), _expand(writer, node.right)]
        return _spread(parts, lambda a, b: Compare(node.relation, a, b))
    if isinstance(node, Piecewise):
        return _expand_cases(writer, node)
    return node


def _expand_cases(writer: _Writer, node: Piecewise) -> Entries:
    flat = [part if part is not None else _ZERO for case in node.cases for part in case]
    last = [condition is None for _, condition in node.cases]

    def build(*args: Node) -> Node:
        pairs = zip(args[::2], args[1::2], last, strict=True)
        return Piecewise(tuple((value, None if end else when) for value, when, end in pairs))

    return _spread([_expand(writer, part) for part in flat], build)


def _spread(parts: Sequence[Entries], build: Callable[..., Node]) -> Entries:
    """Apply a constructor to the parts, once per entry if any part is a vector."""
    sizes = [len(part) for part in parts if isinstance(part, tuple)]
    if not sizes:
        return build(*parts)
    columns = [part if isinstance(part, tuple) else (part,) * sizes[0] for part in parts]
    return tuple(build(*column) for column in zip(*columns, strict=True))


def _value_of(writer: _Writer, node: Node) -> Any:
    if isinstance(node, Symbol) and node.name in writer.given:
        return writer.given[node.name]
    raise InputError(
        f"{text(node)} cannot be written out in coordinates; give its value, or write the formula "
        "in x1, x2, ..."
    )


def _written(value: Any) -> Entries:
    """Return a number, or a list of numbers, as part of a formula."""
    if hasattr(value, "__len__"):
        return tuple(_number(entry) for entry in value)
    return _number(value)


def _number(value: Any) -> Node:
    return value if isinstance(value, Node) else Number(exact(float(value)))


def _image(rows: Any, entries: Entries) -> Entries:
    return tuple(_inner(_written(row), entries) for row in rows)


def _group_norms(entries: Entries, groups: list[list[int]], order: Node) -> Entries:
    items = _vector(entries)
    return tuple(_norm(tuple(items[i] for i in group), order) for group in groups)


def _vector(entries: Entries) -> tuple[Node, ...]:
    return entries if isinstance(entries, tuple) else (entries,)


def _joined(head: str, parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Apply(head, tuple(parts))


def _sum(entries: Entries) -> Node:
    return _joined("add", _vector(entries))


def _inner(left: Entries, right: Entries) -> Node:
    products = _spread([left, right], lambda a, b: Apply("mul", (a, b)))
    return _sum(products)


def _norm(entries: Entries, order: Entries) -> Node:
    sizes = [Apply("abs", (entry,)) for entry in _vector(entries)]
    if order == Constant("oo"):
        return _joined("max", sizes)
    if order == _ONE:
        return _joined("add", sizes)
    if order == _TWO:
        squares = [Apply("pow", (entry, _TWO)) for entry in _vector(entries)]
        return Apply("sqrt", (_joined("add", squares),))
    if order == _ZERO:
        return _joined("add", [_counted(entry) for entry in _vector(entries)])
    assert not isinstance(order, tuple)
    powers = [Apply("pow", (size, order)) for size in sizes]
    return Apply("pow", (_joined("add", powers), Apply("div", (_ONE, order))))


def _counted(entry: Node) -> Node:
    return Piecewise(((_ZERO, Compare("==", entry, _ZERO)), (_ONE, None)))


def _sort(entries: Entries) -> Entries:
    """The k-th largest is the largest of the minima over all choices of k entries."""
    items = _vector(entries)
    if len(items) > _LONGEST_SORT:
        raise InputError(f"sort is written out for at most {_LONGEST_SORT} coordinates")
    return tuple(
        _joined("max", [_joined("min", chosen) for chosen in combinations(items, k)])
        for k in range(1, len(items) + 1)
    )


_REDUCTIONS: dict[str, Callable[..., Entries]] = {
    "sum": _sum,
    "amax": lambda entries: _joined("max", _vector(entries)),
    "amin": lambda entries: _joined("min", _vector(entries)),
    "dot": _inner,
    "norm": _norm,
    "sort": _sort,
    "mean": lambda entries: _mean(_vector(entries)),
    "prod": lambda entries: _joined("mul", _vector(entries)),
    "entry": lambda entries, i: _vector(entries)[_whole(i)],
    "part": lambda entries, start, stop: _part(_vector(entries), start, stop),
    "diff": lambda entries: _differences(_vector(entries)),
    "cumsum": lambda entries: _partial_sums(_vector(entries)),
    "sum_largest": lambda entries, k: _sum(_vector(_sort(entries))[: _whole(k)]),
}


def _whole(node: Entries) -> int:
    assert isinstance(node, Number)
    return int(node.value)


def _mean(entries: tuple[Node, ...]) -> Node:
    return Apply("div", (_joined("add", entries), Number(Fraction(len(entries)))))


def _part(entries: tuple[Node, ...], start: Entries, stop: Entries) -> Entries:
    end = None if stop == Constant("oo") else _whole(stop)
    return entries[_whole(start) : end]


def _differences(entries: tuple[Node, ...]) -> Entries:
    return tuple(minus(b, a) for a, b in pairwise(entries))


def _partial_sums(entries: tuple[Node, ...]) -> Entries:
    return tuple(_joined("add", entries[: k + 1]) for k in range(len(entries)))


def product_of(nodes: Sequence[Node]) -> Node:
    """Return the product, with factors of one left out and a factor of minus one as a sign."""
    live = [node for node in nodes if node not in (_ONE, _MINUS)]
    product = reduce(times, live) if live else _ONE
    odd = sum(node == _MINUS for node in nodes) % 2
    return negate(product) if odd else product
