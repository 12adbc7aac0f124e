"""A parallel camera: projection of space onto the page, depth, and the direction of the light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """A parallel projection; angles in degrees.

    Parameters
    ----------
    azimuth : float
        How far the camera is turned around the third axis, from the first towards the second.
    elevation : float
        How high it stands above the plane of the first two axes.

    Examples
    --------
    >>> Camera(0, 0).flat(np.array([[0.0, 2.0, 3.0]])).round(12)
    array([[2., 3.]])
    """

    azimuth: float = 33.0
    elevation: float = 22.0

    @cached_property
    def towards(self) -> Array:
        """Unit vector from the origin towards the camera."""
        a, e = np.radians([self.azimuth, self.elevation])
        return np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])

    @cached_property
    def right(self) -> Array:
        """Unit vector that points to the right on the page."""
        a = np.radians(self.azimuth)
        return np.array([-np.sin(a), np.cos(a), 0.0])

    @cached_property
    def up(self) -> Array:
        """Unit vector that points upwards on the page."""
        return np.cross(self.towards, self.right)

    @cached_property
    def light(self) -> Array:
        """Unit vector towards the lamp, above the viewer's left shoulder."""
        light = 0.55 * self.towards + 0.42 * self.up - 0.4 * self.right
        return np.asarray(light / np.linalg.norm(light))

    def flat(self, points: Array) -> Array:
        """Return the places on the page, of shape (..., 2)."""
        return np.stack([points @ self.right, points @ self.up], axis=-1)

    def depth(self, points: Array) -> Array:
        """Return how near points are: larger is nearer."""
        return np.asarray(points @ self.towards)
