"""Triangles on a surface around the origin: a start that knows the mirrors, splitting, cutting.

A vertex is a point of the surface, and the middle of a chord is lifted onto the surface along its
ray; so sharp tips get small triangles by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from normcalc.plot.geometry.bracket import bracketed

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Surface = Callable[[Array], Array]

_ZERO = 1e-11
_ROUNDS = 10
# Places on an edge are found to this share of it: a surface is only known to rounding.
_WIDTH = 1e-13


@dataclass(frozen=True)
class Triangles:
    """A triangulated surface.

    Parameters
    ----------
    points : ndarray of shape (n, 3)
        The vertices.
    corners : ndarray of shape (t, 3)
        The vertices of each triangle, counterclockwise seen from outside.
    """

    points: Array
    corners: Indices


def chambers(level: int) -> Triangles:
    """Return a triangulated sphere whose edges hold all planes ``x_i = 0`` and ``x_i = +-x_j``.

    The 48 chambers between these planes are cut into ``4**level`` triangles each.

    Examples
    --------
    >>> sphere = chambers(0)
    >>> len(sphere.points), len(sphere.corners)
    (26, 48)
    """
    n = 2**level
    weights = np.array([(i, j, n - i - j) for i in range(n + 1) for j in range(n + 1 - i)]) / n
    number = {tuple(w): k for k, w in enumerate(np.rint(weights * n).astype(int).tolist())}
    flat = []
    for i, j in product(range(n), repeat=2):
        if i + j < n:
            flat.append((_at(number, n, i, j), _at(number, n, i + 1, j), _at(number, n, i, j + 1)))
        if i + j < n - 1:
            flat.append(
                (_at(number, n, i + 1, j), _at(number, n, i + 1, j + 1), _at(number, n, i, j + 1))
            )
    spokes = weights @ np.array([[1.0, 0, 0], [1, 1, 0], [1, 1, 1]])
    turned = [spokes @ m for m in _signed_permutations()]
    parts = [np.array(flat) + k * len(spokes) for k in range(len(turned))]
    return _welded(np.vstack(turned), np.vstack(parts))


def _at(number: dict[tuple[int, ...], int], n: int, i: int, j: int) -> int:
    return number[(i, j, n - i - j)]


def _signed_permutations() -> list[Array]:
    rows = [np.eye(3)[list(order)] for order in permutations(range(3))]
    return [m * np.array(signs) for m in rows for signs in product((1.0, -1.0), repeat=3)]


def _welded(points: Array, corners: Indices) -> Triangles:
    """Merge equal points, put them on the sphere, and turn every triangle outwards."""
    keys = np.rint(points * 2.0**20).astype(np.int64)
    _, first, number = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    unit = points[first] / np.linalg.norm(points[first], axis=1, keepdims=True)
    fixed = number.reshape(-1)[corners]
    inward = np.linalg.det(unit[fixed]) < 0
    fixed[inward] = fixed[inward][:, ::-1]
    return Triangles(unit, fixed)


def edges_of(corners: Indices) -> tuple[Indices, Indices]:
    """Return the edges of triangles, smaller index first, and the three edges of each triangle.

    Examples
    --------
    >>> edges_of(np.array([[0, 1, 2]]))
    (array([[0, 1], [0, 2], [1, 2]]), array([[0, 2, 1]]))
    """
    pairs = np.sort(np.stack([corners, np.roll(corners, -1, axis=1)], axis=2), axis=2)
    count = int(corners.max(initial=0)) + 1
    codes, number = np.unique(pairs @ np.array([count, 1]), return_inverse=True)
    return np.stack(np.divmod(codes, count), axis=1), number.reshape(-1, 3)


def split(
    mesh: Triangles, edges: Indices, sides: Indices, chosen: Indices, points: Array
) -> Triangles:
    """Split every triangle at those of its edges that are chosen, each at its point."""
    fresh = np.full(len(edges), -1)
    fresh[chosen] = len(mesh.points) + np.arange(len(chosen))
    marks = fresh[sides]
    count = np.sum(marks >= 0, axis=1)
    parts = [mesh.corners[count == 0]]
    for n, pieces in _PATTERNS.items():
        chosen = count == n
        corners, marked = _turned(mesh.corners[chosen], marks[chosen], n)
        both = np.hstack([corners, marked])
        parts += [both[:, list(piece)] for piece in pieces]
    return Triangles(np.vstack([mesh.points, points]), np.vstack(parts))


# Corners 0 1 2, and new points 3 4 5 on the edges 01, 12, 20.  One new point lies on 01; of two,
# the edge without one is 20.
_PATTERNS = {
    1: ((0, 3, 2), (3, 1, 2)),
    2: ((3, 1, 4), (0, 3, 4), (0, 4, 2)),
    3: ((0, 3, 5), (3, 1, 4), (5, 4, 2), (3, 4, 5)),
}


def _turned(corners: Indices, marks: Indices, count: int) -> tuple[Indices, Indices]:
    """Turn triangles so that their new points lie where the patterns want them."""
    if count == 3 or len(corners) == 0:
        return corners, marks
    shift = np.argmax(marks >= 0, axis=1) if count == 1 else np.argmax(marks < 0, axis=1) + 1
    order = (np.arange(3) + shift[:, None]) % 3
    return np.take_along_axis(corners, order, axis=1), np.take_along_axis(marks, order, axis=1)


def refined(
    mesh: Triangles, surface: Surface, switches: Surface, tol: float, grain: float
) -> Triangles:
    """Split edges until no chord is farther than `tol` from the surface, relative to its size.

    Edges of triangles that a kink crosses are split until they are shorter than `grain` instead:
    there the distance tells of the kink, and `cut` will put it on edges.
    """
    size = float(np.max(np.linalg.norm(mesh.points, axis=1)))
    signs = _signs(switches(mesh.points))
    for _ in range(_ROUNDS):
        edges, sides = edges_of(mesh.corners)
        a, b = mesh.points[edges[:, 0]], mesh.points[edges[:, 1]]
        lifted = surface((a + b) / 2)
        length = np.linalg.norm(b - a, axis=1)
        off = np.linalg.norm(np.cross(lifted - a, b - a), axis=1) / np.maximum(length, 1e-300)
        near = np.zeros(len(edges), dtype=bool)
        near[sides[_mixed(signs, mesh.corners)].reshape(-1)] = True
        chosen = np.flatnonzero(np.where(near, length > grain * size, off > tol * size))
        if len(chosen) == 0:
            break
        signs = np.vstack([signs, _signs(switches(lifted[chosen]))])
        mesh = split(mesh, edges, sides, chosen, lifted[chosen])
    return mesh


def cut(mesh: Triangles, surface: Surface, columns: Surface) -> tuple[Triangles, Array]:
    """Split triangles along the zero sets of some functions, and return the signs at the vertices.

    Where a new vertex halves an edge of an earlier zero set, it counts as lying on that set, from
    which it is as far as a chord of it.
    """
    signs = _signs(columns(mesh.points))
    for k in range(signs.shape[1]):
        edges, sides = edges_of(mesh.corners)
        ends = signs[edges, k]
        chosen = np.flatnonzero(ends[:, 0] * ends[:, 1] < 0)
        if len(chosen) == 0:
            continue
        points = _crossings(mesh.points, edges[chosen], surface, columns, k)
        fresh = _signs(columns(points), np.max(np.abs(columns(mesh.points)), axis=0))
        fresh[:, k] = 0.0
        fresh[np.all(signs[edges[chosen]] == 0, axis=1)] = 0.0
        signs = np.vstack([signs, fresh])
        mesh = split(mesh, edges, sides, chosen, points)
    return mesh, signs


def _crossings(points: Array, edges: Indices, surface: Surface, columns: Surface, k: int) -> Array:
    """Return where column `k` vanishes on the surface above each edge."""
    a, b = points[edges[:, 0]], points[edges[:, 1]]

    def value(t: Array) -> Array:
        return np.asarray(columns(surface(a + t[:, None] * (b - a)))[:, k])

    low, high = bracketed(value, np.zeros(len(a)), np.ones(len(a)), _WIDTH)
    t = ((low + high) / 2)[:, None]
    return surface(a + t * (b - a))


def _signs(values: Array, scale: Array | None = None) -> Array:
    """Return -1, 0 or 1; values that rounding cannot tell from zero are zero."""
    size = np.max(np.abs(values), axis=0, initial=1e-300) if scale is None else scale
    return np.asarray(np.where(np.abs(values) <= _ZERO * size, 0.0, np.sign(values)))


def _mixed(signs: Array, corners: Indices) -> NDArray[np.bool_]:
    """Tell which triangles have both signs of some switch."""
    at = signs[corners]
    return np.asarray(np.any((at.max(axis=1) > 0) & (at.min(axis=1) < 0), axis=1))
