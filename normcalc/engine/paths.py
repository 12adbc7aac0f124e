"""Solutions along one parameter: from the value at which zero is a solution downwards."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.blockwise import block_penalty
from normcalc.engine.composite import function_terms
from normcalc.engine.design import check_vector
from normcalc.engine.methods.homotopy import exact_path
from normcalc.engine.options import Options
from normcalc.engine.posing import check_names, parameter_names, slopes_at_zero
from normcalc.engine.problem import Objective
from normcalc.engine.solve import after, minimize
from normcalc.errors import InputError, NormcalcError, SolverError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from normcalc.engine.jit import Floats
    from normcalc.engine.solution import Solution

DOUBLINGS, HALVINGS = 200, 60


@dataclass(frozen=True)
class Path:
    """Solutions along a parameter.

    Parameters
    ----------
    name : str
        The parameter.
    values : array, shape (m,)
        What it was.
    solutions : tuple of Solution
        One for each value.
    """

    name: str
    values: Floats
    solutions: tuple[Solution, ...]

    @property
    def x(self) -> Floats:
        """The unknowns, one solution after the other along the first axis."""
        return np.stack([solution.x for solution in self.solutions])

    def __str__(self) -> str:
        """Return a table."""
        rows = [f"{self.name:>12}  {'objective':>14}  nonzero  status"]
        for value, s in zip(self.values, self.solutions, strict=True):
            rows.append(f"{value:12.6g}  {s.fun:14.8g}  {s.support.size:7d}  {s.status}")
        return "\n".join(rows)


@dataclass(frozen=True)
class ExactPath(Path):
    """Solutions at the breakpoints of a path that is linear between them."""

    def at(self, value: float) -> Floats:
        """Return the solution for any value from the last breakpoint on.

        Parameters
        ----------
        value : float
            Of the parameter.

        Returns
        -------
        array, shape (p,)

        Raises
        ------
        InputError
            If the value is below the last breakpoint.
        """
        if not value >= self.values[-1]:
            raise InputError(f"the path ends at {self.name} = {self.values[-1]:.6g}, got {value}")
        x, falling = self.x, -self.values
        k = max(1, int(np.searchsorted(falling, -value)))
        if k >= len(falling) or value >= self.values[0]:
            return np.asarray(x[-1] if k >= len(falling) else x[0])
        share = (self.values[k - 1] - value) / (self.values[k - 1] - self.values[k])
        return np.asarray((1.0 - share) * x[k - 1] + share * x[k])


def largest(objective: Objective, name: str, **params: Any) -> float:
    """Return the least value of a parameter from which on zero is a solution.

    For a convex penalty this is the value at which minus the gradient of the loss at zero enters
    the subdifferential of the penalty at zero, which the prox of the penalty decides.  For one
    that is not convex it is the least value at which a proximal gradient step of length 1e-3 from
    zero stays there.

    Parameters
    ----------
    objective : Objective
        A loss with a gradient, and one penalty of the unknown itself; several of them as one
        formula.
    name : str
        A parameter of the penalties that makes them larger.
    **params : float or array
        The values of all other parameters.

    Returns
    -------
    float

    Raises
    ------
    InputError, ParameterError
        If no penalty has the parameter, or another one is missing.
    SolverError
        If zero is no solution for any value, or for all, or the penalties are not one with a
        derived prox: then pass values.

    Examples
    --------
    >>> import normcalc as nc
    >>> loss = nc.least_squares([[1.0, 0.0], [0.0, 2.0]], [3.0, 4.0])
    >>> round(largest(loss + nc.function("lam*abs(x)"), "lam"), 9)
    8.0
    """
    check_objective(objective)
    if not any(name in parameter_names(penalty) for penalty in objective.penalties):
        raise InputError(f"no penalty of {objective} has a parameter {name!r}")
    check_names(objective, {**params, name: 1.0})
    gradient = slopes_at_zero(objective, params)
    size = float(np.abs(gradient).max()) or 1.0
    zero = np.zeros_like(gradient)

    def is_solution(value: float) -> bool:
        return _rests(objective, {**params, name: value}, gradient, zero)

    low = high = size
    for _ in range(DOUBLINGS):
        if is_solution(high):
            break
        low, high = high, 2.0 * high
    else:
        raise SolverError(
            f"zero is no solution of {objective} for any {name} up to {high:.3g}; pass the values "
            "of a path"
        )
    while is_solution(low):
        low *= 0.5
        if low < 1e-100 * size:
            raise SolverError(f"zero is a solution of {objective} for every {name}")
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if is_solution(middle) else (middle, high)
    return high


def _rests(objective: Objective, given: Mapping[str, Any], gradient: Floats, zero: Floats) -> bool:
    """Tell whether a proximal gradient step from zero stays there."""
    blocks = block_penalty(objective.penalties, given, zero)
    if blocks is not None:
        return not blocks.prox(-1e-3 * gradient, 1e-3).any()
    terms = [t for penalty in objective.penalties for t in function_terms(penalty, given, zero)]
    if len(terms) != 1 or not terms[0].plain:
        raise SolverError(
            f"the least value at which zero is a solution of {objective} is found for one penalty "
            "with a derived prox; write the penalties as one formula, or pass values"
        )
    return not terms[0].penalty.prox(-1e-3 * gradient, 1e-3).any()


def regularization_path(
    objective: Objective,
    name: str,
    values: Sequence[float] | Floats | None = None,
    *,
    n: int = 30,
    ratio: float = 1e-2,
    exact: bool = False,
    verbose: bool = False,
    **options: Any,
) -> Path:
    """Minimise an objective for a sequence of values of one parameter, each from the last.

    Parameters
    ----------
    objective : Objective
        A loss plus penalties.
    name : str
        The parameter.
    values : sequence of float, optional
        Its values; if left out, `n` from the least value at which zero is a solution down to
        `ratio` times that, evenly in the logarithm.
    n : int
        How many values.
    ratio : float
        The last value over the first.
    exact : bool
        Follow the path from breakpoint to breakpoint: the answer is an `ExactPath`, which knows
        the solutions between them, too.  For least squares and penalties that are piecewise
        quadratic in each coordinate, with kinks that stay and slopes affine in the parameter.
    verbose : bool
        Print a line for each value.
    **options
        Everything else that `minimize` takes: other parameters, ``tol``, ``method``.

    Returns
    -------
    Path

    Raises
    ------
    InputError, ParameterError, SolverError
        As `minimize` does.

    Examples
    --------
    >>> import normcalc as nc
    >>> loss = nc.least_squares([[1.0, 0.0], [0.0, 2.0]], [3.0, 4.0])
    >>> print(regularization_path(loss + nc.function("lam*abs(x)"), "lam", [8.0, 3.0, 1.0]))
             lam       objective  nonzero  status
               8            12.5        0  optimal
               3           9.375        1  optimal
               1           4.375        2  optimal
    """
    check_objective(objective)
    others = {k: v for k, v in options.items() if k not in OPTIONS}
    if exact:
        if values is not None or not 0.0 < ratio < 1.0:
            raise InputError("an exact path has its own values, and 0 < ratio < 1")
        check_names(objective, {**others, name: 1.0})
        breakpoints, points = exact_path(objective, name, ratio, others)
        pairs = zip(breakpoints, points, strict=True)
        met = (minimize(objective, **{**options, name: float(v), "x0": x}) for v, x in pairs)
        return ExactPath(name, breakpoints, tuple(met))
    chosen = grid(objective, name, values, n, ratio, **others)
    found = tuple(_followed(objective, name, chosen, verbose, options))
    return Path(name, chosen[: len(found)], found)


def grid(
    objective: Objective, name: str, values: Any = None, n: int = 30, ratio: float = 1e-2,
    **others: Any,
) -> Floats:  # fmt: skip
    """Return the values of a path: those given, or from the first one down."""
    if values is not None:
        return check_vector(values, "values", max(1, np.size(np.asarray(values))))
    if n < 1 or not 0.0 < ratio < 1.0:
        raise InputError(f"n must be positive and ratio between 0 and 1, got {n} and {ratio}")
    first = largest(objective, name, **others)
    return first * np.geomspace(1.0, ratio, n) if n > 1 else np.array([first])


def _followed(
    objective: Objective, name: str, values: Floats, verbose: bool, options: dict[str, Any]
) -> Iterator[Solution]:
    """Minimise for each value, from the last point and with what was known there."""
    starts, last = options.pop("starts", 1), None
    own = {k: options.pop(k) for k in tuple(options) if k in OPTIONS}
    for value in values:
        params = {**options, name: float(value)}
        try:
            if starts > 1:
                found = minimize(objective, starts=starts, **own, **params)
            else:
                found, last = after(last, objective, params, Options(**own))
        except NormcalcError as error:
            error.add_note(f"at {name} = {value:.6g}")
            raise
        own["x0"] = found.x
        if verbose:
            sys.stdout.write(f"{name} {value:.6g}: {found.message}\n")
        yield found
        if found.status == "interrupted":  # what was found so far is the path
            return


def check_objective(objective: object) -> None:
    """Raise if something else than a loss with penalties is given."""
    if not isinstance(objective, Objective):
        raise InputError(
            "this needs a loss with data and a penalty, such as least_squares(A, b) + f, not "
            f"{type(objective).__name__}"
        )


OPTIONS = frozenset({"method", "tol", "max_iter", "time_limit", "x0", "callback", "rng", "starts"})
