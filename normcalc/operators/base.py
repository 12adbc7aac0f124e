"""What an operator is, and how it reads the parameters it needs."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from normcalc.language.slack import value

if TYPE_CHECKING:
    from normcalc.language.function import Function

Floats = NDArray[np.float64]
Values = Mapping[str, Any]
_SLACK = Fraction(1, 10**8)
_BESIDE = (0.0, 1e-300, -1e-300)  # in place of zeros, where a formula has no value


class Operator(Protocol):
    """A map of one vector or matrix."""

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the point for ``v``, the step and the parameter values."""

    def steps(self) -> tuple[str, ...]:
        """Return what is computed, one line for each step."""


class Premise(Protocol):
    """An answer that can be evaluated: a derivation."""

    @property
    def function(self) -> Function:
        """What it is an answer about."""

    @property
    def goal(self) -> str:
        """What was asked: "prox" or "projection"."""

    def __call__(self, v: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Return the point for ``v``, with ``step`` and the parameters by name."""


def needed(function: Function, values: Values) -> dict[str, Any]:
    """Return the values of the parameters that a function has."""
    return {p.name: values[p.name] for p in function.parameters}


def stepped(premise: Premise, step: float) -> dict[str, float]:
    """Return the step, for a premise that takes one: a projection does not."""
    return {} if premise.goal == "projection" else {"step": step}


def worth(function: Function, x: Any, values: Values) -> float:
    """Return the value of a function; where it is no number, it is plus infinity."""
    found = float(function(x, **needed(function, values)))
    return found if found == found else np.inf


def reached(function: Function, x: Floats, values: Values) -> float:
    """Return the value at a point that a prox or a projection gave.

    The exact point lies in the domain, and this one may miss it by a rounding.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> ball = function("norm(x)**2 + indicator(norm(x) <= 1)")
    >>> reached(ball, np.array([0.6, 0.8 + 1e-15]), {}).__round__(9)
    1.0
    """
    found = worth(function, x, values)
    if np.isfinite(found):
        return found
    own = needed(function, values)
    beside = (np.where(x == 0, end, x) for end in _BESIDE)
    return min(float(value(function, u, own, _SLACK)) for u in beside)
