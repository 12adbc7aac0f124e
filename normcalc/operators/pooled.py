"""Sorted sums of convex functions of the sizes: pooling neighbours that are out of order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.operators.base import worth
from normcalc.operators.isotonic import falling_weights
from normcalc.operators.roots import monotone_zero

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Operator, Values

_FAR = 300.0


@dataclass(frozen=True)
class Pooled:
    """The prox of ``dot(w, sort(phi(x)))`` with nonincreasing w >= 0 and convex even phi.

    Parameters
    ----------
    terms : tuple
        The weights, as in `normcalc.forms.Ordered`.
    block : Operator
        The prox of phi.
    """

    terms: tuple[tuple[Node, str, Node | None], ...]
    block: Operator

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        sizes = np.abs(v)
        order = np.argsort(-sizes, kind="stable")
        weights = falling_weights(self.terms, v.size, values, nonnegative=True)
        found = np.empty_like(v)
        found[order] = self._pooled(sizes[order], step * weights, values)
        return np.copysign(found, v)

    def _pooled(self, sizes: Floats, steps: Floats, values: Values) -> Floats:
        """Return the best nonincreasing sequence: blocks with one value each."""
        blocks: list[tuple[int, float, float, float]] = []  # length, sums of both, value
        for size, step in zip(sizes.tolist(), steps.tolist(), strict=True):
            block = (1, size, step, self._value(size, step, values))
            while blocks and blocks[-1][3] < block[3]:
                n, a, b = (x + y for x, y in zip(blocks.pop()[:3], block[:3], strict=True))
                block = (int(n), a, b, self._value(a / n, b / n, values))
            blocks.append(block)
        return np.repeat([value for *_, value in blocks], [n for n, *_ in blocks])

    def _value(self, size: float, step: float, values: Values) -> float:
        return float(self.block(np.array([size]), step, values)[0]) if step > 0 else size

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("sort the sizes |v| from the largest on",
                "each, with the step step*w_i:", *self.block.steps(),
                "while a value is larger than the one before: pool both blocks, and take the prox "
                "of the mean size with the mean step",
                "signs of v, original order")  # fmt: skip


@dataclass(frozen=True)
class RootOfHomogeneous:
    """The prox of ``factor*S(x)**(1/p)`` for convex S with ``S(t*x) = t**p*S(x)``, S > 0 but at 0.

    The point is ``prox(v, step*m)`` of S with ``m = factor/p*S**(1/p - 1)`` at it, and 0 where no
    m is large enough.
    """

    inner: Operator
    total: Function
    slope: Function

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        size = float(np.abs(v).max(initial=0.0))
        if size == 0 or worth(self.total, v / size, values) == 0:
            return v.copy()
        near, log_step = v / size, float(np.log(step) - np.log(size))

        def point(z: float) -> Floats:
            return self.inner(near, float(np.exp(np.clip(z + log_step, -2 * _FAR, _FAR))), values)

        def gap(z: float) -> float:
            return worth(self.slope, worth(self.total, point(z), values), values) - z

        if gap(_FAR - log_step) > 0:
            return np.zeros_like(v)
        return size * point(monotone_zero(gap, 1.0))

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        s = self.slope.variable.name
        return (f"find m with log(m) = {self.slope} where {s} = {self.total} at u:",
                *self.inner.steps(),
                "with the step step*m; u = 0 where no m is large enough")  # fmt: skip
