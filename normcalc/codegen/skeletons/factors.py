"""Held rows of an active set: their weights, and the factors of what may change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.codegen.skeletons.marks import apart
from normcalc.codegen.skeletons.reductions import inner_product

if TYPE_CHECKING:
    from normcalc.codegen.skeletons.marks import Vector


@apart
def with_last(items: Vector, item: float) -> Vector:
    """Return the items and one more."""
    found = np.empty(items.size + 1, items.dtype)
    for i in range(items.size):
        found[i] = items[i]
    found[items.size] = item
    return found


@apart
def dropped(items: Vector, place: int) -> Vector:
    """Return the items but for the one at a place."""
    found = np.empty(items.size - 1, items.dtype)
    for i in range(found.size):
        found[i] = items[i if i < place else i + 1]
    return found


@apart
def references(held: Vector, block: Vector) -> Vector:
    """Return for each held row the place of the last held row of its block; -1 in constraints."""
    found = np.full(held.size, -1)
    for i in range(held.size):
        for k in range(held.size - 1, -1, -1):
            if block[held[i]] >= 0 and block[held[k]] == block[held[i]]:
                found[i] = k
                break
    return found


@apart
def held_slope(matrix: Vector, held: Vector, weights: Vector) -> Vector:
    """Return the weighted sum of the slopes of the held rows."""
    found = np.zeros(matrix.shape[1])
    for k in range(held.size):
        if weights[k] != 0.0:
            for i in range(found.size):
                found[i] += weights[k] * matrix[held[k], i]
    return found


@apart
def spread_over(changes: Vector, others: Vector, anchors: Vector, count: int) -> Vector:
    """Return the change of all held weights that so much of each change makes."""
    found = np.zeros(count)
    for k in range(changes.size):
        found[others[k]] += changes[k]
        if anchors[k] >= 0:
            found[anchors[k]] -= changes[k]
    return found


@apart
def changes_of(held: Vector, block: Vector) -> tuple[Vector, Vector]:
    """Return the held rows that are no references, and the reference of each, or -1."""
    first = references(held, block)
    count = 0
    for k in range(held.size):
        count += first[k] != k
    others, anchors, count = np.empty(count, np.int64), np.empty(count, np.int64), 0
    for k in range(held.size):
        if first[k] != k:
            others[count], anchors[count] = k, first[k]
            count += 1
    return others, anchors


@apart
def all_forms(matrix: Vector, shift: Vector, u: Vector) -> Vector:
    """Return ``matrix @ u + shift``."""
    found = np.empty(shift.size)
    for i in range(shift.size):
        found[i] = inner_product(matrix[i], u) + shift[i]
    return found


@apart
def moved_by(x: Vector, factor: float, change: Vector) -> Vector:
    """Return ``x + factor*change``."""
    found = np.empty(x.size)
    for i in range(x.size):
        found[i] = x[i] + factor * change[i]
    return found


@apart
def forms_of(matrix: Vector, shift: Vector, held: Vector, u: Vector) -> Vector:
    """Return the values of the held rows."""
    found = np.empty(held.size)
    for k in range(held.size):
        found[k] = inner_product(matrix[held[k]], u) + shift[held[k]]
    return found


@apart
def rows_of_factor(
    matrix: Vector, held: Vector, others: Vector, anchors: Vector
) -> tuple[Vector, Vector]:
    """Return orthonormal rows q and a triangle r with ``r.T @ q`` the slopes of all changes.

    By the method of Gram and Schmidt, twice, which is as exact as reflections.
    """
    count, n = others.size, matrix.shape[1]
    q, r = np.empty((count, n)), np.zeros((count, count))
    for k in range(count):
        for i in range(n):
            q[k, i] = matrix[held[others[k]], i]
            if anchors[k] >= 0:
                q[k, i] -= matrix[held[anchors[k]], i]
        for _ in range(2):
            for m in range(k):
                along = inner_product(q[m], q[k])
                r[m, k] += along
                for i in range(n):
                    q[k, i] -= along * q[m, i]
        r[k, k] = np.sqrt(inner_product(q[k], q[k]))
        for i in range(n):
            q[k, i] /= r[k, k]
    return q, r


@apart
def solved_below(r: Vector, right: Vector) -> Vector:
    """Return x with ``r.T @ x = right`` for an upper triangle r."""
    x = right.copy()
    for k in range(x.size):
        for i in range(k):
            x[k] -= r[i, k] * x[i]
        x[k] /= r[k, k]
    return x


@apart
def solved_above(r: Vector, right: Vector) -> Vector:
    """Return x with ``r @ x = right`` for an upper triangle r."""
    x = right.copy()
    for k in range(x.size - 1, -1, -1):
        for i in range(k + 1, x.size):
            x[k] -= r[k, i] * x[i]
        x[k] /= r[k, k]
    return x


@apart
def written_after(start: int, x: Vector, out: Vector) -> int:
    """Write a vector from a place on, and return the place after it."""
    for i in range(x.size):
        out[start + i] = x[i]
    return start + x.size
