"""A quadratic that sees some entries of a matrix only, as a loss of the entries that it sees."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import types
from scipy.sparse import csr_array

from normcalc.engine.jit import Matrix, Vector, compiled

if TYPE_CHECKING:
    from normcalc.engine.factors import Factors
    from normcalc.engine.jit import Floats
    from normcalc.engine.squares import EntrywiseQuadratic

MANY = 0.3  # the share of entries from which on they are kept as a whole matrix
Places = types.int32[::1]


@compiled(types.void(Places, Places, Matrix, Matrix, Vector), fastmath=True)
def products(starts: Any, columns: Any, left: Any, right: Any, out: Any) -> None:
    """Write the entries of ``left @ right.T`` at places of a sparse matrix, row by row."""
    for i in range(starts.size - 1):
        for k in range(starts[i], starts[i + 1]):
            j, total = columns[k], 0.0
            for r in range(left.shape[1]):
                total += left[i, r] * right[j, r]
            out[k] = total


class SeenEntries:
    """``sum of h x^2/2 + first x`` over the entries that are seen, plus a number.

    Predictions are those entries, row by row; of a matrix that is seen well, all of them.
    """

    smooth = convex = has_conjugate = True
    intercept = False

    def __init__(self, quadratic: EntrywiseQuadratic) -> None:
        """Find the entries; a matrix that is higher than wide is turned."""
        curvature, first = quadratic.curvature, quadratic.first
        self.turned = curvature.shape[0] > curvature.shape[1]
        if self.turned:
            curvature, first = curvature.T, first.T
        self.shape, self.constant = curvature.shape, quadratic.at_zero
        seen = (curvature != 0.0) | (first != 0.0)
        self.few = np.count_nonzero(seen) < MANY * seen.size
        if self.few:
            self.places = csr_array(seen)
            curvature, first = curvature[seen], first[seen]
        self.h, self.first = curvature.ravel(), first.ravel()
        self.steepest = float(self.h.max(initial=0.0))

    @cached_property
    def at_zero(self) -> float:
        """The size of the loss at zero."""
        return abs(self.constant)

    def prediction(self, x: Factors) -> Floats:
        """Return the entries that are seen."""
        left = np.ascontiguousarray(x.left * x.sizes)
        if not self.few:
            return np.asarray(left @ x.right.T).ravel()
        out = np.empty(self.h.size)
        places = self.places.indptr, self.places.indices
        products(*places, left, np.ascontiguousarray(x.right), out)
        return out

    def matrix(self, slope: Floats) -> Any:
        """Return slopes in their places, zeros elsewhere."""
        if not self.few:
            return slope.reshape(self.shape)
        return csr_array((slope, self.places.indices, self.places.indptr), shape=self.shape)

    def value(self, z: Floats) -> float:
        """Return the loss."""
        return self.constant + float(np.vdot(self.first + 0.5 * self.h * z, z))

    def slope(self, z: Floats) -> Floats:
        """Return the derivative in each entry."""
        return np.asarray(self.first + self.h * z)

    def dual(self, u: Floats) -> float:
        """Return the conjugate; plus infinity where a straight entry has another slope."""
        away, bent = u - self.first, self.h > 0.0
        if np.any(away[~bent]):
            return np.inf
        squares = np.divide(away * away, self.h, out=np.zeros_like(away), where=bent)
        return 0.5 * float(squares.sum()) - self.constant
