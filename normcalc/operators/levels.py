"""Projection on a level set and on an epigraph: one monotone equation for the multiplier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.language.evaluate import evaluate
from normcalc.operators.base import Floats, Operator, Values, worth
from normcalc.operators.roots import falling_root

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.language.nodes import Node

_LEAST = 1e-300


@dataclass(frozen=True)
class LevelProjection:
    """The projection on ``level(x) <= bound``, from the prox of the level function.

    The point is ``prox(v, mu)``, where the multiplier mu solves ``level(prox(v, mu)) = bound``;
    the left side falls as mu grows.
    """

    inner: Operator
    level: Function
    bound: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the projection.

        Raises
        ------
        NotDerivable
            The set is empty.
        """
        bound = float(evaluate(self.bound, values))

        def excess(mu: float) -> float:
            return worth(self.level, self.inner(v, mu, values), values) - bound

        if worth(self.level, v, values) <= bound:
            return v.copy()
        mu = falling_root(excess, _LEAST, 1.0)
        return self.inner(v, mu, values)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return (f"v stays where {self.level} is small enough already",
                f"else find the step mu at which {self.level} meets the bound at the prox of v",
                *self.inner.steps())  # fmt: skip


@dataclass(frozen=True)
class EpigraphProjection:
    """The projection on ``level(x) <= t``, where t is the last entry of the point."""

    inner: Operator
    level: Function

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the projection."""
        point, t = v[:-1], float(v[-1])

        def excess(mu: float) -> float:
            return worth(self.level, self.inner(point, mu, values), values) - t - mu

        if worth(self.level, point, values) <= t:
            return v.copy()
        mu = falling_root(excess, _LEAST, 1.0)
        return np.append(self.inner(point, mu, values), t + mu)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("v stays where it lies above the graph already",
                "else find mu with level(prox of v[:-1] with step mu) = v[-1] + mu",
                *self.inner.steps(), "the last entry becomes v[-1] + mu")  # fmt: skip
