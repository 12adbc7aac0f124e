"""Sets of the real line, as functions that are 0 inside and plus infinity outside."""

from __future__ import annotations

from functools import cache

from normcalc.language import Function, Real, function


@cache
def nonnegative_orthant() -> Function:
    """The nonnegative half-line; applied to an array, the orthant."""
    return function("Piecewise((0, x >= 0), (oo, True))")


@cache
def box() -> Function:
    """The interval from `lo` to `hi`; applied to an array, the box."""
    return function(
        "Piecewise((0, (x >= lo) & (x <= hi)), (oo, True))", where="lo <= hi", lo=Real, hi=Real
    )


@cache
def symmetric_interval() -> Function:
    """The interval from `-r` to `r`."""
    return function("Piecewise((0, abs(x) <= r), (oo, True))")


@cache
def point() -> Function:
    """The point `c`."""
    return function("Piecewise((0, x == c), (oo, True))", c=Real)
