"""Functions of parts of a point that do not overlap, or are orthogonal in another way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.operators.affine import affine_map

if TYPE_CHECKING:
    from normcalc.operators.base import Floats, Values
    from normcalc.operators.shifted import PreComposed


@dataclass(frozen=True)
class Orthogonal:
    """The prox of ``f(M x) + g(N x) + ...`` where ``M N' = 0``: one prox after another."""

    parts: tuple[PreComposed, ...]

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox.

        Raises
        ------
        NotDerivable
            Rows of two of the maps are not orthogonal.
        """
        maps = [affine_map(p.map, p.name, v, values).matrix for p in self.parts]
        for left, right in combinations(maps, 2):
            size = np.abs(left).max(initial=0.0) * np.abs(right).max(initial=0.0)
            if np.abs(left @ right.T).max(initial=0.0) > 1e-13 * size:
                raise NotDerivable("the terms share entries: their maps are not orthogonal")
        u = v
        for part in self.parts:
            u = part(u, step, values)
        return u

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        lines = (line for part in self.parts for line in part.steps())
        return ("where M N' = 0 for the maps of any two terms, one after another:", *lines)
