"""Norms ``sqrt(x' P x)``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.induced.vectors.abstract import AbstractVectorNorm, Array

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Ellipsoid(AbstractVectorNorm):
    """The root of a positive definite quadratic form.

    Parameters
    ----------
    matrix : tuple of tuple of sympy.Expr
        P, symmetric and positive definite.

    Examples
    --------
    >>> stretched = Ellipsoid(((sp.Integer(4), sp.Integer(0)), (sp.Integer(0), sp.Integer(1))))
    >>> stretched.value(np.array([1.0, 0.0]))
    2.0
    >>> stretched.dual().value(np.array([1.0, 0.0]))
    0.5
    """

    matrix: tuple[tuple[sp.Expr, ...], ...]

    @property
    def dimension(self) -> int:
        """The length of the vectors."""
        return len(self.matrix)

    @property
    def label(self) -> None:
        """No number says which ellipsoid it is."""
        return

    def values(self, points: Array) -> Array:
        """Return the norm of each column."""
        return np.asarray(np.linalg.norm(factor(self.matrix) @ points, axis=0))

    def maximiser(self, z: Array) -> Array:
        """Return ``P^-1 z``, scaled to the boundary."""
        root = factor(self.matrix)
        bent = np.linalg.solve(root.T, z)
        return np.asarray(np.linalg.solve(root, bent) / (np.linalg.norm(bent) or 1.0))

    def subgradient(self, y: Array) -> Array:
        """Return ``P y / norm(y)``, zero at zero."""
        root = factor(self.matrix)
        bent = root @ y
        return np.asarray(root.T @ bent / (np.linalg.norm(bent) or 1.0))

    def symbolic(self, entries: Sequence[sp.Expr]) -> sp.Expr:
        """Return the norm of a vector of real expressions."""
        x = sp.Matrix(list(entries))
        return sp.sqrt(sp.expand((x.T * sp.Matrix(self.matrix) * x)[0]))

    def dual(self) -> Ellipsoid:
        """Return the norm with the inverse matrix."""
        inverse = sp.Matrix(self.matrix).inv().applyfunc(sp.radsimp)
        return Ellipsoid(tuple(tuple(inverse.row(i)) for i in range(self.dimension)))

    @property
    def vertex_count(self) -> None:
        """An ellipsoid has no vertices."""
        return

    def vertices(self) -> Array:
        """Refuse: an ellipsoid has no vertices."""
        raise NotDerivable("the unit ball is an ellipsoid, which has no vertices")

    def exact_vertices(self) -> tuple[Sequence[sp.Expr], ...]:
        """Refuse likewise."""
        raise NotDerivable("the unit ball is an ellipsoid, which has no vertices")

    def gram(self) -> sp.Matrix:
        """Return P."""
        return sp.Matrix(self.matrix)


@lru_cache(maxsize=64)
def factor(matrix: tuple[tuple[sp.Expr, ...], ...]) -> Array:
    """Return R, upper triangular, with ``R' R`` the matrix."""
    return np.linalg.cholesky(np.array(matrix, dtype=np.float64)).T
