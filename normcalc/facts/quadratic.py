"""Quadratic forms in explicit coordinates: recognised, and tested for semidefiniteness exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from normcalc.forms.constants import expression
from normcalc.forms.exact import embedded
from normcalc.language.nodes import Apply, Node, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = tuple[sp.Expr, ...]
_POLYNOMIAL = ("add", "sub", "mul", "div", "neg", "pow", "sqrt", "cbrt")


def gram(node: Node, names: Sequence[str]) -> tuple[Vector, ...] | None:
    """Return the symmetric matrix Q with ``node = x' Q x``, or None if there is none.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> gram(parse("x1**2 + x1*x2 + x2**2"), ("x1", "x2"))
    ((1, 1/2), (1/2, 1))
    """
    if any(isinstance(part, Apply) and part.head not in _POLYNOMIAL for part in walk(node)):
        return None
    symbols = [sp.Symbol(name, real=True) for name in names]
    value = expression(node, dict(zip(names, symbols, strict=True)))
    if value is None or not value.is_polynomial(*symbols):
        return None
    polynomial = sp.Poly(value, *symbols)
    if any(sum(monomial) != 2 for monomial in polynomial.monoms()):
        return None
    half = sp.hessian(polynomial.as_expr(), symbols) / 2
    return tuple(tuple(half.row(i)) for i in range(len(symbols)))


def is_semidefinite(matrix: Sequence[Vector]) -> bool:
    """Tell exactly whether a symmetric matrix of numbers is positive semidefinite.

    Examples
    --------
    >>> is_semidefinite(((1, 1), (1, 1))), is_semidefinite(((1, 2), (2, 1)))
    (True, False)
    """
    field, entries = embedded(matrix)
    rows = [list(row) for row in entries]
    while rows:
        pivot = field.sign(rows[0][0])
        if pivot < 0 or (pivot == 0 and any(rows[0])):
            return False
        rows = _schur(rows) if pivot else [row[1:] for row in rows[1:]]
    return True


def _schur(rows: list[list[Any]]) -> list[list[Any]]:
    """Eliminate the first variable."""
    head = rows[0]
    return [
        [x - row[0] * h / head[0] for x, h in zip(row[1:], head[1:], strict=True)]
        for row in rows[1:]
    ]
