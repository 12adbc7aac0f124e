"""Creases: the curves of a surface along which the gradient jumps, as chained polylines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.plot.geometry.bracket import bracketed
from normcalc.plot.geometry.mesh3d import edges_of

if TYPE_CHECKING:
    from normcalc.plot.geometry.mesh3d import Triangles

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Map = Callable[[Array], Array]

_WIDE, _NARROW = 1e-4, 1e-7
_ON = 1e-13
_SMALLEST_TURN = 0.01


@dataclass(frozen=True)
class Creases:
    """Pieces of the curves where the boundary has an edge.

    Parameters
    ----------
    ends : ndarray of shape (n, 2)
        The vertices that each piece joins.
    middle : ndarray of shape (n, 3)
        A point of each piece between its ends.
    normals : ndarray of shape (n, 2, 3)
        The unit normals on its two sides.
    sides : ndarray of shape (n, 3)
        Vectors along the surface towards the first of the two sides.
    """

    ends: Indices
    middle: Array
    normals: Array
    sides: Array

    @property
    def turns(self) -> Array:
        """The angle between the two tangent planes of each piece, in radians."""
        return angle(self.normals[:, 0], self.normals[:, 1])

    @property
    def reentrant(self) -> NDArray[np.bool_]:
        """Whether the surface turns inwards there: such a body is not convex."""
        opening = self.normals[:, 0] - self.normals[:, 1]
        return np.asarray(np.sum(opening * self.sides, axis=1) < 0)


def creases(mesh: Triangles, signs: Array, surface: Map, switches: Map, gradient: Map) -> Creases:
    """Return the edges of a mesh across which the gradient jumps.

    Candidates are the edges on which a switch vanishes.  The turn of the normal is measured across
    a small and a much smaller gap: at a kink it stays, elsewhere it shrinks with the gap.
    """
    edges, column, across = _candidates(mesh, signs, surface, switches)
    middle = _on_zero_set(mesh.points[edges], column, across, surface, switches)
    chord = mesh.points[edges[:, 1]] - mesh.points[edges[:, 0]]
    side = np.cross(middle, chord)
    side *= (np.linalg.norm(chord, axis=1) / np.linalg.norm(side, axis=1))[:, None]
    wide, narrow = (_sides(middle, gap * side, gradient) for gap in (_WIDE, _NARROW))
    turn = angle(narrow[:, 0], narrow[:, 1])
    real = (turn > _SMALLEST_TURN) & (turn > 0.7 * angle(wide[:, 0], wide[:, 1]))
    return Creases(edges[real], middle[real], narrow[real], side[real])


def _candidates(
    mesh: Triangles, signs: Array, surface: Map, switches: Map
) -> tuple[Indices, Indices, NDArray[np.bool_]]:
    """Return edges along zero sets, which switch, and whether it changes its sign there."""
    edges, sides = edges_of(mesh.corners)
    lowest, highest = _opposite(mesh.corners, sides, len(edges), signs)
    scale = np.max(np.abs(switches(mesh.points)), axis=0, initial=1e-300)
    here, k = np.nonzero(np.all(signs[edges] == 0, axis=1))
    across = (lowest[here, k] < 0) & (highest[here, k] > 0)
    middle = surface(mesh.points[edges[here]].mean(axis=1))
    at_middle = np.abs(switches(middle)[np.arange(len(here)), k])
    kept = across | (at_middle <= 1e-10 * scale[k])
    here, k, across = here[kept], k[kept], across[kept]
    _, first = np.unique(here, return_index=True)
    return edges[here[first]], k[first], across[first]


def _opposite(corners: Indices, sides: Indices, count: int, signs: Array) -> tuple[Array, Array]:
    """Return the lowest and the highest sign at the corners opposite to each edge."""
    low, high = np.full((count, signs.shape[1]), 2.0), np.full((count, signs.shape[1]), -2.0)
    for i in range(3):
        third = signs[corners[:, (i + 2) % 3]]
        np.minimum.at(low, sides[:, i], third)
        np.maximum.at(high, sides[:, i], third)
    return low, high


def _on_zero_set(
    ends: Array, column: Indices, across: NDArray[np.bool_], surface: Map, switches: Map
) -> Array:
    """Return a point of the zero set above the middle of each edge."""
    middle = ends.mean(axis=1)
    side = np.cross(middle, ends[:, 1] - ends[:, 0])
    side /= np.maximum(np.linalg.norm(middle, axis=1, keepdims=True), 1e-300)

    def at(t: Array, some: Indices) -> Array:
        return surface(middle[some] + t[:, None] * side[some])

    def value(t: Array, some: Indices) -> Array:
        return np.asarray(switches(at(t, some))[np.arange(len(t)), column[some]])

    everywhere = np.arange(len(ends))
    reach = np.full(len(ends), 0.3)
    left, right = value(-reach, everywhere), value(reach, everywhere)
    off = np.abs(value(0 * reach, everywhere)) > _ON * np.minimum(np.abs(left), np.abs(right))
    # Most edges lie on their zero set already, up to rounding, and need no search.
    some = np.flatnonzero(across & (left * right < 0) & off)
    t = np.zeros(len(ends))
    if len(some):
        low, high = bracketed(lambda u: value(u, some), -reach[some], reach[some], 1e-12)
        t[some] = (low + high) / 2
    return at(t, everywhere)


def _sides(points: Array, shift: Array, gradient: Map) -> Array:
    """Return the unit normals on both sides of points."""
    found = np.stack([gradient(points + shift), gradient(points - shift)], axis=1)
    return np.asarray(found / np.linalg.norm(found, axis=2, keepdims=True))


def angle(a: Array, b: Array) -> Array:
    """Return the angles between unit vectors, accurate for small ones.

    Examples
    --------
    >>> angle(np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 1.0, 0.0]])) * 2 / np.pi
    array([1.])
    """
    return np.asarray(2 * np.arctan2(_length(a - b), _length(a + b)))


def _length(vectors: Array) -> Array:
    return np.asarray(np.linalg.norm(vectors, axis=-1))


def chains(ends: Indices) -> list[Indices]:
    """Return edges joined into paths: from branching vertex to branching vertex, or closed.

    Examples
    --------
    >>> [path.tolist() for path in chains(np.array([[0, 1], [1, 2], [2, 3]]))]
    [[0, 1, 2, 3]]
    """
    at: dict[int, list[tuple[int, int]]] = {}
    for k, (a, b) in enumerate(ends.tolist()):
        at.setdefault(a, []).append((k, b))
        at.setdefault(b, []).append((k, a))
    used: set[int] = set()
    starts = sorted(at, key=lambda v: (len(at[v]) == 2, v))
    return [np.array(_walk(at, used, v, k, w)) for v in starts for k, w in at[v] if k not in used]


def _walk(
    at: dict[int, list[tuple[int, int]]], used: set[int], start: int, edge: int, after: int
) -> list[int]:
    """Follow edges until a vertex that is not passed straight through."""
    path = [start, after]
    used.add(edge)
    while len(at[path[-1]]) == 2:
        onward = [(k, w) for k, w in at[path[-1]] if k not in used]
        if not onward:
            break
        used.add(onward[0][0])
        path.append(onward[0][1])
    return path
