"""The compiled loops: one signature each, whatever the penalty.

Arguments named `element` and `setup` are addresses of a penalty's kernel; row ``j`` of
`constants` holds what `setup` made for the step ``1/curvature[j]``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int64, types

from normcalc.engine.jit import Matrix, Vector, call_element, call_setup, compiled

Array = Any  # arrays inside compiled code carry their types in the signature


@compiled(int64(int64, Vector, Matrix, Matrix))
def setup_rows(setup: int, curvature: Array, parameters: Array, constants: Array) -> int:
    """Fill one row of constants per column; return the first column refused, or -1."""
    # Loops, not slices: whole-row assignments take seconds to compile.
    shared, row = parameters.shape[0] == 1, np.empty(parameters.shape[1])
    for j in range(curvature.size):
        if shared and j > 0 and curvature[j] == curvature[j - 1]:
            for i in range(constants.shape[1]):
                constants[j, i] = constants[j - 1, i]
        else:
            row[0] = 1.0 / curvature[j]
            for i in range(1, row.size):
                row[i] = parameters[0 if shared else j, i]
            if call_setup(setup, row, constants[j]) < 0:
                return j
    return -1


@compiled(int64(int64, Matrix, Matrix))
def setup_table(setup: int, parameters: Array, constants: Array) -> int:
    """Fill one row of constants per row of parameters; return the first row refused, or -1."""
    for j in range(parameters.shape[0]):
        if call_setup(setup, parameters[j], constants[j]) < 0:
            return j
    return -1


@compiled(types.void(int64, Vector, Matrix, Vector))
def map_element(element: int, v: Array, constants: Array, out: Array) -> None:
    """Apply a kernel to each entry of `v`, with its own row of constants or the only one."""
    each = 0 if constants.shape[0] == 1 else 1
    for j in range(v.size):
        out[j] = call_element(element, v[j], constants[each * j])


@compiled(float64(int64, Vector, Matrix))
def sum_element(element: int, v: Array, constants: Array) -> float:
    """Add up a kernel over the entries of `v`."""
    each, total = 0 if constants.shape[0] == 1 else 1, 0.0
    for j in range(v.size):
        total += call_element(element, v[j], constants[each * j])
    return total


@compiled(types.void(int64, Vector, Vector, Vector, Matrix, Vector))
def score(
    element: int, x: Array, gradient: Array, curvature: Array, constants: Array, out: Array
) -> None:
    """Write how far each coordinate is from minimising the objective along its axis."""
    for j in range(x.size):
        v = x[j] - gradient[j] / curvature[j]
        out[j] = abs(x[j] - call_element(element, v, constants[j])) * curvature[j]


@compiled(
    types.void(int64, Vector, Vector, Vector, Matrix, float64, float64, Vector)
)  # fmt: skip
def score_outside(
    element: int,
    x: Array,
    gradient: Array,
    curvature: Array,
    constants: Array,
    low: float,
    high: float,
    out: Array,
) -> None:
    """Do as `score`, where slopes between two numbers leave every coordinate at zero."""
    for j in range(x.size):
        out[j] = 0.0
        if x[j] != 0.0 or not low <= gradient[j] <= high:
            v = x[j] - gradient[j] / curvature[j]
            out[j] = abs(x[j] - call_element(element, v, constants[j])) * curvature[j]


@compiled(float64(int64, Vector, float64))
def domain_end(element: int, constants: Array, sign: float) -> float:
    """Return the largest ``t >= 0`` with a finite value at ``sign*t``; -1 if 0 has none."""
    if not np.isfinite(call_element(element, 0.0, constants)):
        return -1.0
    inside, outside = 0.0, 1.0
    while np.isfinite(call_element(element, sign * outside, constants)):
        inside, outside = outside, 2.0 * outside
        if outside > 1e150:
            return np.inf
    while inside == 0.0 and outside > 1e-150:
        if np.isfinite(call_element(element, sign * outside / 2, constants)):
            inside = outside / 2
        else:
            outside /= 2
    for _ in range(60):
        middle = 0.5 * (inside + outside)
        if np.isfinite(call_element(element, sign * middle, constants)):
            inside = middle
        else:
            outside = middle
    return inside


@compiled(float64(int64, float64, Vector, float64))
def rest(element: int, curvature: float, constants: Array, sign: float) -> float:
    """Return the farthest partial derivative of a sign that leaves a coordinate at zero."""
    if call_element(element, 0.0, constants) != 0.0:
        return 0.0
    inside, outside = 0.0, 1.0
    while call_element(element, -sign * outside / curvature, constants) == 0.0:
        inside, outside = outside, 2.0 * outside
        if outside > 1e150:
            break
    for _ in range(100):
        middle = 0.5 * (inside + outside)
        if call_element(element, -sign * middle / curvature, constants) == 0.0:
            inside = middle
        else:
            outside = middle
    return sign * inside * (1.0 - 1e-12)
