"""Independent operators on groups of coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.operators.base import needed, stepped

if TYPE_CHECKING:
    from normcalc.operators.base import Floats, Premise, Values


@dataclass(frozen=True)
class Coordinatewise:
    """The prox of a sum of functions, each of coordinates that no other one has.

    Parameters
    ----------
    parts : tuple of (tuple of int, Premise)
        The positions of the coordinates, and the prox of the function of these.
    """

    parts: tuple[tuple[tuple[int, ...], Premise], ...]

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox; coordinates of no function stay as they are."""
        found = v.copy()
        for places, premise in self.parts:
            own = {**needed(premise.function, values), **stepped(premise, step)}
            at = (
                float(v[places[0]]) if premise.function.variable.kind == "scalar" else v[[*places]]
            )
            found[[*places]] = np.ravel(premise(at, **own))
        return found

    def steps(self) -> tuple[str, ...]:
        """Return one step for each part."""
        return tuple(
            f"({', '.join(f'u{i + 1}' for i in places)}) = prox of {premise.function}"
            for places, premise in self.parts
        )
