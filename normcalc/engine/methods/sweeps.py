"""Compiled coordinate sweeps on a Gram matrix: one signature each, whatever the penalty.

The gradient of the loss is kept up to date.  Everything is spelled out in loops: array expressions
take seconds to compile.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int64, void

from normcalc.engine.jit import Matrix, Vector, call_element, compiled

HISTORY = 5  # sweeps that one extrapolation combines
Array = Any  # arrays inside compiled code carry their types in the signature


@compiled(float64(int64, Matrix, Vector, Vector, Vector, Matrix))
def gram_sweep(
    element: int, gram: Array, x: Array, gradient: Array, curvature: Array, constants: Array
) -> float:
    """Minimise over each coordinate in turn, updating the gradient; return the largest move."""
    largest = 0.0
    for j in range(x.size):
        new = call_element(element, x[j] - gradient[j] / curvature[j], constants[j])
        move = new - x[j]
        if move != 0.0:
            x[j] = new
            for i in range(x.size):
                gradient[i] += move * gram[j, i]
            largest = max(largest, abs(move) * curvature[j])
    return largest


@compiled(Matrix(Matrix, int64[::1]))
def principal(matrix: Array, chosen: Array) -> Array:
    """Return chosen rows and columns of a matrix."""
    out = np.empty((chosen.size, chosen.size))
    for i in range(chosen.size):
        for j in range(chosen.size):
            out[i, j] = matrix[chosen[i], chosen[j]]
    return out


@compiled(void(Matrix, Vector))
def _solve(matrix: Array, right: Array) -> None:
    """Solve a small positive definite system in place by Gaussian elimination."""
    size = right.size
    for i in range(size):
        for k in range(i + 1, size):
            factor = matrix[k, i] / matrix[i, i]
            right[k] -= factor * right[i]
            for m in range(i, size):
                matrix[k, m] -= factor * matrix[i, m]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            right[i] -= matrix[i, k] * right[k]
        right[i] /= matrix[i, i]


@compiled(float64(Matrix, int64, int64), fastmath={"reassoc", "contract"})
def _steps(xs: Array, i: int, k: int) -> float:
    """Return the product of two steps between rows."""
    total = 0.0
    for j in range(xs.shape[1]):
        total += (xs[i + 1, j] - xs[i, j]) * (xs[k + 1, j] - xs[k, j])
    return total


@compiled(Vector(Matrix))
def combination(xs: Array) -> Array:
    """Return weights of sum one for which the combined step between rows of `xs` is shortest."""
    size = xs.shape[0] - 1
    normal, weights = np.empty((size, size)), np.ones(size)
    for i in range(size):
        for k in range(i + 1):
            normal[i, k] = normal[k, i] = _steps(xs, i, k)
    trace = 0.0
    for i in range(size):
        trace += normal[i, i]
    for i in range(size):
        normal[i, i] += 1e-12 * trace
    _solve(normal, weights)
    total = 0.0
    for i in range(size):
        total += weights[i]
    for i in range(size):
        weights[i] /= total
    return weights


@compiled(float64(int64, Vector, Vector, Vector, Vector, Matrix))
def gain(
    value: int, x: Array, gradient: Array, there: Array, gradient_there: Array, constants: Array
) -> float:
    """Return by how much the objective falls from `x` to `there`; exact for quadratic losses."""
    total, each = 0.0, 0 if constants.shape[0] == 1 else 1
    for j in range(x.size):
        total -= 0.5 * (gradient[j] + gradient_there[j]) * (there[j] - x[j])
        if there[j] != x[j]:
            row = constants[each * j]
            total += call_element(value, x[j], row) - call_element(value, there[j], row)
    return total


@compiled(void(Vector, Matrix, Vector))
def combine(weights: Array, rows: Array, out: Array) -> None:
    """Write the weighted sum of all rows but the first."""
    for j in range(out.size):
        out[j] = 0.0
        for i in range(weights.size):
            out[j] += weights[i] * rows[i + 1, j]


@compiled(void(int64, Vector, Vector, Matrix, Matrix, Matrix))
def extrapolate(
    value: int, x: Array, gradient: Array, xs: Array, gradients: Array, constants: Array
) -> None:
    """Jump to the Anderson combination of the last iterates if the objective falls there."""
    there, gradient_there = np.empty(x.size), np.empty(x.size)
    weights = combination(xs)
    combine(weights, xs, there)
    combine(weights, gradients, gradient_there)
    if gain(value, x, gradient, there, gradient_there, constants) > 0.0:
        for j in range(x.size):
            x[j] = there[j]
            gradient[j] = gradient_there[j]


@compiled(int64(int64, int64, Matrix, Vector, Vector, Vector, Matrix, Matrix, float64, int64))
def gram_solve(
    element: int,
    value: int,
    gram: Array,
    x: Array,
    gradient: Array,
    curvature: Array,
    constants: Array,
    value_constants: Array,
    tol: float,
    max_sweeps: int,
) -> int:
    """Sweep until no move changes a partial derivative by more than `tol`; return the sweeps."""
    xs, gradients = np.empty((HISTORY + 1, x.size)), np.empty((HISTORY + 1, x.size))
    for sweep in range(max_sweeps):
        slot = sweep % (HISTORY + 1)
        for j in range(x.size):
            xs[slot, j] = x[j]
            gradients[slot, j] = gradient[j]
        if slot == HISTORY:
            extrapolate(value, x, gradient, xs, gradients, value_constants)
        if gram_sweep(element, gram, x, gradient, curvature, constants) <= tol:
            return sweep + 1
    return max_sweeps
