"""Quadratic formulas that are sums over entries, whatever way they are typed.

A polynomial of degree two has an affine gradient ``first + H x``.  Where H maps one direction that
was drawn at random to itself times numbers h, entry by entry, it is diagonal with probability one,
since all other directions that it so maps fill no volume.
"""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from normcalc.engine.penalties import JointPenalty
from normcalc.forms.degree import degree
from normcalc.language.evaluate import evaluate

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats
    from normcalc.language.nodes import Node

ROUNDING = 1e-12


class EntrywiseQuadratic(JointPenalty):
    """``sum of h x^2/2 + first x`` over all entries, plus a number; no h is negative."""

    has_conjugate = convex = True

    def __init__(self, whole: JointPenalty, curvature: Floats, first: Floats) -> None:
        """Take what `entrywise_quadratic` found out."""
        self.function, self.derived = whole.function, whole.derived
        self.values, self.name = whole.values, whole.name
        self.curvature, self.first = curvature, first
        self.at_zero = float(whole.function(np.zeros_like(first), **whole.values))

    @cached_property
    def weight(self) -> float:
        """What h is for all entries, zero if they differ: of a squared distance its factor."""
        same = float(self.curvature.flat[0])
        return same if np.all(self.curvature == same) else 0.0

    @property
    def center(self) -> Floats:
        """The point of a squared distance."""
        return -self.first / self.weight

    def worth(self, x: Floats) -> float:
        """Return the value."""
        return self.at_zero + float(np.vdot(self.first + 0.5 * self.curvature * x, x))

    def slope(self, x: Floats) -> Floats:
        """Return the gradient."""
        return np.asarray(self.first + self.curvature * x)

    def prox(self, v: Floats, step: float) -> Floats:
        """Return a point between `v` and the least one."""
        return np.asarray((v - step * self.first) / (1.0 + step * self.curvature))

    def dual(self, u: Floats) -> float:
        """Return the conjugate; plus infinity where a straight entry has another slope."""
        away = u - self.first
        if self.weight:
            return 0.5 * float(np.vdot(away, away)) / self.weight - self.at_zero
        bent = self.curvature > 0.0
        if np.any(away[~bent]):
            return np.inf
        squares = np.divide(away * away, self.curvature, out=np.zeros_like(away), where=bent)
        return 0.5 * float(squares.sum()) - self.at_zero

    def into_domain(self, u: Floats) -> float:
        """Return 1 if the conjugate is finite there, else 0."""
        return 1.0 if self.dual(u) < np.inf else 0.0


def added(functions: list[JointPenalty]) -> list[JointPenalty]:
    """Return functions to be added up, the quadratics among them as one."""
    squares = [f for f in functions if isinstance(f, EntrywiseQuadratic)]
    if len(squares) < 2:
        return functions
    total = copy(squares[0])
    total.name = " + ".join(f.name for f in squares)
    total.curvature = np.asarray(sum(f.curvature for f in squares))
    total.first = np.asarray(sum(f.first for f in squares))
    total.at_zero = sum(f.at_zero for f in squares)
    total.__dict__.pop("weight", None)
    return [total, *(f for f in functions if f not in squares)]


def _gradient(whole: JointPenalty, x: Floats) -> Floats:
    """Return the gradient of a polynomial, which needs no look at whether it exists."""
    trees: tuple[Node, ...] = getattr(whole.derived.gradient, "trees", ())
    if len(trees) != 1:
        return whole.slope(x)
    env = {**whole.values, whole.function.variable.name: x}
    return np.array(np.broadcast_to(evaluate(trees[0], env), x.shape), dtype=np.float64)


def entrywise_quadratic(whole: JointPenalty, zero: Floats) -> EntrywiseQuadratic | None:
    """Return a function of arrays like `zero` as a convex sum of quadratics, if it is one."""
    function = whole.function
    if degree(function.body, function.variable.name) != 2 or whole.derived.gradient is None:
        return None
    first = _gradient(whole, zero)
    curvature = _gradient(whole, np.ones_like(zero)) - first
    direction = np.random.default_rng(0).random(zero.shape) - 0.5
    turned = _gradient(whole, direction) - first
    size = float(np.abs(turned).max()) + float(np.abs(first).max())
    if np.abs(turned - curvature * direction).max() > ROUNDING * size:
        return None
    noise = ROUNDING * size
    curvature = np.where(np.abs(curvature) <= noise, 0.0, curvature)
    if curvature.min() < 0.0:
        return None
    same = float(curvature.flat[0])
    if np.abs(curvature - same).max() <= noise:
        curvature = np.full_like(curvature, same)
    return EntrywiseQuadratic(whole, curvature, np.asarray(first, dtype=np.float64))
