"""Norms whose unit ball is a polytope, with exact vertices and facets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.forms import Polyhedral, dual, vertices
from normcalc.induced.vectors.abstract import AbstractVectorNorm, Array, is_first_of_pair

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Polytope(AbstractVectorNorm):
    """The largest of finitely many linear forms.

    Parameters
    ----------
    gauge : Polyhedral
        The rows, exact, one for each facet of the ball.

    Examples
    --------
    >>> from normcalc.forms import from_rows
    >>> hexagon = Polytope(from_rows([(1, 0), (0, 1), (1, -1), (-1, 0), (0, -1), (-1, 1)]))
    >>> hexagon.vertices()
    array([[1., 0., 1.],
           [1., 1., 0.]])
    """

    gauge: Polyhedral

    @property
    def dimension(self) -> int:
        """The length of the vectors."""
        return self.gauge.dimension

    @property
    def label(self) -> None:
        """No number says which polytope it is."""
        return

    def values(self, points: Array) -> Array:
        """Return the norm of each column."""
        return np.asarray(np.max(_rows(self.gauge) @ points, axis=0))

    def maximiser(self, z: Array) -> Array:
        """Return the best vertex."""
        half = self.vertices()
        products = z @ half
        k = int(np.argmax(np.abs(products)))
        return np.asarray(half[:, k] * (1.0 if products[k] >= 0 else -1.0))

    def subgradient(self, y: Array) -> Array:
        """Return the best row, zero at zero."""
        rows = _rows(self.gauge)
        return rows[int(np.argmax(rows @ y))] if np.any(y) else np.zeros_like(y)

    def symbolic(self, entries: Sequence[sp.Expr]) -> sp.Expr:
        """Return the norm of a vector of real expressions."""
        rows = [row for row in self.gauge.rows if is_first_of_pair(row)]
        forms = [sum(a * x for a, x in zip(row, entries, strict=True)) for row in rows]
        return sp.Max(*(sp.Abs(form) for form in forms))

    def dual(self) -> Polytope:
        """Return the polar gauge."""
        return Polytope(dual(self.gauge))

    @property
    def vertex_count(self) -> int:
        """How many vertices the unit ball has."""
        return len(_vertices(self.gauge))

    def vertices(self) -> Array:
        """Return the vertices as columns, one of each pair."""
        return _columns(self.gauge)

    def exact_vertices(self) -> tuple[Sequence[sp.Expr], ...]:
        """Return the same vertices as exact numbers."""
        return tuple(v for v in _vertices(self.gauge) if is_first_of_pair(v))

    def gram(self) -> None:
        """A polytope is no ellipsoid, but for an interval, which is read as a p-norm."""
        return


@lru_cache(maxsize=64)
def _vertices(gauge: Polyhedral) -> tuple[tuple[sp.Expr, ...], ...]:
    return vertices(gauge)


@lru_cache(maxsize=64)
def _rows(gauge: Polyhedral) -> Array:
    return np.array(gauge.rows, dtype=np.float64)


@lru_cache(maxsize=64)
def _columns(gauge: Polyhedral) -> Array:
    half = [v for v in _vertices(gauge) if is_first_of_pair(v)]
    return np.array(half, dtype=np.float64).T
