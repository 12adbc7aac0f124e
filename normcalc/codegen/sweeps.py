"""Newton's method for many numbers at a time, for generated modules to carry inside them.

As the primitives, this uses NumPy, the other carried functions and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.primitives import Constants, Pair, Solver, apart, inner

if TYPE_CHECKING:
    from collections.abc import Callable


def brought_inside(u: float, lo: float, hi: float) -> float:
    """Return `u`, or a point between the ends if it is not there."""
    mirrored = lo + (lo - u) if u <= lo else hi + (hi - u)
    middle = 0.5 * lo + 0.5 * hi
    found = middle if abs(middle) < np.inf else mirrored
    return found if u <= lo or u >= hi else u


def stepping(function: Pair) -> Callable[..., tuple[float, float]]:
    """Return ``newton(u, target, lo, hi, k)``: the next point, between the ends, and the slope."""

    @inner
    def newton(u: float, target: float, lo: float, hi: float, k: Constants) -> tuple[float, float]:
        value, derivative = function(u, k)
        trial = u - (value - target) / derivative
        trial = 0.5 * lo + 0.5 * u if trial <= lo else trial
        trial = 0.5 * hi + 0.5 * u if trial >= hi else trial
        return trial, derivative

    return newton


def swept(function: Pair, root: Solver, blind: int) -> Callable[..., None]:
    """Return ``sweep(targets, points, steps, count, lo, hi, k)``: `root` for a whole block.

    All points take Newton steps together, without branches, until each has come to rest; those
    that have not after twelve are left to `root`.  The first steps, `blind` ones, are taken
    without a look at what they achieve.  A target that is NaN asks for nothing.  `steps` is work
    space.
    """
    newton = stepping(function)

    @apart
    def sweep(
        targets: Any, points: Any, steps: Any, count: int, lo: float, hi: float, k: Constants
    ) -> None:
        for i in range(count):
            u, before = brought_inside(points[i], lo, hi), np.inf
            for _ in range(blind):
                trial, _ = newton(u, targets[i], lo, hi, k)
                u, before = trial, abs(trial - u)
            points[i], steps[i] = u, before
        moving = count
        for _ in range(blind, 12):
            if moving == 0:
                break
            moving = 0
            for i in range(count):
                u, before = points[i], steps[i]
                trial, derivative = newton(u, targets[i], lo, hi, k)
                step, size = abs(trial - u), abs(trial)
                # Convergence is quadratic: two steps near the end foretell the error, which is
                # step**3/before**2.
                last = step <= 1e-9 * size and step <= 1e-2 * before
                soon = step * step * step <= 1e-17 * size * before * before < np.inf
                last = last or (soon and step <= 1e-2 * before and before <= 1e-2 * size)
                last = (last and derivative < np.inf) or targets[i] != targets[i]
                resting = before < 0.0
                points[i] = u if resting else trial
                steps[i] = -1.0 if resting or last else step
                moving += not (resting or last)
        for i in range(count if moving > 0 else 0):
            if not steps[i] < 0.0:
                points[i] = root(targets[i], lo, hi, points[i], k)

    return sweep
