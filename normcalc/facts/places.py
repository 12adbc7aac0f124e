"""Numbers that show an answer: parameters of one regime, and points near breaks and far out.

Where to look is read off the pieces; what is found there is computed from the user's formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np
import sympy as sp

from normcalc.errors import NormcalcError
from normcalc.facts.search import parameter_values
from normcalc.line.context import Context, Fork, Refusal
from normcalc.line.core import shape_of
from normcalc.line.read import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from normcalc.language.function import Function
    from normcalc.line.shape import Verdict

_GRID = (0.0, 0.5, 1.0, 2.0, 3.0, 10.0)
_STEPS = (1.0, 0.125, 8.0)
_NEAR = (0.0, 0.01, 0.1, 0.5, 1.0, 3.0)


@dataclass(frozen=True)
class Sample:
    """A function with numbers for its parameters, and points at which to look.

    Parameters
    ----------
    function : Function
        Of one real variable.
    values : mapping of str to float
        The parameters.
    breaks : tuple of float
        Where pieces meet or end.
    step : float
        The step, where the question is about the prox.
    """

    function: Function
    values: Mapping[str, float]
    breaks: tuple[float, ...] = ()
    step: float = 1.0

    def at(self, points: Any) -> Any:
        """Return the values of the formula as the user wrote it, whatever overflows on the way."""
        found = np.atleast_1d(self.function.elementwise(points, **self.values))
        for i in np.flatnonzero(~np.isfinite(found)):
            found[i] = float(self.precise(float(np.ravel(points)[i])))
        return found if np.ndim(points) else float(found[0])

    def precise(self, point: float) -> Any:
        """Return the value at one point, with exponents of any size."""
        return self.function.precise(point, **self.values)

    def outside(self, point: float) -> bool:
        """Return whether the formula is infinite at a point."""
        return bool(mpmath.isinf(self.precise(point)))

    @property
    def points(self) -> Any:
        """Simple numbers first, then numbers near the breaks."""
        simple = [sign * x for x in _GRID for sign in (1, -1)]
        near = [b + s * d for b, d, s in product(self.breaks, _NEAR, (1, -1))]
        return np.array(list(dict.fromkeys(float(f"{p:.6g}") for p in simple + near)))

    def shown(self, **points: float) -> dict[str, object]:
        """Return a witness: the points with the parameters."""
        return {name: simple(value) for name, value in {**points, **self.values}.items()}


def simple(value: float) -> Fraction | float:
    """Return a number as a fraction where that is short.

    Examples
    --------
    >>> print(simple(0.01), simple(1e6), simple(0.333333))
    1/100 1000000 0.333333
    """
    exact = Fraction(f"{value:.12g}")
    return exact if exact.numerator == 1 or exact.denominator <= 1000 else float(exact)


def sample(function: Function, verdict: Verdict) -> Sample | None:
    """Return numbers in the regime of a verdict, or None if no simple ones are in it."""
    for values, step in product(parameter_values(function), _STEPS):
        numbers = {name: float(value) for name, value in values.items()}
        if all(holds(c, {**numbers, "step": step}) for c in verdict.conditions):
            return Sample(function, numbers, tuple(_breaks(function, numbers)), step)
    return None


def holds(relation: sp.Basic, numbers: Mapping[str, float]) -> bool:
    """Return whether a condition is met by numbers for its symbols, given by name.

    Examples
    --------
    >>> holds(sp.Symbol("a", positive=True) < 2, {"a": 1.0})
    True
    """
    exact = {s: sp.Rational(numbers[s.name]) for s in relation.free_symbols if s.name in numbers}
    return bool(relation.subs(exact) == sp.true)


def _breaks(function: Function, numbers: Mapping[str, float]) -> Iterator[float]:
    """Yield the breaks as numbers; none where the pieces are beyond the method."""
    try:
        context = Context(())
        shape = shape_of(line_of(function.bind(**numbers)), context)
    except (NormcalcError, Fork, Refusal):
        return
    yield from (float(b) for b in shape.breaks if b.is_number)
