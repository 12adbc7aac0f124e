"""Proximal Newton for penalties summed over disjoint blocks; models are minimised by blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.design import Dense
from normcalc.engine.methods.block_descent import (
    block_bounds,
    flat,
    largest_eigenvalues,
    own_parts,
    places_of,
    sparse_parts,
    within,
)
from normcalc.engine.methods.block_sweeps import gram_blocks
from normcalc.engine.methods.prox_newton import SWEEPS, ProxNewton
from normcalc.engine.methods.sparse_blocks import sparse_blocks
from normcalc.engine.methods.working_set import BlockSet

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats
    from normcalc.engine.methods.prox_newton import Model


class BlockNewton(ProxNewton):
    """One run; see `ProxNewton` for the method."""

    name = "block proximal Newton"

    def _prepare(self, squares: Floats) -> None:
        """Bound the curvature of every block by the sum of its columns'."""
        penalty = self.posed.penalty
        self.working: BlockSet = BlockSet(self.design, 1.0, penalty.partition, gram_limit=0)
        self.reference = block_bounds(squares, penalty.partition)
        self.table = penalty.at_steps(1.0 / self.reference)
        self.scores = np.empty(len(penalty.partition))

    def _score(self, x: Floats, gradient: Floats) -> None:
        self.scores = self.posed.penalty.score(x, gradient, self.reference, self.table)

    def _block(self) -> tuple[Any, Any]:
        """Return the columns of a model: the working set, or as many of it as memory allows."""
        working = self.working
        places, self.blocks = within(working, self.scores)
        if places is None:
            return working.columns, working.part
        dense = isinstance(self.design, Dense)
        part = working.part[places] if dense else working.part[:, places].tocsc()
        return working.columns[places], part

    def _solve(self, chosen: Any, model: Model, tol: float) -> tuple[Floats, Floats]:
        """Minimise a model plus the penalty; return the point and the curvature of each column."""
        penalty, gram = self.posed.penalty, np.ascontiguousarray(model.gram)
        starts = penalty.partition.of(self.blocks)
        own = own_parts(gram, starts)
        curvature = largest_eigenvalues(own, np.zeros(len(own)))
        x, gradient = self.point.x[chosen], np.ascontiguousarray(model.gradient)
        around = (starts, 1, flat(own), places_of(own), curvature)
        table = penalty.at_steps(1.0 / curvature, self.blocks)
        kernels = (penalty.kernels.prox, penalty.kernels.worth)
        gram_blocks(*kernels, gram, x, gradient, *around, table, tol, SWEEPS)
        return x, np.repeat(curvature, np.diff(starts))

    def _solve_scaled(self, chosen: Any, part: Any, model: Any, x: Floats, tol: float) -> Floats:
        """Minimise a model plus the penalty, in place; return the curvature of each column."""
        penalty, blocks = self.posed.penalty, self.working.blocks
        starts = penalty.partition.of(blocks)
        own = sparse_parts(part, model.data, model.means, model.total, starts)
        curvature = largest_eigenvalues(own, np.zeros(len(own)))
        columns = (model.data, part.indices, part.indptr, model.means, model.total, 1.0)
        around = (starts, 1, flat(own), places_of(own), curvature)
        table, residual = penalty.at_steps(1.0 / curvature, blocks), np.append(model.residual, 0.0)
        kernels, limits = (penalty.kernels.prox, penalty.kernels.worth), (tol, SWEEPS)
        given: Any = (*kernels, *columns, x, residual, *around, table, *limits)
        sparse_blocks(*given)
        return np.repeat(curvature, np.diff(starts))
