"""The larger of two convex functions, and the least of any functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.operators.base import worth
from normcalc.operators.roots import falling_root

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.operators.base import Floats, Operator, Values

_LEAST = 1e-15


@dataclass(frozen=True)
class LargerOfTwo:
    """The prox of ``max(f, g)``, from that of ``(1 - share)*f + share*g``.

    The point is the prox of f or of g alone, where that one is the larger there; else it is the
    prox of the mixture at which both are equal, and ``f - g`` grows there with the share.
    """

    mixture: Operator
    share: str
    alone: tuple[Operator, Operator]
    functions: tuple[Function, Function]

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        f, g = self.functions
        first, second = (op(v, step, values) for op in self.alone)
        if worth(f, first, values) >= worth(g, first, values):
            return first
        if worth(g, second, values) >= worth(f, second, values):
            return second

        def mixed(share: float) -> Floats:
            return self.mixture(v, step, {**values, self.share: share})

        def lead(share: float) -> float:
            u = mixed(min(share, 1 - _LEAST))
            return worth(g, u, values) - worth(f, u, values)

        return np.asarray(mixed(falling_root(lead, _LEAST, 1 - _LEAST)))

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        f, g = self.functions
        first = f"u = prox of {f}, or of {g}, where that one is the larger at it"
        return (first, "else that of the mixture at which both are equal:", *self.mixture.steps())


@dataclass(frozen=True)
class LeastOf:
    """The prox of ``min(f, g, ...)``: the best of the points of all; of equal ones the first."""

    options: tuple[Operator, ...]
    functions: tuple[Function, ...]

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        points = [option(v, step, values) for option in self.options]
        costs = [
            worth(f, u, values) + float(np.sum((u - v) ** 2)) / (2 * step)
            for f, u in zip(self.functions, points, strict=True)
        ]
        return points[int(np.argmin(costs))]

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        lines = (line for option in self.options for line in option.steps())
        return ("of these points, the one of least objective:", *lines)
