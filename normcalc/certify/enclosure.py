"""Interval enclosures of the numbers that a table computes once per parameter set.

A root is enclosed when its equation, evaluated in interval arithmetic, has strictly opposite signs
a little below and a little above the number found: the number is then right to that distance,
whatever rounding did on the way.  Points inside the equation are enclosed first, by their slopes.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from typing import TYPE_CHECKING, Any

import mpmath as mp
import sympy as sp
from mpmath import iv

from normcalc.certify.expressions import Arithmetic, evaluate
from normcalc.certify.interpret import solve_arc
from normcalc.errors import InputError

if TYPE_CHECKING:
    from normcalc.certify.interpret import Bound
    from normcalc.line.table import Arc, Root

Values = Mapping[sp.Symbol, Any]
RADIUS = mp.mpf(10) ** -12
_TIGHT = mp.mpf(10) ** -28
_DIGITS = 50


def enclosed(bound: Bound) -> bool | None:
    """Tell whether all roots of a regime are enclosed; None where an equation has no intervals.

    The numbers are those in `bound`, each with a relative radius of 1e-12.
    """
    exact = {s: x for s, x in bound.numbers.items() if s not in _symbols(bound)}
    with _interval_digits():
        values: dict[sp.Symbol, Any] = {s: iv.mpf(x) for s, x in exact.items()}
        try:
            for root in bound.regime.roots:
                at = bound.numbers[root.symbol]
                if not _changes_sign(root, values, bound.numbers, at, RADIUS):
                    return False
                tight = _changes_sign(root, values, bound.numbers, at, _TIGHT)
                values[root.symbol] = _about(at, _TIGHT if tight else RADIUS)
        except (InputError, ArithmeticError, ValueError, NotImplementedError):
            return None
    return True


def _symbols(bound: Bound) -> set[sp.Symbol]:
    return {root.symbol for root in bound.regime.roots}


@contextmanager
def _interval_digits() -> Iterator[None]:
    before = iv.dps
    iv.dps = _DIGITS
    try:
        yield
    finally:
        iv.dps = before


def _about(x: Any, radius: Any) -> Any:
    width = abs(x) * radius
    return iv.mpf([x - width, x + width])


def _changes_sign(root: Root, values: Values, numbers: Values, at: Any, radius: Any) -> bool:
    below, above = (_equation(root, values, numbers, at * (1 + s * radius)) for s in (-1, 1))
    if at < 0:
        below, above = above, below
    left, right = (below, above) if root.rising else (above, below)
    return bool(left.b < 0 < right.a)


def _equation(root: Root, values: Values, numbers: Values, x: Any) -> Any:
    """Return the interval of the equation at one number."""
    inner = {symbol: _point(arc, values, numbers, root, x) for symbol, arc in root.inner}
    return evaluate(root.equation, {**values, **inner, root.variable: iv.mpf(x)}, INTERVAL)


def _point(arc: Arc, values: Values, numbers: Values, root: Root, v: Any) -> Any:
    """Return an interval that is certain to hold the point at which the slope is `v`."""
    u = solve_arc(arc, {**numbers, root.variable: v}, v)
    found = _about(u, _TIGHT)
    ends = (
        evaluate(arc.slope, {**values, arc.variable: iv.mpf(e)}, INTERVAL)
        for e in (found.a, found.b)
    )
    low, high = (end - iv.mpf(v) for end in ends)
    if not (low.b < 0 < high.a):
        raise ValueError("an inner point is not enclosed")
    return found


def _literal(expression: sp.Basic) -> Any:
    if isinstance(expression, sp.Rational):
        return iv.mpf(int(expression.p)) / iv.mpf(int(expression.q))
    constants = {sp.pi: iv.pi, sp.E: iv.exp(1)}
    if expression not in constants:
        raise InputError(f"no interval for {expression}")
    return +constants[expression]


def _power(base: Any, exponent: Any) -> Any:
    return iv.sqrt(base) if exponent == iv.mpf(0.5) else base**exponent


def _choose(*_: Any) -> Any:
    raise InputError("no interval for a choice")


INTERVAL = Arithmetic(
    literal=_literal,
    choose=_choose,
    heads={
        "Add": lambda *parts: reduce(operator.add, parts),
        "Mul": lambda *parts: reduce(operator.mul, parts),
        "Pow": _power,
        "Abs": abs,
        "exp": iv.exp,
        "log": iv.log,
        "sin": iv.sin,
        "cos": iv.cos,
        "cosh": lambda x: (iv.exp(x) + iv.exp(-x)) / 2,
        "sinh": lambda x: (iv.exp(x) - iv.exp(-x)) / 2,
        "tanh": lambda x: 1 - 2 / (iv.exp(2 * x) + 1),
    },
)
