"""Schatten norms: p-norms of the singular values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.induced.abstract import AbstractMatrixNorm
from normcalc.induced.bounds import Bounds
from normcalc.induced.matrix import as_expressions, as_matrix
from normcalc.induced.singular import gram, singular_values, sum_of_singular_values
from normcalc.induced.vectors import PNorm, as_norm, p_norm

if TYPE_CHECKING:
    from normcalc.induced.proof import Proof
    from normcalc.induced.vectors.abstract import Array

_NAMES = {"1": "nuclear", "2": "Frobenius", "inf": "spectral"}
_RANK = 1e-13


@dataclass(frozen=True)
class SchattenNorm(AbstractMatrixNorm):
    """The p-norm of the singular values; made by `schatten`.

    Parameters
    ----------
    order : sympy.Expr
        p, a rational number from 1 on, or ``oo``.
    """

    order: sp.Expr

    def __call__(self, A: Any) -> float:
        """Return the norm of a matrix."""
        sizes = np.asarray(np.linalg.svd(as_matrix(A), compute_uv=False), dtype=np.float64)
        return PNorm(self.order, len(sizes)).value(sizes)

    def bounds(self, A: Any, rng: np.random.Generator | int | None = None) -> Bounds:
        """Return the value as both bounds; the vector is that of the singular values."""
        del rng
        value = self(A)
        sizes = np.asarray(np.linalg.svd(as_matrix(A), compute_uv=False), dtype=np.float64)
        return Bounds(value, value, sizes, "exact", "by the singular values")

    def proof(self, A: Any) -> Proof:
        """Refuse, but for the spectral norm, which is induced by the 2-norm."""
        from normcalc.induced.operator import induced_norm

        if self.order == sp.oo:
            return induced_norm(2, 2).proof(A)
        raise NotDerivable(f"the {self} is no maximum over vectors; its value is its definition")

    def symbolic(self, A: Any) -> sp.Expr:
        """Return the norm of a matrix of real expressions with at most two rows or columns.

        Examples
        --------
        >>> import normcalc as nc
        >>> nc.schatten(1).symbolic([[1, -2], [3, 4]])
        5*sqrt(2)
        """
        matrix = as_expressions(A)
        if self.order == 2:
            return sp.sqrt(sp.Add(*(x**2 for x in matrix)))
        if self.order == 1:
            return sum_of_singular_values(gram(matrix))
        sizes = singular_values(gram(matrix))
        if self.order == sp.oo:
            return sizes[0]
        return sp.Add(*(s**self.order for s in sizes)) ** (1 / self.order)

    def subgradient(self, A: Any) -> Array:
        """Return ``U diag(g) V'`` with g a subgradient of the p-norm at the singular values.

        For the nuclear norm that is ``U V'`` over the singular values other than zero, for the
        spectral norm ``u1 v1'`` [watson1992].

        Examples
        --------
        >>> import normcalc as nc
        >>> nc.schatten(1).subgradient([[1, -2], [3, 4]]).round(5)
        array([[ 0.70711, -0.70711],
               [ 0.70711,  0.70711]])
        """
        left, sizes, right = np.linalg.svd(as_matrix(A), full_matrices=False)
        kept = np.where(sizes > _RANK * max(sizes[0], 0.0), sizes, 0.0)
        slopes = PNorm(self.order, len(sizes)).subgradient(kept)
        return np.asarray((left * slopes) @ right + 0.0)

    def dual(self) -> SchattenNorm:
        """Return the Schatten norm of the conjugate order.

        Examples
        --------
        >>> import normcalc as nc
        >>> print(nc.schatten(1).dual())
        Schatten inf-norm (spectral)
        """
        return SchattenNorm(PNorm(self.order, 1).dual().order)

    def latex(self) -> str:
        """Return the definition in LaTeX, without dollar signs."""
        order = r"\infty" if self.order == sp.oo else sp.latex(self.order)
        return rf"\|A\|_{{S_{{{order}}}}} = \|\sigma(A)\|_{{{order}}}"

    def __str__(self) -> str:
        """Return which norm it is."""
        order = "inf" if self.order == sp.oo else str(self.order)
        name = f"Schatten {order}-norm"
        return f"{name} ({_NAMES[order]})" if order in _NAMES else name


def schatten(p: float) -> SchattenNorm:
    """Return the Schatten norm: the p-norm of the singular values.

    Parameters
    ----------
    p : float
        The order, from 1 (nuclear norm) through 2 (Frobenius norm) to inf (spectral norm).

    Returns
    -------
    SchattenNorm

    Raises
    ------
    NotDerivable
        The order is below 1, where the triangle inequality fails.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.schatten(1))
    Schatten 1-norm (nuclear)
    >>> round(nc.schatten(1)([[1, -2], [3, 4]]), 6)
    7.071068
    """
    norm = p_norm(as_norm(p), 2)
    if norm is None or norm.weight != 1:
        raise NotDerivable(f"a Schatten norm has an order from 1 to inf, not {p!r}")
    return SchattenNorm(norm.order)
