"""The polar body in space: the unit ball of the dual norm."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.plot.geometry.body3d import Body3D, one_sided_normals
from normcalc.plot.geometry.creases import Creases, angle
from normcalc.plot.geometry.mesh3d import edges_of
from normcalc.plot.geometry.polytope3d import Polytope, from_rows

if TYPE_CHECKING:
    from normcalc.plot.geometry.mesh3d import Indices

Array = NDArray[np.float64]
Map = Callable[[Array], Array]

# Points nearer than this are one; normals of neighbours further apart than this make an edge.
_SAME, _EDGE = 1e-6, 0.12


def polar3d(body: Polytope | Body3D) -> Polytope | Body3D:
    """Return ``{y : y . x <= 1 for all x in the body}``.

    The normal at each point of a body, as long as makes its product with the point one, is a point
    of the polar, and the point is a normal there.  Around an edge or a tip of the body the normals
    on all sides are taken, and the convex hull fills in the ruled and the flat pieces.

    Raises
    ------
    InputError
        When the body is unbounded, so that the polar is flat.

    Examples
    --------
    >>> cube = from_rows(np.vstack([np.eye(3), -np.eye(3)]))
    >>> polar3d(cube).counts
    (6, 12, 8)
    """
    if len(body.recession) or not np.isfinite(body.volume):
        raise InputError(
            "The ball is unbounded, so the dual ball lies in a plane; restrict the function to a "
            "complement of its kernel first."
        )
    if isinstance(body, Polytope):
        return from_rows(body.vertices)
    at = body.points[body.corners].reshape(-1, 3)
    normals = one_sided_normals(body).reshape(-1, 3)
    found = normals / np.sum(normals * at, axis=1)[:, None]
    size = float(np.max(np.abs(found)))
    _, first, group = np.unique(
        np.rint(found / (_SAME * size)), axis=0, return_index=True, return_inverse=True
    )
    supports = at / np.linalg.norm(at, axis=1)[:, None]
    return _hull_body(found[first], supports, group.reshape(-1))


def _hull_body(points: Array, supports: Array, group: Indices) -> Body3D:
    """Return the convex hull of points as a body, given unit normals and the points' numbers."""
    from scipy.spatial import ConvexHull

    hull = ConvexHull(points)
    corners = np.asarray(hull.simplices, dtype=np.int64)
    flat = np.asarray(hull.equations[:, :3])
    inward = np.linalg.det(points[corners]) < 0
    corners[inward] = corners[inward][:, ::-1]
    # The normal of a smooth piece at its corner, unless an edge or a tip lies there.
    own = _nearest_normals(corners, flat, supports, group)
    near = np.sum(own * flat[:, None], axis=2) > np.cos(_EDGE)
    normals = np.where(near[:, :, None], own, flat[:, None])
    lines = _edges(points, corners, flat)
    surface, gradient = _radial(flat, -hull.equations[:, 3])
    return Body3D(
        points, corners, normals, lines, True, float(hull.volume),
        float(hull.area), surface, gradient, _tips(len(points), corners, flat),
        hull=True,
    )  # fmt: skip


def _nearest_normals(corners: Indices, flat: Array, supports: Array, group: Indices) -> Array:
    """Return, at each corner, that normal of its point which is next to its piece's own."""
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group)
    starts = np.cumsum(counts) - counts
    point = corners.reshape(-1)
    found, wanted = supports[order[starts[point]]], np.repeat(flat, 3, axis=0)
    by_point = np.argsort(point, kind="stable")
    for at in np.split(by_point, np.flatnonzero(np.diff(point[by_point])) + 1):
        many = counts[point[at[0]]]
        if many > 1:
            given = supports[order[starts[point[at[0]]] :][:many]]
            found[at] = given[np.argmax(wanted[at] @ given.T, axis=1)]
    return np.asarray(found.reshape(*corners.shape, 3))


def _edges(points: Array, corners: Indices, flat: Array) -> Creases:
    """Return the edges of the hull at which it turns much more than from piece to piece."""
    ends, sides = edges_of(corners)
    beside = np.argsort(sides.reshape(-1), kind="stable").reshape(-1, 2) // 3
    sharp = np.flatnonzero(angle(flat[beside[:, 0]], flat[beside[:, 1]]) > _EDGE)
    middle = points[ends[sharp]].mean(axis=1)
    first = points[corners[beside[sharp, 0]]].mean(axis=1)
    return Creases(ends[sharp], middle, flat[beside[sharp]], first - middle)


def _tips(count: int, corners: Indices, flat: Array) -> bool:
    """Tell whether the hull turns sharply around some point."""
    total = np.zeros((count, 3))
    np.add.at(total, corners.reshape(-1), np.repeat(flat, 3, axis=0))
    mean = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-300)
    return bool(np.min(np.sum(mean[corners] * flat[:, None], axis=2)) < np.cos(_EDGE))


def _radial(flat: Array, offsets: Array) -> tuple[Map, Map]:
    """Return the maps from vectors to the boundary above them and to the normal there."""
    gauge = flat / offsets[:, None]

    def surface(vectors: Array) -> Array:
        return np.asarray(vectors / np.max(vectors @ gauge.T, axis=1)[:, None])

    def gradient(points: Array) -> Array:
        return np.asarray(gauge[np.argmax(points @ gauge.T, axis=1)])

    return surface, gradient
