"""Moreau's decomposition, and increasing functions of a norm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.language.evaluate import evaluate
from normcalc.operators.base import needed, worth
from normcalc.operators.roots import falling_root

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Operator, Premise, Values

_LEAST = 1e-300
_TINY = 1e-150
_SLOPED = 1e-4  # of the length of v: below that, slopes are lost in rounding


@dataclass(frozen=True)
class DualBall:
    """``v - step * projection(v/step)`` on the unit ball of the dual norm."""

    projection: Operator
    dual: Function

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        if step < _TINY * float(np.abs(v).max(initial=0.0)):
            return v.copy()  # step times a point of the ball is lost in rounding, v/step overflows
        return v - step * self.projection(v / step, 1.0, values)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return (f"w = projection of v/step on {self.dual} <= 1",
                *self.projection.steps(), "u = v - step*w")  # fmt: skip


@dataclass(frozen=True)
class PolarBall:
    """The projection on ``factor*dual(x) <= bound``, the dual norm being that of a norm.

    Parameters
    ----------
    inner : Operator
        The prox of the norm.
    factor, bound : Node
        Numbers or formulas in the parameters.
    """

    inner: Operator
    factor: Node
    bound: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the projection.

        Raises
        ------
        NotDerivable
            The set is empty.
        """
        radius = float(evaluate(self.bound, values)) / float(evaluate(self.factor, values))
        if radius < 0:
            raise NotDerivable("the set is empty: a norm has no negative values")
        return v - self.inner(v, radius, values) if radius > 0 else np.zeros_like(v)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("u = v - w, with w, where the bound is the step:", *self.inner.steps())


@dataclass(frozen=True)
class FunctionOfNorm:
    """The prox of ``phi(N(x))`` for a norm N and a convex function phi that does not fall.

    The point is ``prox(v, mu)`` of N, where mu is step times a slope of phi at its norm r: that
    is to say, r is the prox of phi at ``r + mu``.  With `by_slope` a norm whose value is a search,
    such as a dual norm without a formula, is taken from the slope that its own prox gives.
    """

    inner: Operator
    norm: Function
    outer: Premise
    by_slope: bool = False

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        own = needed(self.outer.function, values)
        far = _SLOPED * float(np.linalg.norm(v))

        def length(mu: float) -> float:
            u = self.inner(v, mu, values)
            if self.by_slope and mu > far:  # N(u) = <u, p> for every slope p of a norm at u
                return float(np.sum(u * (v - u))) / mu
            return worth(self.norm, u, values)

        def gap(mu: float) -> float:
            r = length(mu)
            return r - float(self.outer(r + mu, step=step, **own))

        r = worth(self.norm, v, values)
        if r == float(self.outer(r, step=step, **own)):
            return v.copy()
        mu = falling_root(gap, _LEAST, step)
        return np.asarray(self.inner(v, mu, values))

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        phi = self.outer.function
        return (f"find mu at which r = {self.norm} is the prox of {phi} at r + mu",
                "u = prox of the norm at v with the step mu", *self.inner.steps())  # fmt: skip
