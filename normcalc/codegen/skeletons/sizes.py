"""Sizes of vectors and of groups of entries, and vectors of other sizes in the same directions."""

from __future__ import annotations

import numpy as np

from normcalc.codegen.skeletons.marks import Vector, summing


def rescale(v: Vector, size: float, new: float, out: Vector) -> None:
    """Write the vector of size `new` in the direction of `v`; zero has that of the first axis."""
    if size > 1e-290:
        scale = new / size
        for i in range(v.size):
            out[i] = scale * v[i]
    elif size > 0.0:
        for i in range(v.size):
            out[i] = v[i] / size * new
    else:
        out[:] = 0.0
        out[0] = new


@summing
def square_between(v: Vector, start: int, stop: int) -> float:
    """Return the sum of the squares of some entries."""
    total = 0.0
    for i in range(start, stop):
        total += v[i] * v[i]
    return total


def rescale_between(
    v: Vector, start: int, stop: int, size: float, new: float, out: Vector
) -> None:
    """Write some entries with the size `new`; zero has the direction of the first axis."""
    scale = new / size if size > 1e-290 else 0.0
    for i in range(start, stop):
        out[i] = scale * v[i]
    if size <= 1e-290 and new != 0.0:
        for i in range(start, stop):
            out[i] = v[i] / size * new if size > 0.0 else 0.0
        if size == 0.0:
            out[start] = new


def group_size(v: Vector, indices: Vector, start: int, stop: int) -> float:
    """Return the 2-norm of the entries of a group."""
    total = 0.0
    for i in range(start, stop):
        x = v[indices[i]]
        total += x * x
    return float(np.sqrt(total))


def rescale_group(
    v: Vector, indices: Vector, start: int, stop: int, size: float, new: float, out: Vector
) -> None:
    """Write the entries of a group with the size `new`; zero has the direction of its first."""
    if size > 0.0:
        scale = new / size if size > 1e-290 else 0.0
        for i in range(start, stop):
            x = v[indices[i]]
            out[indices[i]] = scale * x if scale != 0.0 else x / size * new
    else:
        for i in range(start, stop):
            out[indices[i]] = new if i == start else 0.0


def group_sizes(v: Vector, indices: Vector, starts: Vector, kind: int, sizes: Vector) -> None:
    """Write the 2-norm of each group; of kind 4 are groups in the order of the entries."""
    for j in range(sizes.size):
        if kind == 4:
            sizes[j] = np.sqrt(square_between(v, starts[j], starts[j + 1]))
        else:
            sizes[j] = group_size(v, indices, starts[j], starts[j + 1])


def rescale_groups(
    v: Vector,
    indices: Vector,
    starts: Vector,
    sizes: Vector,
    new: Vector,
    out: Vector,
) -> None:
    """Write `v` with other sizes of its groups; entries of no group stay."""
    if indices.size < v.size:
        out[:] = v
    for j in range(sizes.size):
        rescale_group(v, indices, starts[j], starts[j + 1], sizes[j], new[j], out)


def gathered(v: Vector, indices: Vector) -> Vector:
    """Return the entries at the indices."""
    found = np.empty(indices.size)
    for i in range(indices.size):
        found[i] = v[indices[i]]
    return found


def scatter(x: Vector, indices: Vector, out: Vector) -> None:
    """Write the entries at the indices."""
    for i in range(indices.size):
        out[indices[i]] = x[i]


def recombine(left: Vector, sizes: Vector, right: Vector, out: Vector) -> None:
    """Write ``left @ diag(sizes) @ right``; sizes that are zero cost nothing."""
    kept = np.nonzero(sizes)[0]
    some = np.empty((left.shape[0], kept.size))
    rows = np.empty((kept.size, right.shape[1]))
    for k in range(kept.size):
        for i in range(left.shape[0]):
            some[i, k] = left[i, kept[k]] * sizes[kept[k]]
        rows[k] = right[kept[k]]
    np.dot(some, rows, out)


def keep_others(v: Vector, indices: Vector, out: Vector) -> None:
    """Write the entries that are not among the indices."""
    if indices.size == v.size:
        return
    others = np.ones(v.size, np.bool_)
    for i in indices:
        others[i] = False
    for i in range(v.size):
        if others[i]:
            out[i] = v[i]
