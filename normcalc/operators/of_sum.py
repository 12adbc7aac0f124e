"""Functions of one sum over the entries: one equation for the multiplier of the sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.language.evaluate import evaluate
from normcalc.operators.base import worth
from normcalc.operators.roots import monotone_zero

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Operator, Values

_FAR = 690.0  # beyond that the exponential leaves the range of the numbers


@dataclass(frozen=True)
class OfSumRoot:
    """The prox of ``h(S(x))`` from that of S, or of -S where h falls.

    The point is ``prox(v, step*m)`` with ``m = |h'(S)|`` at it; ``log(m)`` is the unknown.

    Parameters
    ----------
    inner : Operator
        The prox of the sum, or of minus the sum.
    total : Function
        The sum or the mean, a function of the vector.
    slope : Function
        The logarithm of ``|h'|``, a function of the total.
    shares : bool
        Whether the total is a mean, so that each entry has one n-th of the slope.
    rate : Node or None
        k, where adding c to all entries multiplies S by ``exp(k*c)`` and only adds to h.
    """

    inner: Operator
    total: Function
    slope: Function
    shares: bool
    rate: Node | None = None

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox.

        Where every multiplier is too small or too large, the point is a limit: the nearest one
        to v at which the sum is least, or in the domain.
        """
        less = float(np.log(v.size)) if self.shares else 0.0
        if self.rate is not None:
            return self._shifted(v, step, values, less)

        def point(z: float) -> Floats:
            far = np.clip(z + np.log(step), -_FAR, _FAR)
            return self.inner(v, float(np.exp(far)), values)

        def gap(z: float) -> float:
            if z + np.log(step) > _FAR:
                return -1.0
            return self._slope(point(z), values) - less - z

        return point(monotone_zero(gap, 1.0))

    def _shifted(self, v: Floats, step: float, values: Values, less: float) -> Floats:
        """Return the prox of a function to which a common shift of the entries only adds.

        Then the multiplier is a shift, and no number leaves its range.
        """
        rate = float(evaluate(self.rate, values))  # type: ignore[arg-type]

        def gap(z: float) -> float:
            return self._slope(self.inner(v + z / rate, step, values), values) - less

        z = monotone_zero(gap, 1.0 + float(np.abs(rate * v).max()))
        return self.inner(v + z / rate, step, values) - z / rate

    def _slope(self, u: Floats, values: Values) -> float:
        return worth(self.slope, worth(self.total, u, values), values)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        s, less = self.slope.variable.name, " - log(n)" if self.shares else ""
        if self.rate is None:
            return (f"find m with log(m) = {self.slope}{less} where {s} = {self.total} at u:",
                    *self.inner.steps(), "with the step step*m")  # fmt: skip
        return (f"find c with {self.slope}{less} = 0 where {s} = {self.total} at w:",
                *self.inner.steps(),
                "with v + c in the place of v, is w; then u = w - c")  # fmt: skip
