"""A Newton step on the coordinates that are not zero, compiled, for some hundred of them.

It is the step of `support.step`, which takes larger systems.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int64, types, void

from normcalc.engine.jit import Matrix, Vector, call_element, compiled
from normcalc.engine.methods.sweeps import gain

WIDTH = 1e-6  # of the differences that slopes of the prox are read from
REGULAR = 1e-12  # of the largest curvature, on the diagonal
Array = Any  # arrays inside compiled code carry their types in the signature
Places = int64[::1]


@compiled(float64(Matrix, int64, int64, int64), fastmath={"reassoc", "contract"})
def _dot(rows: Array, i: int, j: int, size: int) -> float:
    total = 0.0
    for k in range(size):
        total += rows[i, k] * rows[j, k]
    return total


@compiled(types.boolean(Matrix, Vector))
def solve(matrix: Array, right: Array) -> bool:
    """Solve a positive definite system in place; tell whether it was one.

    The lower part of the matrix becomes its factor of Cholesky.
    """
    for i in range(right.size):
        for j in range(i):
            matrix[i, j] = (matrix[i, j] - _dot(matrix, i, j, j)) / matrix[j, j]
        left = matrix[i, i] - _dot(matrix, i, i, i)
        if not left > 0.0:
            return False
        matrix[i, i] = np.sqrt(left)
    for i in range(right.size):
        for k in range(i):
            right[i] -= matrix[i, k] * right[k]
        right[i] /= matrix[i, i]
    for i in range(right.size - 1, -1, -1):
        right[i] /= matrix[i, i]
        for k in range(i):
            right[k] -= matrix[i, k] * right[i]
    return True


@compiled(int64(int64, Vector, Vector, Vector, Matrix, Places, Vector, Vector))
def _linearised(
    prox: int,
    x: Array,
    gradient: Array,
    curvature: Array,
    constants: Array,
    chosen: Array,
    bend: Array,
    right: Array,
) -> int:
    """List the coordinates that are not zero and where the prox rises; return their number.

    For each, what comes to the diagonal of the Gram matrix, and the right hand side.
    """
    count, top = 0, 0.0
    for j in range(x.size):
        if x[j] == 0.0:
            continue
        top = max(top, curvature[j])
        v, row = x[j] - gradient[j] / curvature[j], constants[j]
        width = WIDTH * (1.0 + abs(v))
        slope = call_element(prox, v + width, row) - call_element(prox, v - width, row)
        slope /= 2.0 * width
        if slope > WIDTH:
            missed = x[j] - call_element(prox, v, row)
            chosen[count] = j
            bend[count] = curvature[j] * (1.0 - slope) / slope
            right[count] = -curvature[j] * missed / slope
            count += 1
    for i in range(count):
        bend[i] += REGULAR * top
    return count


@compiled(void(Matrix, Vector, Vector, Vector, Vector))
def _follow(gram: Array, x: Array, gradient: Array, there: Array, slopes: Array) -> None:
    """Write the gradient at another point."""
    for i in range(x.size):
        slopes[i] = gradient[i]
    for j in range(x.size):
        move = there[j] - x[j]
        if move != 0.0:
            for i in range(x.size):
                slopes[i] += move * gram[j, i]


@compiled(types.boolean(int64, Matrix, Vector, Vector, Vector, Matrix))
def _taken(
    value: int, gram: Array, x: Array, gradient: Array, there: Array, values: Array
) -> bool:
    """Go to a point if the objective falls; tell whether it did."""
    slopes = np.empty(x.size)
    _follow(gram, x, gradient, there, slopes)
    if not gain(value, x, gradient, there, slopes, values) > 0.0:
        return False
    for j in range(x.size):
        x[j], gradient[j] = there[j], slopes[j]
    return True


@compiled(types.boolean(int64, int64, Matrix, Vector, Vector, Vector, Matrix, Matrix))
def newton_step(
    prox: int,
    value: int,
    gram: Array,
    x: Array,
    gradient: Array,
    curvature: Array,
    constants: Array,
    values: Array,
) -> bool:
    """Take a Newton step on the coordinates that are not zero if the objective falls.

    Coordinates that would cross zero stop there; else the step ends where the first one would.
    """
    chosen, bend, move = np.empty(x.size, dtype=np.int64), np.empty(x.size), np.empty(x.size)
    count = _linearised(prox, x, gradient, curvature, constants, chosen, bend, move)
    matrix, there = np.empty((count, count)), x.copy()
    for i in range(count):
        for k in range(i):
            matrix[i, k] = gram[chosen[i], chosen[k]]
        matrix[i, i] = gram[chosen[i], chosen[i]] + bend[i]
    if count == 0 or not solve(matrix, move[:count]):
        return False
    share = 1.0
    for i in range(count):
        j = chosen[i]
        crossing = x[j] * (x[j] + move[i]) < 0.0
        there[j] = 0.0 if crossing else x[j] + move[i]
        if crossing:
            share = min(share, -x[j] / move[i])
    if _taken(value, gram, x, gradient, there, values):
        return True
    if share == 1.0:
        return False
    for i in range(count):
        there[chosen[i]] = x[chosen[i]] + share * move[i]
    return _taken(value, gram, x, gradient, there, values)
