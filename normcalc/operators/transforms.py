"""Proxes of functions that are made from others: by their own proxes and projections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.language.evaluate import evaluate
from normcalc.operators.roots import falling_root

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Operator, Values

_SMALL = 1e-6  # where projections are still exact to many digits
_NOTHING = 1e-12
_STILL = 1e-30  # a step that moves nothing, and by which a point may still be divided


@dataclass(frozen=True)
class Scaled:
    """The prox of ``factor * f``: that of f, with a longer step."""

    inner: Operator
    factor: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        return self.inner(v, step * float(evaluate(self.factor, values)), values)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("the factor multiplies the step", *self.inner.steps())


@dataclass(frozen=True)
class Decomposed:
    """The prox of the conjugate of f, by that of f: ``v - step * prox(v/step, 1/step)``."""

    inner: Operator

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        step = max(step, _STILL * float(np.abs(v).max(initial=0.0)))
        return v - step * self.inner(v / step, 1 / step, values)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("u = v - step*w, with w, at v/step with the step 1/step:", *self.inner.steps())


@dataclass(frozen=True)
class OfDistance:
    """The prox of ``phi(distance to a set)``: the prox of phi tells how far from the set."""

    projection: Operator
    outer: Operator

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        nearest = self.projection(v, 1.0, values)
        distance = float(np.linalg.norm(nearest - v))
        if distance == 0:
            return v.copy()
        left = float(self.outer(np.array(distance), step, values))
        return nearest + (left / distance) * (v - nearest)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return (*self.projection.steps(), "p is that point, at the distance d; with r, at d:",
                *self.outer.steps(), "u = p + (v - p)*r/d")  # fmt: skip


@dataclass(frozen=True)
class OfEnvelope:
    """The prox of a Moreau envelope: part of the way to the prox with both steps."""

    inner: Operator
    own: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        own = float(evaluate(self.own, values))
        return v + step / (own + step) * (self.inner(v, own + step, values) - v)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("u = v + (p - v)*step/(g + step), with p, with the step g + step:",
                *self.inner.steps())  # fmt: skip


@dataclass(frozen=True)
class SlopeOfEnvelope:
    """The gradient of a Moreau envelope, ``(v - prox(v, g))/g``."""

    inner: Operator
    own: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the gradient."""
        own = float(evaluate(self.own, values))
        return (v - self.inner(v, own, values)) / own

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("(v - p)/g, with p, with the step g:", *self.inner.steps())


@dataclass(frozen=True)
class OfGauge:
    """The prox of the gauge of a set C: the projection on r*C, where r is the gauge of the prox.

    With c the projection of v/r on C, the factor r solves ``<v - r*c, c> = step``; the left side,
    which is the slope of half the squared distance to r*C, falls as r grows.
    """

    projection: Operator

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        scale = float(np.abs(v).max())
        if scale == 0:
            return v.copy()

        def corner(r: float) -> Floats:
            return self.projection(v / r, 1.0, values)

        def excess(r: float) -> float:
            c = corner(r)
            return float(np.sum((v - r * c) * c)) - step

        least = _NOTHING * scale
        if excess(_SMALL * scale) <= 0 and excess(least) <= 0:
            return least * corner(least)
        r = falling_root(excess, least, scale)
        return r * corner(r)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("find r > 0 with <v - r*c, c> = step, with c, at v/r:", *self.projection.steps(),
                "u = r*c; without such an r, its limit for r to 0")  # fmt: skip
