"""Closed forms of zeros: polynomials of degree one and two in a power or an exponential."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.limits import power_sum

if TYPE_CHECKING:
    from normcalc.line.context import Context


@dataclass(frozen=True)
class Monomial:
    """An expression rewritten as a polynomial in ``w``, with the way back to the variable."""

    polynomial: sp.Poly
    w: sp.Symbol
    back: sp.Expr  # the variable as an expression in w


def closed_roots(expr: sp.Expr, variable: sp.Symbol) -> list[sp.Expr]:
    """Return the zeros of `expr` that have a closed form; all of them, or none.

    Examples
    --------
    >>> u = sp.Symbol("u", positive=True)
    >>> closed_roots(sp.sqrt(u) - 3, u)
    [9]
    >>> closed_roots(sp.exp(u) - u - 7, u)
    []
    """
    return list(_closed_roots(expr, variable))  # asked for again in each regime


@lru_cache(maxsize=1024)
def _closed_roots(expr: sp.Expr, variable: sp.Symbol) -> list[sp.Expr]:
    if variable.is_negative:
        positive = sp.Dummy("u", positive=True)
        return [-root for root in closed_roots(expr.subs(variable, -positive), positive)]
    monomial = as_monomial(expr, variable)
    if monomial is None:
        return _two_powers(expr, variable)
    roots = [
        root for root in solve_polynomial(monomial.polynomial) if not _outside(root, monomial.w)
    ]
    return [monomial.back.subs(monomial.w, root) for root in roots]


def _two_powers(expr: sp.Expr, variable: sp.Symbol) -> list[sp.Expr]:
    """Solve ``a*u**p + b*u**q = 0`` with symbolic exponents."""
    powers = power_sum(expr, variable) if variable.is_positive else None
    if powers is None or len(powers) != 2:
        return []
    (p, a), (q, b) = powers.items()
    ratio = sp.factor(-b / a)
    return [ratio ** (1 / sp.factor(p - q))] if ratio.is_positive else []


def _outside(root: sp.Expr, w: sp.Symbol) -> bool:
    return bool(w.is_positive and root.is_nonpositive) or root.is_real is False


def root_inside(
    candidates: list[sp.Expr], lo: sp.Expr, hi: sp.Expr, context: Context
) -> sp.Expr | None:
    """Return the candidate that is proved to be real and between two ends, if there is one."""
    for candidate in candidates:
        above = lo == -sp.oo or context.holds(sp.Gt(candidate, lo, evaluate=False))
        below = hi == sp.oo or context.holds(sp.Lt(candidate, hi, evaluate=False))
        if above and below and _is_real(candidate, context):
            return candidate
    return None


def _is_real(expr: sp.Expr, context: Context) -> bool:
    """Whether the logarithms and even roots in an expression are proved to be defined."""
    positive = [f.args[0] for f in expr.atoms(sp.log)]
    bases = [p.base for p in expr.atoms(sp.Pow) if p.exp.is_Rational and p.exp.q % 2 == 0]
    return all(context.holds(sp.Gt(a, 0, evaluate=False)) for a in positive) and all(
        b.is_nonnegative or context.holds(sp.Ge(b, 0, evaluate=False)) for b in bases
    )


def as_monomial(expr: sp.Expr, variable: sp.Symbol) -> Monomial | None:
    """Write ``expr = 0`` as a polynomial equation in a power, an exponential or a logarithm."""
    for rewrite in (_in_a_power, _in_an_exponential, _in_a_logarithm, _without_logarithms):
        found = rewrite(expr, variable)
        if found is not None:
            return _polynomial(*found, variable)
    return None


Rewritten = tuple[sp.Expr, sp.Symbol, sp.Expr]


def _in_a_power(expr: sp.Expr, variable: sp.Symbol) -> Rewritten | None:
    powers = _exponents(expr, variable)
    if powers is None:
        return None
    step = powers if variable.is_positive else sp.S.One
    if not (powers / step).is_Integer:
        return None
    w = sp.Dummy("w", positive=True) if variable.is_positive else sp.Dummy("w", real=True)
    back = w ** (1 / step)
    return expr.subs(variable, back), w, back


def _in_an_exponential(expr: sp.Expr, variable: sp.Symbol) -> Rewritten | None:
    rate = _rate(expr, variable)
    if rate is None:
        return None
    w = sp.Dummy("w", positive=True)
    back = sp.log(w) / rate
    return sp.expand(expr, power_exp=True).subs(variable, back), w, back


def _in_a_logarithm(expr: sp.Expr, variable: sp.Symbol) -> Rewritten | None:
    w = sp.Dummy("w", real=True)
    replaced = expr.xreplace({sp.log(variable): w})
    return None if replaced.has(variable) else (replaced, w, sp.exp(w))


def _without_logarithms(expr: sp.Expr, variable: sp.Symbol) -> Rewritten | None:
    """Write ``k*(n1*log(g1) + n2*log(g2) + ...) + c = 0`` with integers n as a product."""
    marks = {log: sp.Dummy() for log in expr.atoms(sp.log) if log.has(variable)}
    rest = sp.expand(expr.xreplace(marks))
    scale = next((rest.coeff(mark) for mark in marks.values()), sp.S.Zero)
    if scale == 0:
        return None
    product = sp.S.One
    for log, mark in marks.items():
        times = sp.cancel(rest.coeff(mark) / scale)
        if not times.is_Integer:
            return None
        product *= log.args[0] ** times
        rest = sp.expand(rest - rest.coeff(mark) * mark)
    if rest.has(variable, *marks.values()):
        return None
    return _in_a_power(product - sp.exp(-rest / scale), variable)


def _polynomial(
    replaced: sp.Expr, w: sp.Symbol, back: sp.Expr, variable: sp.Symbol
) -> Monomial | None:
    numerator = sp.numer(sp.together(sp.powsimp(sp.expand(replaced))))
    if not numerator.is_polynomial(w) or not numerator.has(w):
        return None
    polynomial = sp.Poly(numerator, w)
    if variable.is_positive and w.is_positive:
        # w = 0 lies outside the stretch: a common power of w carries no zero.
        lowest = min(monomial[0] for monomial in polynomial.monoms())
        polynomial = sp.Poly(sp.expand(numerator / w**lowest), w)
    return Monomial(polynomial, w, back)


def _exponents(expr: sp.Expr, variable: sp.Symbol) -> sp.Rational | None:
    """Return the greatest g such that every power of the variable is a multiple of g."""
    powers = [p for p in expr.atoms(sp.Pow) if p.has(variable)]
    direct = [p for p in powers if p.base == variable]
    if expr.atoms(sp.Function) and any(f.has(variable) for f in expr.atoms(sp.Function)):
        return None
    if any(not p.exp.is_Rational for p in direct):
        return None
    if any(not p.exp.is_Integer for p in powers if p.base != variable):
        return None
    exponents = [p.exp for p in direct]
    if expr.xreplace({p: sp.Dummy() for p in direct}).has(variable):
        exponents.append(sp.S.One)
    if not exponents:
        return None
    denominator = sp.ilcm(1, *[e.q for e in exponents])
    return sp.Rational(sp.igcd(0, *[e * denominator for e in exponents]), denominator)


def _rate(expr: sp.Expr, variable: sp.Symbol) -> sp.Expr | None:
    """Return k when the variable occurs only in ``exp(integer*k*variable)``."""
    rate: sp.Expr | None = None
    rest = expr
    for term in expr.atoms(sp.exp):
        if not term.has(variable):
            continue
        slope = sp.diff(term.exp, variable)
        if slope.has(variable):
            return None
        if rate is None or (rate / slope).is_Integer:
            rate = slope
        elif not (slope / rate).is_Integer:
            return None
        rest = rest.xreplace({term: sp.Dummy()})
    return None if rate is None or rest.has(variable) else rate


def solve_polynomial(polynomial: sp.Poly) -> list[sp.Expr]:
    """Return the roots of a polynomial of degree one or two, or of ``a*w**n + b``."""
    terms = polynomial.terms()
    degree = polynomial.degree()
    if degree == 1:
        a, b = polynomial.all_coeffs()
        return [sp.factor(-b / a)]
    if degree == 2:
        return _quadratic(*polynomial.all_coeffs())
    if len(terms) == 2 and terms[1][0] == (0,):
        return [sp.factor(-terms[1][1] / terms[0][1]) ** sp.Rational(1, degree)]
    return []


def _quadratic(a: sp.Expr, b: sp.Expr, c: sp.Expr) -> list[sp.Expr]:
    radical = sp.sqrt(sp.factor(b**2 - 4 * a * c))
    return [sp.factor_terms((-b + sign * radical) / (2 * a)) for sign in (1, -1)]
