"""Nonconvex penalties of one real variable."""

from __future__ import annotations

from functools import cache

from normcalc.language import Function, Interval, function


@cache
def l0() -> Function:
    """Counts the entries that are not zero."""
    return function("Piecewise((0, x == 0), (lam, True))")


@cache
def l_half() -> Function:
    """Square root of the absolute value."""
    return function("lam*sqrt(abs(x))")


@cache
def l_two_thirds() -> Function:
    """Two-thirds power of the absolute value."""
    return function("lam*abs(x)**(2/3)")


@cache
def l_p() -> Function:
    """Power of the absolute value below one."""
    return function("lam*abs(x)**p", p=Interval.open(0, 1))


@cache
def capped_l1() -> Function:
    """Absolute value, constant beyond `theta`."""
    return function("lam*min(abs(x), theta)")


@cache
def mcp() -> Function:
    """Minimax concave penalty."""
    return function(
        "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"
    )


@cache
def scad() -> Function:
    """Smoothly clipped absolute deviation."""
    return function(
        "Piecewise((lam*abs(x), abs(x) <= lam),"
        " ((2*a*lam*abs(x) - x**2 - lam**2)/(2*(a - 1)), abs(x) <= a*lam),"
        " ((a + 1)*lam**2/2, True))",
        where="a > 2",
    )


@cache
def log_sum() -> Function:
    """Logarithm of one plus the scaled absolute value."""
    return function("lam*log(1 + abs(x)/eps)")


@cache
def geman_mcclure() -> Function:
    """Geman-McClure penalty."""
    return function("lam*x**2/(x**2 + g)")


@cache
def exponential_type() -> Function:
    """Exponential-type penalty."""
    return function("lam/(1 - exp(-g))*(1 - exp(-g*abs(x)))")


@cache
def cauchy() -> Function:
    """Cauchy penalty, also called Lorentzian."""
    return function("lam*log(1 + x**2/delta)")
