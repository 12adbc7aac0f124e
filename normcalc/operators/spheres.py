"""Projection on the points at which a norm of the sorted sizes has a given value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.language.evaluate import evaluate
from normcalc.operators.isotonic import falling_weights

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Operator, Values


@dataclass(frozen=True)
class SortedSphere:
    """The projection on ``dot(w, sort(abs(x))) == bound`` with nonincreasing w >= 0.

    Parameters
    ----------
    terms : tuple
        The weights, as in `normcalc.forms.Ordered`.
    bound : Node
        The value.
    inside : Operator
        The projection on ``dot(w, sort(abs(x))) <= bound``.
    """

    terms: tuple[tuple[Node, str, Node | None], ...]
    bound: Node
    inside: Operator

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the projection; entries that are 0 go up, and of equal ones the first are larger.

        Raises
        ------
        NotDerivable
            The set is empty.
        """
        bound, sizes = float(evaluate(self.bound, values)), np.abs(v)
        order = np.argsort(-sizes, kind="stable")
        weights = np.empty_like(v)
        weights[order] = falling_weights(self.terms, v.size, values, nonnegative=True)
        lack = bound - float(weights @ sizes)
        if bound < 0 or (lack > 0 and not weights.any()):
            raise NotDerivable("the set is empty: a norm does not have this value")
        if lack <= 0:
            return self.inside(v, 1.0, values)
        return np.copysign(sizes + weights * (lack / float(weights @ weights)), v)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("where dot(w, sort(abs(v))) is too small, v + t*s*w with the weights in the order "
                "of |v| and the signs s of v, and t such that the value is met",
                "else:", *self.inside.steps())  # fmt: skip
