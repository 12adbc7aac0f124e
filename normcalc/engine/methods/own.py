"""A method that the user brings, run by the same loop and judged by the same certificate.

It is made by calling ``method(problem, x0)`` and has an array `x` and a function ``step()``.
Nothing that it says about itself is believed: objective, gap and stationarity are measured here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.certificate import Measure
from normcalc.engine.constant import balanced
from normcalc.engine.methods.proximal_gradient import ProximalGradient
from normcalc.errors import SolverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.certificate import Posed
    from normcalc.engine.jit import Floats, Seed


@dataclass(frozen=True)
class Problem:
    """What a method works with: ``loss(x) + penalty(x)``.

    Parameters
    ----------
    posed : Posed
        Loss and penalty with numbers for their parameters.
    curvature : float
        An estimate, from below, of the largest second derivative of the loss.
    """

    posed: Posed
    curvature: float

    def value(self, x: Floats) -> float:
        """Return the objective."""
        return self.posed.objective(x, self.posed.loss.prediction(x))

    def gradient(self, x: Floats) -> Floats:
        """Return the gradient of the loss, in the shape of `x`."""
        loss = self.posed.loss
        return np.asarray(self.posed.design.adjoint(loss.slope(loss.prediction(x))))

    def prox(self, v: Floats, step: float) -> Floats:
        """Return the prox of the penalty, ``argmin_u penalty(u) + |u - v|^2/(2 step)``."""
        return np.asarray(self.posed.penalty.prox(v, step))


class Own:
    """One run of a method of the user."""

    def __init__(
        self,
        method: Callable[[Problem, Floats], Any],
        posed: Posed,
        x0: Floats,
        rng: Seed,
    ) -> None:
        """Make it, at the starting point."""
        curvature = ProximalGradient(posed, x0, rng).curvature
        self.posed, self.problem = posed, Problem(posed, curvature)
        self.shape, self.running = x0.shape, method(self.problem, x0.copy())
        self.stalled = False
        self.name = str(getattr(self.running, "name", type(self.running).__name__))

    @property
    def x(self) -> Floats:
        """The iterate."""
        x = np.asarray(self.running.x, dtype=np.float64)
        if x.shape != self.shape:
            raise SolverError(f"{self.name}: x must have the shape {self.shape}, not {x.shape}")
        return x

    def step(self) -> None:
        """Do one step."""
        self.running.step()
        self.stalled = bool(getattr(self.running, "stalled", False))

    def measure(self) -> Measure:
        """Return objective, gap and the length of a proximal gradient step, by its curvature."""
        x, loss, curvature = self.x, self.posed.loss, self.problem.curvature
        prediction = loss.prediction(x)
        slope, fun = loss.slope(prediction), self.posed.objective(x, prediction)
        gradient = np.asarray(self.posed.design.adjoint(slope))
        moved = x - self.problem.prox(x - gradient / curvature, 1.0 / curvature)
        if loss.intercept:
            slope = balanced(loss, slope, prediction)
            gradient = self.posed.design.adjoint(slope)
        gap = self.posed.gap(fun, slope, gradient)
        return Measure(fun, gap, float(np.abs(moved).max()) * curvature)
