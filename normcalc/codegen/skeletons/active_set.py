"""Maxima of affine forms under linear constraints: the exact minimum by a dual active set.

Rows are affine forms ``matrix @ u + shift``, each with the number of its block, the maximum it
belongs to; a row of block -1 must not be positive, one of block -2 must be zero.  Held rows have
weights: those of a maximum add up to one, those of an inequality are not negative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.codegen.skeletons.alternating import largest_size
from normcalc.codegen.skeletons.factors import (
    changes_of,
    forms_of,
    held_slope,
    references,
    rows_of_factor,
    solved_above,
    solved_below,
    spread_over,
    with_last,
    with_row,
    dropped,
)
from normcalc.codegen.skeletons.linear import back
from normcalc.codegen.skeletons.marks import apart
from normcalc.codegen.skeletons.reductions import image_of, inner_product

if TYPE_CHECKING:
    from normcalc.codegen.skeletons.marks import Vector


@apart
def above_held(values: Vector, held: Vector, block: Vector, sign: float) -> Vector:
    """Return values of rows less, or plus, that of the last held row of their maximum."""
    top = 0
    for i in range(block.size):
        top = max(top, block[i] + 1)
    levels, found = np.zeros(top + 2), np.empty(values.size)  # the last two for constraints
    for k in held:
        if block[k] >= 0:
            levels[block[k]] = values[k]
    for i in range(values.size):
        found[i] = values[i] + sign * levels[block[i]]
    return found


@apart
def settled_rows(
    v: Vector, step: float, matrix: Vector, shift: Vector, block: Vector, held: Vector
) -> tuple[Vector, Vector]:
    """Return the point and the weights at which all held rows of each maximum are level."""
    others, anchors = changes_of(held, block)
    q, r = rows_of_factor(matrix, held, others, anchors)
    first, along = references(held, block), np.empty(others.size)
    weights, y = np.zeros(held.size), np.zeros(others.size)
    for k in range(held.size):
        weights[k] = 1.0 if first[k] == k else 0.0
    slope, u = held_slope(matrix, held, weights), v.copy()
    for i in range(u.size):
        u[i] -= step * slope[i]
    for _ in range(3 if y.size > 0 else 0):  # the second time takes the rounding away
        values = forms_of(matrix, shift, held, u)
        for k in range(along.size):
            along[k] = values[others[k]] - (values[anchors[k]] if anchors[k] >= 0 else 0.0)
        share = solved_below(r, along)
        move, more = back(q, share), solved_above(r, share)
        for i in range(u.size):
            u[i] -= move[i]
        for k in range(y.size):
            y[k] += more[k] / step
    moved = spread_over(y, others, anchors, held.size)
    for k in range(held.size):
        weights[k] += moved[k]
        if block[held[k]] != -2:
            weights[k] = max(weights[k], 0.0)
    return u, weights


@apart
def following(j: int, matrix: Vector, block: Vector, held: Vector) -> tuple[Vector, float]:
    """Return how the held weights follow that of row j, and how fast its excess falls."""
    others, anchors = changes_of(held, block)
    q, r = rows_of_factor(matrix, held, others, anchors)
    change = np.zeros(held.size)
    if block[j] >= 0:
        for k in range(held.size - 1, -1, -1):
            if block[held[k]] == block[j]:
                change[k] = -1.0
                break
    slope = held_slope(matrix, held, change)
    rest = matrix[j] + slope
    inside = image_of(q, rest)
    for turn in range(2):
        move = back(q, inside if turn == 0 else image_of(q, rest))
        for i in range(rest.size):
            rest[i] -= move[i]
    follow = spread_over(solved_above(r, inside), others, anchors, held.size)
    for k in range(held.size):
        change[k] -= follow[k]
    square = inner_product(rest, rest)
    size = largest_size(matrix[j]) + largest_size(slope)
    return change, 0.0 if np.sqrt(square) <= 1e-11 * size else square


@apart
def blocking(
    change: Vector, weights: Vector, block: Vector, held: Vector
) -> tuple[float, int]:
    """Return how far the weights may follow, and the place of the one that vanishes."""
    bound, place, least = np.inf, 0, 1e-13 * max(1.0, largest_size(change))
    for k in range(held.size):
        if block[held[k]] != -2 and change[k] < -least and weights[k] / -change[k] < bound:
            bound, place = weights[k] / -change[k], k
    return bound, place


@apart
def check_consistent(j: int, change: Vector, shift: Vector, held: Vector) -> None:
    """Raise if the weighted constraints add up to a false inequality, beyond rounding."""
    total, size = shift[j], abs(shift[j])
    for k in range(held.size):
        total += change[k] * shift[held[k]]
        size += abs(change[k] * shift[held[k]])
    if total > 1e-12 * size:
        raise ValueError("the set is empty: its constraints contradict each other")


@apart
def entered(
    j: int,
    excess: float,
    step: float,
    matrix: Vector,
    shift: Vector,
    block: Vector,
    held: Vector,
    weights: Vector,
) -> tuple[Vector, Vector, bool]:
    """Give row j a weight and hold it; rows whose weight vanishes go.

    False means that the row depends on the held ones, and is met where they are.
    """
    if block[j] == -2 and excess < 0.0:
        shift[j], excess = -shift[j], -excess
        for i in range(matrix.shape[1]):
            matrix[j, i] = -matrix[j, i]
    while True:
        change, square = following(j, matrix, block, held)
        full = excess / (step * square) if square > 0.0 else np.inf
        bound, place = blocking(change, weights, block, held)
        move = min(full, bound)
        if move == np.inf:
            check_consistent(j, change, shift, held)
            return held, weights, False
        weights = weights + move * change
        excess -= move * step * square
        if full <= bound:
            return with_last(held, j), weights, True
        held, weights = dropped(held, place), dropped(weights, place)
        alone = block[j] >= 0
        for k in held:
            alone = alone and block[k] != block[j]
        if alone:
            return with_last(held, j), weights, True


@apart
def row_misses(
    v: Vector, u: Vector, matrix: Vector, shift: Vector, block: Vector, held: Vector
) -> tuple[Vector, Vector]:
    """Return how far each row exceeds its maximum, and how much that is for its terms."""
    excess = above_held(image_of(matrix, u) + shift, held, block, -1.0)
    size, scale = largest_size(u) + largest_size(v), np.empty(shift.size)
    for i in range(shift.size):
        total = 0.0
        for k in range(v.size):
            total += abs(matrix[i, k])
        scale[i] = total * size + abs(shift[i])
    scale = above_held(scale, held, block, 1.0)
    missed = np.empty(shift.size)
    for i in range(shift.size):
        missed[i] = (abs(excess[i]) if block[i] == -2 else excess[i]) / (scale[i] + 1e-300)
    return excess, missed


@apart
def balance_rows(matrix: Vector, shift: Vector, block: Vector) -> None:
    """Bring the largest coefficient of each constraint close to 1, by powers of two."""
    for i in range(shift.size):
        size = largest_size(matrix[i])
        if not (np.isfinite(size) and np.isfinite(shift[i])):
            raise ValueError("a bound or a coefficient of the formula is not finite")
        if block[i] < 0 and size > 0.0:
            factor = 2.0 ** -np.ceil(np.log2(size))
            shift[i] *= factor
            for k in range(matrix.shape[1]):
                matrix[i, k] *= factor


@apart
def largest_rows(v: Vector, matrix: Vector, shift: Vector, block: Vector) -> Vector:
    """Return the first rows to hold: of each maximum the largest at v."""
    values, found = image_of(matrix, v) + shift, np.empty(0, np.int64)
    top = 0
    for i in range(block.size):
        top = max(top, block[i] + 1)
    for number in range(top):
        best = -1
        for i in range(block.size):
            if block[i] == number and (best < 0 or values[i] > values[best]):
                best = i
        found = with_last(found, best)
    return found


@apart
def seen_before(held: Vector, log: Vector) -> bool:
    """Tell whether a list of sets, each after its number of items, has these rows."""
    rows, start = np.sort(held), 0
    while start < log.size:
        count = log[start]
        same = count == rows.size
        for k in range(rows.size if same else 0):
            same = same and log[start + 1 + k] == rows[k]
        if same:
            return True
        start += count + 1
    return False


@apart
def logged(held: Vector, log: Vector) -> Vector:
    """Return the list of sets with one more."""
    return np.concatenate((log, np.full(1, held.size), np.sort(held)))


@apart
def most_missed(missed: Vector, block: Vector, held: Vector, passed: Vector) -> int:
    """Return the row that is missed most, of those that may enter; -1 if there is none."""
    free, best = np.ones(missed.size, np.bool_), -1
    for i in held:
        free[i] = False
    for i in passed:
        free[i] = False
    for i in range(missed.size):
        if free[i] and block[i] != -2 and (best < 0 or missed[i] > missed[best]):
            best = i
    return best


@apart
def greedy_vertex(u: Vector, table: Vector) -> Vector:
    """Return the growth of a set function at each entry, the largest entries joining first."""
    order, found, mask = np.argsort(-u, kind="mergesort"), np.empty(u.size), 0
    for i in order:
        more = mask | (1 << i)
        found[i], mask = table[more] - table[mask], more
    return found


@apart
def check_submodular(table: Vector, n: int) -> None:
    """Raise if two elements gain more together than apart, beyond rounding."""
    if n > 62 or table.size != 1 << n:
        raise IndexError("a table of a set function has a number for each set")
    room = 1e-12 * largest_size(table)
    for i in range(n):
        for j in range(i):
            a, b = 1 << i, 1 << j
            for base in range(table.size):
                if base & (a | b) == 0 and (
                    table[base | a | b] + table[base] - table[base | a] - table[base | b] > room
                ):
                    raise ValueError("the set function is not submodular")


@apart
def minimise_maxima(
    v: Vector, step: float, matrix: Vector, shift: Vector, block: Vector, table: Vector, out: Vector
) -> None:
    """Write the minimiser of ``|u - v|**2/(2*step)`` plus the maxima, under the constraints.

    With a table of a set function, rows of the largest maximum are found as they are needed.
    """
    balance_rows(matrix, shift, block)
    held = largest_rows(v, matrix, shift, block)
    u, weights = settled_rows(v, step, matrix, shift, block, held)
    for i in range(block.size):
        if block[i] == -2:
            excess = inner_product(matrix[i], u) + shift[i]
            held, weights, fits = entered(i, excess, step, matrix, shift, block, held, weights)
            if fits:
                u, weights = settled_rows(v, step, matrix, shift, block, held)
    log, passed = np.empty(0, np.int64), np.empty(0, np.int64)
    while True:
        if table.size > 0:
            matrix = with_row(matrix, greedy_vertex(u, table))
            shift, block = with_last(shift, 0.0), with_last(block, 0)
        above, missed = row_misses(v, u, matrix, shift, block, held)
        j = most_missed(missed, block, held, passed)
        if j < 0 or missed[j] <= 1e-14 or seen_before(held, log):
            break  # only rounding brings a set of rows back
        log = logged(held, log)
        held, weights, fits = entered(j, above[j], step, matrix, shift, block, held, weights)
        passed = passed[:0] if fits else with_last(passed, j)
        if fits:
            u, weights = settled_rows(v, step, matrix, shift, block, held)
    if missed.size and missed.max() > 1e-9:
        raise ValueError("rounding hides which rows are active")
    out[:] = u
