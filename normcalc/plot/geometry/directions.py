"""Directions in the plane by angle, exact where the angle is a multiple of 45 degrees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EIGHTH = np.pi / 4
_COMPASS = np.array(
    [[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]], dtype=np.float64
)
_SNAP = 1e-13


def directions(angles: Array) -> Array:
    """Return one vector per angle; multiples of 45 degrees give the exact integer vector.

    The vectors on diagonals are ``(1, 1)``, not of length one: a radius belongs to its vector, and
    the corner of a square comes out as ``(1, 1)`` to the last bit.

    Examples
    --------
    >>> directions(np.array([0.0, np.pi / 4]))
    array([[1., 0.],
           [1., 1.]])
    """
    vectors = np.zeros((len(angles), 2))
    vectors[:, 0], vectors[:, 1] = np.cos(angles), np.sin(angles)
    eighths = np.rint(angles / EIGHTH)
    exact = np.abs(angles - eighths * EIGHTH) < _SNAP
    vectors[exact] = _COMPASS[eighths[exact].astype(np.int64) % 8]
    return vectors


def circle_grid(count: int = 720) -> Array:
    """Return `count` + 1 angles from 0 to 2 pi, with every multiple of 45 degrees among them."""
    if count % 8:
        raise ValueError("count must be a multiple of 8")
    return np.asarray(np.arange(count + 1) * (2 * np.pi / count), dtype=np.float64)


def snap_angles(angles: Array) -> Array:
    """Return sorted angles in [0, 2 pi), those within 1e-12 of a multiple of 45 degrees on it.

    Examples
    --------
    >>> snap_angles(np.array([np.pi / 2 + 1e-12, -1e-16])) / np.pi
    array([0. , 0.5])
    """
    eighths = np.rint(angles / EIGHTH) * EIGHTH
    snapped = np.where(np.abs(angles - eighths) < 1e-12, eighths, angles)
    turned = np.unique(np.mod(snapped, 2 * np.pi))
    turned = turned[turned < 2 * np.pi - 1e-12]
    distinct = np.concatenate([[True], np.diff(turned) > 1e-12])
    return np.asarray(turned[distinct])
