"""Compiled coordinate sweeps with the residual kept up to date, for many columns.

Columns are the rows of an array, or compressed; one signature each, whatever the penalty.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int32, int64, void

from normcalc.engine.jit import Matrix, Vector, call_element, compiled
from normcalc.engine.methods.sweeps import HISTORY, combination, combine

Array = Any  # arrays inside compiled code carry their types in the signature
Index = int32[::1]


@compiled(float64(Vector, Vector), fastmath={"reassoc", "contract"})
def _dot(a: Array, b: Array) -> float:
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total


@compiled(float64(int64, Matrix, Vector, Vector, Vector, Matrix, float64))
def _dense_sweep(
    element: int,
    rows: Array,
    residual: Array,
    x: Array,
    curvature: Array,
    constants: Array,
    weight: float,
) -> float:
    """Minimise over each coordinate in turn; row ``j`` of `rows` is column ``j``."""
    largest = 0.0
    for j in range(x.size):
        v = x[j] + weight * _dot(rows[j], residual) / curvature[j]
        new = call_element(element, v, constants[j])
        move = new - x[j]
        if move != 0.0:
            x[j] = new
            for i in range(residual.size):
                residual[i] -= move * rows[j, i]
            largest = max(largest, abs(move) * curvature[j])
    return largest


@compiled(
    float64(
        int64, Vector, Index, Index, Vector, Vector, Vector, Vector, Matrix, float64, Vector
    )
)  # fmt: skip
def _sparse_sweep(
    element: int,
    data: Array,
    indices: Array,
    starts: Array,
    means: Array,
    residual: Array,
    x: Array,
    curvature: Array,
    constants: Array,
    weight: float,
    shift: Array,
) -> float:
    """Do as `_dense_sweep`, for compressed columns; see `sparse_solve` for the others' meaning."""
    largest = 0.0
    for j in range(x.size):
        slope = shift[0] * shift[1] * means[j] if means.size else 0.0
        for k in range(starts[j], starts[j + 1]):
            slope += data[k] * residual[indices[k]]
        new = call_element(element, x[j] + weight * slope / curvature[j], constants[j])
        move = new - x[j]
        if move != 0.0:
            x[j] = new
            for k in range(starts[j], starts[j + 1]):
                residual[indices[k]] -= move * data[k]
            if means.size:
                shift[0] += move * means[j]
            largest = max(largest, abs(move) * curvature[j])
    return largest


@compiled(void(int64, int64, Vector, Vector, Vector, Matrix, Matrix, Matrix, float64))
def _extrapolate(
    value: int,
    sweep: int,
    x: Array,
    residual: Array,
    shift: Array,
    xs: Array,
    residuals: Array,
    constants: Array,
    weight: float,
) -> None:
    """Keep an iterate; jump to the Anderson combination of the last if the objective falls."""
    slot = sweep % (HISTORY + 1)
    for j in range(x.size):
        xs[slot, j] = x[j]
    for i in range(residual.size):
        residuals[slot, i] = residual[i]
    residuals[slot, residual.size] = shift[0]
    if slot != HISTORY:
        return
    there, left = np.empty(x.size), np.empty(residual.size + 1)
    weights = combination(xs)
    combine(weights, xs, there)
    combine(weights, residuals, left)
    last, each = left[residual.size], 0 if constants.shape[0] == 1 else 1
    gain = 0.5 * weight * shift[1] * (last * last - shift[0] * shift[0])
    for i in range(residual.size):
        gain += 0.5 * weight * (residual[i] - left[i]) * (residual[i] + left[i])
    for j in range(x.size):
        if there[j] != x[j]:
            row = constants[each * j]
            gain += call_element(value, x[j], row) - call_element(value, there[j], row)
    if gain > 0.0:
        for j in range(x.size):
            x[j] = there[j]
        for i in range(residual.size):
            residual[i] = left[i]
        shift[0] = last


@compiled(
    int64(int64, int64, Matrix, Vector, Vector, Vector, Matrix, Matrix, float64, float64, int64)
)
def dense_solve(
    element: int,
    value: int,
    rows: Array,
    residual: Array,
    x: Array,
    curvature: Array,
    constants: Array,
    value_constants: Array,
    weight: float,
    tol: float,
    max_sweeps: int,
) -> int:
    """Sweep until no move changes a partial derivative by more than `tol`; return the sweeps.

    The residual is ``b - A x``.
    """
    xs, residuals = np.empty((HISTORY + 1, x.size)), np.empty((HISTORY + 1, residual.size + 1))
    shift = np.zeros(2)
    for sweep in range(max_sweeps):
        _extrapolate(value, sweep, x, residual, shift, xs, residuals, value_constants, weight)
        if _dense_sweep(element, rows, residual, x, curvature, constants, weight) <= tol:
            return sweep + 1
    return max_sweeps


@compiled(
    int64(
        int64, int64, Vector, Index, Index, Vector, Vector, Vector, Vector, Matrix, Matrix,
        float64, float64, float64, int64,
    )
)  # fmt: skip
def sparse_solve(
    element: int,
    value: int,
    data: Array,
    indices: Array,
    starts: Array,
    means: Array,
    residual: Array,
    x: Array,
    curvature: Array,
    constants: Array,
    value_constants: Array,
    weight: float,
    total: float,
    tol: float,
    max_sweeps: int,
) -> int:
    """Do as `dense_solve`, for compressed columns, or for such columns less their means.

    The columns are then ``a_j - means[j]*e`` for some e of the squared length `total`, at right
    angles to all of them and to the residual.  What e has of the residual is kept beside it, so
    that a move costs no more than the entries of its column.
    """
    xs, residuals = np.empty((HISTORY + 1, x.size)), np.empty((HISTORY + 1, residual.size + 1))
    columns, shift = (data, indices, starts, means), np.array([0.0, total])
    state = (residual, x, curvature, constants, weight, shift)
    for sweep in range(max_sweeps):
        _extrapolate(value, sweep, x, residual, shift, xs, residuals, value_constants, weight)
        if _sparse_sweep(element, *columns, *state) <= tol:
            return sweep + 1
    return max_sweeps
