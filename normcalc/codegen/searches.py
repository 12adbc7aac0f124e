"""The search for the least point of a function, for generated modules to carry inside them.

As the primitives, these use NumPy, each other and nothing else.  Each is a maker: it returns the
function for one given pair of value and derivative, which is how numba keeps it on disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.codegen.primitives import Constants, Pair, Solver, apart

if TYPE_CHECKING:
    from collections.abc import Callable


def height_of(function: Pair) -> Solver:
    """Return ``height(u, v, k) = function(u, k) - v*u``, infinite where that is not a number."""

    @apart
    def height(u: float, v: float, k: Constants) -> float:
        value: float = function(u, k)[0] - v * u
        return value if value == value else np.inf

    return height


def narrowing(function: Pair) -> Callable[..., tuple[float, float, bool]]:
    """Return ``narrowed(lo, hi, v, k)``: a short interval about a low point of the height.

    Its third result tells whether the height falls at the left end and rises at the right one.
    """
    height = height_of(function)

    @apart
    def narrowed(lo: float, hi: float, v: float, k: Constants) -> tuple[float, float, bool]:
        turns = False
        for _ in range(24):
            turns = function(lo, k)[1] < v < function(hi, k)[1]
            if turns and hi - lo < 0.05 * abs(lo + hi):
                break
            best, place = np.inf, 0
            for i in range(1, 10):
                value = height(lo + 0.1 * i * (hi - lo), v, k)
                if value < best:
                    best, place = value, i
            lo, hi = lo + 0.1 * (place - 1) * (hi - lo), lo + 0.1 * (place + 1) * (hi - lo)
        return lo, hi, turns

    return narrowed


def bottoms(function: Pair) -> Callable[..., tuple[float, bool]]:
    """Return ``bottom(lo, hi, v, k)``: a low point, and whether the derivative vanishes there."""
    height, narrowed = height_of(function), narrowing(function)

    @apart
    def bottom(lo: float, hi: float, v: float, k: Constants) -> tuple[float, bool]:
        lo, hi, turns = narrowed(lo, hi, v, k)
        for _ in range(100):
            middle = 0.5 * lo + 0.5 * hi
            if not lo < middle < hi:
                break
            if function(middle, k)[1] < v:
                lo = middle
            else:
                hi = middle
        return (lo if height(lo, v, k) < height(hi, v, k) else hi), turns

    return bottom


def comparing(function: Pair) -> Callable[..., bool]:
    """Return ``lower(at, trial, yields, v, k)``: whether `trial` replaces the minimum `at`.

    Heights differ by rounding.  A mark that `yields` to a zero of the derivative does so unless
    that is the mark itself; anything else must be clearly lower.
    """
    height = height_of(function)

    @apart
    def lower(at: float, trial: float, yields: bool, v: float, k: Constants) -> bool:
        best, found = height(at, v, k), height(trial, v, k)
        noise = 4e-16 * (abs(best) + abs(v * at))
        apart = abs(trial - at) > 1e-15 * (abs(at) + abs(v)) + 1e-30
        return at != at or found < best + (noise if yields and apart else -noise)

    return lower


def grids(function: Pair) -> Callable[..., tuple[float, bool]]:
    """Return ``better(at, marked, centre, v, lo, hi, k)``, which looks for a lower point.

    It looks on a grid about the centre that spans eighteen decades of distances on either side.
    """
    height, bottom, lower = height_of(function), bottoms(function), comparing(function)

    @apart
    def better(
        at: float, marked: bool, centre: float, v: float, lo: float, hi: float, k: Constants
    ) -> tuple[float, bool]:
        far, near, before, middle = lo, lo, np.inf, np.inf
        for i in range(-109, 111):
            size = 0.0 if i == 0 else 10.0 ** (abs(i) / 6.0 - 9.0)
            u = min(max(centre + (size if i > 0 else -size), lo), hi)
            if i < 110 and u == near < hi:
                continue
            value = np.inf if i == 110 or u == near else height(u, v, k)
            if middle < np.inf and middle <= before and middle <= value:
                trial, turns = bottom(far if np.isfinite(far) else near, u, v, k)
                if lower(at, trial, marked and turns, v, k):
                    at, marked = trial, False
            far, near, before, middle = near, u, middle, value
        return at, marked

    return better


def searched(function: Pair) -> Solver:
    """Return ``least(target, lo, hi, marks, k)``: the `u` of least ``function(u, k) - target*u``.

    Grids about the target and about each of the `marks` bracket the low points between `lo` and
    `hi`; each is narrowed, and then bisected on the derivative.  Where the height still falls at
    the end of the grids, the result is infinite.
    """
    height, better = height_of(function), grids(function)

    @apart
    def least(
        target: float, lo: float, hi: float, marks: tuple[float, ...], k: Constants
    ) -> float:
        v = np.float64(target)
        if v != v:
            return v
        at, best, marked = np.nan, np.inf, True
        for mark in marks:
            if lo <= mark <= hi and height(mark, v, k) < best:
                at, best = mark, height(mark, v, k)
        for turn in range(len(marks) + 1):
            centre = v if turn == len(marks) else marks[turn]
            if np.isfinite(centre):
                at, marked = better(at, marked, centre, v, lo, hi, k)
        far = abs(at - v) > 1e8 and abs(at) > 1e8 and lo < at < hi
        if far or height(at, v, k) == -np.inf:
            return np.inf if at > 0.0 else -np.inf
        return at

    return least
