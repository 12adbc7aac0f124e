"""What a solution can prove about itself: a duality gap, or stationarity.

For the objective ``P(x) = L(A x) + f(x)`` and any slopes ``t`` in the space of ``A x``,

    D(t) = -L*(t) - f*(-A^T t)

is a lower bound on the optimal value (Fenchel-Rockafellar duality).  The slopes of the loss at
`x`, shrunk until both conjugates are finite, are such a ``t``; ``P(x) - D(t)`` bounds the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from normcalc.engine.flat import flat_images, without
from normcalc.engine.rays import recession
from normcalc.errors import SolverError

if TYPE_CHECKING:
    from normcalc.engine.design import Design
    from normcalc.engine.jit import Floats
    from normcalc.engine.rays import Ray


HOPELESS = 1e-4  # of the tolerance: so near stationary, a gap that is still large will stay so
ROUNDING = 1e-11  # relative rounding errors of objective and lower bound stay far below this


class Measure(NamedTuple):
    """How good a point is: objective, gap (NaN if there is no dual bound), stationarity."""

    fun: float
    gap: float
    kkt: float


@dataclass(frozen=True)
class Certificate:
    """What was proved about a solution.

    Parameters
    ----------
    kind : {"duality gap", "branch and bound gap", "stationarity", "infeasibility", "recession",
            "none"}
        Which argument holds.
    value, limit : float
        The number that was reached and the number that it had to reach.
    lower_bound : float
        No point has a smaller objective; minus infinity if nothing is known.
    ray : tuple of arrays
        Of problems without a solution: multipliers of the constraints that prove a conflict, or
        one direction along which the objective was seen to fall as far as numbers reach.
    """

    kind: Literal[
        "duality gap",
        "branch and bound gap",
        "stationarity",
        "infeasibility",
        "recession",
        "none",
    ]
    value: float
    limit: float
    lower_bound: float = -np.inf
    ray: tuple[Floats, ...] = ()

    def __str__(self) -> str:
        """Return the inequality that was reached, or missed."""
        if self.kind == "infeasibility":
            return f"no point with a norm below {self.value:.3g} meets them, by multipliers"
        if self.kind == "recession":
            return f"it falls by {-self.value:.3g} for each unit along a direction"
        if self.kind == "none":
            return f"nothing proved: {self.value:.3g} > {self.limit:.3g}"
        return f"{self.kind} {self.value:.3g} <= {self.limit:.3g}"


@dataclass
class Posed:
    """A loss and a penalty with numbers for all parameters, and the best lower bound so far."""

    loss: Any
    penalty: Any
    tol: float
    gradient_scale: float = 0.0  # largest partial derivative at zero
    lower_bound: float = -np.inf
    flat: Floats | None = None  # images of directions that the penalty does not see
    ray: Ray | None = None
    before: Floats | None = None
    last_gap: float = np.inf

    @property
    def design(self) -> Design:
        """The matrix."""
        design: Design = self.loss.design
        return design

    @property
    def convex(self) -> bool:
        """Whether a duality gap can be had."""
        return bool(self.penalty.has_conjugate and self.loss.has_conjugate)

    @property
    def gradient_tol(self) -> float:
        """How large a stationarity residual may stay."""
        return self.tol * (self.gradient_scale or 1.0)

    def gap_tol(self, fun: float) -> float:
        """How large a gap may stay at a point with objective `fun`."""
        return float(self.tol * max(abs(fun), 1e-8 * self.loss.at_zero))

    def objective(self, x: Floats, prediction: Floats) -> float:
        """Return the objective at `x`, whose prediction is known."""
        return float(self.loss.value(prediction) + self.penalty.worth(x))

    def escape(self, method: Any) -> Literal["unbounded"] | None:
        """Tell whether the objective falls without end from a method's point.

        Where there is a lower bound it does not.
        """
        if self.lower_bound > -np.inf:
            return None
        constant = getattr(method, "constant", 0.0)
        value = lambda x: self.objective(x, self.loss.prediction(x) + constant)  # noqa: E731
        before, self.before = self.before, method.x.copy()
        self.ray = None if before is None else recession(value, method.x, method.x - before)
        return None if self.ray is None else "unbounded"

    def gap(self, fun: float, slope: Floats, gradient: Floats) -> float:
        """Return a bound on ``fun - optimal value``; NaN for problems without one.

        `slope` is the derivative of the loss in the predictions and `gradient` that in `x`.  A
        lower bound above a value that was attained would make everything provable, so it stops
        the run: then `conjugate` is not the conjugate of `value`.
        """
        if not self.convex:
            return np.nan
        self.lower_bound = max(self.lower_bound, dual_value(self, slope, gradient))
        if self.lower_bound - fun > ROUNDING * max(abs(fun), self.loss.at_zero):
            raise SolverError(
                f"the lower bound {self.lower_bound!r} exceeds the objective {fun!r}: the "
                f"conjugate given for {self.penalty.name} is wrong"
            )
        return max(0.0, fun - self.lower_bound)

    def verdict(self, measured: Measure) -> Literal["optimal", "stationary"] | None:
        """Return what the numbers prove: nothing but a small gap makes a point optimal."""
        if not np.isfinite(measured.fun):
            return None
        if self.convex and measured.gap <= self.gap_tol(measured.fun):
            return "optimal"
        bounded = self.convex and not np.isnan(measured.gap)
        limit = self.gradient_tol * (HOPELESS if bounded else 1.0)
        falling, self.last_gap = measured.gap < 0.5 * self.last_gap, measured.gap
        if (
            falling
            or measured.kkt > limit
            or (bounded and measured.kkt > HOPELESS * self.tol * self.typical)
        ):
            return None
        return "stationary"

    @cached_property
    def typical(self) -> float:
        """The median of partial derivatives at zero, where columns differ much in length."""
        sizes = np.abs(self.loss.gradient_at_zero)
        return float(np.median(sizes[sizes > 0.0])) if sizes.any() else 1.0

    def rests(self, measured: Measure) -> bool:
        """Tell whether a point at which a method ends is stationary, whatever its gap."""
        bounded = self.convex and not np.isnan(measured.gap)
        limit = self.tol * self.typical if bounded else self.gradient_tol
        return bool(np.isfinite(measured.fun) and measured.kkt <= limit)

    def certificate(self, status: str, measured: Measure) -> Certificate:
        """Return what was proved, and the numbers that prove it."""
        if self.ray is not None and status == "unbounded":
            return Certificate("recession", self.ray.size, 0.0, ray=self.ray.vectors)
        if self.convex and status != "stationary":
            value, limit = measured.gap, self.gap_tol(measured.fun)
        else:
            value, limit = measured.kkt, self.gradient_tol
        if status == "optimal":
            return Certificate("duality gap", value, limit, self.lower_bound)
        if status == "stationary":
            return Certificate("stationarity", value, limit)
        return Certificate("none", value, limit, self.lower_bound)


@dataclass
class PosedTerms:
    """A sum of terms of linear images, some of which may be constraints that iterates miss."""

    tol: float
    bounded: bool  # whether lower bounds can be had
    scale: float = 1.0  # of the objective
    lower_bound: float = -np.inf
    loose: bool = False  # whether no term is of the unknown itself, so that bounds may stay away
    ray: Ray | None = None
    before: Floats | None = None

    def escape(self, method: Any) -> Literal["infeasible", "unbounded"] | None:
        """Tell whether constraints exclude each other, or the objective falls without end."""
        self.ray = method.conflict()
        if self.ray is not None:
            return "infeasible"
        before, self.before = self.before, method.x.copy()
        self.ray = None if before is None else recession(method.value, method.x, method.x - before)
        return None if self.ray is None else "unbounded"

    def gap_tol(self, fun: float) -> float:
        """How large a gap may stay at a point with objective `fun`."""
        return self.tol * max(abs(fun), 1e-8 * self.scale)

    def verdict(self, measured: Measure) -> Literal["optimal", "stationary"] | None:
        """Return what is proved: a small gap counts where constraints hold up to `tol`."""
        self.lower_bound = max(self.lower_bound, measured.fun - measured.gap)
        if not np.isfinite(measured.fun) or measured.kkt > self.tol:
            return None
        if self.bounded and measured.gap <= self.gap_tol(measured.fun):
            return "optimal"
        hopeless = self.loose and (
            self.lower_bound == -np.inf or measured.kkt <= HOPELESS * self.tol
        )
        return "stationary" if hopeless or not self.bounded else None

    def rests(self, measured: Measure) -> bool:
        """Tell whether a point at which a method ends meets the conditions, whatever its gap."""
        return bool(np.isfinite(measured.fun) and measured.kkt <= self.tol)

    def certificate(self, status: str, measured: Measure) -> Certificate:
        """Return what was proved, and the numbers that prove it."""
        if self.ray is not None and status in ("infeasible", "unbounded"):
            kind: Any = "infeasibility" if status == "infeasible" else "recession"
            return Certificate(kind, self.ray.size, 0.0, ray=self.ray.vectors)
        if status == "optimal":
            limit = self.gap_tol(measured.fun)
            return Certificate("duality gap", measured.gap, limit, self.lower_bound)
        if status == "stationary":
            return Certificate("stationarity", measured.kkt, self.tol)
        return Certificate("none", measured.gap, self.gap_tol(measured.fun), self.lower_bound)


def dual_value(posed: Posed, slope: Floats, gradient: Floats) -> float:
    """Return the lower bound that slopes of the loss give; minus infinity if none."""
    if posed.flat is None:
        posed.flat = flat_images(posed.penalty, posed.loss, gradient)
    if posed.flat.size:
        slope = without(slope, posed.flat)
        gradient = posed.design.adjoint(slope)
    scale = posed.penalty.into_domain(-gradient)
    bound = -posed.loss.dual(scale * slope) - posed.penalty.dual(-scale * gradient)
    return float(bound) if np.isfinite(bound) else -np.inf
