"""How far one can go in each direction before a function exceeds a level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.plot.geometry.bracket import bracketed
from normcalc.plot.geometry.directions import circle_grid, directions
from normcalc.plot.geometry.mesh3d import chambers

if TYPE_CHECKING:
    from normcalc.plot.geometry.points import PointFunction

Array = NDArray[np.float64]

# A direction in which the function has not passed the level here counts as unbounded.
HORIZON = 1e9


def radii(plane: PointFunction, level: float, vectors: Array, horizon: float = HORIZON) -> Array:
    """Return the largest ``r`` with ``f(r u) <= level`` for each vector ``u``; inf past `horizon`.

    A homogeneous function is inverted directly, any other along each ray by bracketing.
    """
    if plane.degree is not None and plane.degree > 0:
        values = plane.value(vectors)
        with np.errstate(divide="ignore"):
            r = np.where(values > 0, level / np.maximum(values, 1e-300), np.inf)
        reach: Array = r if plane.degree == 1 else r ** (1 / plane.degree)
        return np.where(reach > horizon, np.inf, reach)
    return _along_rays(plane, level, vectors, horizon)


def _along_rays(plane: PointFunction, level: float, vectors: Array, horizon: float) -> Array:
    """Return the radii by doubling and bracketed roots, one value per ray."""
    low, high = np.zeros(len(vectors)), np.ones(len(vectors))
    inside = plane.value(vectors) <= level
    while np.any(inside) and np.max(high) < 2 * horizon:
        low, high = np.where(inside, high, low), np.where(inside, 2 * high, high)
        inside = inside & (plane.value(high[:, None] * vectors) <= level)
    left = np.flatnonzero(~inside)
    rays = vectors[left]
    below, _ = bracketed(lambda r: plane.value(r[:, None] * rays) - level, low[left], high[left])
    reach = np.full(len(vectors), np.inf)
    reach[left] = below
    return reach


def check_level(plane: PointFunction, level: float) -> None:
    """Raise unless ``{f <= level}`` is a body that every ray from the origin leaves once."""
    size = len(plane.names)
    centre = float(plane.value(np.zeros((1, size)))[0])
    if not np.isfinite(level) or not centre < level:
        raise InputError(
            f"The set {plane.text} <= {level} has no interior point at the origin, where the value"
            f" is {centre:g}; choose a level above it."
        )
    if plane.degree is not None and plane.degree > 0:
        return
    vectors = directions(circle_grid(64)) if size == 2 else chambers(1).points
    reach = np.minimum(radii(plane, level, vectors, 1e3), 1e3)[:, None] * vectors
    for part in (0.25, 0.5, 0.75):
        if np.any(plane.value(part * reach) > level * (1 + 1e-9) + 1e-9):
            raise InputError(
                f"The set {plane.text} <= {level} is not star-shaped about the origin: some ray "
                "leaves it and enters again."
            )
