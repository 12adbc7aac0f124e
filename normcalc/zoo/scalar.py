"""Convex penalties of one real variable."""

from __future__ import annotations

from functools import cache

from normcalc.language import Function, function


@cache
def l1() -> Function:
    """Absolute value, the lasso penalty."""
    return function("lam*abs(x)")


@cache
def square() -> Function:
    """Half the square."""
    return function("x**2/2")


@cache
def ridge() -> Function:
    """Squared penalty with a weight."""
    return function("mu*x**2/2")


@cache
def elastic_net() -> Function:
    """Absolute value plus a square."""
    return function("lam*abs(x) + mu*x**2/2")


@cache
def nonnegative_l1() -> Function:
    """Absolute value on the nonnegative half-line."""
    return function("Piecewise((lam*x, x >= 0), (oo, True))")


@cache
def power() -> Function:
    """Power of the absolute value."""
    return function("lam*abs(x)**p", where="p > 1")


@cache
def entropy() -> Function:
    """Negative entropy, with value 0 at 0."""
    return function("x*log(x)", domain=(0, None))


@cache
def burg() -> Function:
    """Burg entropy, the logarithmic barrier."""
    return function("-lam*log(x)", domain=(0, None))


@cache
def fair() -> Function:
    """Fair potential: quadratic near zero, linear far out."""
    return function("w*abs(x) - log(1 + w*abs(x))")
