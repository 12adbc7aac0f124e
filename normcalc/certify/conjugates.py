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
    from fractions import Fraction

    from numpy.typing import NDArray

    from normcalc.forms import Form
    from normcalc.language import Function

    Floats = NDArray[np.float64]

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
