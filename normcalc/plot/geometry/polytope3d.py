"""Polytopes in space: vertices, edges and faces from linear forms, exact if the forms are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sympy as sp

    from normcalc.forms.polyhedral import Polyhedral

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Face = tuple[int, ...]

_SAME = 1e-9


@dataclass(frozen=True)
class Polytope:
    """A bounded convex polytope around the origin.

    Parameters
    ----------
    vertices : ndarray of shape (V, 3)
        The vertices.
    faces : tuple of tuple of int
        The vertices of each face, counterclockwise seen from outside.
    rows : ndarray of shape (F, 3)
        The linear form that is one on each face: an outward normal.
    numbers : tuple or None
        The vertices as SymPy numbers, when the formula gives them exactly.
    cuts : tuple of int
        The faces at which an unbounded body was cut off.
    recession : ndarray of shape (m, 3)
        Unit vectors along which the uncut body goes on for ever, both ways.
    """

    vertices: Array
    faces: tuple[Face, ...]
    rows: Array
    numbers: tuple[tuple[sp.Expr, ...], ...] | None = None
    cuts: tuple[int, ...] = ()
    recession: Array = field(default_factory=lambda: np.empty((0, 3)))

    @cached_property
    def edges(self) -> Indices:
        """Pairs of vertices, of shape (E, 2), each once and with the smaller index first."""
        pairs = {tuple(sorted(pair)) for face in self.faces for pair in _sides(face)}
        return np.array(sorted(pairs), dtype=np.int64)

    @cached_property
    def edge_faces(self) -> Indices:
        """The two faces beside each edge, of shape (E, 2)."""
        beside: dict[tuple[int, ...], list[int]] = {}
        for k, face in enumerate(self.faces):
            for pair in _sides(face):
                beside.setdefault(tuple(sorted(pair)), []).append(k)
        return np.array([beside[tuple(edge)] for edge in self.edges.tolist()], dtype=np.int64)

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many vertices, edges and faces there are; V - E + F = 2."""
        return len(self.vertices), len(self.edges), len(self.faces)

    @property
    def volume(self) -> float:
        """The volume: each face spans a pyramid with the origin; infinite for a cut body."""
        if self.cuts:
            return float("inf")
        corners = [self.vertices[list(face)] for face in self.faces]
        return float(sum(np.linalg.det(t) for c in corners for t in _fan(c)) / 6)

    @property
    def area(self) -> float:
        """The area of all faces."""
        corners = [self.vertices[list(face)] for face in self.faces]
        crosses = [np.cross(t[1] - t[0], t[2] - t[0]) for c in corners for t in _fan(c)]
        return float(np.sum(np.linalg.norm(crosses, axis=1)) / 2)

    def scaled(self, factor: float) -> Polytope:
        """Return the body of another level of the same gauge."""
        return replace(
            self, vertices=self.vertices * factor, rows=self.rows / factor, numbers=None
        )


def from_gauge(gauge: Polyhedral) -> Polytope:
    """Return the unit ball of a polyhedral gauge of three coordinates; incidence is exact.

    Raises
    ------
    NotDerivable
        If the ball is unbounded.

    Examples
    --------
    >>> from normcalc.forms.polyhedral import from_rows
    >>> cube = from_gauge(from_rows([(1, 0, 0), (0, 1, 0), (0, 0, 1), (-1, 0, 0), (0, -1, 0),
    ...                              (0, 0, -1)]))
    >>> cube.counts, cube.volume, cube.area
    ((8, 12, 6), 8.0, 24.0)
    """
    from normcalc.forms.exact import dot, embedded
    from normcalc.forms.polyhedral import vertices

    numbers = vertices(gauge)
    field, found = embedded([*numbers, *gauge.rows])
    corners, rows = found[: len(numbers)], found[len(numbers) :]
    one = field.domain.one
    touching = [[k for k, v in enumerate(corners) if dot(row, v) == one] for row in rows]
    floats = [[field.decimal(x) for x in point] for point in found]
    points = np.array(floats[: len(numbers)]) + 0.0
    return _assembled(points, np.array(floats[len(numbers) :]), touching, numbers)


def from_rows(rows: Array) -> Polytope:
    """Return ``{x : row . x <= 1 for all rows}`` in floating point, bounded and around 0.

    Examples
    --------
    >>> import itertools
    >>> octahedron = from_rows(np.array(list(itertools.product((1.0, -1.0), repeat=3))))
    >>> octahedron.counts
    (6, 12, 8)
    """
    from scipy.spatial import HalfspaceIntersection, QhullError

    try:
        cuts = np.hstack([rows, -np.ones((len(rows), 1))])
        found = HalfspaceIntersection(cuts, np.zeros(3)).intersections
    except QhullError:
        raise InputError(
            "The polytope is unbounded or flat: its rows do not surround 0."
        ) from None
    if not np.all(np.isfinite(found)) or np.max(np.abs(found)) > 1e8:
        raise InputError("The polytope is unbounded: its rows do not surround the origin.")
    points = distinct(found)
    touching = [np.flatnonzero(np.abs(points @ row - 1) < _SAME).tolist() for row in rows]
    return _assembled(points, rows, touching, None)


def _assembled(
    points: Array,
    rows: Array,
    touching: Sequence[Sequence[int]],
    numbers: tuple[tuple[sp.Expr, ...], ...] | None,
) -> Polytope:
    """Order the vertices of each face; rows that touch fewer than three are no faces."""
    kept = [k for k, found in enumerate(touching) if len(found) > 2]
    faces = tuple(_ordered(points, rows[k], touching[k]) for k in kept)
    return Polytope(points, faces, rows[kept], numbers)


def _ordered(points: Array, normal: Array, members: Sequence[int]) -> Face:
    """Return the vertices of a face by angle around its middle, seen from outside."""
    around = points[list(members)] - points[list(members)].mean(axis=0)
    first = around[0]
    angles = np.arctan2(
        np.cross(normal, first) @ around.T / np.linalg.norm(normal), around @ first
    )
    return tuple(int(members[i]) for i in np.argsort(angles))


def distinct(points: Array) -> Array:
    """Return points without repetitions, up to a billionth.

    Examples
    --------
    >>> distinct(np.array([[1.0, 2.0], [1.0, 2.0 + 1e-15], [0.0, 2.0]]))
    array([[1., 2.],
           [0., 2.]])
    """
    kept: list[Array] = []
    for point in points:
        if all(np.max(np.abs(point - other)) > _SAME for other in kept):
            kept.append(point)
    return np.array(kept)


def _sides(face: Face) -> list[tuple[int, int]]:
    return list(pairwise([*face, face[0]]))


def _fan(corners: Array) -> list[Array]:
    """Return a face as triangles around its first corner."""
    return [corners[[0, i, i + 1]] for i in range(1, len(corners) - 1)]
