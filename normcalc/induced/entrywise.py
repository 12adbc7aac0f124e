"""Entrywise norms: a vector norm of all entries of a matrix, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from normcalc.derive import dual_norm
from normcalc.errors import NotDerivable
from normcalc.induced.abstract import AbstractMatrixNorm
from normcalc.induced.bounds import Bounds
from normcalc.induced.matrix import as_expressions, as_matrix
from normcalc.induced.operator import order_of
from normcalc.induced.vectors import as_norm, resolve
from normcalc.language.latex import latex as typeset

if TYPE_CHECKING:
    import numpy as np
    import sympy as sp

    from normcalc.induced.proof import Proof
    from normcalc.induced.vectors.abstract import AbstractVectorNorm, Array
    from normcalc.induced.vectors.read import VectorNorm
    from normcalc.language.function import Function


@dataclass(frozen=True)
class EntrywiseNorm(AbstractMatrixNorm):
    """A vector norm of the entries; made by `entrywise`.

    Parameters
    ----------
    norm : Function
        The vector norm.
    """

    norm: Function

    def __call__(self, A: Any) -> float:
        """Return the norm of a matrix."""
        matrix = as_matrix(A)
        return self._resolved(matrix).value(matrix.ravel())

    def bounds(self, A: Any, rng: np.random.Generator | int | None = None) -> Bounds:
        """Return the value as both bounds; the vector is that of the entries."""
        del rng
        value = self(A)
        return Bounds(value, value, as_matrix(A).ravel(), "exact", "by definition")

    def proof(self, A: Any) -> Proof:
        """Refuse: there is nothing to prove."""
        raise NotDerivable(f"the {self} is no maximum over vectors; its value is its definition")

    def symbolic(self, A: Any) -> sp.Expr:
        """Return the norm of a matrix of real expressions."""
        matrix = as_expressions(A)
        return resolve(self.norm, matrix.rows * matrix.cols).symbolic(list(matrix))

    def subgradient(self, A: Any) -> Array:
        """Return a subgradient, an array of the shape of A.

        Examples
        --------
        >>> import normcalc as nc
        >>> nc.entrywise(1).subgradient([[1, -2], [0, 4]])
        array([[ 1., -1.],
               [ 0.,  1.]])
        """
        matrix = as_matrix(A)
        return self._resolved(matrix).subgradient(matrix.ravel()).reshape(matrix.shape)

    def dual(self) -> EntrywiseNorm:
        """Return the dual norm of the entries."""
        value = dual_norm(self.norm).value
        if value is None:
            raise NotDerivable(f"the dual norm of {self.norm} is not known as a formula")
        return EntrywiseNorm(value)

    def latex(self) -> str:
        """Return the definition in LaTeX, without dollar signs."""
        return rf"\|\mathrm{{vec}}\,A\|,\quad \|x\| = {typeset(self.norm.body)}"

    def __str__(self) -> str:
        """Return which norm it is."""
        order = order_of(self.norm)
        name = f"entrywise {self.norm}" if order is None else f"entrywise {order}-norm"
        return f"{name} (Frobenius)" if order == "2" else name

    def _resolved(self, matrix: Array) -> AbstractVectorNorm:
        return resolve(self.norm, matrix.size)


def entrywise(norm: VectorNorm) -> EntrywiseNorm:
    """Return the matrix norm that is a vector norm of all entries.

    Parameters
    ----------
    norm : Function, str or float
        A norm without parameters, its formula, or the order of a p-norm.  Coordinates x1, x2, ...
        are the entries row by row.

    Returns
    -------
    EntrywiseNorm

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.entrywise(1), "=", nc.entrywise(1)([[1, -2], [3, 4]]))
    entrywise 1-norm = 10.0
    """
    return EntrywiseNorm(as_norm(norm))
