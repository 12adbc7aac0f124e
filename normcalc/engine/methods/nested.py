"""Working sets within working sets: many dense columns, and few of them with a Gram matrix.

A look at all columns of a large set costs a small share of one at the whole design, so the set
may be generous.  Sweeps run on the inner set, which holds what is not zero and what would not
stay zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.design import Dense
from normcalc.engine.methods import quick_descent, support
from normcalc.engine.methods.kernels import score
from normcalc.engine.methods.quick_descent import DONE, END, GROW, SIZE
from normcalc.engine.methods.working_set import SMALL, SPARE, WorkingSet

if TYPE_CHECKING:
    from normcalc.engine.design import Sparse
    from normcalc.engine.jit import Floats

MAX_SWEEPS = 2000
ROUNDS = 50  # looks at the set before all columns are looked at again
FORWARD = 0.3  # of the largest score: how far the inner set is solved while it grows
LARGE = 0.125  # of all columns: a larger set has none inside
CACHED = 2.0**17  # entries: a set with no more may be larger than that
FEW = 300  # columns: sweeps over as many are compiled with all that is around them
SHORT = 256  # rows: of longer columns the library makes Gram matrices faster
ROOM = 2  # times its first size: a set no larger than that is taken over from the last problem


class InnerSet(WorkingSet):
    """A growing list of columns whose Gram matrix is the corner of a larger array.

    So the matrix is not copied whenever a few columns are added.
    """

    def _bordered(self, products: Floats) -> Floats:
        """Write the new rows and columns of the Gram matrix, behind or below the old ones."""
        size, old, gram = self.columns.size, self.columns.size - products.shape[1], self.gram
        if size > len(gram):
            gram = np.empty((2 * size, 2 * size))
            gram[:old, :old] = self.gram[:old, :old]
        gram[:size, old:size] = self.weight * products
        gram[old:size, :old] = gram[:old, old:size].T
        return gram

    def _extend_to(self, columns: Any, rows: Floats, old: int) -> None:
        """Take columns of which the first have their Gram matrix; column ``j`` is row ``j``."""
        self.columns, part = columns, rows[columns]
        self.gram = self._bordered(part @ part[old:].T)

    def descend_on(
        self,
        rows: Floats,
        kernels: tuple[int, int],
        x: Floats,
        residual: Floats,
        around: Any,
        tol: float,
        rounds: int,
    ) -> bool:
        """Minimise over columns that are `rows`, in place, by one compiled function.

        Tell whether that was all: too many columns, or sweeps that do not end, are left to others.
        """
        size, start = self.columns.size, int(self.first * np.sqrt(x.size))
        order, taken = np.empty(x.size, dtype=np.int64), np.zeros(x.size)
        order[:size], taken[self.columns] = self.columns, 1.0
        state = np.array([size, size, 0, rounds, FEW])
        point = (*kernels, rows, self.weight, residual, x, *around, tol, start, order, taken)
        descend: Any = quick_descent.descend
        if not len(self.gram):
            self.gram = np.empty((2 * start, 2 * start))
        while (asked := descend(*point, self.gram, state)) == GROW:
            self._extend_to(order[: state[END]], rows, state[SIZE])
            state[SIZE] = state[END]
        self.columns, self.part = order[: state[SIZE]].copy(), None
        return bool(asked == DONE)

    def complete(self, rows: Floats) -> None:
        """Copy the columns, if they are not at hand."""
        if self.part is None and self.columns.size:
            self.part, self.room = rows[self.columns], np.empty((0, 0))


class NestedSet(InnerSet):
    """A growing list of dense columns with a smaller one inside; few columns need none.

    Once it would hold a large share of all columns the inner set takes its place.
    """

    first, growth = 6.0, 3.0

    def __init__(self, design: Dense | Sparse, weight: float) -> None:
        """Start empty."""
        super().__init__(design, weight)
        self.inner = InnerSet(design, weight)
        self.nested = isinstance(design, Dense) and design.shape[1] > SMALL
        if not self.nested:
            self.first, self.growth = WorkingSet.first, WorkingSet.growth

    @property
    def uses_gram(self) -> bool:
        """Whether the Gram matrix of the whole set is at hand."""
        return super().uses_gram and not self.nested

    def grow(self, x: Floats, scores: Floats, threshold: float) -> bool:
        """Add the columns with the highest scores above a threshold; return whether any was."""
        rows, columns = self.design.shape
        if self.nested and self.columns.size > max(LARGE * columns, CACHED / rows):
            self._flatten(x)
        return super().grow(x, scores, threshold)

    def _flatten(self, x: Floats) -> None:
        """Put the inner set in the place of this one, or what is not zero if it is not in it."""
        inner, self.nested = self.inner, False
        self.first, self.growth = WorkingSet.first, WorkingSet.growth
        outside = x[self.columns] != 0.0
        outside[inner.columns] = False
        if outside.any():
            self.keep(x != 0.0)
            return
        inner.complete(self.part)
        self.columns = self.columns[inner.columns]
        self.part, self.room, self.gram = inner.part, inner.room, inner.gram

    @property
    def rounds(self) -> int:
        """How many looks at the set cost as much as one at all columns."""
        return max(1, min(ROUNDS, self.design.shape[1] // self.columns.size))

    def after(self, last: WorkingSet, x: Floats) -> WorkingSet:
        """Return the set of an earlier run on the same columns, unless it is much too large."""
        used = SPARE * int(np.count_nonzero(x))
        room = ROOM * self.first * np.sqrt(x.size)
        if not isinstance(last, NestedSet) or last.columns.size > max(SMALL, used, room):
            return self
        if last.inner.columns.size > max(SMALL, used):
            last.inner = InnerSet(self.design, self.weight)
        return last

    def descend(
        self, kernels: tuple[int, int], x: Floats, residual: Floats, around: Any, tol: float
    ) -> tuple[Floats, bool]:
        """Minimise over the columns of the set, in place; return the residual.

        And whether that was all: not once so many columns matter that sweeps over all, on
        residuals, are cheaper.
        """
        inner, (curvature, constants, values) = self.inner, around
        if inner.columns.size <= FEW and len(residual) <= SHORT:
            residual = residual.copy()
            if inner.descend_on(self.part, kernels, x, residual, around, tol, self.rounds):
                return residual, True
            inner.complete(self.part)
        inner.design, scores = Dense(self.part.T), np.empty(x.size)
        for _ in range(self.rounds):
            gradient = self.part @ (residual * -self.weight)
            score(kernels[0], x, gradient, curvature, constants, scores)
            worst = float(scores.max())
            if worst <= tol:
                break
            grown = inner.grow(x, scores, min(tol, FORWARD * worst))
            if not inner.uses_gram:
                inner.keep((x != 0.0) | (scores > tol))
                if not inner.uses_gram:
                    return residual, False
            chosen = inner.columns
            some = values if len(values) == 1 else values[chosen]
            model = support.Model(*kernels, inner.gram, curvature[chosen], constants[chosen], some)
            part, slopes = x[chosen], gradient[chosen]
            goal = max(FORWARD * worst, tol) if grown else FORWARD * tol
            support.solve(model, part, slopes, goal, MAX_SWEEPS)
            residual = residual - inner.apply(part - x[chosen])
            x[chosen] = part
        return residual, True
