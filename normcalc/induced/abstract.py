"""What every matrix norm answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import sympy as sp

    from normcalc.induced.bounds import Bounds
    from normcalc.induced.proof import Proof
    from normcalc.induced.vectors.abstract import Array


class AbstractMatrixNorm(ABC):
    """A norm on matrices; its text says without doubt which one."""

    @abstractmethod
    def __call__(self, A: Any) -> float:
        """Return the norm of a matrix."""

    @abstractmethod
    def bounds(self, A: Any, rng: np.random.Generator | int | None = None) -> Bounds:
        """Return two bounds, with what is known about them."""

    @abstractmethod
    def proof(self, A: Any) -> Proof:
        """Return why the norm has this value."""

    @abstractmethod
    def symbolic(self, A: Any) -> sp.Expr:
        """Return the norm of a matrix of real expressions."""

    @abstractmethod
    def subgradient(self, A: Any) -> Array:
        """Return G of the shape of A with ``|B| >= |A| + <G, B - A>`` for every B."""

    @abstractmethod
    def dual(self) -> AbstractMatrixNorm:
        """Return the dual norm, the largest ``<A, B>`` over matrices B of norm one."""

    @abstractmethod
    def latex(self) -> str:
        """Return the definition in LaTeX, without dollar signs."""

    @abstractmethod
    def __str__(self) -> str:
        """Return which norm it is."""

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"
