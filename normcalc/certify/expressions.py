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
    return _value(sp.sympify(expression, strict=True), dict(values), over)


def _value(expression: sp.Basic, known: dict[sp.Basic, Any], over: Arithmetic) -> Any:
    if expression in known:
        return known[expression]
    if isinstance(expression, sp.Symbol):
        raise InputError(f"no value was given for {expression.name}")
    if not expression.args:
        return over.literal(expression)
    if isinstance(expression, sp.Piecewise):
        result = _piecewise(expression, known, over)
    else:
        head = over.heads.get(type(expression).__name__)
        if head is None:
            raise InputError(f"cannot evaluate {type(expression).__name__} in {expression}")
        result = head(*[_value(part, known, over) for part in expression.args])
    known[expression] = result
    return result


def _piecewise(expression: sp.Piecewise, known: dict[sp.Basic, Any], over: Arithmetic) -> Any:
    result = over.literal(sp.nan)
    for value, condition in reversed(expression.args):
        holds = _value(condition, known, over)
        result = over.choose(holds, _value(value, known, over), result)
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


MPMATH = Arithmetic(
    literal=_mp_literal,
    choose=lambda holds, left, right: left if holds else right,
    heads={
        **_COMPARISONS,
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
