"""Algebraic rewriting that never changes a value: what SymPy is good at, in one place."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

_FAR = 1e-6  # from zero: more than rounding can do


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


@lru_cache(maxsize=4096)
def vanishes(expr: sp.Expr) -> bool:
    """Tell whether an expression is zero by algebra, whatever numbers its symbols stand for.

    Numbers that show the contrary, and a common denominator that shows it, spare SymPy's search
    for a simpler expression, which takes long.

    Examples
    --------
    >>> a, s = sp.symbols("a s", positive=True)
    >>> vanishes(a / (a + s) + s / (a + s) - 1), vanishes(sp.sqrt(a + s) - sp.sqrt(a))
    (True, False)
    """
    if expr.is_zero or sp.expand(expr) == 0:
        return True
    if _differs_from_zero(expr):
        return False
    return bool(sp.numer(sp.together(expr)).expand() == 0 or sp.simplify(expr) == 0)


def _differs_from_zero(expr: sp.Expr) -> bool:
    symbols = sorted(expr.free_symbols, key=lambda s: s.name)
    sample = {s: _number(s, place) for place, s in enumerate(symbols)}
    value = expr.xreplace(sample).evalf(15)
    return bool(value.is_number and value.is_finite and abs(value) > _FAR)


def _number(symbol: sp.Symbol, place: int) -> sp.Rational:
    """Return a number of the kind that a symbol stands for, with nothing special about it."""
    size = sp.Integer(3 + place) if symbol.is_integer else sp.Rational(17 + 13 * place, 11 + place)
    return -size if symbol.is_negative else size
