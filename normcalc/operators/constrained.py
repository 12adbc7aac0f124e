"""A separable function under one linear constraint: one monotone equation for the multiplier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.language.evaluate import evaluate
from normcalc.operators.affine import affine_map
from normcalc.operators.roots import monotone_zero

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Operator, Values


@dataclass(frozen=True)
class LinearlyConstrained:
    """The prox of ``f(x) + indicator(<a, x> + c == bound)``, or ``<=``, for a separable f.

    The point is ``prox(v - mu*a)``; the linear form at it falls as mu grows.
    """

    inner: Operator
    form: Node
    bound: Node
    relation: Literal["==", "<="]
    name: str

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox.

        Raises
        ------
        NotDerivable
            The constraint cannot be met.
        """
        image = affine_map(self.form, self.name, v, values)
        a, bound = image.matrix[0], float(evaluate(self.bound, values)) - float(image.shift[0])

        def point(mu: float) -> Floats:
            return self.inner(v - mu * a, step, values)

        def excess(mu: float) -> float:
            return float(a @ point(mu)) - bound

        if self.relation == "<=" and excess(0.0) <= 0:
            return point(0.0)
        if not a.any():
            raise NotDerivable("the set is empty: the linear form is constant")
        size = float(np.abs(v).max() + abs(bound)) / float(np.abs(a).max()) + 1.0
        return _met(point, a, bound, monotone_zero(excess, size))

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("find the multiplier mu at which <a, u> meets its bound",
                "u = prox of the separable part at v - mu*a", *self.inner.steps())  # fmt: skip


def _met(point: object, a: Floats, bound: float, mu: float) -> Floats:
    """Return the point at the multiplier, between its neighbours where the form jumps over it."""
    assert callable(point)
    low, high = (np.asarray(point(np.nextafter(mu, side))) for side in (np.inf, -np.inf))
    below, above = float(a @ low), float(a @ high)
    if above <= below:
        return np.asarray(point(mu))
    share = np.clip((bound - below) / (above - below), 0.0, 1.0)
    return np.asarray(low + share * (high - low))
