"""Plain floats for the interpreter of expressions: for first looks, where speed matters most."""

from __future__ import annotations

import math
import operator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy as sp
from scipy import special

from normcalc.certify.expressions import NUMPY, Arithmetic

if TYPE_CHECKING:
    from collections.abc import Callable

_SPECIAL: dict[str, Callable[..., float]] = {
    "LambertW": lambda x, k=0: special.lambertw(x, int(k)).real,
    "loggamma": special.gammaln,
    "erf": math.erf,
    "erfc": math.erfc,
}
_NAMES = ("sin", "cos", "tan", "acos", "asin", "atan", "atan2", "sinh", "cosh", "tanh")


@lru_cache(maxsize=1024)
def _literal(expression: sp.Basic) -> Any:
    return bool(expression) if expression in (sp.true, sp.false) else float(expression)


def _guarded(compute: Callable[..., float]) -> Callable[..., float]:
    def guarded(*parts: float) -> float:
        try:
            return compute(*parts)
        except (ArithmeticError, ValueError):
            return math.nan

    return guarded


def _power(base: float, exponent: float) -> float:
    if exponent == 2.0:
        return base * base
    if base == 0 and exponent < 0:
        return math.inf
    try:
        return math.sqrt(base) if exponent == 0.5 else math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _exp(x: float) -> float:
    return math.exp(x) if x < 709.0 else math.inf


def _log(x: float) -> float:
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)


def _product(*parts: float) -> float:
    result = 1.0
    for part in parts:
        result *= part
    return result


FLOAT = Arithmetic(
    literal=_literal,
    choose=lambda holds, left, right: left if holds else right,
    heads={
        **{name: head for name, head in NUMPY.heads.items() if name[0].isupper()},
        "Add": lambda *parts: sum(parts),
        "Mul": _product,
        "Pow": _power,
        "And": lambda *parts: all(parts),
        "Or": lambda *parts: any(parts),
        "Not": operator.not_,
        "Min": min,
        "Max": max,
        "Abs": abs,
        "sign": lambda x: float((x > 0) - (x < 0)),
        "Heaviside": lambda x, *_: float(x >= 0),
        "exp": _exp,
        "log": _log,
        **{name: _guarded(getattr(math, name)) for name in (*_NAMES, "asinh", "acosh", "atanh")},
        **{name: _guarded(head) for name, head in _SPECIAL.items()},
    },
)
