"""Zeros of monotone functions of one number, with a bracket that grows until it holds one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FAR = 1e200


def falling_root(g: Callable[[float], float], lo: float, start: float) -> float:
    """Return the zero of a falling function above `lo`, where it is positive.

    Raises
    ------
    NotDerivable
        The function stays positive.

    Examples
    --------
    >>> round(falling_root(lambda t: 2 - t, 0.0, 1.0), 12)
    2.0
    """
    if not g(lo) > 0:
        return lo
    hi = start if start > lo else lo + 1.0
    while not g(hi) <= 0:
        hi = lo + 4 * (hi - lo)
        if hi - lo > _FAR:
            raise NotDerivable("the equation has no solution: the set is empty")
    return _zero(g, lo, hi)


def monotone_zero(g: Callable[[float], float], start: float) -> float:
    """Return the zero of a falling function on the whole line."""
    if g(0.0) >= 0:
        return 0.0 if g(0.0) == 0 else falling_root(g, 0.0, start)
    return -falling_root(lambda t: -g(-t), 0.0, start)


def zeros_between(g: Callable[[float], float], points: Sequence[float]) -> list[float]:
    """Return the zeros of a function that is monotone between neighbours in a rising list.

    Examples
    --------
    >>> [round(t, 12) for t in zeros_between(lambda t: t * t - 1, [-3.0, 0.0, 2.0])]
    [-1.0, 1.0]
    """
    found = []
    values = [g(point) for point in points]
    for k, (lo, hi) in enumerate(pairwise(points)):
        left, right = values[k], values[k + 1]
        if left > 0 >= right:
            found.append(_zero(g, lo, hi))
        elif left <= 0 < right:
            found.append(_zero(lambda t: -g(t), lo, hi))
    return found


def _zero(g: Callable[[float], float], lo: float, hi: float) -> float:
    """Return the first number found at which g is not positive, to the last digits."""
    if g(hi) == 0 or not (np.isfinite(g(lo)) and np.isfinite(g(hi))):
        return _bisected(g, lo, hi)
    found, report = brentq(
        g, lo, hi, xtol=1e-300, rtol=4 * np.finfo(float).eps, full_output=True, disp=False
    )
    return float(found) if report.converged else _bisected(g, lo, hi)


def _bisected(g: Callable[[float], float], lo: float, hi: float) -> float:
    """Halve; the function may be infinite, or zero on an interval whose first end is wanted."""
    for _ in range(1200):
        middle = lo + (hi - lo) / 2
        if not lo < middle < hi:
            break
        lo, hi = (lo, middle) if g(middle) <= 0 else (middle, hi)
    return hi
