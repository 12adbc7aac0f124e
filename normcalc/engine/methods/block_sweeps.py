"""Compiled sweeps over blocks: one signature each, whatever the penalty.

`prox` and `worth` are addresses of a block's kernels; row ``b`` of `table` holds the step and the
parameters of block ``b``, which has the rows ``order[starts[b]:starts[b + 1]]`` of an unknown with
`targets` numbers in each row.  Unknowns are flat.  In sweeps gradients and residuals are flat too,
and hold all numbers of the first target before those of the second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int64, types, void

from normcalc.engine.jit import Matrix, Vector, call_block, call_worth, compiled
from normcalc.engine.methods.block_maps import Places, widest
from normcalc.engine.methods.sweeps import HISTORY, combination, combine

REPEATS = 5  # proximal gradient steps on one block before the others are told of its move
ENOUGH = 0.1  # of the first of these steps: a shorter one is the last
Array = Any  # arrays inside compiled code carry their types in the signature


@compiled(
    float64(int64, Vector, Vector, Vector, Vector, Vector, int64, int64, float64, Vector)
)  # fmt: skip
def descend_block(
    prox: int,
    here: Array,
    slope: Array,
    point: Array,
    found: Array,
    own: Array,
    rows: int,
    targets: int,
    curvature: float,
    row: Array,
) -> float:
    """Take proximal gradient steps on one block, in place; return the longest.

    `own` is the block's part of the Gram matrix, flat.
    """
    longest = 0.0
    for repeat in range(REPEATS):
        length = 0.0
        for i in range(here.size):
            point[i] = here[i] - slope[i] / curvature
        call_block(prox, point, row, found)
        for i in range(here.size):
            point[i] = found[i] - here[i]
            here[i] = found[i]
            length = max(length, abs(point[i]))
        longest = max(longest, length)
        if rows == 1 or length <= ENOUGH * longest or repeat == REPEATS - 1:
            break
        for i in range(rows):
            for j in range(rows):
                for t in range(targets):
                    slope[j * targets + t] += own[i * rows + j] * point[i * targets + t]
    return longest


@compiled(void(float64, Vector, Vector, Vector), fastmath={"contract"})
def _add(factor: float, moves: Array, row: Array, out: Array) -> None:
    """Add a multiple of the products of a row's entries with all moves, one for each target."""
    for t in range(moves.size):
        each, first = factor * moves[t], t * row.size
        if each != 0.0:
            for m in range(row.size):
                out[first + m] += each * row[m]


@compiled(types.boolean(Vector, Vector, int64, Vector))
def settle(x: Array, here: Array, first: int, moves: Array) -> bool:
    """Write where some entries moved to; tell whether they did."""
    moved = False
    for t in range(moves.size):
        moves[t] = here[t] - x[first + t]
        x[first + t] = here[t]
        moved = moved or moves[t] != 0.0
    return moved


