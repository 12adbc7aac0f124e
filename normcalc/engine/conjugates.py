"""Conjugates without a formula, by proxes: never too small a value, so that bounds hold.

A prox step from w to w+ with the step t shows that ``g = u - (w+ - w)/t`` is a subgradient at w+,
so ``f*(g) = <g, w+> - f(w+)`` without any error.  Steps go on until g and u are the same number
up to rounding.  A search for the largest ``<u, w> - f(w)`` would stop below it.  Longer and longer
steps come close at once, and each is followed by two that are short enough to keep all digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

STEPS = 9
LONG = 1e3  # a step, times the size of the point: longer ones cost digits of it
FAR = 1e15  # a point that moves so far at once has no end
STILL = 1e-12  # relatively: smaller moves are rounding


def by_prox(penalty: Any, u: Floats) -> float:
    """Return the conjugate at `u`; plus infinity where the supremum is not seen to be attained.

    Examples
    --------
    >>> from normcalc import function
    >>> from normcalc.engine.penalties import JointPenalty
    >>> simplex = JointPenalty(function("indicator((x >= 0) & (sum(x) == 1))"), {})
    >>> round(by_prox(simplex, np.array([3.0, 4.0])), 12)
    4.0
    """
    w, size = np.zeros_like(u), float(np.linalg.norm(u)) or 1.0
    for far in 10.0 ** np.arange(STEPS):
        for longer in (far, 1.0, 1.0):
            length = 1.0 + float(np.linalg.norm(w))
            step = longer * LONG * length / size
            before, w = w, penalty.prox(w + step * u, step)
            moved = float(np.linalg.norm(w - before))
            if not moved < FAR:
                return np.inf
        if moved <= STILL * length:
            value = float(np.vdot(u, w)) - penalty.nearly(w)
            return float(value + moved / step * length)
    return np.inf
