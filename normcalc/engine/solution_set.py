"""All solutions of a problem: whether there is one, and two ends of the set where there are more.

Solutions of ``L(A x) + f(x)`` with L strictly convex have the same image and the same gradient u
of minus the loss, so they are the points of ``A x = A x0`` in the set of all x that have u as a
subgradient of f.  For a sum over coordinates this set is a box.

References
----------
Tibshirani, "The lasso problem and uniqueness", Electronic Journal of Statistics 2013.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import linprog

from normcalc.engine.composite import LossTerm, Term, coordinates
from normcalc.engine.loop import Limits, iterate
from normcalc.engine.maps import Identity, matrix_of
from normcalc.engine.posing import start
from normcalc.forms.recognise import condition_of
from normcalc.language.nodes import Compare, Logic

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats
    from normcalc.engine.operators import BoundPenalty
    from normcalc.engine.problem import Objective
    from normcalc.language.function import Function

NEAR = 1e-6  # relatively: so near the end of an interval a slope may be at it
RIGID = 1e-3  # how far a prox may lag behind where a coordinate is free
LONGEST = 1e7  # times the size of the point: further is without end
SAME = 1e-7  # relatively: ends nearer than this are one point


@dataclass(frozen=True)
class SolutionSet:
    """What is known of all solutions.

    Parameters
    ----------
    x : array
        One solution.
    unique : bool or None
        Whether it is the only one; None if that was not found out.
    why : str
        The reason.
    ends : tuple of two arrays, or None
        Two solutions as far apart as a linear function tells, if there are several; all between
        them are solutions.
    """

    x: Floats
    unique: bool | None
    why: str
    ends: tuple[Floats, Floats] | None = None


def solution_set(
    objective: Objective | Function, *, tol: float = 1e-10, x0: object = None, **params: Any
) -> SolutionSet:
    """Minimise, and tell whether the solution is the only one.

    Parameters
    ----------
    objective : Objective or Function
        A loss plus a convex penalty summed over coordinates, or such a penalty under linear
        equations; of other problems only a matrix of full rank is known to leave one solution.
    tol : float
        As in `minimize`.
    x0 : array, optional
        Starting point.
    **params
        Values of all parameters.

    Returns
    -------
    SolutionSet

    Raises
    ------
    InputError, ParameterError, SolverError
        As `minimize` does.

    Examples
    --------
    >>> import normcalc as nc
    >>> pursuit = nc.function("norm(x, 1) + indicator(A @ x == b)")
    >>> parallel = solution_set(pursuit, A=np.array([[1.0, 1.0]]), b=np.array([1.0]))
    >>> parallel.unique, sorted(end.round(6).tolist() for end in parallel.ends)
    (False, [[0.0, 1.0], [1.0, 0.0]])
    >>> solution_set(pursuit, A=np.array([[2.0, 1.0]]), b=np.array([1.0])).unique
    True
    """
    run = start(objective, params, "auto", tol, x0, np.random.default_rng(0))
    status, *_ = iterate(run.method, run.posed, Limits(100_000))
    x = run.method.x
    if status not in ("optimal", "stationary"):
        return SolutionSet(x, None, f"no solution was found: {status}")
    parts = _of_terms(run.method, x) if hasattr(run.method, "terms") else _of_loss(run, x)
    if isinstance(parts, str):
        return SolutionSet(x, None, parts)
    return _decided(x, *parts, value=_value(run))


def _value(run: Any) -> Any:
    if hasattr(run.method, "terms"):
        return run.method.value
    return lambda x: run.posed.objective(x, run.posed.loss.prediction(x))


class Parts(NamedTuple):
    """Rows that fix the image of all solutions, and the least and largest coordinates."""

    matrix: Floats
    low: Floats
    high: Floats


def _of_loss(run: Any, x: Floats) -> Parts | str:
    loss, penalty = run.posed.loss, run.posed.penalty
    if loss.intercept or x.ndim > 1 or not loss.convex or not penalty.convex:
        return "it is decided for convex problems of a vector without a constant only"
    z = loss.prediction(x)
    matrix = matrix_of(loss.design, x)
    if matrix is None:
        return "the columns of A are not at hand"
    bent = loss.curvature(z) > 0.0
    return _boxed(matrix[bent], penalty, x, -loss.design.adjoint(loss.slope(z)))


def _of_terms(method: Any, x: Floats) -> Parts | str:
    if method.place is None or x.ndim > 1:
        return "no term is a function of the vector itself"
    rows, terms = [], list(enumerate(method.terms))
    for k, term in terms:
        if k == method.place:
            continue
        matrix = matrix_of(term.map, x) if _fixes_image(term) else None
        if matrix is None:
            return f"{term.penalty.name} does not fix a linear image"
        rows.append(matrix)
    home = method.terms[method.place].penalty
    return _boxed(np.concatenate(rows), home, x, method.multipliers()[method.place])


def _fixes_image(term: Term) -> bool:
    """Tell whether a term lets only one image of solutions through."""
    if isinstance(term.map, Identity):
        return False
    if isinstance(term.penalty, LossTerm):
        return bool(term.penalty.loss.smooth and np.all(term.penalty.loss.curvature(0.0) > 0.0))
    condition = condition_of(term.penalty.function.body)
    inner = condition.args[0] if isinstance(condition, Logic) else condition
    return isinstance(inner, Compare) and inner.relation == "=="


def _boxed(matrix: Floats, penalty: Any, x: Floats, u: Floats) -> Parts | str:
    """Return the box of all points with the subgradient `u`; of other penalties there is none."""
    if np.linalg.matrix_rank(matrix) == x.size:
        return Parts(matrix, x, x)
    summed = coordinates(penalty, x.size)
    if summed is None:
        return f"{penalty.name} is not summed over coordinates, and A has not full rank"
    scale = float(np.abs(u).max(initial=0.0)) or 1.0
    low, high = (_reach(summed, x, u, sign, NEAR * scale) for sign in (-1.0, 1.0))
    return Parts(matrix, low, high)


def _reach(penalty: BoundPenalty, x: Floats, u: Floats, sign: float, near: float) -> Floats:
    """Return how far each coordinate may go one way with the same subgradient.

    A coordinate is free if the prox follows all of a change of the subgradient by `near`.
    """
    ahead = penalty.prox(x + u + sign * near, 1.0)
    free = sign * (ahead - x) >= (1.0 - RIGID) * near
    inside, outside = np.zeros(x.size), LONGEST * (1.0 + np.abs(x))
    slack = 2.0 * near + 1e-9 * np.abs(x)

    def stays(t: Floats) -> Any:
        there = x + sign * t
        return np.abs(penalty.prox(there + u, 1.0) - there) <= slack

    endless = stays(outside)
    for _ in range(100):
        middle = 0.5 * (inside + outside)
        held = stays(middle)
        inside, outside = np.where(held, middle, inside), np.where(held, outside, middle)
    end = penalty.prox(x + sign * inside + u, 1.0)  # rounding taken off at kinks
    end = x + sign * np.maximum(sign * (end - x), 0.0)
    return np.where(free, np.where(endless, sign * np.inf, end), x)


def _decided(x: Floats, matrix: Floats, low: Floats, high: Floats, value: Any) -> SolutionSet:
    free = np.flatnonzero(low < high)
    columns = matrix[:, free]
    rank = int(np.linalg.matrix_rank(columns)) if free.size else 0
    if rank == free.size:
        why = f"the {free.size} coordinates that are not fixed have columns of full rank"
        return SolutionSet(x, True, why)
    ends = _ends(x, columns, free, low, high)
    if ends is None:
        return SolutionSet(x, None, "no end of the set of solutions was found")
    apart = float(np.abs(ends[0] - ends[1]).max())
    if apart <= SAME * (1.0 + float(np.abs(x).max())):
        return SolutionSet(x, True, f"bounds leave one point; rank {rank} of {free.size} columns")
    fun = value(x)
    if max(abs(value(end) - fun) for end in ends) > 1e-6 * (1.0 + abs(fun)):
        return SolutionSet(x, None, "the objective differs at the ends that were found")
    why = f"{free.size} coordinates are not fixed, and their columns have rank {rank}"
    return SolutionSet(x, False, why, ends)


def _ends(
    x: Floats, columns: Floats, free: Any, low: Floats, high: Floats
) -> tuple[Floats, Floats] | None:
    """Return the points of the set at which a linear function is least, and largest."""
    cost, found = np.random.default_rng(0).standard_normal(free.size), []
    bounds: Any = np.stack([low[free], high[free]], axis=1)
    for sign in (1.0, -1.0):
        system = {"A_eq": columns, "b_eq": columns @ x[free]}
        answer = linprog(sign * cost, **system, bounds=bounds)
        if answer.status == 3:  # the set has no end in this direction
            far = 1e6 * (1.0 + float(np.abs(x).max()))
            answer = linprog(sign * cost, **system, bounds=np.clip(bounds, -far, far))
        if answer.status != 0:
            return None
        end = x.copy()
        end[free] = answer.x
        found.append(end)
    return found[0], found[1]
