"""The places of the highest of many scores, compiled: one look at them, and a selection."""

from __future__ import annotations

from typing import Any

from numba import boolean, float64, int64, void

from normcalc.engine.jit import Vector, compiled

Array = Any  # arrays inside compiled code carry their types in the signature
Places = int64[::1]


@compiled(void(Places, int64, int64, Vector))
def highest_first(chosen: Array, count: int, most: int, scores: Array) -> None:
    """Bring the places of the `most` highest scores to the front; in no order."""
    low, high = 0, count - 1
    while low < high:
        pivot, i, j = scores[chosen[(low + high) // 2]], low, high
        while i <= j:
            while scores[chosen[i]] > pivot:
                i += 1
            while scores[chosen[j]] < pivot:
                j -= 1
            if i <= j:
                chosen[i], chosen[j] = chosen[j], chosen[i]
                i += 1
                j -= 1
        if most - 1 <= j:
            high = j
        elif most - 1 >= i:
            low = i
        else:
            return


@compiled(int64(Vector, boolean[::1], float64, int64, Places))
def highest(scores: Array, taken: Array, threshold: float, most: int, out: Array) -> int:
    """Write the places of the highest scores above a threshold that are not taken.

    At most `most` of them, in no order; their number is returned.
    """
    count = 0
    for j in range(scores.size):
        if scores[j] > threshold and not taken[j]:
            out[count] = j
            count += 1
    if count > most:
        highest_first(out, count, most, scores)
    return min(count, most)
