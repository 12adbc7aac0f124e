"""Which points of a finite set are vertices of its convex hull, decided exactly.

Planar sets take Andrew's monotone chain.  In more dimensions a direction found in floating point
proves most vertices, by a margin far above rounding; exact linear programming settles the rest.
"""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from normcalc.forms.exact_lp import nonnegative_combination

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.forms.exact import Field, Row

Points = npt.NDArray[np.float64]
_MARGIN = 1e-9


def hull_vertices(field: Field, points: Sequence[Row], dimension: int) -> tuple[Row, ...]:
    """Return the vertices of the convex hull, counterclockwise in the plane, else descending.

    Examples
    --------
    >>> from normcalc.forms.exact import field_of
    >>> field = field_of([])
    >>> square = [(1, 1), (0, 1), (-1, 1), (-1, -1), (1, -1), (0, 0)]
    >>> found = hull_vertices(field, [tuple(map(field.element, p)) for p in square], 2)
    >>> [tuple(map(int, p)) for p in found]
    [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    """
    distinct = descending(field, dict.fromkeys(points))
    if len(distinct) <= 2:
        return distinct
    if dimension == 1:
        return (distinct[0], distinct[-1])
    if dimension == 2:
        return _chain(field, distinct)
    return _prune(field, list(distinct))


def descending(field: Field, points: Any) -> tuple[Row, ...]:
    """Sort vectors lexicographically, largest first, by exact comparisons."""

    def compare(left: Row, right: Row) -> int:
        gaps = (field.sign(b - a) for a, b in zip(left, right, strict=True))
        return next((gap for gap in gaps if gap), 0)

    return tuple(sorted(points, key=cmp_to_key(compare)))


def turn(field: Field, a: Row, b: Row, c: Row) -> int:
    """Return 1 if a, b, c turn left, -1 if right, 0 if they lie on a line."""
    return field.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def _chain(field: Field, points: Sequence[Row]) -> tuple[Row, ...]:
    """Return the planar hull; from right to left along the top, and back along the bottom."""

    def half(ordered: Sequence[Row]) -> list[Row]:
        chain: list[Row] = []
        for point in ordered:
            while len(chain) > 1 and turn(field, chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    return tuple(half(points) + half(points[::-1]))


def _prune(field: Field, points: list[Row]) -> tuple[Row, ...]:
    """Drop every point that the others hold in their hull."""
    floats = np.array([[field.decimal(x) for x in point] for point in points])
    index = 0
    while index < len(points):
        if _exposed(floats, index) or _outside(field, points, index, floats):
            index += 1
        else:
            del points[index]
            floats = np.delete(floats, index, axis=0)
    return tuple(points)


def _exposed(points: Points, index: int) -> bool:
    """Look for a direction in which the point beats all others by more than rounding can do."""
    if _wins(points, index, points[index] - points.mean(axis=0)):
        return True
    direction = _best_direction(points, index)
    return direction is not None and _wins(points, index, direction)


def _wins(points: Points, index: int, direction: Points) -> bool:
    margins = (points[index] - points) @ direction
    margins[index] = np.inf
    scale = max(1.0, float(np.abs(points).max())) * float(np.abs(direction).sum())
    return bool(margins.min() > _MARGIN * scale)


def _best_direction(points: Points, index: int) -> Points | None:
    """Return the direction in the unit cube that separates the point by the widest margin."""
    from scipy.optimize import linprog  # slow to load, and planar hulls do without

    others = np.delete(points, index, axis=0) - points[index]
    matrix = np.hstack([others, np.ones((len(others), 1))])
    costs = np.zeros(matrix.shape[1])
    costs[-1] = -1.0
    bounds = [(-1.0, 1.0)] * points.shape[1] + [(0.0, 1.0)]
    answer = linprog(costs, A_ub=matrix, b_ub=np.zeros(len(others)), bounds=bounds)
    return None if answer.x is None else np.asarray(answer.x[:-1])


def _outside(field: Field, points: Sequence[Row], index: int, floats: Points) -> bool:
    """Decide exactly that the point is no convex combination of the others.

    A combination found in floating point names a few others; if they do exactly, it is decided.
    """
    few = _supporting(floats, index)
    if few and _combines(field, points, index, few):
        return False
    return not _combines(field, points, index, [i for i in range(len(points)) if i != index])


def _combines(field: Field, points: Sequence[Row], index: int, others: Sequence[int]) -> bool:
    """Tell whether a point is a convex combination of some others, exactly."""
    one = field.domain.one
    columns = [(*points[i], one) for i in others]
    return nonnegative_combination(field, columns, (*points[index], one)).weights is not None


def _supporting(floats: Points, index: int) -> list[int]:
    """Return the positions of a few points that seem to hold a point in their hull."""
    from scipy.optimize import linprog

    others = [i for i in range(len(floats)) if i != index]
    columns = np.vstack([floats[others].T, np.ones(len(others))])
    target = np.append(floats[index], 1.0)
    answer = linprog(np.zeros(len(others)), A_eq=columns, b_eq=target, method="highs-ds")
    if answer.x is None:
        return []
    return [others[k] for k in np.flatnonzero(answer.x > _MARGIN)]
