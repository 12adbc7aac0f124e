"""Positively homogeneous functions of one real variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.language.symbolic import symbolic

if TYPE_CHECKING:
    from normcalc.language.function import Function


def is_homogeneous(function: Function) -> bool:
    """Tell whether ``f(t*x) = t*f(x)`` for all t > 0, and f(0) = 0, is known.

    Examples
    --------
    >>> from normcalc.language import function
    >>> texts = ("max(2*x, -x)", "x + indicator(x >= 0)", "x**2", "indicator(x >= 1)")
    >>> [is_homogeneous(function(text)) for text in texts]
    [True, True, False, False]
    """
    found, t = symbolic(function), sp.Symbol("t", positive=True)

    def at(point: sp.Expr) -> sp.Expr:
        return found.expr.subs(found.variable, point)

    if any(end.is_finite for end in found.domain) or at(sp.Integer(0)) != 0:
        return False
    return all(_same(at(side * t), t * at(sp.Integer(side))) for side in (1, -1))


def _same(left: sp.Expr, right: sp.Expr) -> bool:
    return bool(left == right or sp.simplify(left - right) == 0)


def degree_of(function: Function, sides: tuple[int, ...] = (1, -1)) -> sp.Expr | None:
    """Return p where ``f(t*x) = t**p*f(x)`` for t > 0 and x of the given signs, and f(x) > 0.

    Examples
    --------
    >>> from normcalc.language import function
    >>> [degree_of(function(text)) for text in ("3*x**2", "abs(x)**p", "x**2 + 1", "x**3")]
    [2, p, None, None]
    """
    found, t = symbolic(function), sp.Symbol("t", positive=True)
    degrees = []
    for side in sides:
        value = found.expr.subs(found.variable, side * t)
        degree = sp.simplify(t * sp.diff(value, t) / value)
        if degree.has(t) or not value.is_positive:
            return None
        degrees.append(degree)
    return degrees[0] if len(set(degrees)) == 1 else None
