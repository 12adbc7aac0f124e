"""The columns that coordinate descent works on, with what is kept about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.design import Dense
from normcalc.engine.methods.highest import highest

if TYPE_CHECKING:
    from normcalc.engine.design import Sparse
    from normcalc.engine.jit import Floats
    from normcalc.engine.partition import Partition

SMALL = 100  # problems with at most so many columns use them all at once
FIRST = 2.0  # times the root of the number of columns: how many a larger problem starts with
DENSER, SPARSER = 2.0, 10.0  # times the entries of a column: a larger Gram matrix is dearer
SPARE = 2  # times the columns in use: a set that is larger is not taken over
GRAM_LIMIT = 4000  # columns, so that a Gram matrix takes at most 128 MB


class WorkingSet:
    """A growing list of columns of a matrix.

    `part` holds them: as rows of a contiguous array for a dense matrix, else compressed.
    """

    first = FIRST
    growth = 0.3  # of what is not zero: how many are added
    denser = DENSER

    def __init__(
        self, design: Dense | Sparse, weight: float, gram_limit: int = GRAM_LIMIT
    ) -> None:
        """Start empty; the Gram matrix is that of up to `gram_limit` columns times `weight`."""
        self.design, self.gram_limit = design, gram_limit
        self.weight = weight
        self.columns = np.empty(0, dtype=np.intp)
        self.part: Any = None
        self.room: Floats = np.empty((0, 0))  # what `part` is the beginning of, once it has grown
        self.gram: Floats = np.empty((0, 0))

    @property
    def parts(self) -> int:
        """How many of what scores are given for are in the set."""
        return int(self.columns.size)

    def after(self, last: WorkingSet, x: Floats) -> WorkingSet:
        """Return the set of an earlier run on the same columns, unless most of it is zero now."""
        known = last.columns.size <= max(SMALL, SPARE * int(np.count_nonzero(x)))
        return last if known else self

    @property
    def uses_gram(self) -> bool:
        """Whether the Gram matrix is cheaper than residuals, and small enough to keep."""
        entries = self.design.entries / self.design.shape[1]  # in a column
        cheap = self.denser if isinstance(self.design, Dense) else SPARSER
        return self.columns.size <= min(self.gram_limit, max(SMALL, int(cheap * entries)))

    def grow(self, x: Floats, scores: Floats, threshold: float) -> bool:
        """Add the columns with the highest scores above a threshold; return whether any was."""
        new = self._candidates(x, scores, threshold)
        if new.size == 0:
            return False
        self.columns = np.concatenate([self.columns, new])
        self._extend(new)
        return True

    def keep(self, wanted: Any) -> None:
        """Keep the columns that are wanted, of all, and no others."""
        columns = self.columns[wanted[self.columns]]
        self.columns, self.part = columns, None
        self.room, self.gram = np.empty((0, 0)), np.empty((0, 0))
        self._extend(columns)

    def apply(self, x: Floats) -> Floats:
        """Return the product of the columns with coordinates `x`."""
        if isinstance(self.design, Dense):
            return np.asarray(self.part.T @ x)
        return np.asarray(self.part @ x)

    def adjoint(self, slope: Floats) -> Floats:
        """Return the products of the columns with slopes."""
        part = self.part if isinstance(self.design, Dense) else self.part.T
        return np.ascontiguousarray(part @ slope)

    def _candidates(self, x: Floats, scores: Floats, threshold: float) -> Any:
        return candidates(self.columns, x != 0.0, scores, threshold, self.growth, start=self.first)

    def _extend(self, new: Any) -> None:
        """Append the new columns to `part` and, while it is in use, to the Gram matrix."""
        if isinstance(self.design, Dense):
            every = new.size == self.design.shape[1] and bool((np.diff(new) == 1).all())
            added: Any = self.design.rows(slice(None) if every else new)
            self.part = added if self.part is None else self._below(added)
            products = self.part @ added.T if self.uses_gram else None
        else:
            self.part = _compact(self.design.matrix[:, self.columns])
            added = self.part[:, self.columns.size - new.size :]
            products = (self.part.T @ added).toarray() if self.uses_gram else None
        self.gram = np.empty((0, 0)) if products is None else self._bordered(products)

    def _below(self, added: Floats) -> Floats:
        """Return the columns with others below; there is room for more than a few."""
        old, size = len(self.part), len(self.part) + len(added)
        if size > len(self.room):
            self.room = np.empty((2 * size, self.part.shape[1]))
            self.room[:old] = self.part
        self.room[old:size] = added
        return self.room[:size]

    def _bordered(self, products: Floats) -> Floats:
        """Return the Gram matrix with the new rows and columns; only those were computed."""
        size, old = self.columns.size, self.gram.shape[0]
        if old == 0:
            return np.ascontiguousarray(products) * self.weight
        gram = np.empty((size, size))
        gram[:old, :old] = self.gram
        gram[:, old:] = self.weight * products
        gram[old:, :old] = gram[:old, old:].T
        return gram


class BlockSet(WorkingSet):
    """A growing list of blocks of columns; `blocks` are their numbers.

    Sweeps move most columns that they look at, so a Gram matrix pays for fewer.
    """

    growth, denser = 1.0, 0.5

    def __init__(
        self, design: Dense | Sparse, weight: float, partition: Partition, gram_limit: int
    ) -> None:
        """Start empty."""
        super().__init__(design, weight, gram_limit)
        self.partition = partition
        self.blocks = np.empty(0, dtype=np.intp)

    @property
    def parts(self) -> int:
        """How many blocks are in the set."""
        return int(self.blocks.size)

    def after(self, last: WorkingSet, x: Floats) -> WorkingSet:
        """Return the set of an earlier run with the same blocks."""
        same = isinstance(last, BlockSet) and (
            np.array_equal(last.partition.order, self.partition.order)
            and np.array_equal(last.partition.starts, self.partition.starts)
        )
        return super().after(last, x) if same else self

    def grow(self, x: Floats, scores: Floats, threshold: float) -> bool:
        """Add the blocks with the highest scores above a threshold; return whether any was."""
        used = (x.reshape(len(x), -1) != 0.0).any(axis=1)[self.partition.order]
        active = np.logical_or.reduceat(used, self.partition.starts[:-1])
        new = candidates(self.blocks, active, scores, threshold, self.growth, int(used.size))
        if new.size == 0:
            return False
        columns = self.partition.rows(new)
        self.blocks = np.concatenate([self.blocks, new])
        self.columns = np.concatenate([self.columns, columns])
        self._extend(columns)
        return True


def candidates(
    taken: Any,
    active: Any,
    scores: Floats,
    threshold: float,
    growth: float,
    columns: int | None = None,
    start: float = FIRST,
) -> Any:
    """Return the places of the highest scores above a threshold, of those not taken yet.

    All are taken at once where there are few `columns`, by default one for each score.  The Gram
    matrix of the first ones costs about as much as one look at all columns.
    """
    size = scores.size if columns is None else columns
    if size <= SMALL:
        return np.setdiff1d(np.arange(scores.size), taken, assume_unique=True)
    used = int(np.count_nonzero(active))
    first = int(start * np.sqrt(size)) * scores.size // size
    allowed = max(10, first - taken.size, int(growth * used))
    if taken.size == 0 and used:
        scores = np.where(active, np.inf, scores)  # the starting point must be representable
        allowed = max(allowed, used)
    known = np.zeros(scores.size, dtype=bool)
    known[taken] = True
    found = np.empty(scores.size, dtype=np.int64)
    return found[: highest(scores, known, threshold, allowed, found)].copy()


def _compact(matrix: Any) -> Any:
    """Give a compressed matrix the index type that the sweeps are compiled for."""
    matrix.indices = matrix.indices.astype(np.int32, copy=False)
    matrix.indptr = matrix.indptr.astype(np.int32, copy=False)
    return matrix
