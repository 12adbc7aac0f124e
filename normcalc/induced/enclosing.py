"""An upper bound in few dimensions: polytopes around the input ball, cut closer and closer.

A convex function is largest over a polytope at a vertex.  The polytope that tangent planes of the
ball enclose holds the ball, so its best vertex gives an upper bound; the tangent plane above that
vertex cuts it off [horsttuy1996].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from normcalc.induced.power import climb
from normcalc.induced.rules import transposed
from normcalc.induced.rules.problem import Found, through_transpose

if TYPE_CHECKING:
    from normcalc.induced.rules import Problem
    from normcalc.induced.vectors.abstract import Array

MOST_DIMENSIONS = 4
_CLOSE = 1e-10
_MOST_ROUNDS = 60
_MOST_PLANES = 1500
_CUTS_A_ROUND = 24


def enclosed(problem: Problem, found: Found) -> Found:
    """Return tighter bounds where the matrix has few columns, or few rows and known duals."""
    if 2 <= problem.n_in.dimension <= MOST_DIMENSIONS:
        return _cut(problem, found)
    flipped = transposed(problem)
    if flipped is None or not 2 <= flipped.n_in.dimension <= MOST_DIMENSIONS:
        return found
    y = problem.n_out.subgradient(problem.matrix @ found.x)
    tighter = _cut(flipped, Found(found.lower, found.upper, y))
    if tighter.lower > found.lower:
        return through_transpose(problem, tighter)
    return Found(found.lower, tighter.upper, found.x)


def _cut(problem: Problem, found: Found) -> Found:
    """Cut off the best vertices until the bounds meet or the budget is spent."""
    lower, upper, x = found.lower, found.upper, found.x
    planes = np.array(
        [problem.n_in.subgradient(d) for d in _directions(problem.n_in.dimension, x)]
    )
    for _ in range(_MOST_ROUNDS):
        try:
            corners = _vertices(planes)
        except QhullError:  # cuts too close to each other to tell apart
            break
        values = problem.n_out.values(problem.matrix @ corners)
        upper = min(upper, float(np.max(values)))
        best = corners[:, int(np.argmax(values))]
        if problem.ratio(best) > lower:
            lower, x = climb(problem, best)
        if upper <= lower * (1 + _CLOSE) or len(planes) > _MOST_PLANES:
            break
        above = np.flatnonzero(values > lower * (1 + _CLOSE / 2))
        chosen = above[np.argsort(-values[above])][:_CUTS_A_ROUND]
        fresh = np.array([problem.n_in.subgradient(corners[:, k]) for k in chosen])
        planes = np.vstack([planes, fresh])
    return Found(lower, max(upper, lower), x)


def _directions(dimension: int, x: Array) -> Array:
    """Return where the first tangent planes touch: axes, diagonals and the best vector so far."""
    signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * dimension)).reshape(dimension, -1).T
    return np.vstack([np.eye(dimension), signs, x[None, :]])


def _vertices(planes: Array) -> Array:
    """Return the vertices of ``|<g, x>| <= 1 for every g``: facets of the hull of the planes."""
    hull = ConvexHull(np.vstack([planes, -planes]))
    return np.asarray((hull.equations[:, :-1] / -hull.equations[:, -1:]).T)
