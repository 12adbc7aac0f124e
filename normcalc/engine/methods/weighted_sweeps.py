"""Models of second order minimised by sweeps over compressed columns, without a Gram matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from normcalc.engine.methods.residual_sweeps import sparse_solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.jit import Floats

SHARE = 0.25  # of the entries of a Gram matrix: sweeps over residuals pay for fewer in the columns


def pays(part: Any) -> bool:
    """Tell whether columns have so few entries that sweeps over residuals cost less."""
    return bool(part.nnz < SHARE * part.shape[1] ** 2)


class Scaled(NamedTuple):
    """A model of second order as least squares: columns, residual, and what the constant does.

    Columns and residual are those of `residual_sweeps.sparse_solve`; `means` are empty without a
    constant, of which the best one moves by ``-(surplus + means d)``.
    """

    data: Floats
    means: Floats
    total: float
    residual: Floats
    surplus: float

    def shift(self, move: Floats) -> float:
        """Return by how much the constant moves."""
        return -(self.surplus + float(self.means @ move)) if self.means.size else 0.0


def scaled(part: Any, slope: Floats, weights: Floats, intercept: bool) -> Scaled:
    """Return the model ``slope (A d + c) + sum weights (A d + c)**2/2`` as least squares.

    Rows are multiplied with the roots of their weights; the residual is then ``-slope/root``.  A
    constant is eliminated from both.
    """
    root, total = np.sqrt(weights), float(weights.sum())
    data, means, surplus = part.data * root[part.indices], np.empty(0), 0.0
    if intercept:
        means, surplus = np.asarray(part.T @ weights) / total, float(slope.sum()) / total
    return Scaled(data, means, total, surplus * root - slope / root, surplus)


def solve(
    kernels: tuple[int, int],
    part: Any,
    model: Scaled,
    x: Floats,
    around: Callable[[Floats], tuple[Floats, Floats]],
    tol: float,
    max_sweeps: int,
) -> Floats:
    """Minimise a model plus the penalty at ``x + d`` over d; return the curvature of each column.

    `x` becomes the minimiser.

    Parameters
    ----------
    kernels : tuple of int
        The prox and the value of the penalty.
    part : sparse matrix, shape (n, k)
        The columns, compressed.
    model : Scaled
        What `scaled` made of them.
    x : array, shape (k,)
        Where to begin.
    around : callable
        Sets the prox and the value of the penalty up for curvatures.
    tol : float
        Largest change of a partial derivative in the last sweep.
    max_sweeps : int
        How many there may be.
    """
    data, means, total, residual, _ = model
    owner = np.repeat(np.arange(x.size), np.diff(part.indptr))
    squares: Any = np.bincount(owner, weights=data * data, minlength=x.size)
    if means.size:
        whole, squares = squares, squares - total * means**2
        squares = np.where(squares > 1e-12 * whole, squares, 0.0)  # else it is rounding
    largest = float(squares.max(initial=0.0)) or 1.0
    curvature = np.where(squares > 0.0, squares, largest)
    columns = (data, part.indices, part.indptr, means)
    state = (residual, x, curvature, *around(curvature), 1.0, total, tol, max_sweeps)
    given: Any = (*kernels, *columns, *state)
    sparse_solve(*given)
    return curvature
