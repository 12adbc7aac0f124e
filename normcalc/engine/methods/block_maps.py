"""Compiled maps and sums over blocks: one signature each, whatever the penalty.

`prox` and `worth` are addresses of a block's kernels; row ``b`` of `table` holds the step and the
parameters of block ``b``, which has the rows ``order[starts[b]:starts[b + 1]]`` of an unknown with
`targets` numbers in each row.  Unknowns are flat.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int64, types, void

from normcalc.engine.jit import Matrix, Vector, call_block, call_worth, compiled

Array = Any  # arrays inside compiled code carry their types in the signature
Places = int64[::1]


@compiled(int64(Places))
def widest(starts: Array) -> int:
    """Return the largest number of rows in a block."""
    widest = 0
    for b in range(starts.size - 1):
        widest = max(widest, starts[b + 1] - starts[b])
    return widest


@compiled(void(Vector, Places, int64, int64, int64, Vector))
def _gather(x: Array, order: Array, start: int, end: int, targets: int, out: Array) -> None:
    for i in range(start, end):
        for t in range(targets):
            out[(i - start) * targets + t] = x[order[i] * targets + t]


@compiled(void(int64, Vector, Places, Places, int64, Matrix, Vector))
def map_blocks(
    prox: int, v: Array, order: Array, starts: Array, targets: int, table: Array, out: Array
) -> None:
    """Write the prox of every block into `out`."""
    size = widest(starts) * targets
    point, found = np.empty(size), np.empty(size)
    for b in range(starts.size - 1):
        start, end = starts[b], starts[b + 1]
        n = (end - start) * targets
        _gather(v, order, start, end, targets, point)
        call_block(prox, point[:n], table[b], found[:n])
        for i in range(start, end):
            for t in range(targets):
                out[order[i] * targets + t] = found[(i - start) * targets + t]


@compiled(float64(int64, Vector, Places, Places, int64, Matrix))
def sum_blocks(
    worth: int, x: Array, order: Array, starts: Array, targets: int, table: Array
) -> float:
    """Add up the values of the blocks."""
    point, total = np.empty(widest(starts) * targets), 0.0
    for b in range(starts.size - 1):
        start, end = starts[b], starts[b + 1]
        _gather(x, order, start, end, targets, point)
        total += call_worth(worth, point[: (end - start) * targets], table[b])
    return total


@compiled(void(int64, Vector, Vector, Vector, Places, Places, int64, Matrix, Vector))
def score_blocks(
    prox: int,
    x: Array,
    gradient: Array,
    curvature: Array,
    order: Array,
    starts: Array,
    targets: int,
    table: Array,
    out: Array,
) -> None:
    """Write how far a proximal gradient step on each block goes, times its curvature."""
    size = widest(starts) * targets
    here, slope, point, found = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    for b in range(starts.size - 1):
        start, end = starts[b], starts[b + 1]
        n = (end - start) * targets
        _gather(x, order, start, end, targets, here)
        _gather(gradient, order, start, end, targets, slope)
        for i in range(n):
            point[i] = here[i] - slope[i] / curvature[b]
        call_block(prox, point[:n], table[b], found[:n])
        largest = 0.0
        for i in range(n):
            largest = max(largest, abs(here[i] - found[i]))
        out[b] = largest * curvature[b]


@compiled(types.boolean(int64, Vector, float64, Vector, Vector, Vector))
def _vanishes(prox: int, u: Array, share: float, row: Array, point: Array, found: Array) -> bool:
    for i in range(u.size):
        point[i] = share * u[i]
    call_block(prox, point, row, found)
    largest = 0.0
    for i in range(u.size):
        largest = max(largest, abs(found[i]))
    return largest == 0.0


@compiled(float64(int64, Vector, Places, Places, int64, Matrix))
def largest_share(
    prox: int, u: Array, order: Array, starts: Array, targets: int, table: Array
) -> float:
    """Return the largest ``s <= 1`` for which the prox of ``s*u`` with step 1 is zero.

    Of a positively homogeneous convex function the conjugate is finite, and zero, just there.
    """
    size = widest(starts) * targets
    slope, point, found = np.empty(size), np.empty(size), np.empty(size)
    share = 1.0
    for b in range(starts.size - 1):
        start, end = starts[b], starts[b + 1]
        n = (end - start) * targets
        _gather(u, order, start, end, targets, slope)
        if _vanishes(prox, slope[:n], share, table[b], point[:n], found[:n]):
            continue
        low, high = 0.0, share
        while high - low > 1e-14 * high and high > 1e-200:
            middle = 0.5 * (low + high)
            if _vanishes(prox, slope[:n], middle, table[b], point[:n], found[:n]):
                low = middle
            else:
                high = middle
        share = low
    return share
