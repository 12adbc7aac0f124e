"""Reweighting: penalties that are concave in the size of each coordinate, by weighted sizes.

A concave function lies below its tangents.  With weights ``w_j = p'(|x_j|)``, the derived slopes
at the iterate, ``sum p(|u_j|) <= sum p(|x_j|) + w_j (|u_j| - |x_j|)``: a minimiser of the loss
plus ``sum w_j |u_j|``, found by coordinate descent or proximal Newton, cannot have a larger
objective.  Where the slope at zero is infinite, coordinates that are zero stay so; the first
weights are then taken at the sizes that coordinates would have alone.

References
----------
Candes, Wakin and Boyd, "Enhancing sparsity by reweighted l1 minimization", JFAA 2008.
Zou and Li, "One-step sparse estimates in nonconcave penalized likelihood models", Ann. Stat. 2008.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.certificate import Measure, Posed
from normcalc.engine.design import Implicit
from normcalc.engine.methods.coordinate_descent import CoordinateDescent
from normcalc.engine.methods.prox_newton import ProxNewton
from normcalc.engine.operators import bind, operators
from normcalc.engine.problem import LeastSquares
from normcalc.errors import LanguageError, NotDerivable
from normcalc.language.build import function
from normcalc.language.construct import negate
from normcalc.language.function import Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.jit import Floats
    from normcalc.engine.methods.further import Setting

NEAREST = 1e-300  # where the slope at zero is taken
FARTHEST = 1e100  # where the slope is least
STEEPEST = 1e100  # a slope beyond this counts as infinite
STEPS = 100  # of one weighted problem


def lacks(setting: Setting) -> str:
    """Return the property that is missing; an empty text if none."""
    if not (setting.loss.smooth and setting.loss.convex):
        return "a convex loss with a derivative"
    if isinstance(setting.loss.design, Implicit):
        return "the columns of A"
    if setting.first.ndim != 1:
        return "one target for each row"
    known = [
        f for f in setting.formulas if isinstance(f, Function) and f.variable.kind == "scalar"
    ]
    if len(known) != 1 or len(setting.formulas) != 1 or not concave_in_size(known[0]):
        return "a penalty that is proved to be continuous and concave in the size of a coordinate"
    far = _Slope(known[0], setting.given, setting.first.size)(
        np.full(setting.first.size, FARTHEST)
    )
    return "" if np.all(far >= 0.0) else "a penalty that does not fall with the size"


def start(setting: Setting) -> tuple[Reweighting, Posed]:
    """Return the method at its start, and what it may prove."""
    from normcalc.engine.posing import gradient_scale

    posed = Posed(setting.loss, setting.penalty, setting.tol)
    posed.gradient_scale = gradient_scale(setting.loss)
    slope = _Slope(setting.formulas[0], setting.given, setting.first.size)
    return Reweighting(posed, slope, setting.first), posed


@lru_cache(maxsize=256)
def concave_in_size(penalty: Function) -> bool:
    """Tell whether a function of one number is proved even, continuous, and concave from 0 on.

    Examples
    --------
    >>> concave_in_size(function("log(1 + abs(x))")), concave_in_size(function("x**2"))
    (True, False)
    """
    from normcalc.facts.scalar import continuous_on_line, convex_on_line, even_on_line

    if penalty.domain is not None:
        return False
    half = (Fraction(0), None)
    try:
        below = replace(penalty, body=negate(penalty.body), domain=half, text="")
        facts = (even_on_line(penalty), continuous_on_line(penalty), convex_on_line(below))
    except (LanguageError, NotDerivable):
        return False
    return all(fact.value == "YES" for fact in facts)


class _Slope:
    """The slope of a penalty in the size of each coordinate, at zero that to the right."""

    def __init__(self, penalty: Function, given: Any, size: int) -> None:
        """Derive and compile it."""
        self.derivative, self.size = _derivative(penalty), size
        self.values = {p.name: given[p.name] for p in penalty.parameters}

    def __call__(self, sizes: Floats) -> Floats:
        """Return the slopes, at most `STEEPEST`."""
        found = self.derivative(np.maximum(sizes, NEAREST), **self.values)
        return np.minimum(np.broadcast_to(found, (self.size,)), STEEPEST)


@lru_cache(maxsize=256)
def _derivative(penalty: Function) -> Callable[..., Floats]:
    from normcalc.codegen import compile as compiled
    from normcalc.derive import gradient

    found = gradient(penalty).trees[0]
    names = {p.name for p in penalty.parameters}
    made = replace(penalty, body=found, text="")
    kernel: Any = compiled(made)
    return lambda x, **values: kernel(x, **{k: v for k, v in values.items() if k in names})


class Reweighting:
    """One run; see the module for the method.  `inner` solves the weighted problem."""

    name = "reweighting"

    def __init__(self, posed: Posed, slope: _Slope, x0: Floats) -> None:
        """Weigh sizes at the starting point."""
        self.posed, self.slope, self.stalled = posed, slope, False
        self.sizes = operators(function("w*abs(x)"))
        self.weights = slope(np.abs(x0))
        self.inner = self._weighted(x0)
        if not x0.any() and self.weights.max() >= STEEPEST:
            self.weights = slope(self._alone(x0))
            self.inner = self._weighted(x0)
            self._solve(self.inner, 0.1 * self.posed.gradient_tol)
        self._look()

    @property
    def x(self) -> Floats:
        """The iterate."""
        return self.inner.x

    @property
    def constant(self) -> float:
        """The constant in the predictions."""
        return float(getattr(self.inner, "constant", 0.0))

    def _alone(self, zero: Floats) -> Floats:
        """Return about the sizes that coordinates would have alone, without a penalty."""
        loss = self.posed.loss
        prediction = loss.prediction(zero) + self.constant
        gradient = np.abs(loss.design.adjoint(loss.slope(prediction)))
        curvature = loss.design.squares * float(np.max(loss.curvature(prediction)))
        return np.where(curvature > 0.0, gradient / np.maximum(curvature, 1e-300), 0.0)

    def _weighted(self, x: Floats) -> CoordinateDescent | ProxNewton:
        penalty = bind(self.sizes, {"w": self.weights}, x.size)
        posed = Posed(self.posed.loss, penalty, self.posed.tol)
        posed.gradient_scale = self.posed.gradient_scale
        method = CoordinateDescent if isinstance(posed.loss, LeastSquares) else ProxNewton
        return method(posed, x)

    def _solve(self, inner: CoordinateDescent | ProxNewton, goal: float) -> None:
        inner.posed.tol = goal / (inner.posed.gradient_scale or 1.0)
        for _ in range(STEPS):
            if inner.measure().kkt <= goal or inner.stalled:
                break
            inner.step()

    def step(self) -> None:
        """Minimise the loss plus weighted sizes, with the weights of the iterate."""
        before, self.weights = self.inner, self.weights_here
        fun, inner = self.fun, self._weighted(self.x)
        self._solve(inner, 0.1 * max(self.posed.gradient_tol, 0.1 * self.kkt))
        moved = not np.array_equal(inner.x, before.x)
        self.inner = inner
        self._look()
        if not self.fun <= fun or not moved:
            self.inner, self.stalled = before, True
            self._look()

    def _look(self) -> None:
        """Take objective and stationarity at the iterate."""
        x, loss = self.x, self.posed.loss
        prediction = loss.prediction(x) + self.constant
        self.fun = self.posed.objective(x, prediction)
        self.weights_here = self.slope(np.abs(x))
        gradient = loss.design.adjoint(loss.slope(prediction))
        beyond = np.maximum(np.abs(gradient) - self.weights_here, 0.0)
        missed = np.where(x == 0.0, beyond, np.abs(gradient + np.sign(x) * self.weights_here))
        self.kkt = float(missed.max())

    def measure(self) -> Measure:
        """Return objective and stationarity, and a gap if the penalty is convex, too."""
        loss = self.posed.loss
        slope = loss.slope(loss.prediction(self.x) + self.constant)
        gap = np.nan
        if self.posed.convex and not loss.intercept:
            gap = self.posed.gap(self.fun, slope, loss.design.adjoint(slope))
        return Measure(self.fun, gap, self.kkt)
