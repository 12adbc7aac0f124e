"""Formulas that are a multiple of the squared distance from a point, whatever way they are typed.

A polynomial of degree two has an affine gradient.  Where its linear part maps one direction that
was drawn at random to w times itself it is w times the identity, with probability one, since the
eigenvectors of all other symmetric maps fill no volume.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.engine.penalties import JointPenalty
from normcalc.forms.degree import degree

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

ROUNDING = 1e-12


class SquaredDistance(JointPenalty):
    """``weight/2 |x - center|^2 + floor``."""

    has_conjugate = convex = True

    def __init__(self, whole: JointPenalty, weight: float, center: Floats) -> None:
        """Take what `squared_distance` found out."""
        self.function, self.derived = whole.function, whole.derived
        self.values, self.name = whole.values, whole.name
        self.weight, self.center = weight, center
        self.floor = float(whole.function(center, **whole.values))

    def worth(self, x: Floats) -> float:
        """Return the value."""
        away = (x - self.center).ravel()
        return self.floor + 0.5 * self.weight * float(away @ away)

    def prox(self, v: Floats, step: float) -> Floats:
        """Return the point between `v` and the center."""
        pull = step * self.weight
        return np.asarray((v + pull * self.center) / (1.0 + pull))

    def dual(self, u: Floats) -> float:
        """Return the conjugate."""
        flat = u.ravel()
        along = float(flat @ self.center.ravel())
        return float(flat @ flat) / (2.0 * self.weight) + along - self.floor

    def into_domain(self, u: Floats) -> float:
        """Return 1: the conjugate is finite everywhere."""
        del u
        return 1.0


def squared_distance(whole: JointPenalty, zero: Floats) -> SquaredDistance | None:
    """Return a function of arrays like `zero` as a squared distance, if it is one."""
    function = whole.function
    if degree(function.body, function.variable.name) != 2 or whole.derived.gradient is None:
        return None
    first = whole.slope(zero)
    direction = np.random.default_rng(0).standard_normal(zero.shape)
    turned = whole.slope(direction) - first
    weight = float(np.vdot(direction, turned) / np.vdot(direction, direction))
    size = float(np.abs(turned).max()) + float(np.abs(first).max())
    if not weight > 0.0 or np.abs(turned - weight * direction).max() > ROUNDING * size:
        return None
    return SquaredDistance(whole, weight, -first / weight)
