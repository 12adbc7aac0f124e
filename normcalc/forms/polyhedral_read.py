"""Recognise a polyhedral gauge in a formula built from +, scaling, max, min and abs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from normcalc.forms.constants import constant, depends
from normcalc.forms.exact import Field, Row, embedded
from normcalc.forms.exact_lp import nonnegative_combination
from normcalc.forms.hull import hull_vertices
from normcalc.forms.polyhedral import Polyhedral, from_elements
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Node, Symbol, children
from normcalc.language.parser import parse
from normcalc.language.shapes import Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import sympy as sp

_CROWDED = 64
_MOST_ROWS = 4096


class _OtherForm(Exception):
    """The formula is not a maximum of finitely many linear forms; a private signal."""


@dataclass(frozen=True)
class _Reader:
    """The names of the coordinates, and the coefficients as elements of their field."""

    names: tuple[str, ...]
    field: Field
    table: dict[sp.Expr, Any]


def polyhedral_of(node: Node, names: Sequence[str]) -> Polyhedral | None:
    """Return the gauge that a formula in the named coordinates is, or None if it is none.

    Examples
    --------
    >>> print(polyhedral_of(parse("abs(x1 - x2)"), ("x1", "x2")))
    abs(x1 - x2)
    >>> polyhedral_of(parse("(x1 - x2)**2"), ("x1", "x2")) is None
    True
    """
    if not names:
        return None
    try:
        values = tuple(dict.fromkeys(_coefficients(node, names)))
        field, (found,) = embedded([values])
        reader = _Reader(tuple(names), field, dict(zip(values, found, strict=True)))
        rows = _rows(reader, node, 1)
    except _OtherForm:
        return None
    return from_elements(field, rows)


def _coefficients(node: Node, names: Sequence[str]) -> Iterator[sp.Expr]:
    """Yield the largest constant parts of a formula."""
    if not depends(node, names):
        if (value := constant(node)) is None:
            raise _OtherForm
        yield value
        return
    for child in children(node):
        yield from _coefficients(child, names)


def _rows(reader: _Reader, node: Node, sign: int) -> list[Row]:
    """Return rows with ``sign * node = max over rows of row . x``."""
    if isinstance(node, Symbol) and node.name in reader.names:
        return [_unit(reader, reader.names.index(node.name), sign)]
    if not depends(node, reader.names):
        return _zero(reader, node)
    if isinstance(node, Apply) and node.head in _RULES:
        return _RULES[node.head](reader, node.args, sign)
    raise _OtherForm


def _unit(reader: _Reader, position: int, sign: int) -> Row:
    field = reader.field.domain
    entry = field.one if sign > 0 else -field.one
    return tuple(entry if i == position else field.zero for i in range(len(reader.names)))


def _zero(reader: _Reader, node: Node) -> list[Row]:
    """Accept the constant zero, the only one that is positively homogeneous."""
    if constant(node) != 0:
        raise _OtherForm
    return [(reader.field.domain.zero,) * len(reader.names)]


def _add(reader: _Reader, args: Sequence[Node], sign: int) -> list[Row]:
    total = _rows(reader, args[0], sign)
    for arg in args[1:]:
        total = _minkowski(reader, total, _rows(reader, arg, sign))
    return total


def _sub(reader: _Reader, args: Sequence[Node], sign: int) -> list[Row]:
    return _minkowski(reader, _rows(reader, args[0], sign), _rows(reader, args[1], -sign))


def _neg(reader: _Reader, args: Sequence[Node], sign: int) -> list[Row]:
    return _rows(reader, args[0], -sign)


def _mul(reader: _Reader, args: Sequence[Node], sign: int) -> list[Row]:
    moving = [arg for arg in args if depends(arg, reader.names)]
    if len(moving) != 1:
        raise _OtherForm
    scale = reader.field.domain.one
    for arg in args:
        if arg is not moving[0]:
            scale = scale * _element(reader, arg)
    return _scaled(reader, moving[0], scale, sign)


def _div(reader: _Reader, args: Sequence[Node], sign: int) -> list[Row]:
    if depends(args[1], reader.names) or not (bottom := _element(reader, args[1])):
        raise _OtherForm
    return _scaled(reader, args[0], reader.field.domain.one / bottom, sign)


def _scaled(reader: _Reader, node: Node, scale: Any, sign: int) -> list[Row]:
    direction = reader.field.sign(scale)
    size = scale if direction > 0 else -scale
    rows = _rows(reader, node, sign * direction if direction else sign)
    return [tuple(size * x for x in row) for row in rows]


def _abs(reader: _Reader, args: Sequence[Node], sign: int) -> list[Row]:
    """``abs(e) = max(e, -e)``, and e itself where e is known to be nonnegative."""
    rows = _rows(reader, args[0], 1)
    if len(set(rows)) > 1 and _covers_zero(reader.field, rows):
        return rows if sign > 0 else _rows(reader, args[0], -1)
    if sign < 0:
        raise _OtherForm
    return rows + _rows(reader, args[0], -1)


def _max(reader: _Reader, args: Sequence[Node], sign: int) -> list[Row]:
    if sign < 0:
        raise _OtherForm
    return [row for arg in args for row in _rows(reader, arg, 1)]


def _min(reader: _Reader, args: Sequence[Node], sign: int) -> list[Row]:
    """``-min(a, b) = max(-a, -b)``."""
    if sign > 0:
        raise _OtherForm
    return [row for arg in args for row in _rows(reader, arg, -1)]


_RULES: dict[str, Callable[[_Reader, Sequence[Node], int], list[Row]]] = {
    "add": _add,
    "sub": _sub,
    "neg": _neg,
    "mul": _mul,
    "div": _div,
    "abs": _abs,
    "max": _max,
    "min": _min,
}


def _element(reader: _Reader, node: Node) -> Any:
    value = constant(node)
    if value is None:
        raise _OtherForm
    return reader.table[value]


def _covers_zero(field: Field, rows: Sequence[Row]) -> bool:
    one, zero = field.domain.one, field.domain.zero
    target = (*[zero] * len(rows[0]), one)
    return nonnegative_combination(field, [(*r, one) for r in rows], target).weights is not None


def _minkowski(reader: _Reader, left: Sequence[Row], right: Sequence[Row]) -> list[Row]:
    """Return all sums of a row from each side: the maximum of a sum of independent choices."""
    if len(left) * len(right) > _MOST_ROWS:
        raise _OtherForm
    sums = [tuple(a + b for a, b in zip(p, q, strict=True)) for p in left for q in right]
    if len(sums) > _CROWDED:
        return list(hull_vertices(reader.field, sums, len(reader.names)))
    return list(dict.fromkeys(sums))


def polyhedral(function: Function) -> Polyhedral | None:
    """Return the gauge that a function of named coordinates is, or None if it is none.

    Only numeric coefficients count: bind the parameters first.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> octagon = function("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))")
    >>> len(polyhedral(octagon).rows)
    8
    """
    if function.variable.kind == "vector" or function.domain is not None:
        return None
    return polyhedral_of(function.body, function.variable.names)


def to_function(gauge: Polyhedral) -> Function:
    """Return the gauge as a function of x1, x2, ...

    Examples
    --------
    >>> from normcalc.forms.polyhedral import from_rows
    >>> to_function(from_rows([(1, 1), (-1, -1), (1, -1), (-1, 1)]))([3.0, -4.0])
    7.0
    """
    body = parse(str(gauge))
    return Function(body, Variable("x", "coordinates", gauge.dimension), text=str(gauge))
