"""Problems with several local minimisers, solved from several starting points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.solution import Solution

ALIKE = 1e-6  # relative differences of objectives below this are none
SPREAD = 2.0  # sizes of random points over the largest entry of the first answer


def best_of(
    starts: int, solve: Callable[[Any], Solution], x0: object, rng: np.random.Generator
) -> Solution:
    """Return the best answer from `x0` and random points; a proved one ends it, or Ctrl-C.

    Half of the entries of a random point are zero, the others are normal with the size of the
    first answer's largest entry.
    """
    found = [solve(x0)]
    size = SPREAD * (float(np.abs(found[0].x).max(initial=0.0)) or 1.0)
    for _ in range(starts - 1):
        if found[-1].status in {"optimal", "interrupted"}:
            break
        kept = rng.random(found[0].x.shape) < 0.5
        found.append(solve(size * kept * rng.standard_normal(found[0].x.shape)))
    finite = [each for each in found if np.isfinite(each.fun)] or found
    best = min(finite, key=lambda each: float(each.fun))
    alike = sum(bool(each.fun <= best.fun + ALIKE * abs(best.fun)) for each in found)
    best.message += f"; the best of {len(found)} starts, reached from {alike}"
    return best
