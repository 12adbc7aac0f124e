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
from normcalc.engine.methods.sparse_blocks import own_products, sparse_blocks
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
        """Sweep over the working set, on its Gram matrix or on residuals."""
        working, penalty = self.working, self.posed.penalty
        flat = np.ascontiguousarray(x).reshape(-1)
        if not working.uses_gram:
            residual = self._sweep_residual(flat, tol)
            return flat.reshape(x.shape), residual
        gradient = self.point.gradient[working.columns].T.copy()
        starts = penalty.partition.of(working.blocks)
        around = self._around(working.blocks, own_parts(working.gram, starts), tol)
        kernels = (penalty.kernels.prox, penalty.kernels.worth)
        gram_blocks(*kernels, working.gram, flat, gradient.reshape(-1), *around)
        return flat.reshape(x.shape), None

    def _sweep_residual(self, x: Floats, tol: float) -> Floats:
        """Sweep over the working set without a Gram matrix, in place; return the residual."""
        working, penalty, weight = self.working, self.posed.penalty, self.posed.loss.weight
        kernels = (penalty.kernels.prox, penalty.kernels.worth)
        residual, part = self.point.residual.T.copy(), working.part
        if isinstance(self.design, Dense):
            around = self._around(working.blocks, _products(working), tol)
            residual_blocks(*kernels, part, weight, x, residual.reshape(-1), *around)
            return residual.T
        starts = penalty.partition.of(working.blocks)
        parts = sparse_parts(part, part.data, np.empty(0), 0.0, starts)
        around = self._around(working.blocks, [each * weight for each in parts], tol)
        columns = (part.data, part.indices, part.indptr, np.empty(0), 0.0, weight)
        longer = np.append(residual, np.zeros(penalty.partition.targets))
        given: Any = (*kernels, *columns, x, longer, *around)
        sparse_blocks(*given)
        return longer[: residual.size].reshape(residual.shape).T

    def _around(self, blocks: Any, own: list[Floats], tol: float) -> tuple[Any, ...]:
        """Return what sweeps need to know of blocks besides the point."""
        penalty = self.posed.penalty
        curvature = largest_eigenvalues(own, self.known[blocks])
        self.known[blocks] = curvature
        return (
            penalty.partition.of(blocks),
            penalty.partition.targets,
            flat(own),
            places_of(own),
            curvature,
            penalty.at_steps(1.0 / curvature, blocks),
            tol,
            MAX_SWEEPS,
        )


def places_of(parts: list[Floats]) -> Any:
    """Return where each matrix starts once all stand flat, one after another."""
    return np.concatenate([[0], np.cumsum([each.size for each in parts])]).astype(np.int64)


def flat(parts: list[Floats]) -> Floats:
    """Return matrices one after another."""
    return np.concatenate([each.reshape(-1) for each in parts])


def sparse_parts(
    part: Any, data: Floats, means: Floats, total: float, starts: Any
) -> list[Floats]:
    """Return the Gram matrix of each block of compressed columns, with entries of their own."""
    sizes = np.diff(starts)
    places = np.concatenate([[0], np.cumsum(sizes**2)]).astype(np.int64)
    out = np.empty(int(places[-1]))
    own_products(data, part.indices, part.indptr, means, total, starts, places, out)
    pairs = zip(pairwise(places), sizes, strict=True)
    return [out[a:b].reshape(size, size) for (a, b), size in pairs]


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
