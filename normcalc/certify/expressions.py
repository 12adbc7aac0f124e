"""A small interpreter of SymPy expressions, over numpy or mpmath numbers.

SymPy's own ``lambdify`` builds source text and executes it, and its ``evalf`` rewrites before it
computes; a check should do neither.  Every function here is real: where the real value does not
exist the answer is NaN, never a complex number.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any

import mpmath as mp
import numpy as np
import sympy as sp
from scipy import special

from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Arithmetic:
    """A number system: its literals, its functions by SymPy class name, and its choice."""

    literal: Callable[[Any], Any]
    heads: Mapping[str, Callable[..., Any]]
    choose: Callable[[Any, Any, Any], Any]


def evaluate(expression: sp.Basic, values: Mapping[sp.Symbol, Any], over: Arithmetic) -> Any:
    """Return the value of an expression or a condition.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> evaluate(sp.sqrt(x) + sp.Abs(x), {x: np.array([1.0, 4.0])}, NUMPY)
    array([2., 6.])
    """
    slots: list[Any] = []
    for node, head, parts in _plan(sp.sympify(expression, strict=True)):
        if head == "Symbol":
            slots.append(_given(node, values))
        elif head is None:
            slots.append(over.literal(node))
        elif head == "Piecewise":
            slots.append(_piecewise([slots[k] for k in parts], over))
        else:
            slots.append(_function(node, head, over)(*[slots[k] for k in parts]))
    return slots[-1]


_Step = tuple[sp.Basic, str | None, tuple[int, ...]]


@lru_cache(maxsize=4096)
def _plan(expression: sp.Basic) -> tuple[_Step, ...]:
    """List the parts of an expression, each once and after its own parts."""
    place: dict[sp.Basic, int] = {}
    steps: list[_Step] = []

    def add(e: sp.Basic) -> int:
        if e not in place:
            pairs = e.args if isinstance(e, sp.Piecewise) else ((e.args),)
            parts = tuple(add(part) for pair in pairs for part in pair)
            head = type(e).__name__ if e.args else None
            steps.append((e, "Symbol" if isinstance(e, sp.Symbol) else head, parts))
            place[e] = len(steps) - 1
        return place[e]

    add(expression)
    return tuple(steps)


def _given(symbol: sp.Basic, values: Mapping[sp.Symbol, Any]) -> Any:
    if symbol not in values:
        raise InputError(f"no value was given for {symbol}")
    return values[symbol]


def _function(node: sp.Basic, head: str, over: Arithmetic) -> Callable[..., Any]:
    found = over.heads.get(head)
    if found is None:
        raise InputError(f"cannot evaluate {head} in {node}")
    return found


def _piecewise(parts: list[Any], over: Arithmetic) -> Any:
    result = over.literal(sp.nan)
    for value, holds in reversed(list(zip(parts[::2], parts[1::2], strict=True))):
        result = over.choose(holds, value, result)
    return result


_COMPARISONS: dict[str, Callable[..., Any]] = {
    "StrictLessThan": operator.lt,
    "LessThan": operator.le,
    "StrictGreaterThan": operator.gt,
    "GreaterThan": operator.ge,
    "Equality": operator.eq,
    "Unequality": operator.ne,
}


def _fold(two: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *parts: reduce(two, parts)


def _numpy_literal(expression: sp.Basic) -> Any:
    if expression in (sp.true, sp.false):
        return bool(expression)
    return np.float64(expression)


def _numpy_power(base: Any, exponent: Any) -> Any:
    return np.sqrt(base) if np.all(exponent == 0.5) else np.power(base, exponent)


NUMPY = Arithmetic(
    literal=_numpy_literal,
    choose=np.where,
    heads={
        **_COMPARISONS,
        "Add": _fold(operator.add),
        "Mul": _fold(operator.mul),
        "Pow": _numpy_power,
        "And": _fold(np.logical_and),
        "Or": _fold(np.logical_or),
        "Not": np.logical_not,
        "Min": _fold(np.minimum),
        "Max": _fold(np.maximum),
        "Abs": np.abs,
        "sign": np.sign,
        "Heaviside": lambda x, *_: np.heaviside(x, 1.0),
        "LambertW": lambda x, k=0: np.real(special.lambertw(x, int(k))),
        "loggamma": special.gammaln,
        "erf": special.erf,
        "erfc": special.erfc,
        "acos": lambda x: np.arccos(np.clip(x, -1.0, 1.0)),
        "asin": lambda x: np.arcsin(np.clip(x, -1.0, 1.0)),
        **{name: getattr(np, name) for name in ("exp", "log", "sin", "cos", "tan")},
        **{name: getattr(np, name) for name in ("sinh", "cosh", "tanh")},
        **{"a" + name: getattr(np, "arc" + name) for name in ("sinh", "cosh", "tanh", "tan")},
        "atan2": np.arctan2,
    },
)


def _real(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Turn poles into infinities or NaN, and complex values into NaN."""

    def guarded(*parts: Any) -> Any:
        try:
            result = compute(*parts)
        except (ZeroDivisionError, ValueError, OverflowError):
            return mp.nan
        return mp.nan if isinstance(result, mp.mpc) else result

    return guarded


