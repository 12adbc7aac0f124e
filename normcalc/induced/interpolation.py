"""An upper bound between p-norms by the theorem of Riesz and Thorin.

On the segment between two pairs (1/p, 1/q) the logarithm of the norm is convex.  The known pairs
are (1, q), (p, inf) and (2, 2), for which real and complex scalars give the same number, as the
theorem needs [berghlofstrom1976].  What a segment misses is made up by equivalence constants.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.induced.rules import Problem
    from normcalc.induced.vectors import PNorm
    from normcalc.induced.vectors.abstract import Array

_GRID = 8


@dataclass(frozen=True)
class Known:
    """The pair (1/p, 1/q), and the logarithm of its norm."""

    s: float
    t: float
    log: float


def upper_bound(problem: Problem, n_in: PNorm, n_out: PNorm) -> float:
    """Return the best bound over all segments between known pairs.

    Examples
    --------
    >>> import sympy as sp
    >>> from normcalc.induced.rules import Problem
    >>> from normcalc.induced.vectors import PNorm
    >>> four = PNorm(sp.Integer(4), 2)
    >>> hadamard = np.array([[1.0, 1.0], [1.0, -1.0]])
    >>> round(upper_bound(Problem(four, four, hadamard), four, four) ** 4, 6)  # 2**(1/2 + 1/4)
    8.0
    """
    if not np.any(problem.matrix):
        return 0.0
    s, t = 1 / n_in.p, 1 / n_out.p
    logs = np.log(problem.matrix.shape[1]), np.log(problem.matrix.shape[0])
    pairs = combinations_with_replacement(list(_known(problem.matrix, s, t)), 2)
    best = min(_on_segment(a, b, (s, t), logs) for a, b in pairs)
    return float(np.exp(best)) * float(n_out.weight / n_in.weight)


def _known(matrix: Array, s: float, t: float) -> Iterator[Known]:
    """Yield pairs with a formula: the grid holds the target's own coordinates."""
    for u in sorted({*np.linspace(0, 1, _GRID + 1), s, t, 1 - s, 1 - t}):
        q = 1 / u if u > 0 else np.inf
        yield Known(1.0, u, float(np.log(np.max(np.linalg.norm(matrix, q, axis=0)))))
        dual = 1 / (1 - u) if u < 1 else np.inf
        yield Known(u, 0.0, float(np.log(np.max(np.linalg.norm(matrix, dual, axis=1)))))
    yield Known(0.5, 0.5, float(np.log(np.linalg.norm(matrix, 2))))


def _on_segment(
    a: Known, b: Known, target: tuple[float, float], logs: tuple[float, float]
) -> float:
    """Return the least bound on a segment: piecewise linear, so at an end or at a bend."""
    bends = [0.0, 1.0]
    for start, end, wanted in ((a.s, b.s, target[0]), (a.t, b.t, target[1])):
        if start != end:
            bends.append(min(1.0, max(0.0, (wanted - start) / (end - start))))
    return min(_bound(a, b, w, target, logs) for w in bends)


def _bound(
    a: Known, b: Known, w: float, target: tuple[float, float], logs: tuple[float, float]
) -> float:
    s, t, log = ((1 - w) * x + w * y for x, y in ((a.s, b.s), (a.t, b.t), (a.log, b.log)))
    return log + max(0.0, s - target[0]) * logs[0] + max(0.0, target[1] - t) * logs[1]
