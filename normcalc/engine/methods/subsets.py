"""The compiled search for the best subset of columns: a tree of models that lose columns.

A node holds a triangular factor of its columns; the first `fixed` of them stay in all models below
it, so that each set of columns is met once.  Row ``i`` of `factors` is that of level ``i``.

References
----------
Gatu and Kontoghiorghes, "Branch-and-bound algorithms for computing the best-subset regression
models", JCGS 2006.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import boolean, float64, int64, types

from normcalc.engine.jit import Matrix, Vector, compiled

Array = Any  # arrays inside compiled code carry their types in the signature
Table = int64[:, ::1]
Index = int64[::1]
Cube = float64[:, :, ::1]
SINGULAR = 1e-9  # a pivot below this, of columns of length 1, is zero
SIZE, FIXED, CURSOR, SEEN = 0, 1, 2, 3  # columns of `places`
BEST, BOUND = 0, 1  # entries of `found`


@compiled(float64(Vector, int64, int64))
def _least_sum(values: Array, start: int, count: int) -> float:
    """Return the sum of the `count` smallest of the values from `start` on."""
    if count <= 0:
        return 0.0
    kept, total = values[start:].copy(), 0.0
    for i in range(kept.size):
        total += kept[i]
    noise = 1e-13 * total  # more than what subtractions lose
    for _ in range(kept.size - count):  # few: as many as the limit still allows
        place = 0
        for i in range(kept.size):
            if kept[i] > kept[place]:
                place = i
        total -= kept[place]
        kept[place] = -1.0
    return max(total - noise, 0.0)


@compiled(types.void(Matrix, Vector, int64, float64, Vector))
def _drop_costs(factor: Array, right: Array, size: int, sharp: float, out: Array) -> None:
    """Write lower bounds of what the loss rises by, per column, if columns are dropped.

    With all columns of the node at hand the coordinates are ``t``, and dropping a set D of them
    costs at least ``sharp * sum of t_j**2 over D``, where `sharp` is half the least eigenvalue.
    """
    for i in range(size - 1, -1, -1):
        if abs(factor[i, i]) <= SINGULAR:
            for j in range(size):
                out[j] = 0.0
            return
        out[i] = right[i]
        for j in range(i + 1, size):
            out[i] -= factor[i, j] * out[j]
        out[i] /= factor[i, i]
    for i in range(size):
        out[i] = sharp * out[i] * out[i]


@compiled(types.void(Matrix, Vector, int64, int64, Matrix, Vector))
def _without(
    factor: Array, right: Array, size: int, column: int, out: Array, out_right: Array
) -> None:
    """Write the triangular factor without one column, by rotations of two rows each."""
    for i in range(size):
        out_right[i] = right[i]
        for j in range(size - 1):
            out[i, j] = factor[i, j] if j < column else factor[i, j + 1]
    for i in range(size, right.size):
        out_right[i] = right[i]
    for i in range(column, size - 1):
        length = np.hypot(out[i, i], out[i + 1, i])
        if length == 0.0:
            continue
        c, s = out[i, i] / length, out[i + 1, i] / length
        for j in range(i, size - 1):
            above, below = out[i, j], out[i + 1, j]
            out[i, j], out[i + 1, j] = c * above + s * below, c * below - s * above
        above, below = out_right[i], out_right[i + 1]
        out_right[i], out_right[i + 1] = c * above + s * below, c * below - s * above


@compiled(types.void(Matrix, Vector, Index, Index, Vector, float64, int64, Vector, boolean[::1]))
def _record(
    factor: Array,
    right: Array,
    columns: Array,
    place: Array,
    costs: Array,
    half: float,
    most: int,
    found: Array,
    support: Array,
) -> None:
    """Compare the models of the first columns of a node with the best so far."""
    rest, spent = 0.0, 0.0
    for i in range(right.size):
        rest += right[i] * right[i]
    for i in range(min(place[SIZE], most) + 1):
        if half * rest + spent < found[BEST]:
            found[BEST] = half * rest + spent
            for j in range(support.size):
                support[j] = False
            for j in range(i):
                support[columns[j]] = True
        if i == place[SIZE] or abs(factor[i, i]) <= SINGULAR:
            return  # a model with dependent columns is never needed
        rest, spent = rest - right[i] * right[i], spent + costs[columns[i]]


@compiled(float64(Vector, Vector, Index, Index, int64, Vector, float64, int64))
def _bound(
    right: Array,
    drops: Array,
    columns: Array,
    place: Array,
    child: int,
    costs: Array,
    half: float,
    most: int,
) -> float:
    """Return what no model below a child is better than; `child` is the column that it lacks.

    Below the child all columns before it stay, and each later one is dropped or paid for.
    """
    size, rest = place[SIZE], 0.0
    for i in range(size, right.size):
        rest += right[i] * right[i]
    kept, free = 0.0, 0.0
    for i in range(child):
        kept += costs[columns[i]]
    for i in range(child + 1, size):
        free += min(costs[columns[i]], drops[i])
    forced = 0.0
    if size > most:
        forced = _least_sum(drops[:size], child + 1, size - most - 1)
    return float(half * rest + kept + drops[child] + max(free, forced))


@compiled(float64(Matrix, Vector, Index, Index, int64, Vector, float64, int64))
def _bound_by_size(
    factor: Array,
    right: Array,
    columns: Array,
    place: Array,
    child: int,
    costs: Array,
    half: float,
    most: int,
) -> float:
    """Return what no model below a child is better than: of no, one, or more columns besides.

    What one more column gains is known; of more, that they cost at least twice the cheapest.
    """
    rest, floor, kept, cheapest = 0.0, 0.0, 0.0, np.inf
    for i in range(child, right.size):
        rest += right[i] * right[i]
    for i in range(place[SIZE], right.size):
        floor += right[i] * right[i]
    for i in range(child):
        kept += costs[columns[i]]
    least = half * rest + kept
    for j in range(child + 1, place[SIZE]):
        inner, length = 0.0, 0.0
        for i in range(child, j + 1):
            inner += factor[i, j] * right[i]
            length += factor[i, j] * factor[i, j]
        cheapest = min(cheapest, costs[columns[j]])
        if child < most and length > SINGULAR * SINGULAR:
            least = min(least, half * (rest - inner * inner / length) + kept + costs[columns[j]])
    if child + 1 < most:
        least = min(least, half * floor + kept + 2.0 * cheapest)
    return float(least)


@compiled(types.void(Cube, Matrix, Table, Table, int64, int64))
def _descend(
    factors: Array, rights: Array, columns: Array, places: Array, level: int, child: int
) -> None:
    """Write a child of a node, which lacks one column, into the level below."""
    size = places[level, SIZE]
    _without(factors[level], rights[level], size, child, factors[level + 1], rights[level + 1])
    for i in range(size - 1):
        columns[level + 1, i] = columns[level, i if i < child else i + 1]
    places[level + 1, SIZE], places[level + 1, FIXED] = size - 1, child
    places[level + 1, SEEN] = 0


@compiled(
    int64(
        Cube, Matrix, Table, Table, Matrix, Vector, float64, float64, int64, Vector,
        boolean[::1], int64, float64, float64, int64,
    )
)  # fmt: skip
def explore(
    factors: Array,
    rights: Array,
    columns: Array,
    places: Array,
    drops: Array,
    costs: Array,
    half: float,
    sharp: float,
    most: int,
    found: Array,
    support: Array,
    level: int,
    tol: float,
    floor: float,
    budget: int,
) -> int:
    """Look at up to `budget` nodes from a level on; return the level, or -1 when all is done.

    A child is left out if no model below it can be better than the best so far by more than a
    share `tol`; `found[BOUND]` keeps the least bound of what was left out.
    """
    while level >= 0 and budget > 0:
        place, factor, right = places[level], factors[level], rights[level]
        if place[SEEN] == 0:
            budget -= 1
            place[SEEN], place[CURSOR] = 1, min(place[SIZE] - 2, most - 1)
            _record(factor, right, columns[level], place, costs, half, most, found, support)
            _drop_costs(factor, right, place[SIZE], sharp, drops[level])
        child = place[CURSOR]
        if child < place[FIXED]:
            level -= 1
            continue
        place[CURSOR] -= 1
        bound = _bound(right, drops[level], columns[level], place, child, costs, half, most)
        goal = found[BEST] - tol * max(abs(found[BEST]), floor)
        if bound < goal:
            around = (columns[level], place, child, costs, half, most)
            bound = max(bound, _bound_by_size(factor, right, *around))
        if bound >= goal:
            found[BOUND] = min(found[BOUND], bound)
            continue
        _descend(factors, rights, columns, places, level, child)
        level += 1
    return level
