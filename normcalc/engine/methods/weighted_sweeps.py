"""Models of second order minimised by sweeps over compressed columns, without a Gram matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.methods.residual_sweeps import sparse_solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.jit import Floats

SHARE = 0.25  # of the entries of a Gram matrix: sweeps over residuals pay for fewer in the columns


def pays(part: Any) -> bool:
    """Tell whether columns have so few entries that sweeps over residuals cost less."""
    return bool(part.nnz < SHARE * part.shape[1] ** 2)


def solve(
    kernels: tuple[int, int],
    part: Any,
    slope: Floats,
    weights: Floats,
    x: Floats,
    around: Callable[[Floats], tuple[Floats, Floats]],
    tol: float,
    max_sweeps: int,
) -> Floats:
    """Minimise ``slope A d + sum weights (A d)**2/2`` plus the penalty at ``x + d`` over d.

    `x` becomes the minimiser; the curvature of each column is returned.  With rows times the roots
    of their weights the model is least squares, and ``-slope/root`` its residual.

    Parameters
    ----------
    kernels : tuple of int
        The prox and the value of the penalty.
    part : sparse matrix, shape (n, k)
        The columns, compressed.
    slope, weights : array, shape (n,)
        Of the loss at each row; weights are positive.
    x : array, shape (k,)
        Where to begin.
    around : callable
        Sets the prox and the value of the penalty up for curvatures.
    tol : float
        Largest change of a partial derivative in the last sweep.
    max_sweeps : int
        How many there may be.
    """
    root = np.sqrt(weights)
    data = part.data * root[part.indices]
    owner = np.repeat(np.arange(x.size), np.diff(part.indptr))
    squares = np.bincount(owner, weights=data * data, minlength=x.size)
    largest = float(squares.max(initial=0.0)) or 1.0
    curvature = np.where(squares > 1e-12 * largest, squares, largest)
    columns, state = (data, part.indices, part.indptr), (-slope / root, x, curvature)
    sparse_solve(*kernels, *columns, *state, *around(curvature), 1.0, tol, max_sweeps)
    return curvature
