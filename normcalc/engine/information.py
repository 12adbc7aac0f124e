"""Degrees of freedom of penalised least squares, and the criteria of Akaike and Schwarz.

The degrees of freedom are the divergence of the fit in the targets.  It follows from the equation
``x = prox(x - step*gradient)``, differentiated: nothing about the penalty is needed but its prox.

References
----------
Zou, Hastie and Tibshirani, "On the degrees of freedom of the lasso", Annals of Statistics 2007.
Tibshirani and Taylor, "Degrees of freedom in lasso problems", Annals of Statistics 2012.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.maps import matrix_of
from normcalc.engine.posing import read
from normcalc.errors import InputError, SolverError

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats
    from normcalc.engine.paths import Path
    from normcalc.engine.problem import Objective

WIDTH = 1e-5  # of the differences that slopes of the prox are read from
CUTOFF = 1e-9  # relatively: a smaller singular value is zero


@dataclass(frozen=True)
class InformationCriteria:
    """Criteria along a path; the least value is the best.

    Parameters
    ----------
    name : str
        The parameter.
    values, degrees, aic, bic : arrays, shape (m,)
        Its values, the degrees of freedom, and the criteria of Akaike and Schwarz.
    """

    name: str
    values: Floats
    degrees: Floats
    aic: Floats
    bic: Floats

    def __str__(self) -> str:
        """Return a table."""
        head = [f"{self.name:>12}  {'degrees':>8}  {'AIC':>12}  {'BIC':>12}"]
        line = "{:12.6g}  {:8.3f}  {:12.6g}  {:12.6g}".format
        lines = zip(self.values, self.degrees, self.aic, self.bic, strict=True)
        return "\n".join([*head, *(line(*each) for each in lines)])


def degrees_of_freedom(objective: Objective, x: object, **params: Any) -> float:
    """Return the divergence of the fitted values in the targets, at a solution.

    Parameters
    ----------
    objective : Objective
        Least squares, also as a loss with a constant, plus one penalty with a prox.
    x : array, shape (p,)
        A solution.
    **params : float or array
        Values of all parameters.

    Returns
    -------
    float
        For normal errors of equal variance an unbiased estimate of the degrees of freedom.

    Raises
    ------
    InputError
        If the loss is not quadratic with the same weight in each row, or `A` not at hand.
    SolverError
        If the penalties are not one function with a derived prox.

    Examples
    --------
    >>> import normcalc as nc
    >>> A, b = np.array([[1.0, 0.0], [0.0, 2.0]]), [3.0, 4.0]
    >>> lasso = nc.least_squares(A, b) + nc.function("lam*abs(x)")
    >>> round(degrees_of_freedom(lasso, nc.minimize(lasso, lam=3.5).x, lam=3.5), 9)
    1.0
    >>> ridge = nc.least_squares(A, b) + nc.function("lam*x**2/2")
    >>> round(degrees_of_freedom(ridge, nc.minimize(ridge, lam=1.0).x, lam=1.0), 9)
    1.3
    """
    loss = objective.loss.bound(params)
    point = np.array(x, dtype=np.float64)
    weight = _weight(loss)
    A = None if point.ndim != 1 else matrix_of(loss.design, point)
    if A is None:
        raise InputError("degrees of freedom are known for one target and a matrix A at hand")
    penalty, _ = read(objective.penalties, params, point)
    if penalty is None:
        raise SolverError("degrees of freedom need one penalty with a derived prox")
    if loss.intercept:
        A = A - A.mean(axis=0)
    return _divergence(A, weight, penalty, point, loss) + float(loss.intercept)


def _divergence(A: Floats, weight: float, penalty: Any, x: Floats, loss: Any) -> float:
    curvature = weight * float(np.linalg.norm(A, 2)) ** 2 or 1.0
    z = loss.prediction(x)
    residual = weight * (z - loss.target)
    slope = A.T @ (residual - residual.mean() if loss.intercept else residual)
    moving = np.flatnonzero(x)  # a coordinate that is exactly zero rests at a kink
    jacobian = _jacobian(penalty, x - slope / curvature, 1.0 / curvature, moving)
    A = A[:, moving]
    # dx = D (dx - (H dx - weight A^T dy)/curvature), on the range of D
    left, sizes, _ = np.linalg.svd(jacobian)
    basis = left[:, sizes > CUTOFF]
    inner = basis.T @ jacobian
    image = A @ basis
    system = np.eye(basis.shape[1]) - inner @ (basis - (weight / curvature) * (A.T @ image))
    right = (weight / curvature) * (inner @ A.T)
    moved = np.linalg.lstsq(system, right, rcond=CUTOFF)[0]
    return float(np.sum(image * moved.T))


def _jacobian(penalty: Any, v: Floats, step: float, moving: Any) -> Floats:
    """Return the derivative of some entries of a prox in each of them, by central differences.

    A step inside a piece is exact for proxes that are piecewise affine.
    """
    width = WIDTH * (float(np.abs(v).max(initial=0.0)) or 1.0)
    found = np.empty((moving.size, moving.size))
    for k, j in enumerate(moving):
        ends = []
        for sign in (1.0, -1.0):
            there = v.copy()
            there[j] += sign * width
            ends.append(penalty.prox(there, step)[moving])
        found[:, k] = (ends[0] - ends[1]) / (2.0 * width)
    return found


def _weight(loss: Any) -> float:
    """Return w where the loss is ``w/2 |z - y|^2``; raise for others."""
    at = loss.target + np.linspace(-1.0, 2.0, len(loss.target))
    weight = float(loss.curvature(at).flat[0])
    if not weight > 0.0 or not np.allclose(loss.slope(at), weight * (at - loss.target), rtol=1e-9):
        raise InputError("degrees of freedom are known for least squares with equal weights only")
    return weight


def information_criteria(
    objective: Objective, path: Path, *, variance: float | None = None, **params: Any
) -> InformationCriteria:
    """Return degrees of freedom and information criteria along a path.

    With the residual sum of squares R of n rows and d degrees of freedom they are
    ``R/variance + 2 d`` (Akaike) and ``R/variance + log(n) d`` (Schwarz); without a variance
    ``n log(R/n)`` takes the first term's place.

    Parameters
    ----------
    objective : Objective
        As in `degrees_of_freedom`.
    path : Path
        Made by `regularization_path` of this objective.
    variance : float, optional
        Of the errors.
    **params : float or array
        Values of all other parameters.

    Returns
    -------
    InformationCriteria

    Raises
    ------
    InputError, SolverError
        As `degrees_of_freedom` does.

    Examples
    --------
    >>> import normcalc as nc
    >>> from normcalc.engine import regularization_path
    >>> lasso = nc.least_squares([[1.0, 0.0], [0.0, 2.0]], [3.0, 4.0]) + nc.function("lam*abs(x)")
    >>> path = regularization_path(lasso, "lam", [9.0, 4.0, 1.0])
    >>> information_criteria(lasso, path, variance=1.0).degrees.round(6)
    array([0., 1., 2.])
    """
    if variance is not None and not variance > 0.0:
        raise InputError(f"variance must be positive, got {variance}")
    loss, degrees, misfits = objective.loss.bound(params), [], []
    for value, found in zip(path.values, path.solutions, strict=True):
        given = {**params, path.name: float(value)}
        degrees.append(degrees_of_freedom(objective, found.x, **given))
        misfit = loss.prediction(found.x) + found.intercept - loss.target
        misfits.append(float(misfit @ misfit))
    rows, d, sums = len(loss.target), np.array(degrees), np.array(misfits)
    with np.errstate(divide="ignore"):
        first = rows * np.log(sums / rows) if variance is None else sums / variance
    return InformationCriteria(
        path.name, path.values, d, first + 2.0 * d, first + np.log(rows) * d
    )
