"""Convex penalties of one real variable."""

from __future__ import annotations

from functools import cache

from normcalc.language import Function, Nonnegative, Real, function

__all__ = [
    "zero",
    "linear",
    "l1",
    "nonnegative_l1",
    "boxed_l1",
    "linear_on_interval",
    "interval_support",
    "square",
    "ridge",
    "nonnegative_square",
    "elastic_net",
    "nonnegative_elastic_net",
    "power",
    "three_halves_power",
    "cube",
    "nonnegative_cube",
    "four_thirds_ridge",
    "cubic_ridge",
    "quartic_ridge",
    "exponential_growth",
]


@cache
def zero() -> Function:
    """Nothing: its prox is the identity."""
    return function("0*x")


@cache
def linear() -> Function:
    """Linear function with slope `c`; its prox is a shift."""
    return function("c*x", c=Real)


@cache
def l1() -> Function:
    """Absolute value, the lasso penalty.

    Also called l1 norm.  Its prox is soft thresholding (soft threshold, shrinkage operator).
    """
    return function("lam*abs(x)")


@cache
def nonnegative_l1() -> Function:
    """Absolute value on the nonnegative half-line.

    The positive lasso.  Its prox is one-sided soft thresholding.
    """
    return function("Piecewise((lam*x, x >= 0), (oo, True))")


@cache
def boxed_l1() -> Function:
    """Absolute value on the interval from `lo` to `hi`.

    Its prox is soft thresholding, then clipping.
    """
    return function(
        "Piecewise((lam*abs(x), (x >= lo) & (x <= hi)), (oo, True))",
        where="lo < hi",
        lo=Real,
        hi=Real,
    )


@cache
def linear_on_interval() -> Function:
    """Linear function on the interval from 0 to `a`."""
    return function("Piecewise((c*x, (x >= 0) & (x <= a)), (oo, True))", c=Real)


@cache
def interval_support() -> Function:
    """Support function of the interval from `a` to `b`.

    Also called asymmetric absolute value.  Its prox is asymmetric soft thresholding.
    """
    return function("max(a*x, b*x)", where="a <= b", a=Real, b=Real)


@cache
def square() -> Function:
    """Half the square.

    Also called squared l2 norm, Tikhonov penalty.  It is its own conjugate.
    """
    return function("x**2/2")


@cache
def ridge() -> Function:
    """Squared penalty with a weight.

    Also called Tikhonov penalty, weight decay.
    """
    return function("mu*x**2/2")


@cache
def nonnegative_square() -> Function:
    """Half the square on the nonnegative half-line."""
    return function("Piecewise((x**2/2, x >= 0), (oo, True))")


@cache
def elastic_net() -> Function:
    """Absolute value plus a square.

    Its prox is soft thresholding, then shrinkage by a factor.
    """
    return function("lam*abs(x) + mu*x**2/2")


@cache
def nonnegative_elastic_net() -> Function:
    """Absolute value plus a square on the nonnegative half-line."""
    return function(
        "Piecewise((lam*x + mu*x**2/2, x >= 0), (oo, True))", lam=Nonnegative, mu=Nonnegative
    )


@cache
def power() -> Function:
    """Power of the absolute value above one."""
    return function("lam*abs(x)**p", where="p > 1")


@cache
def three_halves_power() -> Function:
    """Absolute value to the power three halves."""
    return function("lam*abs(x)**(3/2)")


@cache
def cube() -> Function:
    """Third power of the absolute value.

    Also called cubic regularisation.
    """
    return function("lam*abs(x)**3")


@cache
def nonnegative_cube() -> Function:
    """Third power on the nonnegative half-line."""
    return function("Piecewise((lam*x**3, x >= 0), (oo, True))")


@cache
def four_thirds_ridge() -> Function:
    """Square plus the power four thirds of the absolute value."""
    return function("x**2/2 + mu*abs(x)**(4/3)")


@cache
def cubic_ridge() -> Function:
    """Square plus the third power of the absolute value."""
    return function("x**2/2 + mu*abs(x)**3")


@cache
def quartic_ridge() -> Function:
    """Square plus the fourth power."""
    return function("x**2/2 + mu*x**4")


@cache
def exponential_growth() -> Function:
    """Exponential of the absolute value, less its linear part."""
    return function("exp(abs(x)) - abs(x) - 1")
