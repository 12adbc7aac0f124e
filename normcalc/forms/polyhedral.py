"""Polyhedral gauges: the largest of finitely many linear forms, and their exact duality.

The rows of a `Polyhedral` are the vertices of its dual ball, the vertices of its unit ball are the
rows of its dual: `dual` exchanges the two descriptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.errors import InputError, NotDerivable
from normcalc.forms.exact import Field, Row, embedded, nullspace, rank
from normcalc.forms.exact_lp import nonnegative_combination
from normcalc.forms.hull import descending, hull_vertices
from normcalc.forms.vertices import polytope_vertices

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = tuple[sp.Expr, ...]


@dataclass(frozen=True)
class Polyhedral:
    """``max over rows of row . x``; rows are exact, none of them redundant, in canonical order.

    Build one with `from_rows`, which brings any rows into that shape.

    Examples
    --------
    >>> square = from_rows([(1, 0), (0, 1), (-1, 0), (0, -1), (0, 0)])
    >>> print(square)
    max(abs(x1), abs(x2))
    >>> vertices(square)
    ((1, 1), (-1, 1), (-1, -1), (1, -1))
    >>> print(dual(square))
    abs(x1) + abs(x2)
    """

    dimension: int
    rows: tuple[Vector, ...]

    def __str__(self) -> str:
        """Return the formula."""
        from normcalc.forms.polyhedral_text import formula

        return formula(self)


def from_rows(rows: Sequence[Sequence[sp.Expr | int]]) -> Polyhedral:
    """Return the gauge with these rows, redundant ones removed exactly."""
    if not rows or not rows[0] or len({len(row) for row in rows}) != 1:
        raise InputError("a polyhedral gauge needs rows, all of one positive length")
    exact = [[sp.sympify(x, strict=True) for x in row] for row in rows]
    if not all(x.is_number and x.is_real and x.is_finite for row in exact for x in row):
        raise InputError("the rows of a polyhedral gauge are exact real numbers")
    return from_elements(*embedded(exact))


def from_elements(field: Field, rows: Sequence[Row]) -> Polyhedral:
    """Return the gauge with these rows of field elements, redundant ones removed."""
    dimension = len(rows[0])
    return Polyhedral(dimension, _numbers(field, hull_vertices(field, rows, dimension)))


def vertices(gauge: Polyhedral) -> tuple[Vector, ...]:
    """Return the vertices of the unit ball ``{x : gauge(x) <= 1}``, exactly.

    In the plane they come counterclockwise; in more dimensions in descending order.

    Raises
    ------
    NotDerivable
        If the ball is unbounded: the gauge is zero or negative along some direction.
    """
    return dual(gauge).rows


def dual(gauge: Polyhedral) -> Polyhedral:
    """Return the polar gauge, ``y -> max of y . x over the unit ball``; its dual is `gauge`.

    Raises
    ------
    NotDerivable
        If the ball is unbounded, so that the polar is infinite off a subspace or a cone.
    """
    field, rows = elements(gauge)
    if (direction := flat_direction(gauge)) is not None:
        shown = ", ".join(map(str, direction))
        raise NotDerivable(
            f"the unit ball of {gauge} is unbounded along ({shown}), so its dual is infinite off "
            "a cone; take the quotient by the kernel, or add a norm"
        )
    found = hull_order(field, polytope_vertices(field, rows, gauge.dimension), gauge.dimension)
    return Polyhedral(gauge.dimension, _numbers(field, found))


def hull_order(field: Field, points: Sequence[Row], dimension: int) -> tuple[Row, ...]:
    """Put points that are all vertices of their hull into canonical order."""
    return tuple(points) if dimension < 3 else descending(field, points)


@lru_cache(maxsize=64)
def elements(gauge: Polyhedral) -> tuple[Field, tuple[Row, ...]]:
    """Return the rows in the number field they generate, for exact arithmetic."""
    return embedded(gauge.rows)


def kernel(gauge: Polyhedral) -> tuple[Vector, ...]:
    """Return a basis of the subspace on which every row vanishes."""
    field, rows = elements(gauge)
    return _numbers(field, nullspace(field, rows, gauge.dimension))


def is_symmetric(gauge: Polyhedral) -> bool:
    """Tell whether the gauge is even: the negative of every row is a row."""
    _, rows = elements(gauge)
    held = set(rows)
    return all(tuple(-x for x in row) in held for row in rows)


def flat_direction(gauge: Polyhedral) -> Vector | None:
    """Return a nonzero x with ``gauge(x) <= 0``, or None if there is none.

    Zero is interior to the hull of the rows if and only if the rows span the space and a
    combination of all of them with positive weights is zero; weights of one or more will do.
    """
    field, rows = elements(gauge)
    if rank(field, rows, gauge.dimension) < gauge.dimension:
        return kernel(gauge)[0]
    total = tuple(sum(column[1:], column[0]) for column in zip(*rows, strict=True))
    normal = nonnegative_combination(field, rows, tuple(-x for x in total)).normal
    return None if normal is None else _numbers(field, [normal])[0]


def is_nonnegative(gauge: Polyhedral) -> bool:
    """Tell whether the gauge is nowhere negative: zero lies in the hull of the rows."""
    field, rows = elements(gauge)
    one, zero = field.domain.one, field.domain.zero
    target = (*[zero] * gauge.dimension, one)
    return nonnegative_combination(field, [(*r, one) for r in rows], target).weights is not None


def _numbers(field: Field, points: Sequence[Row]) -> tuple[Vector, ...]:
    return tuple(tuple(field.number(x) for x in point) for point in points)
