"""Frank-Wolfe with away steps: a differentiable loss over a bounded convex set.

A step asks for the point of the set at which the linear model of the loss is least, and moves
towards it, or away from the worst of the points that the iterate is a mixture of.  How much the
linear model falls bounds how much the loss can: the gap is the certificate.

References
----------
Jaggi, "Revisiting Frank-Wolfe: projection-free sparse convex optimization", ICML 2013.
Lacoste-Julien and Jaggi, "On the global linear convergence of Frank-Wolfe optimization variants",
NIPS 2015.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.certificate import Measure, PosedTerms
from normcalc.engine.minimizers import NEEDED, least_point
from normcalc.engine.penalties import JointPenalty
from normcalc.engine.problem import LeastSquares
from normcalc.errors import InputError
from normcalc.language.slack import value

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.jit import Floats
    from normcalc.engine.methods.further import Setting

ATOMS = 1000  # so many points of the set are remembered; then their mixture is one of them
ENTRIES = 20_000_000  # of all these points together, at most
SLACK = Fraction(1, 10**9)  # by how much, relatively, a starting point may miss the set
HALVINGS = 60
STRAIGHT = 1e-9  # relatively: so near zero, a slope was found by a straight line


def lacks(setting: Setting) -> str:
    """Return the property that is missing; an empty text if none."""
    if not setting.loss.smooth:
        return "a differentiable loss"
    if setting.loss.intercept:
        return "a loss without a constant"
    return "" if least_point(setting) else NEEDED


class OverBall(PosedTerms):
    """A continuous function over a bounded closed set, which has a least value."""

    def escape(self, method: Any) -> None:
        """Return nothing: there is a solution."""


def start(setting: Setting) -> tuple[FrankWolfe, PosedTerms]:
    """Return the method at its start, and what it may prove."""
    minimizer: Any = least_point(setting)
    first, loss = setting.first, setting.loss
    if not _inside(setting, first):
        if first.any():
            raise InputError(f"x0 must lie in the set whose indicator is {setting.penalty.name}")
        first = minimizer(loss.design.adjoint(loss.slope(loss.prediction(first))))
    running = FrankWolfe(loss, minimizer, first)
    return running, OverBall(setting.tol, setting.loss.convex, setting.loss.at_zero or 1.0)


def _inside(setting: Setting, x: Floats) -> bool:
    """Tell whether a point lies in the set, up to rounding."""
    if not isinstance(setting.penalty, JointPenalty):
        return bool(np.isfinite(setting.penalty.worth(x)))
    slack = value(setting.penalty.function, x, setting.penalty.values, SLACK)
    return bool(np.isfinite(slack).all())


class FrankWolfe:
    """One run; see the module for the method.  `x` is the mixture of `atoms` with `weights`."""

    name = "Frank-Wolfe"

    def __init__(self, loss: Any, minimizer: Callable[[Floats], Floats], x0: Floats) -> None:
        """Look at the starting point."""
        self.loss, self.minimizer, self.stalled = loss, minimizer, False
        self.x, self.prediction = x0, loss.prediction(x0)
        self.atoms, self.weights = x0.reshape(1, -1).copy(), np.ones(1)
        self._look()

    def _look(self) -> None:
        """Take value and gradient at the iterate, and the least point of the linear model."""
        self.fun = self.loss.value(self.prediction)
        self.slope = self.loss.slope(self.prediction)
        self.gradient = self.loss.design.adjoint(self.slope)
        self.target = self.minimizer(self.gradient)
        self.gap = float(np.vdot(self.gradient, self.x - self.target))

    def measure(self) -> Measure:
        """Return objective, gap, and the gap relatively."""
        scale = max(abs(self.fun), 1e-8 * self.loss.at_zero) or 1.0
        return Measure(self.fun, max(0.0, self.gap), max(0.0, self.gap) / scale)

    def step(self) -> None:
        """Move towards the target, or away from the worst atom, whichever falls more steeply."""
        scores = self.atoms @ self.gradient.ravel()
        worst = int(np.argmax(scores))
        away = float(scores[worst] - np.vdot(self.gradient, self.x))
        leave = away > self.gap and self.weights[worst] < 1.0
        move = self.x - self.atoms[worst].reshape(self.x.shape) if leave else self.target - self.x
        weight = float(self.weights[worst])
        longest = weight / (1.0 - weight) if leave else 1.0
        ahead = self.loss.design.apply(move)
        length = _search(self.loss, self.prediction, ahead, longest)
        self.stalled = length == 0.0
        if self.stalled:
            return
        self._mix(worst, length, longest) if leave else self._join(length)
        self.x = (self.weights @ self.atoms).reshape(self.x.shape)
        self.prediction = self.loss.prediction(self.x)
        self._look()

    def _mix(self, worst: int, length: float, longest: float) -> None:
        """Move away from an atom, which is forgotten if nothing of it is left."""
        self.weights = (1.0 + length) * self.weights
        self.weights[worst] -= length
        if length == longest:
            self._keep(np.arange(self.weights.size) != worst)

    def _join(self, length: float) -> None:
        """Move towards the target, a new atom unless it is one already."""
        self.weights = (1.0 - length) * self.weights
        target = self.target.ravel()
        same = np.flatnonzero((self.atoms == target).all(axis=1))
        if same.size:
            self.weights[same[0]] += length
        else:
            self.atoms = np.concatenate([self.atoms, target[None]])
            self.weights = np.append(self.weights, length)
        self._keep(self.weights > 0.0)
        if self.weights.size > max(2, min(ATOMS, ENTRIES // self.x.size)):
            self.atoms, self.weights = (self.weights @ self.atoms)[None], np.ones(1)

    def _keep(self, chosen: Any) -> None:
        self.atoms, self.weights = self.atoms[chosen], self.weights[chosen]
        self.weights = self.weights / self.weights.sum()


def _search(loss: Any, prediction: Floats, ahead: Floats, longest: float) -> float:
    """Return how far to go for the least loss, exactly for squares; 0 if it does not fall."""

    def steepness(length: float) -> float:
        return float(np.vdot(loss.slope(prediction + length * ahead), ahead))

    if isinstance(loss, LeastSquares):
        bend = loss.weight * float(np.vdot(ahead, ahead))
        return float(np.clip(-steepness(0.0) / bend, 0.0, longest)) if bend > 0.0 else longest
    low, high = 0.0, longest
    first, last = steepness(0.0), steepness(longest)
    straight = longest * first / (first - last) if first < 0.0 < last else np.nan
    if abs(steepness(straight)) <= STRAIGHT * abs(first):
        high = straight
    elif not last <= 0.0:
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if steepness(middle) <= 0.0 else (low, middle)
        high = low
    here = loss.value(prediction)
    while high > 0.0 and not loss.value(prediction + high * ahead) <= here:
        high = 0.5 * high if high > 1e-12 * longest else 0.0
    return high
