"""Accelerated proximal gradient with restart; needs products with ``A`` and ``A^T`` only.

Momentum is dropped, and the step repeated from the best point, whenever the objective would rise,
so the objective falls at every step that is taken.  The step is the reciprocal of an estimate of
``weight ||A||^2`` from below that is raised as soon as a step shows it to be too small.

References
----------
Beck and Teboulle, "A fast iterative shrinkage-thresholding algorithm", SIIMS 2009.
O'Donoghue and Candes, "Adaptive restart for accelerated gradient schemes", FoCM 2015.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.engine.certificate import Measure, Point
from normcalc.engine.methods.kernels import map_element
from normcalc.errors import SolverError

if TYPE_CHECKING:
    from normcalc.engine.certificate import Posed
    from normcalc.engine.jit import Floats

POWER_STEPS = 20
ROUNDING = 1e-14  # relative rises of the objective below this are noise


class ProximalGradient:
    """One run; see the module for the method.

    `ahead` is the extrapolated point, where gradients are taken; `x` is the best point.
    """

    name = "accelerated proximal gradient"

    def __init__(self, posed: Posed, x0: Floats, rng: np.random.Generator) -> None:
        """Estimate the step, and look at the starting point."""
        self.posed = posed
        self.stalled = False
        self.x, self.residual = x0, posed.loss.target - posed.design.apply(x0)
        self.fun = posed.objective(x0, self.residual)
        self.momentum = 1.0
        self.ahead = self._at(x0, self.residual)
        self.curvature = self._estimate(rng)
        self._prepare()
        self.distance = self._distance(self.ahead)

    def measure(self) -> Measure:
        """Return objective, gap and fixed point residual; the latter two may be taken ahead."""
        kkt = self.distance
        if kkt <= self.posed.gradient_tol and not self.posed.convex:
            kkt = self._distance(self._at(self.x, self.residual))
        return Measure(self.fun, self.posed.gap(self.fun, self.ahead), kkt)

    def step(self) -> None:
        """Take one accelerated step, or drop the momentum if that would not help."""
        x, residual = self._descend()
        self.distance = float(np.abs(x - self.ahead.x).max()) * self.curvature
        fun = self.posed.objective(x, residual)
        if fun > self.fun + ROUNDING * abs(self.fun):
            self.stalled = self.momentum == 1.0
            self.momentum = 1.0
            self.ahead = self._at(self.x, self.residual)
            return
        turned = float((self.ahead.x - x) @ (x - self.x)) > 0.0
        following = 1.0 if turned else 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * self.momentum**2))
        share = 0.0 if turned else (self.momentum - 1.0) / following
        beyond = x + share * (x - self.x)
        self.ahead = self._at(beyond, residual + share * (residual - self.residual))
        self.x, self.residual, self.fun, self.momentum = x, residual, fun, following

    def _at(self, x: Floats, residual: Floats) -> Point:
        gradient = self.posed.design.adjoint(residual) * -self.posed.loss.weight
        return Point(x, residual, gradient)

    def _descend(self) -> tuple[Floats, Floats]:
        """Step from `ahead`, shortening the step until the quadratic model majorises the loss."""
        while True:
            x = self._forward(self.ahead)
            residual = self.posed.loss.target - self.posed.design.apply(x)
            change, moved = residual - self.ahead.residual, x - self.ahead.x
            stretched, length = float(change @ change), float(moved @ moved)
            needed = self.posed.loss.weight * stretched
            if needed <= self.curvature * length * (1.0 + 1e-6) or self._is_noise(stretched):
                return x, residual
            self.curvature = 1.1 * needed / length
            self._prepare()

    def _is_noise(self, stretched: float) -> bool:
        """Say whether a difference of residuals is too small to tell the curvature from."""
        residual, target = self.ahead.residual, self.posed.loss.target
        return stretched <= 1e-16 * float(residual @ residual + target @ target)

    def _forward(self, start: Point) -> Floats:
        """Return the proximal gradient step from a point."""
        prox, out = self.posed.penalty.prox, np.empty_like(start.x)
        v = start.x - start.gradient / self.curvature
        map_element(prox.element, v, prox.constants, out)
        return out

    def _distance(self, start: Point) -> float:
        return float(np.abs(self._forward(start) - start.x).max()) * self.curvature

    def _prepare(self) -> None:
        """Set the proximal operator up for the current step."""
        prox = self.posed.penalty.prox
        prox.values[0] = 1.0 / self.curvature
        if not prox.prepare():
            raise SolverError(
                f"the proximal operator of {self.posed.penalty.operators.name} does not exist for "
                f"step {1 / self.curvature:.3g}"
            )

    def _estimate(self, rng: np.random.Generator) -> float:
        """Return ``weight ||A||^2`` from below, by the power method."""
        design, norm = self.posed.design, 0.0
        direction = rng.standard_normal(design.shape[1])
        for _ in range(POWER_STEPS):
            length = float(np.linalg.norm(direction))
            if length == 0.0:
                break
            image = design.apply(direction / length)
            norm = float(image @ image)
            direction = design.adjoint(image)
        return self.posed.loss.weight * norm or 1.0
