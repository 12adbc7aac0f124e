"""What a camera sees of a body: faces from back to front, lines that show, lines that do not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.plot.geometry.body3d import Body3D
from normcalc.plot.geometry.bracket import bracketed
from normcalc.plot.geometry.creases import chains
from normcalc.plot.geometry.polygon import convex_hull, without_collinear

if TYPE_CHECKING:
    from normcalc.plot.geometry.camera import Camera
    from normcalc.plot.geometry.polytope3d import Polytope

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class View:
    """A body on the page.

    Parameters
    ----------
    faces : tuple of ndarray of shape (k, 2)
        Flat faces towards the camera.
    face_normals : ndarray of shape (n, 3)
        Their unit normals.
    triangles : ndarray of shape (t, 3, 2)
        Pieces of curved surface, from back to front.
    corner_normals : ndarray of shape (t, 3, 3)
        Unit normals at their corners.
    cut_faces, cut_triangles : ndarray of bool
        Which of these lie where an unbounded body was cut off.
    visible, hidden : tuple of ndarray of shape (m, 2)
        Paths along edges and creases in front, and behind the body.
    outline : tuple of ndarray of shape (m, 2)
        The outline: one closed path for a convex body, else the pieces that show.
    """

    faces: tuple[Array, ...]
    face_normals: Array
    triangles: Array
    corner_normals: Array
    cut_faces: Flags
    cut_triangles: Flags
    visible: tuple[Array, ...]
    hidden: tuple[Array, ...]
    outline: tuple[Array, ...]


def view(body: Polytope | Body3D, camera: Camera) -> View:
    """Return what the camera sees of a body."""
    return _of_triangles(body, camera) if isinstance(body, Body3D) else _of_faces(body, camera)


def _of_faces(body: Polytope, camera: Camera) -> View:
    """Return the view of a polytope: a face shows if it is turned towards the camera."""
    normals = body.rows / np.linalg.norm(body.rows, axis=1, keepdims=True)
    front = normals @ camera.towards > 1e-9
    flat = camera.flat(body.vertices)
    shown = np.any(front[body.edge_faces], axis=1)
    return View(
        tuple(flat[list(body.faces[k])] for k in np.flatnonzero(front)),
        normals[front],
        np.empty((0, 3, 2)),
        np.empty((0, 3, 3)),
        np.isin(np.flatnonzero(front), body.cuts),
        np.empty(0, dtype=bool),
        tuple(flat[body.edges[shown]]),
        tuple(flat[body.edges[~shown]]),
        (_closed(convex_hull(flat)),),
    )


def _of_triangles(body: Body3D, camera: Camera) -> View:
    """Return the view of a curved body; what is nearer is painted later."""
    at = body.points[body.corners]
    towards = np.any(body.normals @ camera.towards > 0, axis=1)
    order = np.flatnonzero(towards)
    order = order[np.argsort(camera.depth(at[order].mean(axis=1)))]
    rim = np.empty((0, 5, 3)) if body.hull else rims(body, camera)
    shows = _crease_shows(body, camera)
    drawn, behind = (_crease_paths(body, camera, part) for part in (shows, ~shows))
    if body.convex:
        spread = np.vstack([body.points, body.creases.middle, rim.reshape(-1, 3)])
        outline: tuple[Array, ...] = (_closed(_hull(camera.flat(spread))),)
    else:
        clear = ~covered(body, rim.mean(axis=1), camera)
        outline = tuple(camera.flat(rim[clear]))
    cuts = np.zeros(len(order), dtype=bool) if body.cuts is None else body.cuts[order]
    flat, normals = camera.flat(at[order]), body.normals[order]
    none = np.empty(0, dtype=bool)
    return View((), np.empty((0, 3)), flat, normals, none, cuts, drawn, behind, outline)


def rims(body: Body3D, camera: Camera) -> Array:
    """Return pieces of the curve where the surface turns away, of shape (n, 5, 3).

    In each triangle that it passes, the surface is followed from the corner that is alone on its
    side to five points of the opposite edge, and the turning point is solved on each way.
    """
    facing = body.normals @ camera.towards
    mixed = np.flatnonzero((facing.max(axis=1) > 0) & (facing.min(axis=1) < 0))
    signs = np.where(facing[mixed] > 0, 1, -1)
    alone = np.argmax(signs == -np.sign(signs.sum(axis=1))[:, None], axis=1)
    order = (alone[:, None] + np.arange(3)) % 3
    at = np.take_along_axis(body.points[body.corners[mixed]], order[:, :, None], axis=1)
    inside = at + 0.02 * (at.mean(axis=1, keepdims=True) - at)
    share = np.linspace(0, 1, 5)[:, None]
    ends = inside[:, 1:2] + share * (inside[:, 2:] - inside[:, 1:2])
    starts = np.broadcast_to(inside[:, :1], ends.shape).reshape(-1, 3)
    ways = ends.reshape(-1, 3) - starts

    def away(t: NDArray[np.float64]) -> Array:
        points = body.surface(starts + t[:, None] * ways)
        return np.asarray(body.gradient(points) @ camera.towards)

    low, high = away(np.zeros(len(ways))), away(np.ones(len(ways)))
    turning = low * high < 0
    first, last = np.where(turning, 0.0, 0.5), np.where(turning, 1.0, 0.5)
    below, above = bracketed(away, first, last, 1e-9) if len(ways) else (first, last)
    points = body.surface(starts + ((below + above) / 2)[:, None] * ways)
    return np.asarray(points.reshape(-1, 5, 3))


def covered(body: Body3D, points: Array, camera: Camera) -> Flags:
    """Tell which points of the surface the body itself hides: the way to the camera enters it."""
    size = float(np.max(np.linalg.norm(body.points, axis=1)))
    hidden = np.zeros(len(points), dtype=bool)
    for step in size * np.concatenate([np.geomspace(4e-3, 0.1, 8), np.linspace(0.12, 2.0, 48)]):
        ahead = points + step * camera.towards
        near = np.linalg.norm(ahead, axis=1) < size
        left = np.flatnonzero(near & ~hidden)
        if len(left):
            reach = np.linalg.norm(body.surface(ahead[left]), axis=1)
            hidden[left] = np.linalg.norm(ahead[left], axis=1) < reach * (1 - 1e-3)
    return hidden


def _crease_shows(body: Body3D, camera: Camera) -> Flags:
    """Tell which pieces of the creases show."""
    lines = body.creases
    front: Flags = np.any(lines.normals @ camera.towards > 1e-9, axis=1)
    if body.convex:
        return front
    return front & ~covered(body, lines.middle, camera)


def _crease_paths(body: Body3D, camera: Camera, chosen: Flags) -> tuple[Array, ...]:
    """Return chosen pieces of the creases as paths on the page, through their middle points."""
    ends, middle = body.creases.ends[chosen], body.creases.middle[chosen]
    between = {frozenset(pair): point for pair, point in zip(ends.tolist(), middle, strict=True)}
    paths = []
    for chain in chains(ends):
        inner = [between[frozenset(pair)] for pair in pairwise(chain.tolist())]
        knots = np.empty((2 * len(chain) - 1, 3))
        knots[::2], knots[1::2] = body.points[chain], np.array(inner)
        paths.append(_without_straight(camera.flat(knots)))
    return tuple(paths)


def _without_straight(path: Array) -> Array:
    """Drop inner points of a path that lie on the chord of their neighbours."""
    before, after = path[1:-1] - path[:-2], path[2:] - path[1:-1]
    bend = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])
    size = float(np.max(np.abs(path)))
    kept = np.concatenate([[True], bend > 1e-12 * size * size, [True]])
    return np.asarray(path[kept])


def _hull(points: Array) -> Array:
    from scipy.spatial import ConvexHull

    return np.asarray(without_collinear(points[ConvexHull(points).vertices]))


def _closed(points: Array) -> Array:
    """Return a closed path; round caps make a join of its ends."""
    return np.concatenate([points, points[:1]])
