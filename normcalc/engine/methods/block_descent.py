"""Cyclic descent on blocks, for least squares and penalties summed over disjoint blocks.

A working set of blocks grows as that of columns does in coordinate descent.  On its Gram matrix
each block takes proximal gradient steps, with the largest eigenvalue of its own part as the
curvature, and iterates are extrapolated.

References
----------
Bertrand and Massias, "Anderson acceleration of coordinate descent", AISTATS 2021.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.design import Dense
from normcalc.engine.methods.block_sweeps import gram_blocks, residual_blocks
from normcalc.engine.methods.coordinate_descent import CoordinateDescent
from normcalc.engine.methods.nested import MAX_SWEEPS
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
        flat = np.ascontiguousarray(x).reshape(-1)
        if not working.uses_gram and isinstance(self.design, Dense):
            around = self._around(working.blocks, _products(working), tol)
            residual = self.point.residual.T.copy()
            columns, weight = working.part, self.posed.loss.weight
            kernels = (penalty.kernels.prox, penalty.kernels.worth)
            residual_blocks(*kernels, columns, weight, flat, residual.reshape(-1), *around)
            return flat.reshape(x.shape), residual.T
        places, blocks = within(working, self.scores)
        gram = working.gram if places is None else self._gram(places)
        places = slice(None) if places is None else places
        part = np.ascontiguousarray(flat.reshape(x.shape)[places])
        gradient = self.point.gradient[working.columns[places]].T.copy()
        around = self._around(blocks, own_parts(gram, penalty.partition.of(blocks)), tol)
        kernels = (penalty.kernels.prox, penalty.kernels.worth)
        gram_blocks(*kernels, gram, part.reshape(-1), gradient.reshape(-1), *around)
        found = flat.reshape(x.shape)
        found[places] = part
        return found, None

    def _around(self, blocks: Any, own: list[Floats], tol: float) -> tuple[Any, ...]:
        """Return what sweeps need to know of blocks besides the point."""
        penalty = self.posed.penalty
        curvature = largest_eigenvalues(own, self.known[blocks])
        self.known[blocks] = curvature
        return (
            penalty.partition.of(blocks),
            penalty.partition.targets,
            np.concatenate([each.reshape(-1) for each in own]),
            places_of(own),
            curvature,
            penalty.at_steps(1.0 / curvature, blocks),
            tol,
            MAX_SWEEPS,
        )

    def _gram(self, places: Any) -> Floats:
        """Return the Gram matrix of some columns of a working set that is too large for one."""
        chosen = self.working.part[:, places]
        products = np.ascontiguousarray((chosen.T @ chosen).toarray())
        return np.asarray(products * self.posed.loss.weight)


def places_of(parts: list[Floats]) -> Any:
    """Return where each matrix starts once all stand flat, one after another."""
    return np.concatenate([[0], np.cumsum([each.size for each in parts])]).astype(np.int64)


def own_parts(gram: Floats, starts: Any) -> list[Floats]:
    """Return the blocks on the diagonal of a Gram matrix."""
    return [gram[a:b, a:b] for a, b in pairwise(starts)]


def _products(working: BlockSet) -> list[Floats]:
    """Return the same from the columns."""
    starts = working.partition.of(working.blocks)
    parts = (working.part[a:b] for a, b in pairwise(starts))
    return [part @ part.T * working.weight for part in parts]


def block_bounds(squares: Floats, partition: Any) -> Floats:
    """Return the sum of the squares in each block; a block of zeros gets the largest of all."""
    sums = np.add.reduceat(squares[partition.order], partition.starts[:-1])
    return np.where(sums > 0.0, sums, float(sums.max()) or 1.0)


def largest_eigenvalues(parts: list[Floats], known: Floats) -> Floats:
    """Return the largest eigenvalue of each matrix, or a bound on it, where none is known yet."""
    found = known.copy()
    for b in np.flatnonzero(known <= 0.0):
        part = parts[b]
        if len(part) == 1:
            found[b] = part[0, 0]
        elif len(part) <= EXACT:
            found[b] = np.linalg.eigvalsh(part)[-1] * (1.0 + 1e-12)
        else:
            found[b] = min(np.trace(part), np.abs(part).sum(axis=1).max())
    top = float(found.max(initial=0.0)) or 1.0
    return np.where(found > 1e-14 * top, found, top)


def within(working: BlockSet, scores: Floats) -> tuple[Any, Any]:
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
