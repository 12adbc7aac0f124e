"""What a claim says is smallest, evaluated from the function as its user wrote it.

==================  =========================================  ==================
goal                objective, minimised over ``u``            claimed value
==================  =========================================  ==================
prox                ``f(u) + (u - v)**2 / (2 step)``           (the point itself)
moreau_envelope     ``f(u) + (u - v)**2 / (2 step)``           the minimum
conjugate           ``f(u) - v u``                             minus the minimum
==================  =========================================  ==================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import mpmath as mp
import numpy as np

from normcalc.language.precise import evaluate_mp

if TYPE_CHECKING:
    from normcalc.language import Function

Numbers = Mapping[str, float]


def own(function: Function, numbers: Numbers) -> dict[str, float]:
    """Return the values of the function's own parameters, without the step, as floats."""
    return {p.name: float(numbers[p.name]) for p in function.parameters}


def values(function: Function, u: Any, numbers: Numbers) -> Any:
    """Return ``f(u)`` elementwise in double precision, with NaN read as infeasible."""
    with np.errstate(all="ignore"):
        found = np.asarray(function.elementwise(u, **own(function, numbers)), dtype=float)
    return np.where(np.isnan(found), np.inf, found)


def coupling(goal: str, u: Any, v: Any, numbers: Numbers) -> Any:
    """Return the part of the objective that ties the point to the argument."""
    with np.errstate(all="ignore"):
        return -(v * u) if goal == "conjugate" else (u - v) ** 2 / (2 * numbers["step"])


def objective(function: Function, goal: str, u: Any, v: Any, numbers: Numbers) -> Any:
    """Return the objective at `u` for the argument `v`, elementwise."""
    with np.errstate(invalid="ignore"):
        return values(function, u, numbers) + coupling(goal, u, v, numbers)


def relative_excess(
    function: Function, goal: str, u: Any, v: Any, best: Any, numbers: Numbers
) -> Any:
    """Return how far the objective at `u` lies above `best`, relative to its terms."""
    f, tie = values(function, u, numbers), coupling(goal, u, v, numbers)
    with np.errstate(invalid="ignore"):
        size = np.abs(f) + np.abs(tie) + np.abs(best) + 1e-300
        return np.asarray((f + tie - best) / size)


def objective_mp(function: Function, goal: str, u: Any, v: Any, numbers: Numbers) -> Any:
    """Return the objective at one point at mpmath's working precision."""
    if not mp.isfinite(u):
        return mp.inf
    exact = {name: mp.mpf(value) for name, value in numbers.items()}
    return value_mp(function, u, numbers) + coupling(goal, u, mp.mpf(v), exact)


def value_mp(function: Function, u: Any, numbers: Numbers) -> Any:
    """Return ``f(u)`` at mpmath's precision; at the ends of the domain it is the limit."""
    lo, hi = domain_ends(function)
    if u < lo or u > hi:
        return mp.inf
    environment = {name: mp.mpf(numbers[name]) for name in own(function, numbers)}
    environment[function.variable.name] = mp.mpf(u)
    try:
        found = evaluate_mp(function.body, environment)
    except (ZeroDivisionError, ValueError, OverflowError):
        found = mp.nan
    if isinstance(found, mp.mpc) or mp.isnan(found) or (u in (lo, hi) and not mp.isfinite(found)):
        found = mp.mpf(float(values(function, np.array([float(u)]), numbers)[0]))
    return found


def domain_ends(function: Function) -> tuple[Any, Any]:
    """Return the ends of the domain as mpmath numbers, infinite where there is none."""
    lo, hi = function.domain if function.domain is not None else (None, None)
    return (
        -mp.inf if lo is None else mp.mpf(lo.numerator) / lo.denominator,
        mp.inf if hi is None else mp.mpf(hi.numerator) / hi.denominator,
    )
