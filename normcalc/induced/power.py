"""The nonlinear power method: a lower bound for any pair of norms, from their maps alone.

With y a subgradient of the output norm at ``A x``, the next x maximises ``<A' y, x>`` over the
ball of the input norm.  The norm of ``A x`` never falls [boyd1974]; where it stops need not be the
maximum, so there are many starts [higham1992].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.induced.vectors.unstructured import Unstructured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.induced.rules.problem import Problem
    from normcalc.induced.vectors.abstract import Array

_MOST_ITERATIONS = 300
_STILL = 1e-14
_STILL_COSTLY = 1e-9
_AXES = 16
_RANDOM = 24
_RANDOM_COSTLY = 3  # where a maximiser is a sequence of linear programmes


def lower_bound(problem: Problem, rng: np.random.Generator) -> tuple[float, Array]:
    """Return the best value that any start reaches, and its vector, of input norm one.

    Examples
    --------
    >>> import sympy as sp
    >>> from normcalc.induced.rules import Problem
    >>> from normcalc.induced.vectors import PNorm
    >>> three = PNorm(sp.Integer(3), 2)
    >>> problem = Problem(three, three, np.diag([1.0, 2.0]))
    >>> value, x = lower_bound(problem, np.random.default_rng(0))
    >>> round(value, 12), x.round(12).tolist()
    (2.0, [0.0, 1.0])
    """
    ends = [climb(problem, start) for start in _starts(problem, rng)]
    return max(ends, key=lambda end: end[0])


def climb(problem: Problem, start: Array) -> tuple[float, Array]:
    """Return the value and the vector at which one start comes to rest."""
    x = start / problem.n_in.value(start)
    value = problem.n_out.value(problem.matrix @ x)
    still = _STILL_COSTLY if isinstance(problem.n_in, Unstructured) else _STILL
    for _ in range(_MOST_ITERATIONS):
        z = problem.matrix.T @ problem.n_out.subgradient(problem.matrix @ x)
        if not np.any(z):
            break
        step = problem.n_in.maximiser(z)
        following = problem.ratio(step)
        if not following > value * (1 + still):
            break
        x, value = step / problem.n_in.value(step), following
    return value, x


def _starts(problem: Problem, rng: np.random.Generator) -> Iterator[Array]:
    """Yield the axes with the longest columns, singular vectors, ones, and random vectors."""
    columns = problem.matrix.shape[1]
    costly = isinstance(problem.n_in, Unstructured)
    lengths = np.linalg.norm(problem.matrix, axis=0)
    yield from np.eye(columns)[np.argsort(-lengths)[: _RANDOM_COSTLY if costly else _AXES]]
    yield np.ones(columns)
    yield from np.linalg.svd(problem.matrix, full_matrices=False)[2][:2]
    yield from rng.standard_normal((_RANDOM_COSTLY if costly else _RANDOM, columns))
