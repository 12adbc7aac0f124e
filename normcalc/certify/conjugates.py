"""Certificates for proxes of conjugates, support functions, gauges and infimal convolutions.

The values of such functions are suprema or infima, too slow to search with.  But u is the prox of
a convex h at v if and only if the slope ``p = (v - u)/step`` meets ``h(u) + h*(p) = <u, p>``
(Fenchel and Young), and h* has a plain meaning for each: p is a best point of a linear function
over the functions h is made from.  There rivals are searched, with the formulas as they were
written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.certify.rivals import STRICT, Problem, best_rival
from normcalc.errors import NotDerivable
from normcalc.forms import lower
from normcalc.forms.vectors import (
    ConjugateOf,
    DualNorm,
    GaugeOf,
    InfimalConvolution,
    SupportFunction,
)
from normcalc.language import evaluate, level_set
from normcalc.language.slack import value

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from numpy.typing import NDArray

    from normcalc.forms import Form
    from normcalc.language import Function

    Floats = NDArray[np.float64]

_NEARLY = 1e-3  # how close a search without derivatives must come to a value that is right
_CHECKED = ConjugateOf | DualNorm | GaugeOf | InfimalConvolution | SupportFunction


@dataclass(frozen=True)
class Linear(Problem):
    """``f(q) - <q, v>``: a problem whose least value is minus the conjugate of f at v."""

    def cost(self, points: Floats, slack: Fraction = STRICT) -> Floats:
        """Return the objective at points that lie along the first axis."""
        axes = tuple(range(1, points.ndim))
        f = value(self.function, points, self.values, slack)
        return np.asarray(f - np.sum(points * self.v, axis=axes))


def slope_form(function: Function) -> Form | None:
    """Return the form of a function that is checked by its slopes; None for all others."""
    form = lower(function)
    return form if isinstance(form, _CHECKED) else None


def excess(
    form: Any, problem: Problem, u: Floats, slack: Fraction, rng: np.random.Generator
) -> float:
    """Return by how much ``h(u) + h*(p)`` exceeds ``<u, p>``, as far as rivals tell."""
    factor = float(evaluate(form.factor, problem.values))
    p = (problem.v - u) / (problem.step * factor)
    if isinstance(form, ConjugateOf | SupportFunction | DualNorm):
        f = level_set(form.functions[0], 1) if isinstance(form, DualNorm) else form.functions[0]
        of_slope = Linear(f, _own(f, problem), u, 1.0)
        claimed = float(of_slope.cost(p[None], slack)[0])
        return claimed - best_rival(of_slope, p, rng)[1]
    here = float(form.function(u, **problem.values)) / factor
    least = 0.0 if isinstance(form, InfimalConvolution) else 1.0
    for f in form.functions:
        linear = Linear(f, _own(f, problem), p, 1.0)
        least += best_rival(linear, u, rng)[1]
    if isinstance(form, GaugeOf):  # at least one slope is 1 on the set: -least is its excess
        return max(here - float(np.sum(p * u)), -least)
    return here - float(np.sum(p * u)) - least


def _own(function: Function, problem: Problem) -> dict[str, Any]:
    return {p.name: problem.values[p.name] for p in function.parameters}


def value_excess(
    goal: str,
    claim: Callable[[Floats], float],
    problem: Problem,
    slack: Fraction,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Return how far a claimed conjugate or envelope misses the best value, and the scale of that.

    Both are extreme values over a point u, which a search looks for.  It starts where the claim
    itself says: the gradient of a conjugate is the best point, and that of an envelope
    ``(v - u)/step``.  No value found may beat the claim; one must come close to it.
    """
    claimed = claim(problem.v)
    if not np.isfinite(claimed):
        _check_infinite(problem, slack)
        return 0.0, 1.0
    slope = _differences(claim, problem.v)
    conjugate = goal == "conjugate"
    searched = Linear(problem.function, problem.values, problem.v, 1.0) if conjugate else problem
    near = slope if conjugate else problem.v - problem.step * slope
    least = min(best_rival(searched, near, rng)[1], float(searched.cost(near[None], slack)[0]))
    best = -least if conjugate else least
    beaten = best - claimed if conjugate else claimed - best
    size = 1.0 + abs(best) + float(np.abs(near).max() * np.abs(problem.v).max())
    return (beaten if beaten > 0 else max(0.0, -beaten - _NEARLY * size)), size


def _check_infinite(problem: Problem, slack: Fraction) -> None:
    """Refuse an infinite claim unless ``<v, u> - f(u)`` is seen to grow along some ray.

    Raises
    ------
    NotDerivable
        No ray was found; there may be one, so that this says nothing against the claim.
    """
    asked = Linear(problem.function, problem.values, problem.v, 1.0)
    rng = np.random.default_rng(0)
    shape = problem.v.shape
    rays = [problem.v, np.sign(problem.v), *(np.eye(problem.v.size).reshape(-1, *shape))]
    largest = np.abs(problem.v) == np.abs(problem.v).max()
    rays += [np.where(largest, problem.v, 0.0), *rng.normal(size=(200, *shape))]
    rays += [-ray for ray in rays[2:]]
    near, far = (-asked.cost(length * np.array(rays), slack) for length in (1e3, 1e6))
    if not np.any((far > 10 * near) & (near > 0)):
        raise NotDerivable("a value is infinite, and no ray on which it grows was found")


def _differences(claim: Callable[[Floats], float], v: Floats) -> Floats:
    h = 1e-5 * (1.0 + float(np.abs(v).max()))
    found = np.zeros_like(v)
    for index in np.ndindex(v.shape):
        move = np.zeros_like(v)
        move[index] = h
        found[index] = (claim(v + move) - claim(v - move)) / (2 * h)
    return np.where(np.isfinite(found), found, 0.0)
