"""The prox of a p-norm: Moreau's decomposition with the ball of the dual order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.language.evaluate import evaluate
from normcalc.operators.roots import falling_root

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Premise, Values

_LEAST = 1e-300
_NOTHING = 1e-20


@dataclass(frozen=True)
class LpBall:
    """The prox of ``weight * norm(x, order)``.

    `power` is the prox of ``abs(x)**q`` with the parameter q, `size` that of ``abs(x)``.
    """

    order: Node
    weight: Node
    power: Premise
    size: Premise

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        p, weight = (float(evaluate(node, values)) for node in (self.order, self.weight))
        reach = step * weight
        if p == 1:
            return np.asarray(self.size(v, step=reach))
        q = 1.0 if np.isinf(p) else p / (p - 1)
        scale = float(np.abs(v).max(initial=0.0))
        if scale == 0 or _norm(v, q) <= reach:
            return np.zeros_like(v)
        if reach <= _NOTHING * scale:  # no entry of v changes by more than the reach
            return v.copy()
        return v - scale * self._projected(v / scale, q, reach / scale)

    def _projected(self, v: Floats, q: float, radius: float) -> Floats:
        """Return the nearest point of the q-norm ball."""

        def point(mu: float) -> Floats:
            if q == 1:
                return np.asarray(self.size(v, step=mu))
            return np.asarray(self.power(v, step=mu, q=q))

        mu = falling_root(lambda mu: _norm(point(mu), q) - radius, _LEAST, 1.0)
        return point(mu)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("q = p/(p - 1); u = 0 where norm(v, q) <= step*weight",
                "else w = prox of abs(x)**q at v, with the step at which norm(w, q) is the bound",
                "u = v - w")  # fmt: skip


def _norm(x: Floats, q: float) -> float:
    return float(np.linalg.norm(x, q))
