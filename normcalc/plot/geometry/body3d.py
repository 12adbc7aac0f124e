"""Smooth and mixed bodies in space: triangles with kinks on edges, normals, creases, volume."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.plot.geometry.creases import Creases, creases
from normcalc.plot.geometry.mesh3d import Triangles, chambers, cut, refined
from normcalc.plot.geometry.radial import check_level, radii

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.plot.geometry.points import PointFunction

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

_LEVEL = 2
# Shading takes normals this far inside a triangle, the search for tips very close to its corners.
_INSIDE, _CLOSE = 0.02, 1e-7
_SPREAD = 400
# Chords of a circle of the body's size are this long, times the root of how far they may be off.
_GRAIN = 1.34


@dataclass(frozen=True)
class Body3D:
    """A star-shaped body around the origin as triangles, with every kink on an edge.

    Parameters
    ----------
    points : ndarray of shape (n, 3)
        Points of the boundary.
    corners : ndarray of shape (t, 3)
        The points of each triangle, counterclockwise seen from outside.
    normals : ndarray of shape (t, 3, 3)
        The unit normal at each corner of each triangle, on the triangle's side of a kink.
    creases : Creases
        The curves along which the gradient jumps.
    convex : bool
        Whether the body is convex, as far as its triangles tell.
    volume, area : float
        By quadrature of the radial function, not of the triangles.
    surface, gradient : callable
        The point of the boundary above a vector, and the gradient there.
    tips : bool
        Whether the normals around some point span a cone.
    cuts : ndarray of shape (t,), optional
        Which triangles lie where an unbounded body was cut off.
    recession : ndarray of shape (m, 3)
        Unit vectors along which the uncut body is a cylinder.
    hull : bool
        Whether the body is the convex hull of its points, which then tell its outline.
    """

    points: Array
    corners: Indices
    normals: Array
    creases: Creases
    convex: bool
    volume: float
    area: float
    surface: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    tips: bool = False
    cuts: NDArray[np.bool_] | None = None
    recession: Array = field(default_factory=lambda: np.empty((0, 3)))
    hull: bool = False


def body(
    f: PointFunction,
    level: float = 1.0,
    *,
    tol: float = 2e-3,
    made: tuple[Triangles, Array] | None = None,
) -> Body3D:
    """Return ``{f <= level}`` for a function of three coordinates, star-shaped about the origin.

    Parameters
    ----------
    f : PointFunction
        The function.
    level : float
        The level, above the value at the origin.
    tol : float
        Largest distance between the surface and its edges, relative to the size of the body.
    made : tuple, optional
        What `triangulated` returns, where it has been called before.

    Raises
    ------
    InputError
        When the origin is not inside, or the body is not star-shaped.
    """
    surface = _lifting(f, level)
    mesh, signs = triangulated(f, level, tol) if made is None else made
    normals = _normals(mesh, f, _INSIDE)
    lines = creases(mesh, signs, surface, f.switches, f.gradient)
    volume, area = _measures(mesh, surface, f.gradient)
    return Body3D(
        mesh.points, mesh.corners, normals, lines, _is_convex(mesh, surface, f, lines), volume,
        area, surface, f.gradient, _has_tips(mesh, _normals(mesh, f, _CLOSE)),
    )  # fmt: skip


def _lifting(f: PointFunction, level: float) -> Callable[[Array], Array]:
    """Return the map from vectors to the points of the boundary above them."""

    def surface(vectors: Array) -> Array:
        lifted: Array = vectors * radii(f, level, vectors)[:, None]
        return lifted

    return surface


def triangulated(f: PointFunction, level: float, tol: float) -> tuple[Triangles, Array]:
    """Return the triangles of ``{f <= level}``, and the signs of the switches at their vertices.

    Raises
    ------
    InputError
        When the origin is not inside, or the body is not star-shaped.
    """
    check_level(f, level)
    surface = _lifting(f, level)
    start = chambers(_LEVEL)
    reach = surface(start.points)
    mesh = Triangles(reach, start.corners)
    planes = _planes(f, mesh.points)
    mesh, _ = cut(mesh, surface, lambda p: np.asarray(p @ planes.T))
    mesh = refined(mesh, surface, f.switches, tol, _GRAIN * tol**0.5)
    return cut(mesh, surface, f.switches)


def _planes(f: PointFunction, points: Array) -> Array:
    """Return the switches and guides that are linear, as normals of planes."""
    values = np.hstack([f.switches(points), f.guides(points)])
    if values.shape[1] == 0:
        return np.empty((0, 3))
    normals, *_ = np.linalg.lstsq(points, values, rcond=None)
    gap = np.max(np.abs(points @ normals - values), axis=0)
    return np.asarray(normals.T[gap < 1e-10 * np.max(np.abs(values), axis=0)])


def _inner(mesh: Triangles, share: float) -> Array:
    """Return the corners of all triangles, moved a little into them: off every kink."""
    at = mesh.points[mesh.corners]
    return np.asarray(at + share * (at.mean(axis=1, keepdims=True) - at))


def _normals(mesh: Triangles, f: PointFunction, share: float) -> Array:
    """Return the unit normals a share of the way from each corner into its triangle."""
    return _unit(f.gradient(_inner(mesh, share).reshape(-1, 3))).reshape(-1, 3, 3)


def one_sided_normals(body: Body3D) -> Array:
    """Return the unit normals at the corners of all triangles, very close to them inside."""
    mesh = Triangles(body.points, body.corners)
    return _unit(body.gradient(_inner(mesh, _CLOSE).reshape(-1, 3))).reshape(-1, 3, 3)


def _has_tips(mesh: Triangles, normals: Array) -> bool:
    """Tell whether the normals of the triangles around some point are far from their mean.

    At a smooth point they agree, since they are taken very close to it.
    """
    total = np.zeros((len(mesh.points), 3))
    np.add.at(total, mesh.corners.reshape(-1), normals.reshape(-1, 3))
    mean = _unit(total)[mesh.corners]
    return bool(np.min(np.sum(mean * normals, axis=2)) < np.cos(0.2))


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def _is_convex(
    mesh: Triangles, surface: Callable[[Array], Array], f: PointFunction, lines: Creases
) -> bool:
    """Tell whether no crease turns inwards and no point lies above a tangent plane.

    One plane for each triangle, and some hundreds of points spread over the surface.
    """
    if np.any(lines.reentrant):
        return False
    touching = surface(mesh.points[mesh.corners].mean(axis=1))
    normals = _unit(f.gradient(touching))
    points = mesh.points[:: max(1, len(mesh.points) // _SPREAD)]
    size = float(np.max(np.abs(mesh.points)))
    heights = np.max(normals @ points.T, axis=1)
    return bool(np.all(heights <= np.sum(normals * touching, axis=1) + 1e-7 * size))


# Strang and Fix's seven points on a triangle, exact for polynomials of degree five.
_A, _B = (6 - 15**0.5) / 21, (6 + 15**0.5) / 21
_NODES = np.array(
    [[1 / 3] * 3]
    + [np.roll([1 - 2 * _A, _A, _A], i) for i in range(3)]
    + [np.roll([1 - 2 * _B, _B, _B], i) for i in range(3)]
)
_WEIGHTS = np.array([9 / 40] + [(155 - 15**0.5) / 1200] * 3 + [(155 + 15**0.5) / 1200] * 3)


def _measures(
    mesh: Triangles, surface: Callable[[Array], Array], gradient: Callable[[Array], Array]
) -> tuple[float, float]:
    """Return volume and area: cones over the triangles, with the surface lifted above each.

    A point ``u`` of a triangle lifts to ``r u``.  The cone over du has the volume r**3 times that
    of the cone over the flat piece, and the area follows from the height of the tangent plane.
    """
    at = mesh.points[mesh.corners]
    flat = np.einsum("ki,tid->tkd", _NODES, at).reshape(-1, 3)
    lifted = surface(flat)
    stretch = (np.linalg.norm(lifted, axis=1) / np.linalg.norm(flat, axis=1)) ** 3
    weights = (np.linalg.det(at)[:, None] / 6 * _WEIGHTS).reshape(-1) * stretch
    slope = gradient(lifted)
    height = np.sum(slope * lifted, axis=1) / np.linalg.norm(slope, axis=1)
    return float(np.sum(weights)), float(np.sum(3 * weights / height))
