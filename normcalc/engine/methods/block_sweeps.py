"""Compiled loops over blocks: one signature each, whatever the penalty.

`prox` and `worth` are addresses of a block's kernels; row ``b`` of `table` holds the step and the
parameters of block ``b``, which has the rows ``order[starts[b]:starts[b + 1]]`` of an unknown with
`targets` numbers in each row.  Unknowns and gradients are flat.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int64, types

from normcalc.engine.jit import Matrix, Vector, call_block, call_worth, compiled
from normcalc.engine.methods.sweeps import HISTORY, combination, combine

REPEATS = 10  # proximal gradient steps on one block before the others are told of its move
ENOUGH = 0.1  # of the first of these steps: a shorter one is the last
Array = Any  # arrays inside compiled code carry their types in the signature
Places = int64[::1]


@compiled(int64(Places))
def _widest(starts: Array) -> int:
    widest = 0
    for b in range(starts.size - 1):
        widest = max(widest, starts[b + 1] - starts[b])
    return widest


@compiled(types.void(Vector, Places, int64, int64, int64, Vector))
def _gather(x: Array, order: Array, start: int, end: int, targets: int, out: Array) -> None:
    for i in range(start, end):
        for t in range(targets):
            out[(i - start) * targets + t] = x[order[i] * targets + t]


@compiled(types.void(int64, Vector, Places, Places, int64, Matrix, Vector))
def map_blocks(
    prox: int, v: Array, order: Array, starts: Array, targets: int, table: Array, out: Array
) -> None:
    """Write the prox of every block into `out`."""
    size = _widest(starts) * targets
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
    point, total = np.empty(_widest(starts) * targets), 0.0
    for b in range(starts.size - 1):
        start, end = starts[b], starts[b + 1]
        _gather(x, order, start, end, targets, point)
        total += call_worth(worth, point[: (end - start) * targets], table[b])
    return total


@compiled(types.void(int64, Vector, Vector, Vector, Places, Places, int64, Matrix, Vector))
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
    size = _widest(starts) * targets
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
def _vanishes(
    prox: int, u: Array, share: float, row: Array, point: Array, found: Array
) -> bool:
    for i in range(u.size):
        point[i] = share * u[i]
    call_block(prox, point, row, found)
    for i in range(u.size):
        if found[i] != 0.0:
            return False
    return True


@compiled(float64(int64, Vector, Places, Places, int64, Matrix))
def largest_share(
    prox: int, u: Array, order: Array, starts: Array, targets: int, table: Array
) -> float:
    """Return the largest ``s <= 1`` for which the prox of ``s*u`` with step 1 is zero.

    Of a positively homogeneous convex function the conjugate is finite, and zero, just there.
    """
    size = _widest(starts) * targets
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


@compiled(float64(int64, Matrix, Vector, Vector, Places, int64, Vector, Matrix))
def _sweep(
    prox: int,
    gram: Array,
    x: Array,
    gradient: Array,
    starts: Array,
    targets: int,
    curvature: Array,
    table: Array,
) -> float:
    """Improve each block in turn, updating the gradient; return the largest move."""
    size = _widest(starts) * targets
    slope, point, found, here = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    largest = 0.0
    for b in range(starts.size - 1):
        start, end, bound = starts[b], starts[b + 1], curvature[b]
        n, first = (end - start) * targets, start * targets
        for i in range(n):
            here[i], slope[i] = x[first + i], gradient[first + i]
        longest = 0.0
        for repeat in range(REPEATS):
            for i in range(n):
                point[i] = here[i] - slope[i] / bound
            call_block(prox, point[:n], table[b], found[:n])
            length = 0.0
            for i in range(n):
                point[i] = found[i] - here[i]
                here[i] = found[i]
                length = max(length, abs(point[i]))
            longest = max(longest, length)
            if end - start == 1 or length <= ENOUGH * longest or repeat == REPEATS - 1:
                break
            for i in range(start, end):
                for j in range(start, end):
                    for t in range(targets):
                        slope[(j - start) * targets + t] += (
                            gram[i, j] * point[(i - start) * targets + t]
                        )
        largest = max(largest, longest * bound)
        for i in range(n):
            move = here[i] - x[first + i]
            if move != 0.0:
                x[first + i] = here[i]
                row, t = start + i // targets, i % targets
                if targets == 1:
                    for m in range(gradient.size):
                        gradient[m] += move * gram[row, m]
                else:
                    for m in range(gram.shape[0]):
                        gradient[m * targets + t] += move * gram[row, m]
    return largest


@compiled(float64(int64, Vector, Vector, Vector, Vector, Places, int64, Matrix))
def _gain(
    worth: int,
    x: Array,
    gradient: Array,
    there: Array,
    slope: Array,
    starts: Array,
    targets: int,
    table: Array,
) -> float:
    """Return by how much the objective falls from `x` to `there`; exact for quadratic losses."""
    gain = 0.0
    for i in range(x.size):
        gain -= 0.5 * (gradient[i] + slope[i]) * (there[i] - x[i])
    for b in range(starts.size - 1):
        first, end = starts[b] * targets, starts[b + 1] * targets
        gain += call_worth(worth, x[first:end], table[b])
        gain -= call_worth(worth, there[first:end], table[b])
    return gain


@compiled(
    int64(
        int64, int64, Matrix, Vector, Vector, Places, int64, Vector, Matrix, float64, int64
    )
)  # fmt: skip
def block_solve(
    prox: int,
    worth: int,
    gram: Array,
    x: Array,
    gradient: Array,
    starts: Array,
    targets: int,
    curvature: Array,
    table: Array,
    tol: float,
    max_sweeps: int,
) -> int:
    """Sweep until no move changes a partial derivative by more than `tol`; return the sweeps.

    Every few sweeps the Anderson combination of the last iterates is taken if the objective is
    less there.
    """
    xs, gradients = np.empty((HISTORY + 1, x.size)), np.empty((HISTORY + 1, x.size))
    there, slope = np.empty(x.size), np.empty(x.size)
    for sweep in range(max_sweeps):
        slot = sweep % (HISTORY + 1)
        for i in range(x.size):
            xs[slot, i] = x[i]
            gradients[slot, i] = gradient[i]
        if slot == HISTORY:
            weights = combination(xs)
            combine(weights, xs, there)
            combine(weights, gradients, slope)
            if _gain(worth, x, gradient, there, slope, starts, targets, table) > 0.0:
                for i in range(x.size):
                    x[i] = there[i]
                    gradient[i] = slope[i]
        if _sweep(prox, gram, x, gradient, starts, targets, curvature, table) <= tol:
            return sweep + 1
    return max_sweeps
