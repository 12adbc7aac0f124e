"""Multiples of p-norms."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.induced.vectors.abstract import AbstractVectorNorm, Array

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_SIGNS = 16  # 2**15 sign vectors, one of each pair


@dataclass(frozen=True)
class PNorm(AbstractVectorNorm):
    """``weight * (sum of |x_i|**order)**(1/order)``, the largest ``|x_i|`` for order ``oo``.

    Parameters
    ----------
    order : sympy.Expr
        A rational number from 1 on, or ``oo``.
    length : int
        The length of the vectors.
    weight : sympy.Expr
        A positive number.

    Examples
    --------
    >>> PNorm(sp.Integer(1), 2).value(np.array([3.0, -4.0]))
    7.0
    >>> PNorm(sp.Integer(3), 2).dual().order
    3/2
    """

    order: sp.Expr
    length: int
    weight: sp.Expr = sp.S.One

    @property
    def dimension(self) -> int:
        """The length of the vectors."""
        return self.length

    @property
    def label(self) -> str | None:
        """The order, unless there is a weight."""
        return str(self.order) if self.weight == 1 else None

    @property
    def p(self) -> float:
        """The order as a double."""
        return float(self.order)

    def values(self, points: Array) -> Array:
        """Return the norm of each column."""
        top = np.max(np.abs(points), axis=0)
        safe = np.where(top > 0, top, 1.0)  # no power of a tiny or huge entry is taken
        return np.asarray(float(self.weight) * top * np.linalg.norm(points / safe, self.p, axis=0))

    def maximiser(self, z: Array) -> Array:
        """Return the point where Hoelder's inequality is an equality."""
        signs = np.where(z < 0, -1.0, 1.0)  # zeros go to a vertex as well
        x = signs if self.order == sp.oo else _norming(z, float(conjugate(self.order)))
        return np.asarray(x / float(self.weight))

    def subgradient(self, y: Array) -> Array:
        """Return the functional of dual norm one that attains the norm of y."""
        return float(self.weight) * _norming(y, self.p)

    def symbolic(self, entries: Sequence[sp.Expr]) -> sp.Expr:
        """Return the norm of a vector of real expressions."""
        if self.order == sp.oo:
            return self.weight * sp.Max(*map(sp.Abs, entries))
        if len(entries) == 1 or self.order == 1:
            return self.weight * sp.Add(*map(sp.Abs, entries))
        even = self.order.is_integer and self.order % 2 == 0
        powers = [(x if even else sp.Abs(x)) ** self.order for x in entries]
        return self.weight * sp.Add(*powers) ** (1 / self.order)

    def dual(self) -> PNorm:
        """Return the norm of the conjugate order, with the inverse weight."""
        return PNorm(conjugate(self.order), self.length, 1 / self.weight)

    @property
    def vertex_count(self) -> int | None:
        """The unit vectors for order 1, all sign vectors for order ``oo``."""
        if self.order == 1:
            return self.length
        few = self.order == sp.oo and self.length <= MOST_SIGNS
        return 2**self.length if few else None

    def vertices(self) -> Array:
        """Return the vertices as columns, one of each pair."""
        if self.order == 1:
            return np.eye(self.length) / float(self.weight)
        rest = np.array(list(product((1.0, -1.0), repeat=self.length - 1)))
        ones = np.ones((1, 2 ** (self.length - 1)))
        return np.asarray(np.vstack([ones, rest.T]) / float(self.weight))

    def exact_vertices(self) -> tuple[Sequence[sp.Expr], ...]:
        """Return the same vertices as exact numbers."""
        scale = 1 / self.weight
        if self.order == 1:
            return tuple(scale * sp.eye(self.length).col(k) for k in range(self.length))
        signs = product((1, -1), repeat=self.length - 1)
        return tuple([scale * s for s in (1, *rest)] for rest in signs)

    def gram(self) -> sp.Matrix | None:
        """Return a multiple of the identity for order 2."""
        return self.weight**2 * sp.eye(self.length) if self.order == 2 else None


def conjugate(order: sp.Expr) -> sp.Expr:
    """Return q with ``1/order + 1/q = 1``.

    Examples
    --------
    >>> conjugate(sp.oo), conjugate(sp.Integer(1)), conjugate(sp.Integer(3))
    (1, oo, 3/2)
    """
    if order == sp.oo:
        return sp.S.One
    return sp.oo if order == 1 else order / (order - 1)


def _norming(y: Array, p: float) -> Array:
    """Return g with dual norm at most one and ``<g, y> = |y|_p``; zero where y is zero."""
    top = float(np.max(np.abs(y)))
    if top == 0 or p == 1:
        return np.sign(y)
    if p == np.inf:
        largest = np.zeros_like(y)
        k = int(np.argmax(np.abs(y)))
        largest[k] = np.sign(y[k])
        return largest
    scaled = np.abs(y) / top
    powers = np.sign(y) * scaled ** (p - 1)
    return np.asarray(powers / np.linalg.norm(scaled, p) ** (p - 1))
