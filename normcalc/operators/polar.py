"""Functions of the direction and of the length of a vector that part from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.language.evaluate import evaluate
from normcalc.operators.base import needed

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Premise, Values


@dataclass(frozen=True)
class Polar:
    """The prox of ``g(x) + phi(norm(x))`` for a separable g with ``g(t*x) = t*g(x)``, t > 0.

    With x = r*w and norm(w) = 1 the best direction w maximises ``<w, v> - step*g(w)`` whatever r
    is, and r is the prox of phi, for r >= 0, at the maximum.

    Parameters
    ----------
    cost : Node
        g, as a formula for one entry.
    name : str
        The name of the entry in that formula.
    length : Premise
        The prox of phi on the half-line.
    """

    cost: Node
    name: str
    length: Premise

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox; of equally good directions along one axis, the first."""
        gains = [sign * v - step * self._at(sign, v, values) for sign in (1.0, -1.0)]
        signs, gain = np.where(gains[0] >= gains[1], 1.0, -1.0), np.maximum(*gains)
        direction = np.maximum(gain, 0.0)
        if not direction.any():
            direction = (np.arange(v.size) == np.argmax(gain)).astype(float)
        direction = direction / np.linalg.norm(direction)
        best = float(np.sum(direction * np.where(direction > 0, gain, 0.0)))
        if best == -np.inf:
            return np.zeros_like(v)
        r = float(self.length(best, step=step, **needed(self.length.function, values)))
        found: Floats = r * signs * direction
        return found

    def _at(self, sign: float, v: Floats, values: Values) -> Floats:
        ones = np.full_like(v, sign)
        return np.broadcast_to(evaluate(self.cost, {**values, self.name: ones}), v.shape)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("c_i = the larger of v_i - step*g(1) and -v_i - step*g(-1), with the sign s_i",
                "w = s*max(c, 0)/|max(c, 0)|, or where no c_i > 0 along the axis of the largest",
                f"r = prox of {self.length.function} at <w, v> - step*g(w)",
                "u = r*w")  # fmt: skip
