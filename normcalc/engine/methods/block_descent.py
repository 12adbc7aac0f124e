"""Cyclic descent on blocks, for least squares and penalties summed over disjoint blocks.

A working set of blocks grows as that of columns does in coordinate descent.  On its Gram matrix
each block takes proximal gradient steps, with the largest eigenvalue of its own part as the
curvature, and iterates are extrapolated.

References
----------
Bertrand and Massias, "Anderson acceleration of coordinate descent", AISTATS 2021.
Massias, Gramfort and Salmon, "Celer: a fast solver for the lasso with dual extrapolation", ICML
2018, section 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.design import Dense
from normcalc.engine.methods.block_sweeps import block_solve
from normcalc.engine.methods.coordinate_descent import MAX_SWEEPS, CoordinateDescent
from normcalc.engine.methods.working_set import GRAM_LIMIT, BlockSet

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

EXACT = 400  # rows of a block up to which its largest eigenvalue is computed


class BlockDescent(CoordinateDescent):
    """One run; see the module for the method."""

    name = "block coordinate descent"

    def _prepare(self, squares: Floats) -> None:
        """Bound the curvature of every block by the trace of its part of the Gram matrix."""
        penalty, partition = self.posed.penalty, self.posed.penalty.partition
        self.curvature = block_bounds(squares, partition)
        self.table = penalty.at_steps(1.0 / self.curvature)
        self.working: BlockSet = BlockSet(
            self.design, self.posed.loss.weight, partition, GRAM_LIMIT
        )
        self.known = np.zeros(len(partition))
        self.scores = np.empty(len(partition))

    def _score(self, x: Floats, gradient: Floats) -> None:
        self.scores = self.posed.penalty.score(x, gradient, self.curvature, self.table)

    def _sweep(self, x: Floats, tol: float) -> tuple[Floats, Floats | None]:
        """Sweep over the working set, or as much of it as memory allows."""
        working, penalty = self.working, self.posed.penalty
        places, blocks = _within(working, self.scores)
        gram = working.gram if places is None else self._gram(places)
        starts = penalty.partition.of(blocks)
        curvature = largest_eigenvalues(gram, starts, self.known[blocks])
        self.known[blocks] = curvature
        part = np.ascontiguousarray(x if places is None else x[places])
        columns = working.columns if places is None else working.columns[places]
        gradient = np.ascontiguousarray(self.point.gradient[columns])
        block_solve(
            penalty.kernels.prox,
            penalty.kernels.worth,
            gram,
            part.reshape(-1),
            gradient.reshape(-1),
            starts,
            penalty.partition.targets,
            curvature,
            penalty.at_steps(1.0 / curvature, blocks),
            tol,
            MAX_SWEEPS,
        )
        if places is None:
            return part, None
        whole = x.copy()
        whole[places] = part
        return whole, None

    def _gram(self, places: Any) -> Floats:
        """Return the Gram matrix of some columns of a working set that is too large for one."""
        part = self.working.part
        if isinstance(self.design, Dense):
            chosen = part[places]
            return np.asarray(chosen @ chosen.T) * self.posed.loss.weight
        chosen = part[:, places]
        return np.ascontiguousarray((chosen.T @ chosen).toarray()) * self.posed.loss.weight


def block_bounds(squares: Floats, partition: Any) -> Floats:
    """Return the sum of the squares in each block; a block of zeros gets the largest of all."""
    sums = np.add.reduceat(squares[partition.order], partition.starts[:-1])
    return np.where(sums > 0.0, sums, float(sums.max()) or 1.0)


def largest_eigenvalues(gram: Floats, starts: Any, known: Floats) -> Floats:
    """Return the largest eigenvalue, or a bound on it, of each block on the diagonal.

    Those that are known already are positive.
    """
    found = known.copy()
    top = float(np.diag(gram).max(initial=0.0)) or 1.0
    for b in np.flatnonzero(known <= 0.0):
        part = gram[starts[b] : starts[b + 1], starts[b] : starts[b + 1]]
        if len(part) == 1:
            found[b] = part[0, 0]
        elif len(part) <= EXACT:
            found[b] = np.linalg.eigvalsh(part)[-1] * (1.0 + 1e-12)
        else:
            found[b] = min(np.trace(part), np.abs(part).sum(axis=1).max())
        if found[b] <= 1e-14 * top:
            found[b] = top
    return found


def _within(working: BlockSet, scores: Floats) -> tuple[Any, Any]:
    """Return the places of the columns to sweep over, None for all, and the blocks they form.

    Blocks farthest from resting are taken until memory is full, so that in turn all are.
    """
    blocks = working.blocks
    if working.columns.size <= GRAM_LIMIT:
        return None, blocks
    sizes = np.diff(working.partition.starts)[blocks]
    order = np.argsort(-scores[blocks], kind="stable")
    last = max(1, int(np.searchsorted(np.cumsum(sizes[order]), GRAM_LIMIT, side="right")))
    first = np.concatenate([[0], np.cumsum(sizes)])
    chosen = order[:last]
    places = np.concatenate([np.arange(first[k], first[k] + sizes[k]) for k in chosen])
    return places, blocks[chosen]
