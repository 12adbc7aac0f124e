"""The vertices of ``{x : a_i . x <= 1}``, exactly.

In the plane they lie between neighbouring rows; beyond it the double description method inserts
one inequality after another, so degenerate vertices need no special care.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from sympy.polys.matrices import DomainMatrix

from normcalc.errors import NotDerivable
from normcalc.forms.exact import Field, Row, dot, rank
from normcalc.forms.hull import hull_vertices

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_RAYS = 4000


@dataclass(frozen=True)
class _Ray:
    """A ray of the cone over the polytope; bit i of `tight` says that inequality i is equality."""

    vector: Row
    tight: int


def polytope_vertices(field: Field, rows: Sequence[Row], dimension: int) -> tuple[Row, ...]:
    """Return the vertices of a bounded ball; the rows are vertices of their hull, 0 inside it."""
    if dimension == 1:
        found: Sequence[Row] = [(field.domain.one / row[0],) for row in rows]
    elif dimension == 2:
        found = [_crossing(a, b) for a, b in pairwise([*rows, rows[0]])]
    else:
        found = _double_description(field, rows, dimension)
    return hull_vertices(field, found, dimension) if dimension < 3 else tuple(found)


def _crossing(a: Row, b: Row) -> Row:
    """Return the point where ``a . x = b . x = 1``, by Cramer's rule."""
    determinant = a[0] * b[1] - a[1] * b[0]
    return ((b[1] - a[1]) / determinant, (a[0] - b[0]) / determinant)


def _double_description(field: Field, rows: Sequence[Row], dimension: int) -> list[Row]:
    """Cut the cone ``t - a_i . x >= 0`` out of space, inequality by inequality."""
    cuts = [(*(-x for x in row), field.domain.one) for row in rows]
    return [ray.vector[:-1] for ray in _rays(field, cuts, dimension)]


def generators(
    field: Field, rows: Sequence[Row], normals: Sequence[Row], dimension: int
) -> tuple[list[Row], list[Row]]:
    """Return the vertices and the rays of ``{y : row . y <= 1, normal . y = 0}``.

    Rows and normals together span the space, so that the set holds no line.
    """
    one, zero = field.domain.one, field.domain.zero
    cuts = [(*(-x for x in row), one) for row in rows]
    cuts += [(*(s * x for x in normal), zero) for normal in normals for s in (one, -one)]
    cuts += [(*[zero] * dimension, one)]
    rays = [ray.vector for ray in _rays(field, cuts, dimension)]
    return [r[:-1] for r in rays if r[-1]], [_leading(field, r[:-1]) for r in rays if not r[-1]]


def _leading(field: Field, vector: Row) -> Row:
    """Divide by the size of the first entry that is not zero."""
    lead = next(x for x in vector if x)
    size = lead if field.sign(lead) > 0 else -lead
    return tuple(x / size for x in vector)


def _rays(field: Field, cuts: Sequence[Row], dimension: int) -> list[_Ray]:
    """Return the extreme rays of the cone on which no cut is negative."""
    first = _independent(field, cuts, dimension + 1)
    rays = _simplicial_rays(field, cuts, first)
    for index, cut in enumerate(cuts):
        if index not in first:
            rays = _insert(field, rays, cut, index, dimension)
            if len(rays) > _MOST_RAYS:
                raise NotDerivable(
                    f"the ball of {len(cuts)} linear forms in {dimension} dimensions needs more "
                    f"than {_MOST_RAYS} vertices on the way; use fewer coordinates"
                )
    return rays


def _independent(field: Field, cuts: Sequence[Row], size: int) -> list[int]:
    """Return the first positions whose vectors form a basis."""
    chosen: list[int] = []
    for index in range(len(cuts)):
        if rank(field, [cuts[i] for i in [*chosen, index]], size) > len(chosen):
            chosen.append(index)
        if len(chosen) == size:
            break
    return chosen


def _simplicial_rays(field: Field, cuts: Sequence[Row], first: Sequence[int]) -> list[_Ray]:
    """Return the rays of a cone with as many inequalities as dimensions: inverse columns."""
    size = len(first)
    matrix = DomainMatrix([list(cuts[i]) for i in first], (size, size), field.domain)
    columns = matrix.inv().transpose().to_list()
    every = sum(1 << i for i in first)
    return [
        _Ray(_scaled(field, tuple(column)), every & ~(1 << i))
        for i, column in zip(first, columns, strict=True)
    ]


def _scaled(field: Field, vector: Row) -> Row:
    """Divide by the last entry's size, which makes the ray a point of the polytope."""
    if not vector[-1]:
        return vector
    size = vector[-1] if field.sign(vector[-1]) > 0 else -vector[-1]
    return tuple(x / size for x in vector)


def _insert(field: Field, rays: list[_Ray], cut: Row, index: int, dimension: int) -> list[_Ray]:
    """Keep the rays on the good side, and add one where a neighbouring pair crosses the cut."""
    values = [dot(cut, ray.vector) for ray in rays]
    signs = [field.sign(value) for value in values]
    bit = 1 << index
    kept = [_Ray(r.vector, r.tight | bit) if s == 0 else r
            for r, s in zip(rays, signs, strict=True) if s >= 0]  # fmt: skip
    for i, s in enumerate(signs):
        for j, t in enumerate(signs):
            if s > 0 > t and _adjacent(rays, i, j, dimension):
                pairs = zip(rays[i].vector, rays[j].vector, strict=True)
                vector = tuple(values[i] * b - values[j] * a for a, b in pairs)
                common = rays[i].tight & rays[j].tight
                kept.append(_Ray(_scaled(field, vector), common | bit))
    return kept


def _adjacent(rays: Sequence[_Ray], i: int, j: int, dimension: int) -> bool:
    """Two rays span an edge if no third one is tight wherever both are."""
    common = rays[i].tight & rays[j].tight
    if common.bit_count() < dimension - 1:
        return False
    return not any(k not in (i, j) and ray.tight & common == common for k, ray in enumerate(rays))
