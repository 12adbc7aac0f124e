"""`minimize`: from an objective to a Solution, by way of a method and the one loop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from normcalc.engine.interpreted import patient
from normcalc.engine.loop import Limits, iterate
from normcalc.engine.options import Options, check_options
from normcalc.engine.posing import NAMES, Run, start
from normcalc.engine.problem import Addable, Objective
from normcalc.engine.solution import Solution
from normcalc.engine.starts import best_of
from normcalc.errors import InputError
from normcalc.language.function import Function

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.engine.certificate import Measure
    from normcalc.engine.jit import Seed
    from normcalc.engine.loop import Record, Status
    from normcalc.engine.methods.own import Problem

Name = Literal[
    "auto",
    "coordinate_descent",
    "prox_newton",
    "proximal_gradient",
    "dual_gradient",
    "augmented_lagrangian",
    "admm",
    "primal_dual",
    "frank_wolfe",
    "reweighting",
    "best_subset",
    "global_search",
]
_STEPS = {
    "coordinate descent": 1000,
    "block coordinate descent": 1000,
    "proximal Newton": 1000,
    "block proximal Newton": 1000,
    "accelerated primal-dual and dual gradient steps": 1000,
    "augmented Lagrangian with Newton steps": 1000,
    "alternating directions": 10_000,
    "primal-dual splitting": 50_000,
}
_MANY = 100_000
_WORDS: dict[str, str] = {
    "infeasible": "no point meets all constraints",
    "unbounded": "the objective has no lower bound",
    "stalled": "rounding prevents further progress; scale the columns of A or raise tol",
    "max_iter": "max_iter reached; raise max_iter or tol",
    "time_limit": "time_limit reached; raise time_limit or tol",
    "stopped": "stopped by the callback",
    "interrupted": "interrupted; x is the best point so far",
}


def minimize(
    objective: Objective | Function,
    *,
    method: Name | Callable[[Problem, Any], object] = "auto",
    tol: float = 1e-8,
    max_iter: int | None = None,
    time_limit: float | None = None,
    x0: object = None,
    callback: Callable[[Any], object] | None = None,
    verbose: bool = False,
    rng: np.random.Generator | int | None = None,
    starts: int = 1,
    **params: object,
) -> Solution:
    """Minimise a loss plus penalties, or a sum of terms written as one formula.

    Parameters
    ----------
    objective : Objective or Function
        ``least_squares(A, b) + penalty``, ``loss("log(1 + exp(-y*z))", A, y) + penalty``, or a
        function of a vector or a matrix such as ``norm(x, 1) + indicator(A @ x == b)``.
    method : str or callable
        "auto" takes the first that fits: "coordinate_descent" for least squares and penalties
        summed over coordinates, disjoint groups of them or rows of a matrix, if the columns of
        `A` are at hand; "prox_newton" for such penalties of a vector and other smooth losses;
        "proximal_gradient" for smooth losses and one penalty with a prox; "dual_gradient" for a
        squared distance and slopes of an image; "augmented_lagrangian" for convex sums over
        entries of images by matrices, and norms of the unknown; "admm" for convex sums
        of functions of linear images.  When asked for: "primal_dual" for such sums without
        linear systems; "frank_wolfe" for smooth losses over norm balls and boxes; "reweighting"
        for penalties that are concave in the size of each coordinate; "best_subset" for least
        squares and the number of nonzero coordinates; "global_search" for convex losses and few
        coordinates with any penalties summed over them, whose least value it proves.  A class of
        your own is called with a `Problem` and the starting point; its instances have an array
        `x` and a function ``step()``.
    tol : float
        For convex penalties the duality gap must fall to ``tol * fun``; otherwise the stationarity
        residual to ``tol`` times the largest partial derivative of the loss at zero.
    max_iter : int, optional
        Steps; 1000 for coordinate descent and proximal Newton (each has many sweeps), 10000 for
        alternating directions (each has ten rounds), 100000 for proximal gradient.
    time_limit : float, optional
        Seconds; looked at between steps.
    x0 : array, optional
        Starting point, in the shape of the unknown; zero if left out.
    callback : callable, optional
        Called after each step with an `OptimizeResult` holding ``x, nit, fun, gap, kkt, seconds``;
        raising `StopIteration` ends the run.
    verbose : bool
        Print a line per step.
    rng : numpy.random.Generator or int, optional
        For the start of the power method, and for `starts`; the same numbers each time if left
        out.
    starts : int
        From how many points a problem that is not convex is solved: `x0`, and others at random.
        The best answer is returned; its message says how many starts led to it.
    **params : float or array
        Values of all parameters.  For a penalty summed over coordinates an array of shape (p,)
        gives each coordinate its own value.

    Returns
    -------
    Solution
        The point and what was proved about it: "optimal" only where a duality gap proves it,
        or a complete search with lower bounds.

    Raises
    ------
    InputError, ParameterError
        If an argument is wrong; before any work.
    SolverError
        If the objective has no minimiser along some coordinate.
    """
    options = Options(method, tol, max_iter, time_limit, x0, callback, verbose, rng)
    seed = _checked(objective, options, starts)
    if starts > 1:
        generator = np.random.default_rng(seed)

        def solve(point: Any) -> Solution:
            return after(None, objective, params, replace(options, x0=point, rng=generator))[0]

        return best_of(starts, solve, x0, generator)
    return after(None, objective, params, options)[0]


def after(
    last: Any, objective: Objective | Function, params: Mapping[str, Any], options: Options
) -> tuple[Solution, Any]:
    """Return the solution and the method that found it.

    A method that ended at the starting point, with the same data, lends what it knows.
    """
    chosen = (options.method, options.tol, options.x0, _checked(objective, options))
    most, seconds = options.max_iter, options.time_limit
    # What falls without end overflows.
    with np.errstate(over="ignore", invalid="ignore"), patient():
        run = start(objective, params, *chosen, last)
        limits = Limits(
            _STEPS.get(run.method.name, _MANY) if most is None else most,
            np.inf if seconds is None else seconds,
            options.callback,
            options.verbose,
        )
        outcome = iterate(run.method, run.posed, limits)
    return _solution(objective, run, outcome), run.method


def _checked(objective: object, options: Options, starts: int = 1) -> Seed:
    """Return what random numbers come from, the arguments checked."""
    if not isinstance(objective, Objective | Function):
        raise InputError(_no_objective(objective))
    return check_options(options, NAMES, starts)


def _solution(
    objective: Objective | Function,
    run: Run,
    outcome: tuple[Status, Measure, tuple[Record, ...]],
) -> Solution:
    (status, measured, history), method = outcome, run.method
    certificate = run.posed.certificate(status, measured)
    words = f"{_WORDS[status]} ({certificate})" if status in _WORDS else str(certificate)
    nit = history[-1].nit if history else 0
    make: Any = Solution  # a dictionary in disguise, whose constructor has no signature
    x, constant = _taken_apart(objective, method)
    solution: Solution = make(
        x=x,
        intercept=constant,
        **measured._asdict(),
        nit=nit,
        status=status,
        success=status in {"optimal", "stationary"},
        message=f"{words} after {nit} steps of {method.name}, {run.why}",
        method=method.name,
        certificate=certificate,
        history=history,
        objective=f"{objective}{_shown(run.given)}",
    )
    return solution


def _taken_apart(objective: Any, method: Any) -> tuple[Any, Any]:
    """Return the unknown and the constant in the predictions."""
    if not getattr(getattr(objective, "loss", None), "intercept", False):
        return method.x, 0.0
    if hasattr(method, "constant"):
        return method.x, method.constant
    last = method.x[-1]
    return method.x[:-1], float(last) if np.ndim(last) == 0 else last


def _shown(given: Mapping[str, Any]) -> str:
    numbers = {name: each for name, each in given.items() if isinstance(each, float | int)}
    return f" at {numbers}" if numbers else ""


def _no_objective(given: object) -> str:
    if isinstance(given, Addable):
        return "a loss alone is not an objective; add a penalty: least_squares(A, b) + f"
    return f"minimize takes least_squares(A, b) + penalty, not {type(given).__name__}"
