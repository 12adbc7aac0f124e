"""Sets of the real line, as functions that are 0 inside and plus infinity outside."""

from __future__ import annotations

from functools import cache

from normcalc.language import Function, Real, function

__all__ = [
    "nonnegative_orthant",
    "nonpositive_orthant",
    "box",
    "symmetric_interval",
    "point",
    "binary",
]


@cache
def nonnegative_orthant() -> Function:
    """The nonnegative half-line; applied to an array, the orthant.

    Its prox is the projection, the rectified linear unit (ReLU).
    """
    return function("Piecewise((0, x >= 0), (oo, True))")


@cache
def nonpositive_orthant() -> Function:
    """The nonpositive half-line; applied to an array, the negative orthant."""
    return function("Piecewise((0, x <= 0), (oo, True))")


@cache
def box() -> Function:
    """The interval from `lo` to `hi`; applied to an array, the box.

    Its prox is the projection, clipping.
    """
    return function(
        "Piecewise((0, (x >= lo) & (x <= hi)), (oo, True))", where="lo <= hi", lo=Real, hi=Real
    )


@cache
def symmetric_interval() -> Function:
    """The interval from `-r` to `r`.

    The unit ball of the largest absolute value; its prox clips, the saturated linear activation.
    """
    return function("Piecewise((0, abs(x) <= r), (oo, True))")


@cache
def point() -> Function:
    """The point `c`."""
    return function("Piecewise((0, x == c), (oo, True))", c=Real)


@cache
def binary() -> Function:
    """The two numbers 0 and 1, not convex.

    Its prox rounds to a binary value.
    """
    return function("Piecewise((0, (x == 0) | (x == 1)), (oo, True))")
