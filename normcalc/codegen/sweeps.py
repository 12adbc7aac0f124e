"""Newton's method for many numbers at a time, for generated modules to carry inside them.

As the primitives, this uses NumPy, the other carried functions and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.primitives import Constants, Pair, Solver, apart, fused, inner

if TYPE_CHECKING:
    from collections.abc import Callable


def brought_inside(u: float, lo: float, hi: float) -> float:
    """Return `u`, or a point between the ends if it is not there."""
    mirrored = lo + (lo - u) if u <= lo else hi + (hi - u)
    middle = 0.5 * lo + 0.5 * hi
    found = middle if abs(middle) < np.inf else mirrored
    return found if u <= lo or u >= hi else u


def stepping(function: Pair) -> Callable[..., tuple[float, float]]:
    """Return ``step(u, target, lo, hi, k)``: Newton's next point, between the ends, and its reach.

    A step up to `reach` times the point is the last one that is needed; NaN if that is not known.
    """

    @inner
    def step(u: float, target: float, lo: float, hi: float, k: Constants) -> tuple[float, float]:
        value, derivative = function(u, k)
        trial = u - (value - target) / derivative
        trial = 0.5 * lo + 0.5 * u if trial <= lo else trial
        trial = 0.5 * hi + 0.5 * u if trial >= hi else trial
        return trial, 1e-9 if abs(derivative) < np.inf else np.nan

    return step


def leaping(function: Callable[..., tuple[float, ...]]) -> Callable[..., tuple[float, float]]:
    """Return what `stepping` does, for a ``function(u, target, k)`` with three derivatives.

    Where Newton's method squares the error, Householder's takes its fourth power.
    """

    @fused
    def step(u: float, target: float, lo: float, hi: float, k: Constants) -> tuple[float, float]:
        gap, first, second, third = function(u, target, k)
        square = first * first
        bend = gap * second
        rest = square - bend
        far = gap * gap * third
        below = 6.0 * first * rest + far
        free = u - 3.0 * gap * (square + rest) / below
        trial = 0.5 * lo + 0.5 * u if free <= lo else free
        trial = 0.5 * hi + 0.5 * u if free >= hi else trial
        # Far out the terms cancel, overflow or vanish, and the step may be short for no reason.
        near = abs(60.0 * first * bend) + abs(60.0 * far) <= abs(below) < np.inf
        return trial, 3e-6 if near and trial == free else np.nan

    return step


def rests(target: float, trial: float, moved: float, before: float, reach: float) -> bool:
    """Tell whether a step, and the one before, show that a point is where it has to be."""
    size = abs(trial)
    # Newton's steps, squared each time, foretell the error: it is moved**3/before**2.
    soon = moved * moved * moved <= 1e-17 * size * before * before < np.inf
    soon = soon and before <= 1e-2 * size and 0.0 < reach < 1e-8
    enough = moved <= reach * size or soon
    return (enough and moved <= 1e-2 * before) or target != target


def swept(
    step: Callable[..., tuple[float, float]], function: Pair, root: Solver, blind: int
) -> Callable[..., None]:
    """Return ``sweep(targets, points, steps, count, lo, hi, k)``: `root` for a whole block.

    All points take steps together, without branches, until each has come to rest.  The first ones,
    `blind` and one more, are those of `step`, after which nearly all rest; Newton's follow.  What
    moves after twelve is left to `root`.  A target that is NaN asks for nothing.  `steps` is work
    space.  Each step is a loop of its own: its operations wait for each other, and those of many
    numbers fill the time.
    """
    newton = stepping(function)

    @apart
    def sweep(
        targets: Any, points: Any, steps: Any, count: int, lo: float, hi: float, k: Constants
    ) -> None:
        for i in range(count):
            points[i] = brought_inside(points[i], lo, hi)
        for _ in range(blind):
            for i in range(count):
                u = points[i]
                trial, _ = step(u, targets[i], lo, hi, k)
                points[i], steps[i] = trial if abs(trial) < np.inf else u, abs(trial - u)
        moving = 0
        for i in range(count):
            u, before = points[i], steps[i] if blind > 0 else np.inf
            trial, reach = step(u, targets[i], lo, hi, k)
            moved = abs(trial - u)
            points[i] = trial if moved < np.inf else u
            done = rests(targets[i], trial, moved, before, reach)
            steps[i] = -1.0 if done else moved
            moving += not done
        for _ in range(blind + 1, 12):
            if moving == 0:
                break
            moving = 0
            for i in range(count):
                u, before = points[i], steps[i]
                trial, reach = newton(u, targets[i], lo, hi, k)
                moved = abs(trial - u)
                done = rests(targets[i], trial, moved, before, reach) or before < 0.0
                points[i] = u if before < 0.0 else trial
                steps[i] = -1.0 if done else moved
                moving += not done
        for i in range(count if moving > 0 else 0):
            if not steps[i] < 0.0:
                points[i] = root(targets[i], lo, hi, points[i], k)

    return sweep
