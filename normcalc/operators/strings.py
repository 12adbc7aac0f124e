"""Functions of first differences: the taut string through a tube about the partial sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.language.evaluate import evaluate

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.operators.base import Floats, Values


@dataclass(frozen=True)
class TautString:
    """The prox of ``sum over i of h(x[i+1] - x[i])`` for a convex h with ``h(t*d) = t*h(d)``.

    The partial sums of u are the shortest path from 0 to the sum of v that stays at most
    ``step*h(1)`` above and ``step*h(-1)`` below the partial sums of v.

    Parameters
    ----------
    element : Function
        h, a function of one real variable; its parameters may differ from place to place.
    """

    element: Function

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        above, below = (self.room(side, v.size - 1, step, values) for side in (1.0, -1.0))
        return _pulled(v, np.append(above, 0.0), np.append(below, 0.0))

    def room(self, side: float, count: int, step: float, values: Values) -> Floats:
        """Return how far from each partial sum the path may lie, on one side."""
        place = {self.element.variable.name: np.full(count, side)}
        found = evaluate(self.element.body, {**values, **place})
        return step * np.broadcast_to(np.asarray(found, dtype=np.float64), (count,))

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        h = self.element
        return (f"with h = {h}: a tube from step*h(-1) below the partial sums of v to step*h(1) "
                "above them, its ends fixed",
                "u = the slopes of the shortest path through it")  # fmt: skip


def _pulled(v: Floats, above: Floats, below: Floats) -> Floats:
    """Return the slopes of the taut string, which is pulled tight from one bend to the next."""
    found, start, height = np.empty_like(v), 0, 0.0
    while start < v.size:
        total = -height
        least, most, low, high = -np.inf, np.inf, start, start
        for i in range(start, v.size):
            total += v[i]
            floor, roof = ((total + d) / (i + 1 - start) for d in (-below[i], above[i]))
            if roof < least or floor > most:
                break
            if floor >= least:
                least, low = floor, i
            if roof <= most:
                most, high = roof, i
        else:
            found[start:] = (least + most) / 2  # both ends are one point
            return found
        bends_down = roof < least
        end, slope = (low, least) if bends_down else (high, most)
        found[start : end + 1] = slope
        start, height = end + 1, -below[end] if bends_down else above[end]
    return found
