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
    all_forms,
    changes_of,
    dropped,
    forms_of,
    held_slope,
    moved_by,
    references,
    rows_of_factor,
    solved_above,
    solved_below,
    spread_over,
    with_last,
    written_after,
)
from normcalc.codegen.skeletons.linear import back
from normcalc.codegen.skeletons.marks import apart
from normcalc.codegen.skeletons.reductions import image_of, inner_product
from normcalc.codegen.skeletons.row_lists import (
    largest_of,
    most_missed,
    next_equation,
    seen_before,
    with_set,
)

if TYPE_CHECKING:
    from collections.abc import Callable

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
def blocking(change: Vector, weights: Vector, block: Vector, held: Vector) -> tuple[float, int]:
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
        weights = moved_by(weights, move, change)
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
    given: float, u: Vector, matrix: Vector, shift: Vector, block: Vector, held: Vector
) -> tuple[Vector, Vector]:
    """Return how far each row exceeds its maximum, and how much that is for its terms.

    A size that was `given` rounds the terms as well as that of u.
    """
    excess = above_held(all_forms(matrix, shift, u), held, block, -1.0)
    size, scale = largest_size(u) + given, np.empty(shift.size)
    for i in range(shift.size):
        total = 0.0
        for k in range(u.size):
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
    values, found = all_forms(matrix, shift, v), np.empty(0, np.int64)
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


def active_set(more: Callable[..., tuple[Vector, Vector, Vector]]) -> Callable[..., None]:
    """Return the minimiser of ``|u - v|**2/(2*step)`` plus maxima of rows, under constraints.

    ``more(u, table, matrix, shift, block)`` returns all rows, with those of the largest maximum at
    u that are missing where there are too many to list.
    """

    @apart
    def minimised(
        v: Vector,
        step: float,
        matrix: Vector,
        shift: Vector,
        block: Vector,
        table: Vector,
        out: Vector,
    ) -> None:
        balance_rows(matrix, shift, block)
        held = largest_rows(v, matrix, shift, block)
        u, weights = settled_rows(v, step, matrix, shift, block, held)
        log, passed = np.empty(0, np.int64), np.empty(0, np.int64)
        equation, given = next_equation(-1, block), largest_size(v)
        while True:
            matrix, shift, block = more(u, table, matrix, shift, block)
            above, missed = row_misses(given, u, matrix, shift, block, held)
            j = equation
            if j >= 0:
                equation = next_equation(equation, block)
            else:
                j = most_missed(missed, block, held, passed)
                if j < 0 or missed[j] <= 1e-14 or seen_before(held, log):
                    break  # only rounding brings a set of rows back
                log = with_set(log, held)
            held, weights, fits = entered(j, above[j], step, matrix, shift, block, held, weights)
            if fits:
                u, weights = settled_rows(v, step, matrix, shift, block, held)
            passed = np.empty(0, np.int64) if fits else with_last(passed, j)
        if largest_of(missed) > 1e-9:  # beside the slopes that cancel in u it may be nothing
            given += step * largest_size(matrix.reshape(-1))
            above, missed = row_misses(given, u, matrix, shift, block, held)
        if largest_of(missed) > 1e-9:
            raise ValueError("rounding hides which rows are active")
        written_after(0, u, out)

    return minimised
