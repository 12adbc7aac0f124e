"""Coordinate descent on few columns of many, compiled as a whole.

Where columns are short a fit consists of hundreds of sweeps of microseconds each, and calls from
Python would cost more than they do.  Looks at the columns, the choice of those that matter, their
Gram matrix and the sweeps on it are therefore one function here.  It comes back when the
Gram matrix is worth the linear algebra library, or sweeps alone do not end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int64, types, void

from normcalc.engine.jit import Matrix, Vector, compiled
from normcalc.engine.methods.highest import highest_first
from normcalc.engine.methods.kernels import score
from normcalc.engine.methods.quick_sweeps import solve

DONE, GROW, SLOW = 0, 1, 2  # what is asked for when it comes back
SIZE, END, GROWN, LEFT, MOST = range(5)  # places in the state that it comes back with
FORWARD = 0.3  # of the largest score: how far few columns are solved while they become more
LEAST, GROWTH = 10, 0.3  # columns added at a time, and the share of those in use
WORK = 2.0**21  # products of a Gram matrix: more of them are left to the library
Array = Any  # arrays inside compiled code carry their types in the signature
Places = int64[::1]
Rows = types.Array(types.float64, 2, "C", readonly=True)


@compiled(float64(Rows, int64, Vector), fastmath={"reassoc", "contract"})
def _dot(rows: Array, j: int, slope: Array) -> float:
    total = 0.0
    for i in range(slope.size):
        total += rows[j, i] * slope[i]
    return total


@compiled(float64(Rows, int64, int64), fastmath={"reassoc", "contract"})
def _product(rows: Array, j: int, k: int) -> float:
    total = 0.0
    for i in range(rows.shape[1]):
        total += rows[j, i] * rows[k, i]
    return total


@compiled(void(Rows, int64, float64, Vector))
def _subtract(rows: Array, j: int, factor: float, out: Array) -> None:
    for i in range(out.size):
        out[i] -= factor * rows[j, i]


@compiled(int64(Vector, Vector, Places, int64, Vector, float64, int64))
def _join(
    x: Array,
    scores: Array,
    order: Array,
    size: int,
    taken: Array,
    threshold: float,
    first: int,
) -> int:
    """Append the columns with the highest scores above a threshold; return how many there are."""
    count, used, new = 0, 0, np.empty(x.size, dtype=np.int64)
    for j in range(x.size):
        used += x[j] != 0.0
        if taken[j] == 0.0 and (scores[j] > threshold or (size == 0 and x[j] != 0.0)):
            new[count] = j
            count += 1
    most = max(LEAST, first - size, int(GROWTH * used))
    if size == 0:
        most = max(most, used)
        for i in range(count):
            if x[new[i]] != 0.0:  # the starting point must be representable
                scores[new[i]] = np.inf
    if count > most:
        highest_first(new, count, most, scores)
        count = most
    for i in range(count):
        order[size + i] = new[i]
        taken[new[i]] = 1.0
    return size + count


@compiled(int64(Vector, Vector, float64, Places, int64, int64, Vector, Matrix))
def _leave(
    x: Array,
    scores: Array,
    tol: float,
    order: Array,
    size: int,
    end: int,
    taken: Array,
    gram: Array,
) -> int:
    """Keep of the first columns those that are not zero, or would not stay; return their number.

    Those behind move up.
    """
    kept, count = np.empty(size, dtype=np.int64), 0
    for i in range(size):
        j = order[i]
        if x[j] != 0.0 or scores[j] > tol:
            kept[count], order[count] = i, j
            count += 1
        else:
            taken[j] = 0.0
    for i in range(count):
        for k in range(count):
            gram[i, k] = gram[kept[i], kept[k]]
    for i in range(size, end):
        order[count + i - size] = order[i]
    return count


@compiled(float64(int64, Rows, float64, Vector, Vector, Vector, Matrix, Vector, Vector))
def _look(
    element: int,
    rows: Array,
    weight: float,
    residual: Array,
    x: Array,
    curvature: Array,
    constants: Array,
    gradient: Array,
    scores: Array,
) -> float:
    """Write the gradient and the scores of all columns; return the largest score."""
    largest = 0.0
    for j in range(rows.shape[0]):
        gradient[j] = -weight * _dot(rows, j, residual)
    score(element, x, gradient, curvature, constants, scores)
    for j in range(scores.size):
        largest = max(largest, scores[j])
    return largest


@compiled(void(Rows, float64, Places, int64, int64, Matrix))
def _border(rows: Array, weight: float, order: Array, old: int, size: int, gram: Array) -> None:
    """Write the rows and columns of the Gram matrix that are new."""
    for i in range(old, size):
        for k in range(i + 1):
            gram[i, k] = weight * _product(rows, order[i], order[k])
            gram[k, i] = gram[i, k]


@compiled(
    types.boolean(
        int64, int64, Rows, float64, Vector, Vector, Vector, Vector, Matrix, Matrix, Places,
        int64, Matrix, float64,
    )
)  # fmt: skip
def _inside(
    element: int,
    value: int,
    rows: Array,
    weight: float,
    residual: Array,
    x: Array,
    gradient: Array,
    curvature: Array,
    constants: Array,
    values: Array,
    order: Array,
    size: int,
    gram: Array,
    tol: float,
) -> bool:
    """Minimise over the chosen columns, and update the residual."""
    part, slopes, bends = np.empty(size), np.empty(size), np.empty(size)
    own, worth = np.empty((size, constants.shape[1])), values
    if values.shape[0] > 1:
        worth = np.empty((size, values.shape[1]))
    for i in range(size):
        j = order[i]
        part[i], slopes[i], bends[i] = x[j], gradient[j], curvature[j]
        for c in range(own.shape[1]):
            own[i, c] = constants[j, c]
        if values.shape[0] > 1:
            for c in range(worth.shape[1]):
                worth[i, c] = values[j, c]
    done = solve(element, value, gram, part, slopes, bends, own, worth, tol)
    for i in range(size):
        move = part[i] - x[order[i]]
        if move != 0.0:
            x[order[i]] = part[i]
            _subtract(rows, order[i], move, residual)
    return done


@compiled(
    int64(Rows, float64, Vector, Vector, float64, float64, int64, Places, Vector, Matrix, Places)
)
def _grow(
    rows: Array,
    weight: float,
    x: Array,
    scores: Array,
    least: float,
    tol: float,
    first: int,
    order: Array,
    taken: Array,
    gram: Array,
    state: Array,
) -> int:
    """Let columns join whose scores are above `least`; those above `tol` must not leave."""
    size = state[SIZE]
    end = _join(x, scores, order, size, taken, least, first)
    state[GROWN] = end > size
    if end > state[MOST]:
        state[SIZE] = _leave(x, scores, tol, order, size, end, taken, gram)
        end, size = end - size + state[SIZE], state[SIZE]
    state[END] = end
    if end > state[MOST]:
        return SLOW
    if end > gram.shape[0] or (end - size) * end * rows.shape[1] > WORK:
        return GROW
    _border(rows, weight, order, size, end, gram)
    return DONE


@compiled(
    int64(
        int64, int64, Rows, float64, Vector, Vector, Vector, Matrix, Matrix, float64, int64,
        Places, Vector, Matrix, Places,
    )
)  # fmt: skip
def descend(
    element: int,
    value: int,
    rows: Array,
    weight: float,
    residual: Array,
    x: Array,
    curvature: Array,
    constants: Array,
    values: Array,
    tol: float,
    first: int,
    order: Array,
    taken: Array,
    gram: Array,
    state: Array,
) -> int:
    """Minimise over the columns that are `rows`, in place, until no score is above `tol`.

    ``order[:state[SIZE]]`` are the columns of the Gram matrix, which should get those up to
    ``state[END]``; `taken` is one for all of them.  Columns that rest are dropped where there
    would be more than ``state[MOST]``.
    """
    gradient, scores = np.empty(x.size), np.empty(x.size)
    model, point = (element, value, rows, weight), (curvature, constants)
    while state[LEFT] > 0:
        worst = _look(element, rows, weight, residual, x, *point, gradient, scores)
        if worst <= tol:
            return DONE
        if state[GROWN] == 0:
            levels = (min(tol, FORWARD * worst), tol, first)
            asked = _grow(rows, weight, x, scores, *levels, order, taken, gram, state)
            if asked != DONE:
                return asked
        state[SIZE], state[LEFT] = state[END], state[LEFT] - 1
        goal = max(tol, FORWARD * worst) if state[GROWN] else FORWARD * tol
        state[GROWN] = 0
        around = (curvature, constants, values, order, state[SIZE], gram, goal)
        if not _inside(*model, residual, x, gradient, *around):
            return SLOW
    return DONE
