"""Convex quadratic formulas of a vector with any matrix of curvatures, by its eigenvalues.

A polynomial of degree two has an affine gradient ``first + H x``; the columns of H are its changes
at unit vectors.  In the coordinates of the eigenvectors of H it is a sum over entries.  Whether it
is convex the numbers tell, where a formula such as ``dot(x, Q @ x)`` does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.engine.penalties import JointPenalty
from normcalc.forms.degree import degree

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

ROUNDING = 1e-13  # of the largest eigenvalue: those below are zero
MOST = 2000  # coordinates, of which the eigenvectors are at hand in seconds


class Quadratic(JointPenalty):
    """``<x, H x>/2 + <first, x>`` plus a number, with no negative eigenvalue of H."""

    has_conjugate = convex = True

    def __init__(
        self, whole: JointPenalty, first: Floats, eigenvalues: Floats, vectors: Floats
    ) -> None:
        """Take what `quadratic` found out."""
        self.function, self.derived = whole.function, whole.derived
        self.values, self.name = whole.values, whole.name
        self.first, self.eigenvalues, self.vectors = first, eigenvalues, vectors
        self.at_zero = float(whole.function(np.zeros_like(first), **whole.values))

    def prox(self, v: Floats, step: float) -> Floats:
        """Return the solution of ``(1 + step H) u = v - step first``."""
        turned = self.vectors.T @ (v - step * self.first)
        return np.asarray(self.vectors @ (turned / (1.0 + step * self.eigenvalues)))

    def dual(self, u: Floats) -> float:
        """Return the conjugate; plus infinity where a direction without curvature is pulled."""
        away, bent = self.vectors.T @ (u - self.first), self.eigenvalues > 0.0
        size = float(np.abs(u).max(initial=0.0) + np.abs(self.first).max(initial=0.0))
        if np.any(np.abs(away[~bent]) > ROUNDING * size):
            return np.inf
        squares = away[bent] ** 2 / self.eigenvalues[bent]
        return 0.5 * float(squares.sum()) - self.at_zero

    def into_domain(self, u: Floats) -> float:
        """Return 1 if the conjugate is finite there, else 0."""
        return 1.0 if self.dual(u) < np.inf else 0.0


def quadratic(whole: JointPenalty, zero: Floats) -> Quadratic | None:
    """Return a function of vectors like `zero` as a convex quadratic, if it is one.

    Examples
    --------
    >>> from normcalc import function
    >>> numbers = {"Q": np.array([[2.0, 1.0], [1.0, 2.0]])}
    >>> found = quadratic(JointPenalty(function("dot(x, Q @ x)/2"), numbers), np.zeros(2))
    >>> found.eigenvalues.round(12)
    array([1., 3.])
    >>> numbers = {"Q": np.array([[1.0, 2.0], [2.0, 1.0]])}
    >>> quadratic(JointPenalty(function("dot(x, Q @ x)/2"), numbers), np.zeros(2)) is None
    True
    """
    function = whole.function
    if zero.ndim != 1 or not 0 < zero.size <= MOST or whole.derived.gradient is None:
        return None
    if degree(function.body, function.variable.name) != 2:
        return None
    first = np.asarray(whole.slope(zero), dtype=np.float64)
    matrix = np.stack([whole.slope(unit) - first for unit in np.eye(zero.size)], axis=1)
    eigenvalues, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
    noise = ROUNDING * zero.size * float(np.abs(eigenvalues).max())
    if eigenvalues.min() < -noise:
        return None
    return Quadratic(whole, first, np.where(eigenvalues > noise, eigenvalues, 0.0), vectors)
