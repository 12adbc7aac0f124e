"""One matrix between two vector norms, and what a rule finds out about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from normcalc.induced.vectors.abstract import AbstractVectorNorm, Array


@dataclass(frozen=True, eq=False)
class Problem:
    """The largest ``n_out(A x)`` over ``n_in(x) <= 1``."""

    n_in: AbstractVectorNorm
    n_out: AbstractVectorNorm
    matrix: Array

    def ratio(self, x: Array) -> float:
        """Return ``n_out(A x) / n_in(x)``."""
        return self.n_out.value(self.matrix @ x) / self.n_in.value(x)


@dataclass(frozen=True, eq=False)
class Found:
    """Two bounds of the norm and a vector at which the lower one is taken."""

    lower: float
    upper: float
    x: Array


def transposed(problem: Problem) -> Problem | None:
    """Return the problem for the transpose between the dual norms, which has the same value.

    Both are the largest ``<y, A x>`` over the ball of `n_in` and the polar of that of `n_out`.
    """
    n_in, n_out = problem.n_out.dual(), problem.n_in.dual()
    return None if n_in is None or n_out is None else Problem(n_in, n_out, problem.matrix.T)


def through_transpose(problem: Problem, found: Found) -> Found:
    """Return what a maximiser y for the transpose says: the best x for ``<A' y, x>``."""
    z = problem.matrix.T @ found.x
    if not np.any(z):  # the matrix is zero, and every vector is a maximiser
        z = np.ones_like(z)
    x = problem.n_in.maximiser(z)
    return Found(found.lower, found.upper, x)


def scaled(problem: Problem) -> tuple[Problem, float]:
    """Return the problem with entries near one, and the power of two that was taken out."""
    top = float(np.max(np.abs(problem.matrix)))
    factor = float(np.ldexp(1.0, int(np.frexp(top)[1]) - 1)) if top > 0 else 1.0
    return Problem(problem.n_in, problem.n_out, problem.matrix / factor), factor
