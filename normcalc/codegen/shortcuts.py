"""Where the plain form of a root of a quadratic keeps its digits, so that no division is needed.

For ``u = a + b*sqrt(c)`` with ``a < 0 < b`` the form that does not cancel is ``N/w``, with the
other root ``w = a - b*sqrt(c)`` and ``N = u*w = a**2 - b**2*c``.  Rounding ``N``, a difference
whose terms have the sizes ``T`` in sum, costs ``T/|N|`` units of the result; rounding the plain
form costs ``w**2/|N|``.  The plain form is as good, up to a factor, where ``w**2`` is at most so
many times ``T``.  That is a question about parameters alone, decided at set-up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen.opaque import Root2
from normcalc.codegen.stable import flagged, linear_in_root, tame
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Iterator

# How many times the error of the form that does not cancel is allowed: a decimal digit.
ALLOWED = 16


def shortcut(
    expr: sp.Expr, v: sp.Symbol, lo: sp.Expr, positive: bool
) -> tuple[sp.Expr, sp.Basic] | None:
    """Return the plain form of an arc over ``v >= lo >= 0``, and when it is good.

    None where the form is not ``a + b*sqrt(c)`` with ``a`` rising, ``b > 0`` constant, ``c`` a
    polynomial that rises, and ``a**2 - b**2*c`` affine.

    Examples
    --------
    >>> v = sp.Symbol("v", real=True)
    >>> eps, t, lo = sp.symbols("eps t lo", positive=True)
    >>> plain, good = shortcut((v - eps + sp.sqrt((v + eps) ** 2 - 4 * t)) / 2, v, lo, True)
    >>> good.subs({eps: 1, t: 0.5, lo: 0.5}), good.subs({eps: 100, t: 0.5, lo: 0.005})
    (True, False)
    """
    if not positive:
        return None
    local = sp.Dummy(v.name, positive=True)
    try:
        tamed = sp.expand(tame(expr).xreplace({v: local}))
    except NotDerivable:
        return None
    radicands = {p.base for p in tamed.atoms(sp.Pow) if p.exp.is_Rational and p.exp.q == 2}
    moving = [c for c in radicands if c.has(local)]
    parts = linear_in_root(tamed, moving[0]) if len(moving) == 1 else None
    if parts is None or not _fits(*parts, moving[0], local):
        return None
    a, b, c = *parts, sp.expand(moving[0])
    good = _good(a, b, c, local, lo)
    return flagged(a + b * Root2(moving[0]), local).xreplace({local: v}), good


def _fits(a: sp.Expr, b: sp.Expr, c: sp.Expr, v: sp.Symbol) -> bool:
    if not (a.is_polynomial(v) and c.is_polynomial(v)) or b.has(v) or not b.is_positive:
        return False
    rising = [k for (power,), k in sp.Poly(c, v).terms() if power > 0]
    slope = sp.diff(a, v)
    affine = sp.degree(sp.expand(a**2 - b**2 * c), v) <= 1 and not slope.has(v)
    return bool(affine and slope.is_positive and all(k.is_nonnegative for k in rising))


def _good(a: sp.Expr, b: sp.Expr, c: sp.Expr, v: sp.Symbol, lo: sp.Expr) -> sp.Basic:
    """Return the condition: ``|a|`` is largest at `lo`, the root largest where ``a`` vanishes."""
    zero = -a.subs(v, 0) / sp.diff(a, v)
    other = b * sp.sqrt(c.xreplace({v: zero})) - a.xreplace({v: lo})
    sizes = sum(_sizes(sp.expand(a**2 - b**2 * c), v, lo))
    return sp.Or(zero <= lo, other**2 <= ALLOWED * sizes)


def _sizes(expr: sp.Expr, v: sp.Symbol, lo: sp.Expr) -> Iterator[sp.Expr]:
    for (power,), coefficient in sp.Poly(expr, v).terms():
        yield sp.Abs(coefficient) * lo**power
