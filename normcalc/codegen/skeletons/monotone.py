"""Zeros of monotone functions: a bracket that grows, then interpolation that keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.skeletons.marks import apart, inner

if TYPE_CHECKING:
    from collections.abc import Callable

    Equation = Callable[[float, Any], float]
    Solver = Callable[[float, float, Any], float]


def chord(lo: float, left: float, hi: float, right: float, halve: bool) -> float:
    """Return a number inside a bracket: on the chord, or in the middle."""
    x = lo + 0.5 * (hi - lo)
    if not halve and np.isfinite(left) and np.isfinite(right):
        x = lo + (hi - lo) * (left / (left - right))
        edge = 2e-16 * max(abs(lo), abs(hi))
        x = min(max(x, lo + edge), hi - edge)
        if not lo < x < hi:
            x = lo + 0.5 * (hi - lo)
    return x


def first_not_positive(g: Equation) -> Solver:
    """Return ``first(lo, hi, args)``: by halving, the least number at which ``g <= 0``."""

    @inner
    def first(lo: float, hi: float, args: Any) -> float:
        for _ in range(1200):
            x = lo + 0.5 * (hi - lo)
            if not lo < x < hi:
                break
            if g(x, args) <= 0.0:
                hi = x
            else:
                lo = x
        return hi

    return first


def narrowed_zero(g: Equation) -> Solver:
    """Return ``zero(lo, hi, args)``: where ``g`` falls through zero, to the last digits.

    Chords, with the value at an end that stays made smaller as Anderson and Bjorck propose, and a
    halving where three chords did not halve the bracket.
    """
    first = first_not_positive(g)

    @inner
    def zero(lo: float, hi: float, args: Any) -> float:
        left, right = g(lo, args), g(hi, args)
        if right == 0.0:
            return first(lo, hi, args)
        side, slow, width, best, least = 0, 0, hi - lo, hi, abs(right)
        while hi - lo > 4.5e-16 * max(abs(lo), abs(hi)):
            x = chord(lo, left, hi, right, slow >= 3)
            if not lo < x < hi:
                break
            slow = 0 if slow >= 3 else slow
            value = g(x, args)
            if abs(value) <= least:
                best, least = x, abs(value)
            if value == 0.0:
                break
            old, turn = (left, 1) if value > 0.0 else (right, -1)
            shrunk = 1.0
            if side == turn:
                share = 1.0 - value / old
                shrunk = share if share > 0.0 else 0.5
            if turn == 1:
                lo, left, right = x, value, right * shrunk
            else:
                hi, right, left = x, value, left * shrunk
            side, slow = turn, slow + 1
            if hi - lo <= 0.5 * width:
                width, slow = hi - lo, 0
        return best

    return zero


def falling_zero(g: Equation) -> Solver:
    """Return ``root(lo, start, args)``: the zero of a falling `g` above `lo`, where g > 0."""
    zero = narrowed_zero(g)

    @inner
    def root(lo: float, start: float, args: Any) -> float:
        if not g(lo, args) > 0.0:
            return lo
        below, hi = lo, start if start > lo else lo + 1.0
        while not g(hi, args) <= 0.0:
            below, hi = hi, lo + 4.0 * (hi - lo)
            if hi - lo > 1e200:
                raise ValueError("the equation has no solution: the set is empty")
        return zero(below, hi, args)

    return root


def monotone_zero(g: Equation) -> Solver:
    """Return ``root(start, unused, args)``: the zero of a falling `g` on the whole line."""

    @inner
    def mirrored(t: float, args: Any) -> float:
        return -g(-t, args)

    rising, falling = falling_zero(mirrored), falling_zero(g)

    @inner
    def root(start: float, unused: float, args: Any) -> float:
        middle = g(0.0, args)
        if middle == 0.0:
            return 0.0
        return falling(0.0, start, args) if middle > 0.0 else -rising(0.0, start, args)

    return root


def zero_between(g: Equation) -> Solver:
    """Return ``zero(lo, hi, args)``: where a monotone `g` changes its sign; NaN if it does not."""

    @inner
    def turned_down(t: float, args: Any) -> float:
        return float(args[0] * g(t, args[1]))

    falling = narrowed_zero(turned_down)

    @apart
    def zero(lo: float, hi: float, args: Any) -> float:
        left, right = g(lo, args), g(hi, args)
        if left > 0.0 and right <= 0.0:
            return falling(lo, hi, (1.0, args))
        if left <= 0.0 and right > 0.0:
            return falling(lo, hi, (-1.0, args))
        return np.nan

    return zero
