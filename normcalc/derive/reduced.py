"""A value written in the point becomes a formula in the argument, where the point has one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.simplify import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator

# A formula in the argument may be this much longer than the value and the point side by side.
PATIENCE = 1.2


def reduced(
    value: sp.Expr, u: sp.Symbol, point: sp.Expr, v: sp.Symbol, side: int = 0
) -> sp.Expr | None:
    """Put a formula for the point into a value; None where that reads worse than both apart.

    Parameters
    ----------
    value, point : sympy.Expr
        The value in `u` and `v`, and what `u` stands for.
    u, v : sympy.Symbol
        The point and the argument.
    side : int
        The sign of the argument, 0 where it has both.

    Examples
    --------
    >>> u, v = sp.symbols("u v", real=True)
    >>> reduced(u * v - u**2 / 2, u, v / 2, v)
    3*v**2/8
    >>> reduced(u * (v - sp.log(u)), u, sp.exp(v - 1), v)
    exp(v - 1)
    """
    # With a positive symbol for its size, roots and absolute values of the argument come out.
    size = sp.Dummy("size", positive=True)
    there, back = ({v: side * size}, {size: side * v}) if side else ({}, {})
    put = value.subs(u, point).subs(there)
    put = _without_lambert(put).replace(sp.log, _log).subs(back)
    found = shortest(tidy(put), tidy(_expanded(put)), v=v)
    most = PATIENCE * (value.count_ops() + point.count_ops())
    return found if found.count_ops() <= most else None


def shortest(*forms: sp.Expr, v: sp.Symbol) -> sp.Expr:
    """Return the form that reads best, or a square completed in the argument if that is shorter.

    Examples
    --------
    >>> v, lam, c = sp.Symbol("v", real=True), *sp.symbols("lam c", positive=True)
    >>> shortest((v**2 - 2*c*v + c**2 + 2*lam*c) / 2, v=v)
    c*lam + (-c + v)**2/2
    """
    return min((*forms, *_square(forms[0], v)), key=lambda e: (e.count_ops(), len(str(e))))


def _square(expr: sp.Expr, v: sp.Symbol) -> Iterator[sp.Expr]:
    if not expr.is_polynomial(v) or sp.degree(expr, v) != 2:
        return
    a, b, c = sp.Poly(expr, v).all_coeffs()
    middle = tidy(-b / (2 * a))
    # Parameters in a denominator could make it vanish where the formula itself is fine.
    if sp.denom(sp.together(middle)).is_number:
        yield tidy(a) * (v - middle) ** 2 + tidy(sp.expand(c - a * middle**2))


def _log(inner: sp.Expr) -> sp.Expr:
    """Return a logarithm of one fraction without a sign in front, as ``log(v/(1 - v))``."""
    whole = all(power.exp.is_Integer or power.base == sp.E for power in inner.atoms(sp.Pow))
    if not whole or sp.denom(sp.together(inner)) == 1:
        return sp.log(inner)
    top, bottom = sp.fraction(sp.cancel(inner))
    if top.could_extract_minus_sign():
        top, bottom = -top, -bottom
    return -sp.log(bottom) if top == 1 else sp.log(top / bottom)


def _expanded(expr: sp.Expr) -> sp.Expr:
    """Multiply out, but not within what Lambert's function is taken of."""
    marks = {w: sp.Dummy("w", positive=True) for w in expr.atoms(sp.LambertW)}
    found = sp.expand(expr.xreplace(marks), log=False, power_exp=False, power_base=False)
    return found.xreplace({mark: w for w, mark in marks.items()})


def _without_lambert(expr: sp.Expr) -> sp.Expr:
    """Use ``exp(W(z)) = z/W(z)``, which defines W, and its logarithm for positive z."""
    for w in expr.atoms(sp.LambertW):
        z = w.args[0]
        if z.is_positive:
            mark = sp.Dummy("w", positive=True)
            expr = expr.xreplace({w: mark}).replace(sp.log, partial(_split_log, mark, z))
            expr = expr.replace(sp.exp, partial(_split_exp, mark, z)).xreplace({mark: w})
    return expr


def _split_log(mark: sp.Symbol, z: sp.Expr, inner: sp.Expr) -> sp.Expr:
    parts = sp.expand_log(sp.log(inner))
    return parts.subs(sp.log(mark), sp.expand_log(sp.log(z)) - mark)


def _split_exp(mark: sp.Symbol, z: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    rest, times = sp.expand(exponent).as_independent(mark, as_Add=True)
    count = sp.cancel(times / mark)
    return sp.exp(rest) * (z / mark) ** count if count.is_Integer else sp.exp(exponent)
