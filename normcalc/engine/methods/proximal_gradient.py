"""Accelerated proximal gradient with restart; needs products with ``A`` and ``A^T`` only.

Momentum is dropped, and the step repeated from the best point, whenever the objective would rise,
so the objective falls at every step that is taken.  The step is the reciprocal of an estimate of
the curvature from below that is raised as soon as a step shows it to be too small.

References
----------
Beck and Teboulle, "A fast iterative shrinkage-thresholding algorithm", SIIMS 2009.
O'Donoghue and Candes, "Adaptive restart for accelerated gradient schemes", FoCM 2015.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from normcalc.engine.certificate import Measure
from normcalc.engine.constant import balanced
from normcalc.engine.methods.faces import Faces
from normcalc.errors import SolverError

if TYPE_CHECKING:
    from normcalc.engine.certificate import Posed
    from normcalc.engine.jit import Floats, Seed

POWER_STEPS = 20  # at most, as long as the curvature grows by a share
GROWN = 1.02
EVERY = 5  # steps between two lower bounds, after the first few
RARELY = 1.4  # the steps until the next one over those so far, where a bound costs more than steps
CLOSER = 0.03  # of the residual is what steps in a few entries leave
DOUBLINGS = 40  # of the curvature, until a step is so short that the prox exists
ROUNDING = 1e-14  # relative rises of the objective below this are noise


class Ahead(NamedTuple):
    """A point at which a gradient was taken."""

    x: Floats
    prediction: Floats
    slope: Floats
    gradient: Floats
    value: float


class ProximalGradient:
    """One run; see the module for the method.

    `ahead` is the extrapolated point, where gradients are taken; `x` is the best point.
    """

    name = "accelerated proximal gradient"

    def __init__(self, posed: Posed, x0: Floats, rng: Seed) -> None:
        """Estimate the step, and look at the starting point."""
        self.posed = posed
        self.stalled, self.measured, self.due = False, 0, 0
        self.x, self.prediction = x0, posed.loss.prediction(x0)
        self.fun = posed.objective(x0, self.prediction)
        self.momentum = 1.0
        self.ahead = self._at(x0, self.prediction)
        self.curvature = self._estimate(rng)
        self._shorten()
        self.distance = self._distance(self.ahead)
        self.faces = Faces(posed)

    def measure(self) -> Measure:
        """Return objective, gap and fixed point residual; the latter two may be taken ahead."""
        kkt = self.distance
        if kkt <= self.posed.gradient_tol and not self.posed.convex:
            kkt = self._distance(self._at(self.x, self.prediction))
        return Measure(self.fun, self._gap(), kkt)

    def _gap(self) -> float:
        """Return the gap, with a new lower bound now and then only: it may cost a step's work."""
        self.measured += 1
        near = self.distance <= self.posed.gradient_tol and self.measured % EVERY == 0
        if self.measured < self.due and not near and self.posed.convex:
            return max(0.0, self.fun - self.posed.lower_bound)
        costly = getattr(self.posed.penalty, "costly", False)
        self.due = self.measured + 1 if self.measured < EVERY else self.measured + EVERY
        self.due = max(2 * EVERY, int(RARELY * self.measured)) if costly else self.due
        return self.posed.gap(self.fun, *self._dual_point())

    def _dual_point(self) -> tuple[Floats, Floats]:
        """Return slopes and their gradient; with a constant in the predictions, balanced ones."""
        ahead, posed = self.ahead, self.posed
        if not posed.loss.intercept:
            return ahead.slope, ahead.gradient
        slope = balanced(posed.loss, ahead.slope, ahead.prediction)
        return slope, posed.design.adjoint(slope)

    def step(self) -> None:
        """Take one accelerated step, or drop the momentum if that would not help."""
        x, prediction = self._descend()
        self.distance = float(np.abs(x - self.ahead.x).max()) * self.curvature
        fun = float(self.there + self.posed.penalty.worth(x))
        if not fun <= self.fun + ROUNDING * abs(self.fun):
            self.stalled = self.momentum == 1.0
            self.momentum = 1.0
            self.ahead = self._at(self.x, self.prediction)
            return
        turned = float(np.vdot(self.ahead.x - x, x - self.x)) > 0.0
        following = 1.0 if turned else 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * self.momentum**2))
        share = 0.0 if turned else (self.momentum - 1.0) / following
        better = self.faces.improved(x, fun, prediction, CLOSER * self.distance)
        if better is not None:
            self.x, self.prediction, self.fun = better
            self.momentum, self.ahead = 1.0, self._at(self.x, self.prediction)
            self.due = 0  # a bound is due, since much has been gained
            return
        beyond = x + share * (x - self.x)
        self.ahead = self._at(beyond, prediction + share * (prediction - self.prediction))
        self.x, self.prediction, self.fun, self.momentum = x, prediction, fun, following

    def _at(self, x: Floats, prediction: Floats) -> Ahead:
        loss = self.posed.loss
        slope = loss.slope(prediction)
        gradient = self.posed.design.adjoint(slope)
        return Ahead(x, prediction, slope, gradient, loss.value(prediction))

    def _descend(self) -> tuple[Floats, Floats]:
        """Step from `ahead`, shortening the step until the quadratic model majorises the loss."""
        while True:
            x = self._forward(self.ahead)
            prediction = self.posed.loss.prediction(x)
            needed = self._needed(x, prediction)
            if needed <= self.curvature * (1.0 + 1e-6):
                return x, prediction
            self.curvature = min(1.1 * needed, 16.0 * self.curvature)

    def _needed(self, x: Floats, prediction: Floats) -> float:
        """Return the curvature of the loss on the way, 0 where rounding hides it."""
        ahead, moved = self.ahead, (x - self.ahead.x).ravel()
        length, loss = float(moved @ moved), self.posed.loss
        self.there = there = loss.value(prediction)
        along = float(np.vdot(ahead.slope, prediction - ahead.prediction))
        excess = there - ahead.value - along
        if not np.isfinite(there):
            return np.inf
        # A square that was multiplied out loses digits of what it is at zero.
        noise = 1e-15 * (abs(there) + abs(ahead.value) + abs(along) + loss.at_zero)
        if length == 0.0 or excess <= noise:
            return 0.0
        if excess > 1e3 * noise:
            return float(2.0 * excess / length)
        change = loss.slope(prediction) - ahead.slope  # less digits are lost in slopes
        return float(np.vdot(change, prediction - ahead.prediction)) / length

    def _forward(self, start: Ahead) -> Floats:
        """Return the proximal gradient step from a point."""
        v = start.x - start.gradient / self.curvature
        return np.asarray(self.posed.penalty.prox(v, 1.0 / self.curvature))

    def _distance(self, start: Ahead) -> float:
        return float(np.abs(self._forward(start) - start.x).max()) * self.curvature

    def _shorten(self) -> None:
        """Raise the curvature until the prox exists: of what falls, for short steps only."""
        for doubled in range(DOUBLINGS):
            try:
                self._forward(self.ahead)
            except SolverError:
                if doubled == DOUBLINGS - 1:
                    raise
                self.curvature *= 2.0
            else:
                break

    def _estimate(self, rng: Seed) -> float:
        """Return the largest curvature at the start from below, by the power method."""
        design, norm, last = self.posed.design, 0.0, 0.0
        weight = self.posed.loss.curvature(self.prediction)
        direction = np.random.default_rng(rng).standard_normal(self.x.shape)
        for _ in range(POWER_STEPS):
            length = float(np.linalg.norm(direction))
            if not 0.0 < length < np.inf or norm < GROWN * last:
                break
            last = norm
            image = design.apply(direction / length)
            norm = float(np.vdot(image, weight * image))
            direction = design.adjoint(weight * image)
        return norm if 0.0 < norm < np.inf else 1.0
