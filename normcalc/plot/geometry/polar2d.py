"""The polar body in the plane: the unit ball of the dual norm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.plot.geometry.boundary2d import Boundary2D
from normcalc.plot.geometry.polygon import convex_hull, thinned, turns, without_collinear

Array = NDArray[np.float64]

# Neighbouring points of a traced arc are much closer than this, seen from the origin.
_EDGE_ANGLE = 0.02


def polar(boundary: Boundary2D, tol: float = 0.0) -> Boundary2D:
    """Return ``{y : y . x <= 1 for all x in the body}``.

    Each edge of the body, or chord of its curved parts, becomes a vertex of the polar; only the
    convex hull of the body matters.  Where `tol` is given, curved parts have as few vertices as
    keep within that distance, relative to the size of the polar.

    Examples
    --------
    >>> square = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
    >>> body = Boundary2D(square, square, True, True, np.empty((0, 2)))
    >>> polar(body).points
    array([[ 0., -1.],
           [ 1.,  0.],
           [ 0.,  1.],
           [-1.,  0.]])
    """
    if not boundary.closed:
        raise InputError(
            "The ball is unbounded, so the dual ball lies in a line; restrict the function to a "
            "complement of its kernel first."
        )
    hull = boundary.points  # traced around the origin: convex if it never turns to the right
    if boundary.exact or not np.all(turns(hull) > 0):
        hull = convex_hull(hull)
    after = np.roll(hull, -1, axis=0)
    cross = hull[:, 0] * after[:, 1] - hull[:, 1] * after[:, 0]
    edge = after - hull
    corners = np.stack([edge[:, 1], -edge[:, 0]], axis=1) / cross[:, None] + 0.0
    opening = np.arctan2(cross, np.sum(hull * after, axis=1))
    points = without_collinear(corners)
    if not boundary.exact:
        points = thinned(points, tol * float(np.max(np.abs(points))))
    return Boundary2D(
        points, corners[opening > _EDGE_ANGLE], True, boundary.exact, np.empty((0, 2))
    )
