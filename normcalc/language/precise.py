"""An mpmath interpreter for trees: the same meaning as `evaluate`, at the caller's precision.

Where a real function has no real value the answer is NaN, as in NumPy; mpmath would answer with
a complex number.
"""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING, Any

import mpmath

from normcalc.errors import LanguageError
from normcalc.language.evaluate import implementation
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
)
from normcalc.language.vocabulary import HEADS, VECTOR_HEADS

if TYPE_CHECKING:
    from collections.abc import Mapping

_COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def evaluate_mp(node: Node, env: Mapping[str, Any]) -> Any:
    """Return the value of a scalar tree as an mpmath number, or of a condition as a bool.

    Parameters
    ----------
    node : Node
        A tree without operations on vectors.
    env : mapping of str to number
        mpmath numbers, or anything that ``mpmath.mpf`` accepts.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> with mpmath.workdps(30):
    ...     print(evaluate_mp(parse("x/3"), {"x": 1}))
    0.333333333333333333333333333333
    """
    if isinstance(node, Number):
        return mpmath.mpf(node.value.numerator) / node.value.denominator
    if isinstance(node, Symbol):
        return _look_up(node.name, env)
    if isinstance(node, Constant):
        return {"pi": +mpmath.pi, "e": +mpmath.e, "oo": mpmath.inf}[node.name]
    if isinstance(node, Apply):
        return _apply(node, [evaluate_mp(arg, env) for arg in node.args])
    return _first(node, env) if isinstance(node, Piecewise) else _condition(node, env)


def _look_up(name: str, env: Mapping[str, Any]) -> Any:
    if name not in env:
        raise LanguageError(f"no value for {name!r}; given: {', '.join(env) or 'none'}")
    return mpmath.mpmathify(env[name])


def _apply(node: Apply, values: list[Any]) -> Any:
    if node.head in VECTOR_HEADS:
        raise LanguageError(f"{node.head} works on vectors; high precision is for scalar formulas")
    if any(mpmath.isnan(value) for value in values):
        return mpmath.nan
    value = implementation(HEADS[node.head].mpmath)(*values)
    return value if isinstance(value, mpmath.mpf) else _real(value)


def _real(value: Any) -> Any:
    number = mpmath.mpmathify(value)
    return mpmath.nan if isinstance(number, mpmath.mpc) and number.imag != 0 else +number.real


def _condition(node: Compare | Logic, env: Mapping[str, Any]) -> bool:
    if isinstance(node, Compare):
        compare = _COMPARISONS[node.relation]
        return bool(compare(evaluate_mp(node.left, env), evaluate_mp(node.right, env)))
    parts = [bool(evaluate_mp(arg, env)) for arg in node.args]
    if node.head == "not":
        return not parts[0]
    return all(parts) if node.head == "and" else any(parts)


def _first(node: Piecewise, env: Mapping[str, Any]) -> Any:
    for value, condition in node.cases:
        if condition is None or evaluate_mp(condition, env):
            return evaluate_mp(value, env)
    return mpmath.nan


def plus(*terms: Any) -> Any:
    """Return the sum of the terms."""
    return reduce(lambda a, b: a + b, terms)


def minus(a: Any, b: Any) -> Any:
    """Return the difference."""
    return a - b


def times(*factors: Any) -> Any:
    """Return the product of the factors."""
    return reduce(lambda a, b: a * b, factors)


def over(a: Any, b: Any) -> Any:
    """Return the quotient; a zero divisor gives an infinity, and 0/0 NaN."""
    if b == 0:
        return mpmath.nan if a == 0 else mpmath.inf * mpmath.sign(a)
    return a / b


def negative(a: Any) -> Any:
    """Return the number with the other sign."""
    return -a


def power(a: Any, b: Any) -> Any:
    """Return the real power; a negative base takes whole exponents only."""
    if b == 0 or a == 1:
        return mpmath.mpf(1)
    if a == 0:
        return mpmath.inf if b < 0 else mpmath.mpf(0)
    if mpmath.isinf(a) or mpmath.isinf(b):
        return _infinite_power(a, b)
    if a < 0 and not mpmath.isint(b):
        return mpmath.nan
    return mpmath.power(a, b)


def _infinite_power(a: Any, b: Any) -> Any:
    if mpmath.isinf(b):
        grows = (abs(a) > 1) == (b > 0)
        return mpmath.mpf(1) if abs(a) == 1 else (mpmath.inf if grows else mpmath.mpf(0))
    odd = a < 0 and mpmath.isint(b) and int(b) % 2 == 1
    return (-1 if odd else 1) * (mpmath.inf if b > 0 else mpmath.mpf(0))


def maximum(*values: Any) -> Any:
    """Return the largest of the values."""
    return max(values)


def minimum(*values: Any) -> Any:
    """Return the smallest of the values."""
    return min(values)


def cbrt(x: Any) -> Any:
    """Return the real cube root."""
    return mpmath.sign(x) * mpmath.cbrt(abs(x))


def heaviside(x: Any) -> Any:
    """Return 1 where ``x >= 0`` and 0 where ``x < 0``."""
    return mpmath.mpf(1 if x >= 0 else 0)


def loggamma(x: Any) -> Any:
    """Return the logarithm of the Gamma function for ``x > 0``; NaN for ``x < 0``."""
    if x <= 0:
        return mpmath.nan if x < 0 else mpmath.inf
    return mpmath.loggamma(x)


def lambertw(x: Any) -> Any:
    """Return the principal real branch of Lambert's W."""
    return mpmath.inf if x == mpmath.inf else mpmath.lambertw(x)
