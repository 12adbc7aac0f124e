"""Projection on the vectors with few entries that are not zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.language.evaluate import evaluate

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Values


@dataclass(frozen=True)
class KeepLargest:
    """Keep the entries of largest size; of equal ones the first are kept."""

    count: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the projection."""
        count = max(0, int(np.floor(float(evaluate(self.count, values)))))
        kept = np.argsort(-np.abs(v), kind="stable")[:count]
        found = np.zeros_like(v)
        found[kept] = v[kept]
        return found

    def steps(self) -> tuple[str, ...]:
        """Return the one step."""
        return ("keep the entries of largest size, and set the others to 0",)
