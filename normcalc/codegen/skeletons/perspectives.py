"""Perspective functions: their values, and their proxes by one equation for the scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.skeletons.alternating import largest_size
from normcalc.codegen.skeletons.marks import Parameters, Prox, Value, Vector, apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.skeletons.monotone import Equation, Solver


def instead_of_zeros(x: Vector, number: float) -> Vector:
    """Return the entries, with a number in place of zeros."""
    found = x.copy()
    for i in range(x.size):
        if found[i] == 0.0:
            found[i] = number
    return found


def scaled_by(factor: float, x: Vector, out: Vector) -> None:
    """Write a multiple of a vector at the start of another."""
    for i in range(x.size):
        out[i] = factor * x[i]


def within_reach(value: Value, loose: Value) -> Value:
    """Return the value at a point that a prox gave, which may miss the domain by a rounding.

    `loose` is the value with conditions that are given room.
    """

    @apart
    def reached(x: Vector, p: Parameters) -> float:
        found = value(x, p)
        if np.isfinite(found):
            return found
        least = np.inf
        for number in (0.0, 1e-300, -1e-300):  # a formula may have no value at zeros
            least = min(least, loose(instead_of_zeros(x, number), p))
        return least

    return reached


def slope_far(value: Value) -> Value:
    """Return the limit of ``t*f(y/t)`` for t to 0: the slope of f far out in a direction."""

    @apart
    def slope(y: Vector, size: float, reach: float, p: Parameters) -> float:
        x = np.empty(y.size)
        scaled_by(reach / size, y, x)
        far = value(x, p)
        scaled_by(0.5, x, x)
        return (far - value(x, p)) / (reach / 2.0) * size

    @apart
    def limit(y: Vector, p: Parameters) -> float:
        size = largest_size(y)
        if size == 0.0:
            return 0.0
        reach = 2.0**200  # the first at which the formula does not overflow
        last = slope(y, size, reach, p)
        while reach > 2.0 and not np.isfinite(last):
            reach /= 2.0
            last = slope(y, size, reach, p)
        if not np.isfinite(last):
            return np.inf
        if abs(last) <= 1e-20 * size:
            return 0.0
        before = slope(y, size, np.sqrt(reach), p)
        return np.inf if last > 1.1 * max(before, 0.0) else last

    return limit


def perspective_of(value: Value, far: Value) -> Value:
    """Return the perspective at ``(y, t)`` of a convex function; infinite for t < 0.

    At an end of the domain, where the formula may have no value, it is the limit, which is known
    where it does not change between two points that are very close to it.
    """

    @apart
    def perspective(x: Vector, p: Parameters) -> float:
        y, t = np.empty(x.size - 1), x[x.size - 1]
        if t < 0.0 or not np.isfinite(largest_size(x) + t):
            return np.inf
        for i in range(y.size):
            y[i] = x[i] / t if t > 0.0 else x[i]
        if t == 0.0:
            return far(y, p)
        found = value(y, p)
        if np.isfinite(found):
            return float(t * found)
        least = np.inf
        for sign in (1.0, -1.0):
            near = value(instead_of_zeros(y, sign * 1e-300), p)
            if abs(near - value(instead_of_zeros(y, sign * 1e-200), p)) <= 1e-9:
                least = min(least, near)
        return float(t * (0.0 if abs(least) < 1e-280 else least))

    return perspective


def least_scale(fall: Equation) -> Callable[[float, float, float, Any], float]:
    """Return ``first(low, top, s, args)``: a small number where `fall` is positive, or -1.

    Where it overflows for small numbers, it is first positive beyond these, or nowhere: what
    falls, but for its part t, has a limit for t to 0, which is taken as known where it does not
    change between the least t without overflow and twice that.
    """

    @apart
    def first(low: float, top: float, s: float, args: Any) -> float:
        t, over, known = low, 0.0, True
        for k in range(8):
            value = fall(t, args)
            if value > 0.0:
                return t
            if not np.isfinite(value):
                over, known = t, known and k > 0
            t = top * 10.0 ** (2 * k - 13)
        if known:
            return -1.0
        high, value, growing = over, np.nan, True
        while growing or high > 1.01 * over:
            t = 2.0 * high if growing else np.sqrt(over * high)
            value = fall(t, args)
            finite = np.isfinite(value)
            high = t if finite or growing else high
            over = over if finite or growing else t
            growing = growing and not finite and high < 1e200
        at, twice = fall(high, args), fall(2.0 * high, args) + 2.0 * high
        if at > 0.0:
            return high
        if at + high <= 0.0 and abs(at + high - twice) <= 1e-9 * (abs(s) + abs(at + high)):
            return -1.0
        raise ValueError("the scale lies below the numbers at which the formula overflows")

    return first


def flat_part(far: Value) -> Callable[[Vector, Parameters], Vector]:
    """Return the part of y at which the perspective is finite for t = 0."""

    @apart
    def flat(y: Vector, p: Parameters) -> Vector:
        if np.isfinite(far(y, p)):
            return y
        top, cleared = largest_size(y), y.copy()
        for i in range(y.size):
            if abs(y[i]) <= 1e-9 * top:
                cleared[i] = 0.0
        return cleared if np.isfinite(far(cleared, p)) else np.zeros(y.size)

    return flat


def rescaled(fall: Equation, root: Solver, far: Value) -> Prox:
    """Return the prox of ``t*f(y/t)`` at ``(y, t)`` from that of f and the slope in t.

    ``fall(t, args)``, for args ``(y, s, step, p, least, u)``, is how fast the objective falls at
    t, times the step, less `least` times what is rounded; it writes the prox of f to u.
    """
    first, flat = least_scale(fall), flat_part(far)

    @apart
    def found(v: Vector, step: float, p: Parameters, out: Vector) -> None:
        n, top = v.size - 1, largest_size(v)
        step, s = max(step, 1e-40 * max(top, 1.0)), v[n]
        y, u = np.empty(n), np.empty(n)
        for i in range(n):
            y[i] = v[i]
        low = 1e-13 * max(top, 1e-40)
        low = min(1e-13 * step, low)
        least = first(low, max(top, 1e-40), s, (y, s, step, p, 1e-15, u))
        t = low
        if least > 0.0:
            t = root(least, abs(s) + step, (y, s, step, p, 0.0, u))
        fall(t, (y, s, step, p, 0.0, u))
        scaled_by(t, u, y)
        scaled_by(1.0, y if least > 0.0 else flat(y, p), out)
        out[n] = t if least > 0.0 else 0.0

    return found
