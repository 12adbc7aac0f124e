"""Leading singular triplets of a large matrix by subspace iteration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from normcalc.codegen.skeletons.marks import Vector


def scattered(m: int, n: int) -> Vector:
    """Return a matrix of numbers without a pattern, the same every time."""
    found, state = np.empty((m, n)), np.int64(1)
    for i in range(m):
        for j in range(n):
            state = (state * np.int64(48271)) % np.int64(2147483647)
            found[i, j] = state / 1073741823.5 - 1.0
    return found


def orthonormal(w: Vector) -> Vector:
    """Return an orthonormal basis of the columns, row after row in memory."""
    return np.ascontiguousarray(np.linalg.qr(w)[0])


def column_gaps(w: Vector, right: Vector, sizes: Vector) -> Vector:
    """Return the length of each ``w - size*right``, column by column."""
    found = np.zeros(sizes.size)
    for i in range(w.shape[0]):
        for j in range(sizes.size):
            found[j] += (w[i, j] - sizes[j] * right[i, j]) ** 2
    return np.sqrt(found)


def leading(a: Vector, least: float) -> tuple[Vector, Vector, Vector, bool]:
    """Return the singular triplets with sizes above `least`, and whether they were found.

    The subspace is iterated until these triplets are exact to rounding, and the next size in it
    is below `least` with room for its error.  A triplet that is orthogonal to the subspace would
    be missed: that is improbable for a start without a pattern, not proved.  Where there are
    many, or a size is close to `least`, none are found.
    """
    across, block = np.ascontiguousarray(a.T), 32
    while 8 * block <= min(a.shape[0], a.shape[1]):
        right = orthonormal(np.dot(across, scattered(a.shape[0], block)))
        for _ in range(12):
            left, sizes, turn = np.linalg.svd(np.dot(a, right), False)
            right = np.dot(right, np.ascontiguousarray(turn.T))
            count = int(np.sum(sizes > least))
            if 2 * count > block:
                break
            w = np.dot(across, left)
            gaps = column_gaps(w, right, sizes)
            exact = count == 0 or gaps[:count].max() <= 1e-14 * sizes[0]
            if exact and sizes[count] + gaps[count] < least:
                kept = np.ascontiguousarray(left[:, :count])
                return kept, sizes[:count].copy(), np.ascontiguousarray(right[:, :count].T), True
            right = orthonormal(w)
        if 2 * count <= block:
            break
        block *= 2
    return np.empty((1, 1)), np.empty(1), np.empty((1, 1)), False
