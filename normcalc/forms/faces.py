"""The faces of the unit ball of a polyhedral norm, exactly: which vertices lie on which facets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.forms.exact import Field, dot, embedded, rank
from normcalc.forms.polyhedral import vertices

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from normcalc.forms.polyhedral import Polyhedral, Vector

_MOST_FACES = 20_000


@dataclass(frozen=True)
class Faces:
    """The unit ball ``{x : row . x <= 1 for every row}`` of a polyhedral norm.

    Parameters
    ----------
    vertices : tuple of vectors
        The corners, exact.
    facets : tuple of vectors
        The rows, one for each face of the largest dimension.
    counts : tuple of int
        How many faces there are of dimension 0, 1, 2, ...; the ball itself is not counted.

    Examples
    --------
    >>> from normcalc.forms.polyhedral import from_rows
    >>> cube = from_rows([(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)])
    >>> print(faces(cube))
    8 vertices, 12 edges, 6 facets
    """

    vertices: tuple[Vector, ...]
    facets: tuple[Vector, ...]
    counts: tuple[int, ...]

    def __str__(self) -> str:
        """Return how many faces there are of each dimension."""
        last = len(self.counts) - 1
        shown = []
        for dimension, count in enumerate(self.counts):
            inner = "edges" if dimension == 1 else f"faces of dimension {dimension}"
            word = "vertices" if dimension == 0 else "facets" if dimension == last else inner
            shown.append(f"{count} {word}")
        return ", ".join(shown)


def faces(gauge: Polyhedral) -> Faces:
    """Return vertices, facets and the number of faces of every dimension.

    Raises
    ------
    NotDerivable
        If the ball is unbounded, or has too many faces to count.
    """
    corners = vertices(gauge)
    field, elements = embedded([*corners, *gauge.rows])
    points, rows = elements[: len(corners)], elements[len(corners) :]
    on = [
        reduce(lambda bits, k: bits | 1 << k, (k for k, v in enumerate(points)
               if dot(row, v) == field.domain.one), 0)
        for row in rows
    ]  # fmt: skip
    counts = [0] * gauge.dimension
    for face in _intersections(on):
        counts[_dimension(field, [v for k, v in enumerate(points) if face >> k & 1])] += 1
    return Faces(corners, gauge.rows, tuple(counts))


def _intersections(facets: Sequence[int]) -> Iterable[int]:
    """Return every nonempty set of vertices that facets have in common."""
    found = set(facets)
    fresh = set(facets)
    while fresh:
        fresh = {a & b for a in fresh for b in facets if a & b} - found
        found |= fresh
        if len(found) > _MOST_FACES:
            raise NotDerivable(
                f"the ball has more than {_MOST_FACES} faces; use fewer coordinates, or read the "
                "vertices alone"
            )
    return found


def _dimension(field: Field, points: Sequence[Sequence[object]]) -> int:
    first = points[0]
    rows = [tuple(a - b for a, b in zip(p, first, strict=True)) for p in points[1:]]  # type: ignore[operator]
    return rank(field, rows, len(first)) if rows else 0
