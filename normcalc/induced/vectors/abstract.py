"""What a rule may ask of a vector norm."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sympy as sp

Array = NDArray[np.float64]


class AbstractVectorNorm(ABC):
    """A norm on real vectors of one length.

    The power method needs `maximiser` and `subgradient` alone; every further fact may be None, and
    only the rules that rest on it are lost.
    """

    @property
    @abstractmethod
    def dimension(self) -> int:
        """The length of the vectors."""

    @property
    @abstractmethod
    def label(self) -> str | None:
        """What stands at the foot of the bars in a proof, ``1`` or ``oo``; None if no number."""

    @abstractmethod
    def values(self, points: Array) -> Array:
        """Return the norm of each column."""

    @abstractmethod
    def maximiser(self, z: Array) -> Array:
        """Return a point of the unit ball at which ``<z, x>`` is largest."""

    @abstractmethod
    def subgradient(self, y: Array) -> Array:
        """Return g with ``<g, y>`` the norm of y and ``<g, x>`` at most the norm of any x."""

    @abstractmethod
    def symbolic(self, entries: Sequence[sp.Expr]) -> sp.Expr:
        """Return the norm of a vector of real expressions."""

    @abstractmethod
    def dual(self) -> AbstractVectorNorm | None:
        """Return the dual norm, where it is known exactly."""

    @property
    @abstractmethod
    def vertex_count(self) -> int | None:
        """How many vertices the unit ball has; None if it is no polytope, or has too many."""

    @abstractmethod
    def vertices(self) -> Array:
        """Return the vertices of the unit ball as columns, one of each pair ``v, -v``."""

    @abstractmethod
    def exact_vertices(self) -> tuple[Sequence[sp.Expr], ...]:
        """Return the same vertices as exact numbers."""

    @abstractmethod
    def gram(self) -> sp.Matrix | None:
        """Return P with ``norm(x)**2 = x' P x``, or None if the ball is no ellipsoid."""

    def value(self, x: Array) -> float:
        """Return the norm of one vector."""
        return float(self.values(x[:, None])[0])


def is_first_of_pair(vector: Sequence[sp.Expr]) -> bool:
    """Tell whether the first entry other than zero is positive: true of one of ``v, -v``."""
    return bool(next(x for x in vector if x != 0) > 0)
