"""`minimize`: from an objective to a Solution, by way of a method and the one loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from normcalc.engine.certificate import Certificate, Posed
from normcalc.engine.design import Implicit, check_vector
from normcalc.engine.loop import Limits, iterate
from normcalc.engine.methods.coordinate_descent import CoordinateDescent
from normcalc.engine.methods.proximal_gradient import ProximalGradient
from normcalc.engine.operators import bind, check_parameters, operators
from normcalc.engine.problem import LeastSquares, Objective
from normcalc.engine.solution import Solution
from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.certificate import Measure
    from normcalc.engine.jit import Floats
    from normcalc.engine.loop import Method, Record, Status

Name = Literal["auto", "coordinate_descent", "proximal_gradient"]
_NAMES = ("auto", "coordinate_descent", "proximal_gradient")
_STEPS = {"coordinate_descent": 1000, "proximal_gradient": 100_000}
_WORDS: dict[str, str] = {
    "stalled": "rounding prevents further progress; scale the columns of A or raise tol",
    "max_iter": "max_iter reached; raise max_iter or tol",
    "time_limit": "time_limit reached; raise time_limit or tol",
    "stopped": "stopped by the callback",
    "interrupted": "interrupted; x is the best point so far",
}


def minimize(
    objective: Objective,
    *,
    method: Name = "auto",
    tol: float = 1e-8,
    max_iter: int | None = None,
    time_limit: float | None = None,
    x0: object = None,
    callback: Callable[[Any], object] | None = None,
    verbose: bool = False,
    rng: np.random.Generator | int | None = None,
    **params: object,
) -> Solution:
    """Minimise a least squares loss plus a separable penalty.

    Parameters
    ----------
    objective : Objective
        ``least_squares(A, b) + penalty``.
    method : {"auto", "coordinate_descent", "proximal_gradient"}
        "auto" takes coordinate descent if the columns of `A` are at hand, else (linear operators)
        accelerated proximal gradient.
    tol : float
        For convex penalties the duality gap must fall to ``tol * fun``; otherwise the stationarity
        residual to ``tol`` times the largest partial derivative of the loss at zero.
    max_iter : int, optional
        Steps; 1000 for coordinate descent (each has many sweeps), 100000 for proximal gradient.
    time_limit : float, optional
        Seconds; looked at between steps.
    x0 : array, shape (p,), optional
        Starting point; zero if left out.
    callback : callable, optional
        Called after each step with an `OptimizeResult` holding ``x, nit, fun, gap, kkt, seconds``;
        raising `StopIteration` ends the run.
    verbose : bool
        Print a line per step.
    rng : numpy.random.Generator or int, optional
        For the start of the power method; the same numbers each time if left out.
    **params : float
        Values of the penalty's parameters.

    Returns
    -------
    Solution
        The point and what was proved about it: "optimal" only where a duality gap proves it.

    Raises
    ------
    InputError, ParameterError
        If an argument is wrong; before any work.
    SolverError
        If the objective has no minimiser along some coordinate.
    """
    if not isinstance(objective, Objective):
        raise InputError(_no_objective(objective))
    _check_options(method, tol, max_iter, time_limit)
    size = objective.loss.design.shape[1]
    start = np.zeros(size) if x0 is None else check_vector(x0, "x0", size).copy()
    chosen = operators(objective.penalty)
    given = check_parameters(chosen, params)
    posed = Posed(objective.loss, bind(chosen, given), tol)
    posed.gradient_scale = _gradient_scale(objective.loss)
    kind, why = _choose(method, objective.loss)
    steps = _STEPS[kind] if max_iter is None else max_iter
    limits = Limits(steps, np.inf if time_limit is None else time_limit, callback, verbose)
    running = _start(kind, posed, start, rng)
    status, measured, history = iterate(running, posed, limits)
    return _solution(objective, given, why, posed, running, (status, measured, history))


def _choose(method: Name, loss: LeastSquares) -> tuple[str, str]:
    if method != "auto":
        return method, "as asked"
    if isinstance(loss.design, Implicit):
        return "proximal_gradient", "chosen because A is known through its products only"
    return "coordinate_descent", "chosen because the columns of A are at hand"


def _start(kind: str, posed: Posed, x0: Floats, rng: np.random.Generator | int | None) -> Method:
    if kind == "coordinate_descent":
        return CoordinateDescent(posed, x0)
    return ProximalGradient(posed, x0, np.random.default_rng(0 if rng is None else rng))


def _gradient_scale(loss: LeastSquares) -> float:
    return float(loss.weight * np.abs(loss.design.adjoint(loss.target)).max())


def _solution(
    objective: Objective,
    given: dict[str, float],
    why: str,
    posed: Posed,
    method: Method,
    outcome: tuple[Status, Measure, tuple[Record, ...]],
) -> Solution:
    status, measured, history = outcome
    certificate = _certificate(posed, status, measured)
    words = f"{_WORDS[status]} ({certificate})" if status in _WORDS else str(certificate)
    nit = history[-1].nit if history else 0
    make: Any = Solution  # a dictionary in disguise, whose constructor has no signature
    solution: Solution = make(
        x=method.x,
        **measured._asdict(),
        nit=nit,
        status=status,
        success=status in {"optimal", "stationary"},
        message=f"{words} after {nit} steps of {method.name}, {why}",
        method=method.name,
        certificate=certificate,
        history=history,
        objective=f"{objective} at {given}" if given else str(objective),
    )
    return solution


def _certificate(posed: Posed, status: Status, measured: Measure) -> Certificate:
    if posed.convex:
        value, limit = measured.gap, posed.gap_tol(measured.fun)
    else:
        value, limit = measured.kkt, posed.gradient_tol
    if status == "optimal":
        return Certificate("duality gap", value, limit, posed.lower_bound)
    if status == "stationary":
        return Certificate("stationarity", value, limit)
    return Certificate("none", value, limit, posed.lower_bound)


def _no_objective(given: object) -> str:
    if isinstance(given, LeastSquares):
        return "a loss alone is not an objective; add a penalty: least_squares(A, b) + f"
    return f"minimize takes least_squares(A, b) + penalty, not {type(given).__name__}"


def _check_options(
    method: str, tol: float, max_iter: int | None, time_limit: float | None
) -> None:
    if method not in _NAMES:
        raise InputError(f"method must be one of {', '.join(_NAMES)}, not {method!r}")
    if not 0.0 < tol < 1.0:
        raise InputError(f"tol must lie between 0 and 1, got {tol!r}")
    if max_iter is not None and max_iter < 0:
        raise InputError(f"max_iter must not be negative, got {max_iter}")
    if time_limit is not None and not time_limit > 0.0:
        raise InputError(f"time_limit must be positive, got {time_limit}")
