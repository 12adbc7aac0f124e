"""What Newton steps on proxes need: derivatives, first steps, linear systems, line searches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.jit import Floats

INSIDE = 1e-7  # relatively: the width of the differences that derivatives of a prox are read from
NARROW = 1e-9  # the same where entries move together, whose kinks may lie close to each other
FLAT = 0.3  # of the slope at the start: where a line search ends
SEARCHES = 40
MORE = 1.05  # times as far: a prox that a larger step still moves, if only by logarithms
FAR = 1e12


def derivative(prox: Any, v: Floats, step: float) -> Floats:
    """Return the derivatives of a prox of each entry; differences are exact on straight pieces."""
    width = INSIDE * (1.0 + np.abs(v))
    slopes = (prox(v + width, step) - prox(v - width, step)) / (2.0 * width)
    return np.asarray(np.clip(slopes, 0.0, 1.0))


def turning_entries(prox: Any, v: Floats, step: float) -> Callable[[Floats], Floats]:
    """Return the derivative of a prox of each entry as a map."""
    slopes = derivative(prox, v, step)
    return lambda d: slopes * d


def turning(prox: Any, v: Floats, step: float) -> Callable[[Floats], Floats]:
    """Return the derivative of a prox as a map, by differences.

    Examples
    --------
    >>> turn = turning(lambda v, step: v - v.mean(), np.array([1.0, 3.0]), 1.0)
    >>> turn(np.array([1.0, 0.0])).round(6)
    array([ 0.5, -0.5])
    """
    size = NARROW * (1.0 + float(np.abs(v).max(initial=0.0)))

    def turned(d: Floats) -> Floats:
        length = float(np.abs(d).max(initial=0.0)) or 1.0
        short = size / length * d
        return np.asarray((prox(v + short, step) - prox(v - short, step)) * (0.5 * length / size))

    return turned


def conjugate_gradients(product: Any, right: Floats, tol: float, most: int) -> Floats | None:
    """Return about the solution of a positive definite system; None if it takes more steps.

    Examples
    --------
    >>> conjugate_gradients(lambda d: 2.0 * d, np.array([2.0, 4.0]), 1e-9, 2)
    array([1., 2.])
    """
    found, left = np.zeros_like(right), right.copy()
    direction, size = left.copy(), float(left @ left)
    limit = tol * tol * size
    for _ in range(most):
        image = product(direction)
        length = size / float(direction @ image)
        found += length * direction
        left -= length * image
        before, size = size, float(left @ left)
        if size <= limit:
            return found
        direction = left + size / before * direction
    return None


def reach(prox: Any, start: Floats) -> tuple[float, float]:
    """Return how far a prox moves a point, and the step with which it moves half as far.

    The step is zero for constraints, which are met with any step.

    Examples
    --------
    >>> reach(lambda v, step: v - np.clip(v, -step, step), np.array([8.0]))
    (8.0, 4.0)
    >>> reach(lambda v, step: np.clip(v, -1.0, 1.0), np.array([8.0]))
    (7.0, 0.0)
    """
    moved, step = float(np.linalg.norm(prox(start, FAR) - start)), FAR
    nearer = float(np.linalg.norm(prox(start, 1e-3 * FAR) - start))
    if moved > 1e-3 * FAR or moved > MORE * nearer:  # there is no end in this direction
        moved = min(moved, 1.0 + float(np.linalg.norm(start)))
    while step > 1.0 / FAR:
        step *= 0.1
        shift = float(np.linalg.norm(prox(start, step) - start))
        if shift < 0.5 * moved:
            return moved, 0.5 * moved * step / shift if shift > 0.0 else 0.0
    return moved, 0.0


def solved(square: Floats, right: Floats) -> Floats:
    """Return the solution of a positive definite system, with more on the diagonal if needed."""
    extra = 0.0
    for _ in range(8):
        try:
            return np.asarray(cho_solve(cho_factor(square), right))
        except LinAlgError:
            extra = 100.0 * extra or 1e-14 * float(np.trace(square))
            square = square + extra * np.eye(len(square))
    return right


def zero_of(slope: Any, first: float) -> float:
    """Return where an increasing function that starts below zero is small; 0 if it does not.

    Examples
    --------
    >>> zero_of(lambda t: t - 3.0, -3.0)
    3.0
    """
    if not first < 0.0:
        return 0.0
    low, high, at_low = 0.0, 1.0, first
    at_high = slope(high)
    while at_high < FLAT * first and high < 1e6:
        low, at_low, high = high, at_high, 2.0 * high
        at_high = slope(high)
    t, at = high, at_high
    for k in range(SEARCHES):
        if abs(at) <= FLAT * abs(first):
            break
        straight = k % 3 and at_high > at_low
        t = low - (high - low) * at_low / (at_high - at_low) if straight else 0.5 * (low + high)
        t = min(max(t, low + 0.05 * (high - low)), high - 0.05 * (high - low))
        at = slope(t)
        low, at_low, high, at_high = (t, at, high, at_high) if at < 0.0 else (low, at_low, t, at)
    return t