@compiled(float64(int64, Matrix, Vector, Vector, Places, int64, Vector, Places, Vector, Matrix))
def _gram_sweep(
    prox: int,
    gram: Array,
    x: Array,
    gradient: Array,
    starts: Array,
    targets: int,
    own: Array,
    places: Array,
    curvature: Array,
    table: Array,
) -> float:
    """Improve each block in turn, updating the gradient; return the largest move."""
    size = widest(starts) * targets
    slope, point, found, here = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    largest, moves = 0.0, np.empty(targets)
    for b in range(starts.size - 1):
        rows, first = starts[b + 1] - starts[b], starts[b] * targets
        n = rows * targets
        for i in range(n):
            here[i] = x[first + i]
            slope[i] = gradient[i % targets * gram.shape[0] + starts[b] + i // targets]
        part = own[places[b] : places[b + 1]]
        spaces = (here[:n], slope[:n], point[:n], found[:n])
        longest = descend_block(prox, *spaces, part, rows, targets, curvature[b], table[b])
        largest = max(largest, longest * curvature[b])
        for i in range(rows):
            if settle(x, here[i * targets :], first + i * targets, moves):
                _add(1.0, moves, gram[starts[b] + i], gradient)
    return largest


@compiled(void(Vector, Vector, int64, int64, Vector), fastmath={"reassoc", "contract"})
def _slopes(column: Array, residual: Array, targets: int, place: int, out: Array) -> None:
    """Write the products of a column with the residuals of all targets."""
    for t in range(targets):
        total, first = 0.0, t * column.size
        for k in range(column.size):
            total += column[k] * residual[first + k]
        out[place + t] = total


@compiled(
    float64(
        int64, Matrix, float64, Vector, Vector, Places, int64, Vector, Places, Vector, Matrix
    )
)  # fmt: skip
def _residual_sweep(
    prox: int,
    columns: Array,
    weight: float,
    x: Array,
    residual: Array,
    starts: Array,
    targets: int,
    own: Array,
    places: Array,
    curvature: Array,
    table: Array,
) -> float:
    """Do as `_gram_sweep`, with the residual kept up to date; row ``j`` holds column ``j``."""
    size = widest(starts) * targets
    slope, point, found, here = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    largest, moves = 0.0, np.empty(targets)
    for b in range(starts.size - 1):
        rows, first = starts[b + 1] - starts[b], starts[b] * targets
        n = rows * targets
        for i in range(rows):
            _slopes(columns[starts[b] + i], residual, targets, i * targets, slope)
        for i in range(n):
            here[i], slope[i] = x[first + i], -weight * slope[i]
        part = own[places[b] : places[b + 1]]
        spaces = (here[:n], slope[:n], point[:n], found[:n])
        longest = descend_block(prox, *spaces, part, rows, targets, curvature[b], table[b])
        largest = max(largest, longest * curvature[b])
        for i in range(rows):
            if settle(x, here[i * targets :], first + i * targets, moves):
                _add(-1.0, moves, columns[starts[b] + i], residual)
    return largest


@compiled(float64(int64, Vector, Vector, Places, int64, Matrix))
def lost(worth: int, x: Array, there: Array, starts: Array, targets: int, table: Array) -> float:
    """Return by how much the penalty falls from `x` to `there`."""
    gain = 0.0
    for b in range(starts.size - 1):
        first, end = starts[b] * targets, starts[b + 1] * targets
        gain += call_worth(worth, x[first:end], table[b])
        gain -= call_worth(worth, there[first:end], table[b])
    return gain


@compiled(void(Vector, Matrix, int64))
def keep(x: Array, rows: Array, slot: int) -> None:
    """Write an iterate into one row of the last ones."""
    for i in range(x.size):
        rows[slot, i] = x[i]


@compiled(void(Vector, Vector, Vector, Vector))
def jump(x: Array, there: Array, known: Array, known_there: Array) -> None:
    """Go to another point, of which as much is known."""
    for i in range(x.size):
        x[i] = there[i]
    for i in range(known.size):
        known[i] = known_there[i]


@compiled(
    int64(
        int64, int64, Matrix, Vector, Vector, Places, int64, Vector, Places, Vector, Matrix,
        float64, int64,
    )
)  # fmt: skip
def gram_blocks(
    prox: int,
    worth: int,
    gram: Array,
    x: Array,
    gradient: Array,
    starts: Array,
    targets: int,
    own: Array,
    places: Array,
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
    around = (starts, targets, own, places, curvature, table)
    for sweep in range(max_sweeps):
        slot = sweep % (HISTORY + 1)
        keep(x, xs, slot)
        keep(gradient, gradients, slot)
        if slot == HISTORY:
            weights = combination(xs)
            combine(weights, xs, there)
            combine(weights, gradients, slope)
            gain = lost(worth, x, there, starts, targets, table)
            for i in range(x.size):
                k = i % targets * gram.shape[0] + i // targets
                gain -= 0.5 * (gradient[k] + slope[k]) * (there[i] - x[i])
            if gain > 0.0:
                jump(x, there, gradient, slope)
        if _gram_sweep(prox, gram, x, gradient, *around) <= tol:
            return sweep + 1
    return max_sweeps


@compiled(
    int64(
        int64, int64, Matrix, float64, Vector, Vector, Places, int64, Vector, Places, Vector,
        Matrix, float64, int64,
    )
)  # fmt: skip
def residual_blocks(
    prox: int,
    worth: int,
    columns: Array,
    weight: float,
    x: Array,
    residual: Array,
    starts: Array,
    targets: int,
    own: Array,
    places: Array,
    curvature: Array,
    table: Array,
    tol: float,
    max_sweeps: int,
) -> int:
    """Do as `gram_blocks`, with the residual ``B - A X`` in place of the gradient."""
    xs, residuals = np.empty((HISTORY + 1, x.size)), np.empty((HISTORY + 1, residual.size))
    there, left = np.empty(x.size), np.empty(residual.size)
    around = (starts, targets, own, places, curvature, table)
    for sweep in range(max_sweeps):
        slot = sweep % (HISTORY + 1)
        keep(x, xs, slot)
        keep(residual, residuals, slot)
        if slot == HISTORY:
            weights = combination(xs)
            combine(weights, xs, there)
            combine(weights, residuals, left)
            gain = lost(worth, x, there, starts, targets, table)
            for i in range(residual.size):
                gain += 0.5 * weight * (residual[i] - left[i]) * (residual[i] + left[i])
            if gain > 0.0:
                jump(x, there, residual, left)
        if _residual_sweep(prox, columns, weight, x, residual, *around) <= tol:
            return sweep + 1
    return max_sweeps
