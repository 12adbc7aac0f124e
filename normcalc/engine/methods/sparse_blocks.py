"""Compiled sweeps over blocks of compressed columns, with the residual kept up to date.

Arguments are those of `block_sweeps`; `means` and `total` those of `residual_sweeps.sparse_solve`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int32, int64, void

from normcalc.engine.jit import Matrix, Vector, compiled
from normcalc.engine.methods.block_maps import Places, widest
from normcalc.engine.methods.block_sweeps import descend_block, jump, keep, lost, settle
from normcalc.engine.methods.sweeps import HISTORY, combination, combine

Array = Any  # arrays inside compiled code carry their types in the signature
Index = int32[::1]


@compiled(float64(Vector, Index, int64, int64, int64, int64))
def _product(data: Array, indices: Array, i: int, end: int, k: int, last: int) -> float:
    """Return the product of two columns by the places of their entries, whose rows ascend."""
    total = 0.0
    while i < end and k < last:
        if indices[i] == indices[k]:
            total += data[i] * data[k]
            i += 1
            k += 1
        elif indices[i] < indices[k]:
            i += 1
        else:
            k += 1
    return total


@compiled(void(Vector, Index, Index, Vector, float64, Places, Places, Vector))
def own_products(
    data: Array,
    indices: Array,
    heads: Array,
    means: Array,
    total: float,
    starts: Array,
    places: Array,
    out: Array,
) -> None:
    """Write the Gram matrix of each block, one after another."""
    for b in range(starts.size - 1):
        first, rows = starts[b], starts[b + 1] - starts[b]
        for i in range(rows):
            for k in range(i + 1):
                m, n = first + i, first + k
                each = _product(data, indices, heads[m], heads[m + 1], heads[n], heads[n + 1])
                if means.size:
                    each -= total * means[m] * means[n]
                out[places[b] + i * rows + k] = each
                out[places[b] + k * rows + i] = each


@compiled(void(Vector, Index, Index, Vector, float64, int64, Vector, int64, int64, Vector))
def _slopes(
    data: Array,
    indices: Array,
    heads: Array,
    means: Array,
    total: float,
    j: int,
    residual: Array,
    targets: int,
    place: int,
    out: Array,
) -> None:
    """Write the products of a column with the residuals of all targets."""
    rows = residual.size // targets - 1
    for t in range(targets):
        each = total * means[j] * residual[rows * targets + t] if means.size else 0.0
        for k in range(heads[j], heads[j + 1]):
            each += data[k] * residual[t * rows + indices[k]]
        out[place + t] = each


@compiled(void(Vector, Index, Index, Vector, int64, Vector, Vector))
def _subtract(
    data: Array,
    indices: Array,
    heads: Array,
    means: Array,
    j: int,
    moves: Array,
    residual: Array,
) -> None:
    """Take the products of a column with all moves off the residuals."""
    rows = residual.size // moves.size - 1
    for t in range(moves.size):
        if moves[t] != 0.0:
            for k in range(heads[j], heads[j + 1]):
                residual[t * rows + indices[k]] -= moves[t] * data[k]
            if means.size:
                residual[rows * moves.size + t] += moves[t] * means[j]


@compiled(
    float64(
        int64, Vector, Index, Index, Vector, float64, float64, Vector, Vector, Places, int64,
        Vector, Places, Vector, Matrix,
    )
)  # fmt: skip
def _sweep(
    prox: int,
    data: Array,
    indices: Array,
    heads: Array,
    means: Array,
    total: float,
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
    """Improve each block in turn; the residual ends with what the means have of it."""
    size = widest(starts) * targets
    slope, point, found, here = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    largest, moves, columns = 0.0, np.empty(targets), (data, indices, heads, means)
    for b in range(starts.size - 1):
        rows, first = starts[b + 1] - starts[b], starts[b] * targets
        end = rows * targets
        for i in range(rows):
            _slopes(*columns, total, starts[b] + i, residual, targets, i * targets, slope)
        for i in range(end):
            here[i], slope[i] = x[first + i], -weight * slope[i]
        spaces = (here[:end], slope[:end], point[:end], found[:end])
        part = own[places[b] : places[b + 1]]
        longest = descend_block(prox, *spaces, part, rows, targets, curvature[b], table[b])
        largest = max(largest, longest * curvature[b])
        for i in range(rows):
            if settle(x, here[i * targets :], first + i * targets, moves):
                _subtract(*columns, starts[b] + i, moves, residual)
    return largest


@compiled(float64(Vector, Vector, int64, float64))
def _closer(residual: Array, left: Array, targets: int, total: float) -> float:
    """Return by how much half the square of the residual falls."""
    gain = 0.0
    for i in range(residual.size):
        each = 0.5 * (residual[i] - left[i]) * (residual[i] + left[i])
        gain += each if i < residual.size - targets else -total * each
    return gain


@compiled(
    int64(
        int64, int64, Vector, Index, Index, Vector, float64, float64, Vector, Vector, Places,
        int64, Vector, Places, Vector, Matrix, float64, int64,
    )
)  # fmt: skip
def sparse_blocks(
    prox: int,
    worth: int,
    data: Array,
    indices: Array,
    heads: Array,
    means: Array,
    total: float,
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
    """Sweep until no move changes a partial derivative by more than `tol`; return the sweeps.

    The residual ``B - A X`` has a number more for each target, zero at first.
    """
    xs, residuals = np.empty((HISTORY + 1, x.size)), np.empty((HISTORY + 1, residual.size))
    there, left = np.empty(x.size), np.empty(residual.size)
    columns = (data, indices, heads, means, total, weight)
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
            if gain + weight * _closer(residual, left, targets, total) > 0.0:
                jump(x, there, residual, left)
        if _sweep(prox, *columns, x, residual, *around) <= tol:
            return sweep + 1
    return max_sweeps
