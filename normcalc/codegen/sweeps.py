"""Newton's method for many numbers at a time, for generated modules to carry inside them.

As the primitives, this uses NumPy, the other carried functions and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.primitives import Constants, Pair, Solver, apart

if TYPE_CHECKING:
    from collections.abc import Callable


def between(u: float, lo: float, hi: float) -> float:
    """Return `u`, or a point between the ends if it is not there."""
    mirrored = lo + (lo - u) if u <= lo else hi + (hi - u)
    middle = 0.5 * lo + 0.5 * hi
    found = middle if abs(middle) < np.inf else mirrored
    return found if u <= lo or u >= hi else u


def swept(function: Pair, root: Solver) -> Callable[..., None]:
    """Return ``sweep(targets, points, steps, count, lo, hi, k)``: `root` for a whole block.

    All points take Newton steps together, without branches, until each has come to rest; those
    that have not after twelve steps are left to `root`.  A target that
    is NaN asks for nothing.  `steps` is work space.
    """

    @apart
    def sweep(
        targets: Any, points: Any, steps: Any, count: int, lo: float, hi: float, k: Constants
    ) -> None:
        for i in range(count):
            steps[i] = np.inf
            points[i] = between(points[i], lo, hi)
        moving = count
        for _ in range(12):
            if moving == 0:
                break
            moving = 0
            for i in range(count):
                u = points[i]
                value, derivative = function(u, k)
                trial = u - (value - targets[i]) / derivative
                trial = 0.5 * lo + 0.5 * u if trial <= lo else trial
                trial = 0.5 * hi + 0.5 * u if trial >= hi else trial
                step = abs(trial - u)
                # Convergence is quadratic: two steps foretell the error, step**3/before**2.
                size, before = abs(trial), steps[i]
                last = step <= 1e-9 * size and step <= 1e-2 * before
                soon = step * step * step <= 1e-17 * size * before * before < np.inf
                last = last or (soon and step <= 1e-2 * before and step <= 1e-4 * size)
                last = (last and derivative < np.inf) or targets[i] != targets[i]
                resting = steps[i] < 0.0
                points[i] = u if resting else trial
                steps[i] = -1.0 if resting or last else step
                moving += not (resting or last)
        for i in range(count if moving > 0 else 0):
            if not steps[i] < 0.0:
                points[i] = root(targets[i], lo, hi, points[i], k)

    return sweep
