"""Groups of indices as arrays, and what they have to do with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.codegen.skeletons.marks import Vector


def grouped(groups: Sequence[Sequence[int]]) -> tuple[Vector, Vector, Vector, int, int]:
    """Return the indices group by group, where each starts, the order by size, a kind, and a size.

    The kind is 0 for groups that overlap, 1 where all are disjoint or nested, 2 for disjoint
    ones, 3 where they cover all entries besides, 4 where they do so in the order of the entries.
    The size is that of the shortest vector that has all the indices.
    """
    sizes = np.array([len(group) for group in groups], dtype=np.int64)
    starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes)))
    listed = [i for group in groups for i in group]
    indices = np.array(listed, dtype=np.int64)
    order = np.argsort(sizes, kind="stable")
    top = int(indices.max()) + 1 if indices.size else 0
    return indices, starts, order, kind_of_groups(indices, starts, order), top


def kind_of_groups(indices: Vector, starts: Vector, order: Vector) -> int:
    """Return the kind that `grouped` tells of."""
    count = np.bincount(indices) if indices.size else np.ones(1, dtype=np.int64)
    if count.max() <= 1:
        if count.min() < 1:
            return 2
        return 4 if bool(np.all(indices[1:] > indices[:-1])) else 3
    around = np.full(count.size, -1)
    for j in order[::-1]:
        own = indices[starts[j] : starts[j + 1]]
        if own.size and np.any(around[own] != around[own[0]]):
            return 0
        around[own] = j
    return 1
