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


class Solved(NamedTuple):
    """What a model was minimised with: the curvature of each column, and what the constant does.

    The best constant moves by ``-(surplus + means d)``.
    """

    curvature: Floats
    means: Floats
    surplus: float


def solve(
    kernels: tuple[int, int],
    part: Any,
    slope: Floats,
    weights: Floats,
    x: Floats,
    around: Callable[[Floats], tuple[Floats, Floats]],
    intercept: bool,
    tol: float,
    max_sweeps: int,
) -> Solved:
    """Minimise ``slope A d + sum weights (A d)**2/2`` plus the penalty at ``x + d`` over d.

    `x` becomes the minimiser.  With rows times the roots of their weights the model is least
    squares, and ``-slope/root`` its residual; a constant is eliminated from columns and residual.

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
    intercept : bool
        Whether a constant is added to ``A d``, and the best one taken.
    tol : float
        Largest change of a partial derivative in the last sweep.
    max_sweeps : int
        How many there may be.
    """
    root, total = np.sqrt(weights), float(weights.sum())
    data, means, surplus = part.data * root[part.indices], np.zeros(x.size), 0.0
    owner = np.repeat(np.arange(x.size), np.diff(part.indptr))
    squares: Any = np.bincount(owner, weights=data * data, minlength=x.size)
    if intercept:
        means, surplus = np.asarray(part.T @ weights) / total, float(slope.sum()) / total
        whole, squares = squares, squares - total * means**2
        squares = np.where(squares > 1e-12 * whole, squares, 0.0)  # else it is rounding
    largest = float(squares.max(initial=0.0)) or 1.0
    curvature = np.where(squares > 0.0, squares, largest)
    columns = (data, part.indices, part.indptr, means if intercept else np.empty(0))
    residual, values = surplus * root - slope / root, around(curvature)
    state = (residual, x, curvature, *values, 1.0, total, tol, max_sweeps)
    given: Any = (*kernels, *columns, *state)
    sparse_solve(*given)
    return Solved(curvature, means, surplus)
