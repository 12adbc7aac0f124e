"""Signs of SymPy expressions: what can be read off numbers, factors and squares."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

DIGITS = 40


@lru_cache(maxsize=4096)
def numeric_sign(number: sp.Expr) -> int:
    """Return the sign of a constant, exactly.

    Examples
    --------
    >>> numeric_sign(sp.sqrt(2) - sp.Rational(99, 70)), numeric_sign(sp.sqrt(8) - 2 * sp.sqrt(2))
    (-1, 0)
    """
    if number.is_Rational:
        return int(sp.sign(number))
    for digits in (DIGITS, 4 * DIGITS):
        value = number.evalf(digits)
        if abs(value) > sp.Float(10) ** (-digits // 2):
            return 1 if value > 0 else -1
    if number.is_zero or sp.simplify(number) == 0:
        return 0
    raise ArithmeticError(f"cannot tell whether {number} is zero")


@lru_cache(maxsize=4096)
def sign_factors(expr: sp.Expr) -> tuple[tuple[sp.Expr, bool], ...]:
    """Split an expression into factors whose signs multiply to its sign.

    Each factor comes with whether it counts squared.  Factors that SymPy knows to be positive are
    dropped, and each factor is oriented so that equal questions look equal.

    Examples
    --------
    >>> g, s = sp.symbols("gamma step", positive=True)
    >>> sign_factors((g - s) / (g * s))
    ((gamma - step, False),)
    """
    numerator, denominator = sp.fraction(_factor(sp.together(expr)))
    factors: list[tuple[sp.Expr, bool]] = []
    for factor in (*sp.Mul.make_args(numerator), *sp.Mul.make_args(denominator)):
        factors.extend(_split(factor))
    return tuple(factors)


def _factor(expr: sp.Expr) -> sp.Expr:
    """Factor, with fractional powers of positive symbols written as powers of their roots."""
    orders: dict[sp.Symbol, int] = {}
    for power in expr.atoms(sp.Pow):
        if power.base.is_Symbol and power.base.is_positive and power.exp.is_Rational:
            orders[power.base] = sp.ilcm(orders.get(power.base, 1), power.exp.q)
    roots = {s: sp.Dummy(s.name, positive=True) for s, order in orders.items() if order > 1}
    whole = expr.subs({s: root ** orders[s] for s, root in roots.items()})
    back = {root: s ** sp.Rational(1, orders[s]) for s, root in roots.items()}
    return sp.factor(whole).subs(back)


def _split(factor: sp.Expr) -> list[tuple[sp.Expr, bool]]:
    if factor.is_positive:
        return []
    if factor.is_Pow and factor.exp.is_Integer:
        return [(base, even or factor.exp % 2 == 0) for base, even in _split(factor.base)]
    if factor.is_Pow and factor.exp.is_positive and factor.base.is_nonnegative:
        return _split(factor.base)
    if factor.is_Add and factor.could_extract_minus_sign():
        return [(sp.S.NegativeOne, False), (-factor, False)]
    return [(factor, False)]


def squared_difference(expr: sp.Expr) -> sp.Expr | None:
    """Return ``p**q - n**q`` for ``expr = p - n`` with radicals, where both are positive.

    The sign is the same and the radicals are gone, so the question is about polynomials.

    Examples
    --------
    >>> g, s = sp.symbols("gamma step", positive=True)
    >>> squared_difference(sp.sqrt(g) - s)
    gamma - step**2
    """
    if not (expr.is_Add and len(expr.args) == 2):
        return None
    roots = [p.exp.q for p in expr.atoms(sp.Pow) if p.exp.is_Rational and not p.exp.is_Integer]
    positive = [term for term in expr.args if term.is_positive]
    negative = [-term for term in expr.args if term.is_negative]
    if not (roots and len(positive) == len(negative) == 1):
        return None
    order = sp.ilcm(1, *roots)
    return sp.expand_power_base(positive[0] ** order) - sp.expand_power_base(negative[0] ** order)
