"""Plain polygons: area, convexity, and removal of points that change nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def shoelace(points: Array) -> float:
    """Return the signed area of a closed polygon, positive when it turns to the left.

    Examples
    --------
    >>> shoelace(np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]))
    2.0
    """
    after = np.roll(points, -1, axis=0)
    return float(0.5 * np.sum(points[:, 0] * after[:, 1] - after[:, 0] * points[:, 1]))


def turns(points: Array) -> Array:
    """Return, at each corner, the cross product of the edge before with the edge after."""
    before = points - np.roll(points, 1, axis=0)
    after = np.roll(points, -1, axis=0) - points
    return np.asarray(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])


def is_convex(points: Array) -> bool:
    """Tell whether a polygon that turns to the left never turns to the right."""
    size = float(np.max(np.abs(points)))
    return bool(np.all(turns(points) >= -1e-12 * size * size))


def without_collinear(points: Array) -> Array:
    """Drop repeated points, and points on the straight line between their neighbours."""
    size = float(np.max(np.abs(points)))
    step = np.hypot(*(points - np.roll(points, 1, axis=0)).T)
    kept = points[step > 1e-14 * size]
    before = kept - np.roll(kept, 1, axis=0)
    after = np.roll(kept, -1, axis=0) - kept
    # Distance of the corner from the chord of its neighbours, to first order.
    bend = np.abs(turns(kept)) / (np.hypot(*before.T) + np.hypot(*after.T))
    # At the tip of a cusp both edges lie almost on one line, but the path turns back.
    back = np.sum(before * after, axis=1) < 0
    return np.asarray(kept[back | (bend > 1e-14 * size)])


def thinned(points: Array, distance: float) -> Array:
    """Drop corners of a closed polygon, which strays at most `distance` from itself.

    Every second corner goes that is within half of `distance` from the chord of its neighbours,
    then again of those left.  On a curve these distances grow fourfold from round to round, so
    that all of them add up to less than `distance`.

    Examples
    --------
    >>> angles = np.arange(4096) * (2 * np.pi / 4096)
    >>> len(thinned(np.stack([np.cos(angles), np.sin(angles)], axis=1), 1e-4))
    513
    """
    while len(points) > 4:
        seconds = np.arange(1, len(points) - 1, 2)
        start, chord = points[seconds - 1], points[seconds + 1] - points[seconds - 1]
        away = points[seconds] - start
        area = np.abs(chord[:, 0] * away[:, 1] - chord[:, 1] * away[:, 0])
        gone = seconds[area <= 0.5 * distance * np.hypot(*chord.T)]
        if not gone.size:
            return points
        points = np.delete(points, gone, axis=0)
    return points


def convex_hull(points: Array) -> Array:
    """Return the corners of the convex hull, turning to the left.

    Examples
    --------
    >>> convex_hull(np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 0.1], [0.0, 2.0]]))
    array([[0., 0.],
           [2., 0.],
           [0., 2.]])
    """
    ordered = np.unique(points, axis=0)
    lower, upper = _chain(ordered), _chain(ordered[::-1])
    return np.array([*lower[:-1], *upper[:-1]])


def _chain(points: Array) -> list[Array]:
    """Return the lower hull of points sorted from left to right."""
    chain: list[Array] = []
    for p in points:
        while len(chain) > 1:
            (ax, ay), (bx, by) = chain[-1] - chain[-2], p - chain[-2]
            if ax * by - ay * bx > 0:
                break
            chain.pop()
        chain.append(p)
    return chain
