"""SymPy implementations of the heads that SymPy itself lacks or spells otherwise."""

from __future__ import annotations

from typing import Any

import sympy as sp


def plus(*terms: Any) -> Any:
    """Return the sum of the terms."""
    return sp.Add(*terms)


def minus(a: Any, b: Any) -> Any:
    """Return the difference."""
    return a - b


def times(*factors: Any) -> Any:
    """Return the product of the factors."""
    return sp.Mul(*factors)


def over(a: Any, b: Any) -> Any:
    """Return the quotient."""
    return a / b


def negative(a: Any) -> Any:
    """Return the expression with the other sign."""
    return -a


def power(a: Any, b: Any) -> Any:
    """Return the power."""
    return sp.Pow(a, b)


def cbrt(x: Any) -> Any:
    """Return the real cube root; SymPy's own is complex for negative numbers."""
    return sp.sign(x) * sp.Abs(x) ** sp.Rational(1, 3)


def expm1(x: Any) -> Any:
    """Return ``exp(x) - 1``."""
    return sp.exp(x) - 1


def log1p(x: Any) -> Any:
    """Return ``log(1 + x)``."""
    return sp.log(1 + x)


def heaviside(x: Any) -> Any:
    """Return the step function that is 1 at zero."""
    return sp.Heaviside(x, 1)
