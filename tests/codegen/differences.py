"""The slope of a function of one number from its values, with an estimate of its error."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST, LEVELS = 1.6e-3, 10


class Slope(NamedTuple):
    """A slope at zero, how far it may be off, and whether the function has a kink there."""

    value: Any
    error: float
    kink: bool


def slope(f: Callable[[float], Any]) -> Slope:
    """Return the slope at zero from differences of fourth order, with steps that halve.

    A step is chosen by the differences alone: where two in a row agree best.  Long steps reach
    over kinks and short ones lose digits, and in both cases neighbours disagree.  A kink at zero
    itself shows in the difference of the slopes from both sides, which does not shrink with the
    step.
    """
    steps = [LONGEST / 2**k for k in range(LEVELS + 1)]
    here, ahead, behind = f(0.0), [f(h) for h in steps], [f(-h) for h in steps]
    found = [
        (8 * (ahead[k + 1] - behind[k + 1]) - (ahead[k] - behind[k])) / (12 * steps[k + 1])
        for k in range(LEVELS)
    ]
    errors = [np.abs(a - b).max() for a, b in itertools.pairwise(found)]
    best = int(np.argmin(errors))
    bends = [np.abs(a - 2 * here + b).max() / h
             for a, b, h in zip(ahead, behind, steps, strict=True)]  # fmt: skip
    size = max(1e-2, float(np.abs(found[best + 1]).max()))
    kink = bool(bends[-1] > 0.5 * bends[best] and bends[-1] > 1e-4 * size)
    return Slope(found[best + 1], float(errors[best]), kink)


def agrees(found: Any, wanted: Slope, room: float = 1e-6) -> bool:
    """Tell whether a derivative is the slope, as far as that is known."""
    size = max(1e-2, float(np.abs(wanted.value).max()))
    if wanted.kink:
        raise AssertionError("the point lies on a kink, where differences tell nothing")
    if wanted.error > 10 * room * size:
        raise AssertionError(f"differences tell the slope to {wanted.error:.1e} only")
    return bool(np.abs(found - wanted.value).max() <= room * size + 2 * wanted.error)
