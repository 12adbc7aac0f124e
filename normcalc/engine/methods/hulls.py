"""Lower convex hulls of polygons, one for each coordinate: least values of them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.engine.jit import Floats

Corners = list[tuple[float, float]]


class Hulls:
    """Convex polygons over intervals, in arrays with one row for each coordinate."""

    def __init__(self, hulls: Sequence[Corners]) -> None:
        """Take the corners of each polygon, as `lower_hull` gives them."""
        most = max(map(len, hulls))
        # A corner that is repeated adds an edge without length.
        filled = np.array([[*each, *[each[-1]] * (most - len(each))] for each in hulls])
        self.places, self.heights = np.ascontiguousarray(np.moveaxis(filled, 2, 0))
        self.lengths = np.diff(self.places, axis=1)
        rises = np.diff(self.heights, axis=1)
        self.slopes = np.divide(rises, self.lengths, out=0.0 * rises, where=self.lengths > 0.0)

    def scale(self, factors: Floats) -> None:
        """Multiply each polygon by a number that is not negative."""
        self.heights *= factors[:, None]
        self.slopes *= factors[:, None]

    def inside(self, t: Floats) -> Floats:
        """Return the nearest points of the intervals: rounding may have left them."""
        return np.clip(t, self.places[:, 0], self.places[:, -1])

    def worth(self, t: Floats) -> Floats:
        """Return the heights at points of the intervals."""
        filled = np.minimum(np.maximum(t[:, None] - self.places[:, :-1], 0.0), self.lengths)
        return np.asarray(self.heights[:, 0] + (filled * self.slopes).sum(axis=1))

    def least(self, tilt: Floats) -> Floats:
        """Return the least of ``hull(t) + tilt*t`` for each coordinate."""
        return np.asarray((self.heights + tilt[:, None] * self.places).min(axis=1))


def lower_hull(corners: Corners) -> Corners:
    """Return the corners of the convex hull that are seen from below.

    Examples
    --------
    >>> lower_hull([(0.0, 0.0), (1.0, 2.0), (1.0, 0.5), (2.0, 0.0)])
    [(0.0, 0.0), (2.0, 0.0)]
    """
    hull: Corners = []
    for t, w in sorted(corners):
        if hull and hull[-1][0] == t:
            continue  # the lower of two came first
        while len(hull) > 1 and _above(hull[-2], hull[-1], (t, w)):
            hull.pop()
        hull.append((t, w))
    return hull


def _above(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[1] - a[1]) * (c[0] - b[0]) >= (c[1] - b[1]) * (b[0] - a[0])
