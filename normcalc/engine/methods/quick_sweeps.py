"""Sweeps and Newton steps on the Gram matrix of some hundred columns, compiled as a whole.

It is `support.solve` for few columns, where calls from Python cost more than sweeps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int64, types

from normcalc.engine.jit import Matrix, Vector, call_element, compiled
from normcalc.engine.methods.kernels import score
from normcalc.engine.methods.quick_newton import newton_step
from normcalc.engine.methods.sweeps import HISTORY, extrapolate

AHEAD = 0.1  # of the largest score: how far one round of sweeps is carried
BURST = 20  # sweeps before the first Newton step; twice as many after one that failed
SHORT = 3  # sweeps between a Newton step that helped and the next
LONGEST = 1000  # sweeps, before something better is asked for
Array = Any  # arrays inside compiled code carry their types in the signature
Places = int64[::1]


@compiled(
    float64(int64, Matrix, Vector, Vector, Vector, Matrix, Places, int64),
    fastmath={"contract"},
)
def _sweep(
    element: int,
    gram: Array,
    x: Array,
    gradient: Array,
    curvature: Array,
    constants: Array,
    active: Array,
    count: int,
) -> float:
    """Minimise over some coordinates in turn, updating the whole gradient."""
    largest = 0.0
    for a in range(count):
        j = active[a]
        new = call_element(element, x[j] - gradient[j] / curvature[j], constants[j])
        move = new - x[j]
        if move != 0.0:
            x[j] = new
            for i in range(x.size):
                gradient[i] += move * gram[j, i]
            largest = max(largest, abs(move) * curvature[j])
    return largest


@compiled(
    float64(
        int64, int64, Matrix, Vector, Vector, Vector, Matrix, Matrix, Places, int64, Matrix,
        Matrix, float64, int64,
    )
)  # fmt: skip
def _burst(
    element: int,
    value: int,
    gram: Array,
    x: Array,
    gradient: Array,
    curvature: Array,
    constants: Array,
    values: Array,
    active: Array,
    count: int,
    xs: Array,
    gradients: Array,
    goal: float,
    sweeps: int,
) -> float:
    """Sweep until no coordinate moves by more than a goal; return the largest last move."""
    largest = np.inf
    for sweep in range(sweeps):
        slot = sweep % (HISTORY + 1)
        for j in range(x.size):
            xs[slot, j] = x[j]
            gradients[slot, j] = gradient[j]
        if slot == HISTORY:
            extrapolate(value, x, gradient, xs, gradients, values)
        largest = _sweep(element, gram, x, gradient, curvature, constants, active, count)
        if largest <= goal:
            break
    return largest


@compiled(types.boolean(int64, int64, Matrix, Vector, Vector, Vector, Matrix, Matrix, float64))
def solve(
    element: int,
    value: int,
    gram: Array,
    x: Array,
    gradient: Array,
    curvature: Array,
    constants: Array,
    values: Array,
    tol: float,
) -> bool:
    """Minimise until no coordinate would move by more than `tol`; tell whether that was reached.

    The Gram matrix may be the corner of a larger array.
    """
    scores, active = np.empty(x.size), np.empty(x.size, dtype=np.int64)
    xs, gradients = np.empty((HISTORY + 1, x.size)), np.empty((HISTORY + 1, x.size))
    model, point = (element, value, gram), (curvature, constants, values)
    goal, sweeps, left = np.inf, BURST, LONGEST
    while left > 0:
        score(element, x, gradient, curvature, constants, scores)
        count, worst = 0, 0.0
        for j in range(x.size):
            worst = max(worst, scores[j])
            if x[j] != 0.0 or scores[j] > tol:
                active[count] = j
                count += 1
        if worst <= tol:
            return True
        goal = max(tol, AHEAD * min(goal, worst))
        left -= sweeps
        state: Any = (active, count, xs, gradients, goal, sweeps)
        if _burst(*model, x, gradient, *point, *state) <= goal:
            continue
        helped = newton_step(*model, x, gradient, *point)
        sweeps = SHORT if helped else 2 * max(sweeps, BURST)
    return False
