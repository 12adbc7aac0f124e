"""Algebraic rewriting that never changes a value: what SymPy is good at, in one place."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp


@lru_cache(maxsize=2048)
def sign_numerator(expr: sp.Expr) -> tuple[tuple[sp.Expr, bool], ...]:
    """Return the factors that decide the sign of `expr`, each with whether its power is odd.

    Factors that are positive by SymPy's assumptions are dropped; denominators count like
    numerators, since ``a/b`` and ``a*b`` have the same sign.

    Examples
    --------
    >>> u = sp.Symbol("u", positive=True)
    >>> sign_numerator((u - 1)**3 / (u * (u + 1)**2))
    ((u - 1, True),)
    """
    numerator, denominator = sp.fraction(sp.together(_exponentials(expr)))
    factors: list[tuple[sp.Expr, bool]] = []
    for part in (numerator, denominator):
        for factor in sp.Mul.make_args(sp.factor(part)):
            base, power = factor.as_base_exp()
            if factor.is_positive:
                continue
            # A fractional power is taken where it is real, and nowhere negative.
            odd = bool(power % 2) if power.is_Integer else power.is_Rational is not True
            factors.append((base if power.is_Rational else factor, odd))
    return tuple(factors) or ((sp.S.One, True),)


def _exponentials(expr: sp.Expr) -> sp.Expr:
    """Write hyperbolic functions with ``exp`` so that common factors show."""
    if expr.has(sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch):
        return expr.rewrite(sp.exp)
    return expr


@lru_cache(maxsize=4096)
def tidy(expr: sp.Expr) -> sp.Expr:
    """Return an equal expression that reads well: common factors cancelled, few operations."""
    candidates = [expr, sp.cancel(expr) if _rational(expr) else sp.together(expr)]
    candidates.append(sp.factor_terms(candidates[-1]))
    candidates.append(sp.factor(candidates[1]) if expr.count_ops() < 60 else expr)
    return min(candidates, key=lambda e: (e.count_ops(), len(str(e))))


def _rational(expr: sp.Expr) -> bool:
    return bool(expr.is_rational_function(*expr.free_symbols)) if expr.free_symbols else False