def _mp_literal(expression: sp.Basic) -> Any:
    return _mp_literal_at(expression, mp.mp.prec)


@lru_cache(maxsize=1024)
def _mp_literal_at(expression: sp.Basic, _: int) -> Any:
    """Convert once for each working precision, which mpmath reads from its global state."""
    if expression in (sp.true, sp.false):
        return bool(expression)
    if isinstance(expression, sp.Rational):
        return mp.mpf(expression.p) / expression.q
    special_values = {sp.oo: mp.inf, -sp.oo: -mp.inf, sp.nan: mp.nan, sp.pi: +mp.pi, sp.E: +mp.e}
    if expression in special_values:
        return special_values[expression]
    return mp.mpf(str(sp.N(expression, mp.mp.dps + 5)))


def _mp_power(base: Any, exponent: Any) -> Any:
    if base == 0 and exponent < 0:
        return mp.inf
    return mp.power(base, exponent)


def _clipped(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Forgive the rounding that carries a cosine just outside [-1, 1]."""
    room = mp.mpf(10) ** -15
    return lambda x: compute(max(-1, min(1, x))) if abs(x) <= 1 + room else mp.nan


def _mp_equal(left: Any, right: Any) -> bool:
    """Compare up to the last digits: what is equal to an irrational number is never given."""
    return bool(left == right or abs(left - right) <= mp.eps * 2**16 * max(abs(left), abs(right)))


MPMATH = Arithmetic(
    literal=_mp_literal,
    choose=lambda holds, left, right: left if holds else right,
    heads={
        **_COMPARISONS,
        "Equality": _mp_equal,
        "Unequality": lambda left, right: not _mp_equal(left, right),
        "Add": _fold(operator.add),
        "Mul": _fold(operator.mul),
        "Pow": _real(_mp_power),
        "And": lambda *parts: all(parts),
        "Or": lambda *parts: any(parts),
        "Not": operator.not_,
        "Min": min,
        "Max": max,
        "Abs": abs,
        "sign": mp.sign,
        "Heaviside": lambda x, *_: mp.mpf(x >= 0),
        "LambertW": _real(lambda x, k=0: mp.lambertw(x, int(k))),
        "loggamma": _real(mp.loggamma),
        "acos": _clipped(mp.acos),
        "asin": _clipped(mp.asin),
        "log": _real(lambda x: -mp.inf if x == 0 else mp.log(x)),
        **{name: _real(getattr(mp, name)) for name in ("exp", "sin", "cos", "tan", "erf", "erfc")},
        **{name: _real(getattr(mp, name)) for name in ("sinh", "cosh", "tanh", "atan", "atan2")},
        **{name: _real(getattr(mp, name)) for name in ("asinh", "acosh", "atanh")},
    },
)
