"""Whether a formula is even: numbers say no quickly, SymPy says yes slowly."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from normcalc.line.simplify import vanishes

_SAMPLES = 4
_CLOSE = sp.Float("1e-9")


@lru_cache(maxsize=256)
def is_even(expr: sp.Expr, variable: sp.Symbol) -> bool:
    """Tell whether a formula is proved to be even.

    Examples
    --------
    >>> x, a = sp.symbols("x a", real=True)
    >>> is_even(sp.Abs(a * x) + x**2, x), is_even(sp.Abs(x - a), x)
    (True, False)
    """
    w = sp.Dummy("w", positive=True)
    try:
        right, left = (expr.subs(variable, side * w) for side in (1, -1))
        if right == left:
            return True
        if _differ(right, left, w):
            return False
        return vanishes(right - left)
    except (TypeError, ValueError):
        # A condition compares something that is not real on one side only.
        return False


def _differ(right: sp.Expr, left: sp.Expr, w: sp.Symbol) -> bool:
    """Tell whether two formulas have different values at one of a few places w.

    The parameters and the numbers in the formulas are among the places: a formula may say
    something of one point alone.
    """
    names = sorted((right.free_symbols | left.free_symbols) - {w}, key=str)
    places = sorted(abs(n) for n in right.atoms(sp.Rational) if n)[:_SAMPLES]
    for sample in range(_SAMPLES):
        numbers = {name: _number(name, sample + k) for k, name in enumerate(names)}
        own = [abs(n) for n in numbers.values()]
        for place in dict.fromkeys([_number(w, sample), *own, *places]):
            values = [side.subs({**numbers, w: place}) for side in (right, left)]
            if all(v.is_number and v.is_extended_real for v in values):
                first, second = (sp.N(v, 20) for v in values)
                if first != second and not abs(first - second) < _CLOSE * (1 + abs(first)):
                    return True
    return False


def _number(name: sp.Symbol, k: int) -> sp.Rational:
    """Return a number of the sign that a symbol has; a whole one where that is needed."""
    size = sp.Integer(k % 5 + 1) if name.is_integer else sp.Rational(7 * k % 11 + 1, 5)
    negative = name.is_negative or (name.is_positive is None and k % 2)
    return -size if negative and not name.is_nonnegative else size
