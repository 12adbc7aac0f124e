"""Slopes near zero, where their terms cancel: a Taylor polynomial instead.

A point of size 1e-6 wants a slope that is right relative to its own size there.  In
``atanh(u) - u`` the first orders cancel, and in ``exp(u) - b`` they may; the polynomial has them
cancelled exactly.
"""

from __future__ import annotations

import sympy as sp

from normcalc.line.deadline import limited

ORDER = 17
NEAR = sp.Rational(1, 8)
_SECONDS = 2.0


def steady_near_zero(slope: sp.Expr, value: sp.Expr, u: sp.Symbol) -> sp.Expr:
    """Return `value`, which computes `slope`, with a polynomial near zero if terms cancel there.

    Examples
    --------
    >>> u = sp.Symbol("u", real=True)
    >>> slope = sp.atanh(u) - u
    >>> steady_near_zero(slope, slope, u).args[0].expr.subs(u, sp.Rational(1, 10)).n(8)
    0.00033534773
    """
    if not _cancels(slope, u):
        return value
    found = limited(_SECONDS, lambda: _taylor(slope, u))
    return value if found is None else sp.Piecewise((found, sp.Abs(u) < NEAR), (value, True))


def _cancels(slope: sp.Expr, u: sp.Symbol) -> bool:
    """Tell whether the leading terms of a sum at zero may have different signs."""
    if slope.is_rational_function(u) and slope.is_polynomial(u):
        return False
    terms = sp.Add.make_args(sp.expand(slope))
    for _ in range(2):
        values = [term.subs(u, 0) for term in terms]
        if any(v.has(sp.nan, sp.zoo, sp.oo, -sp.oo) for v in values):
            return False
        leading = [v for v in values if v != 0]
        if leading:
            alike = all(v.is_positive for v in leading) or all(v.is_negative for v in leading)
            return not alike
        terms = tuple(sp.diff(term, u) for term in terms)
    return False


def _taylor(slope: sp.Expr, u: sp.Symbol) -> sp.Expr | None:
    """Return the polynomial in Horner's form; None where the slope is not analytic at zero."""
    x = sp.Symbol("x", positive=True)
    try:
        series = sp.series(slope.subs(u, x), x, 0, ORDER).removeO()
    except (NotImplementedError, ValueError, TypeError, sp.PoleError):
        return None
    if not series.is_polynomial(x) or series.has(sp.I):
        return None
    coefficients = [sp.factor(c) for c in sp.Poly(series, x).all_coeffs()]
    result = sp.S.Zero
    for coefficient in coefficients:
        result = result * u + coefficient
    return result
