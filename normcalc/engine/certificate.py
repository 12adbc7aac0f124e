"""What a solution can prove about itself: a duality gap, or stationarity.

With ``r = b - A x`` and ``g`` the gradient of ``weight/2 ||r||^2``, each ``s`` in ``[0, 1]`` that
brings ``-s g`` into the domain of the conjugate gives the lower bound

    D(s) = weight (s b.r - s^2/2 ||r||^2) - sum_j f*(-s g_j)

on the optimal value (Fenchel-Rockafellar duality), so ``P(x) - D(s)`` bounds the error of `x`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from normcalc.errors import SolverError

if TYPE_CHECKING:
    from normcalc.engine.design import Design
    from normcalc.engine.jit import Floats
    from normcalc.engine.operators import BoundPenalty
    from normcalc.engine.problem import LeastSquares


ROUNDING = 1e-11  # relative rounding errors of objective and lower bound stay far below this


class Point(NamedTuple):
    """An iterate and what is known there; replaced as a whole, so an interruption keeps it."""

    x: Floats
    residual: Floats
    gradient: Floats


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
    kind : {"duality gap", "stationarity", "none"}
        Which argument holds.
    value, limit : float
        The number that was reached and the number that it had to reach.
    lower_bound : float
        No point has a smaller objective; minus infinity if nothing is known.
    """

    kind: Literal["duality gap", "stationarity", "none"]
    value: float
    limit: float
    lower_bound: float = -np.inf

    def __str__(self) -> str:
        """Return the inequality that was reached, or missed."""
        if self.kind == "none":
            return f"nothing proved: {self.value:.3g} > {self.limit:.3g}"
        return f"{self.kind} {self.value:.3g} <= {self.limit:.3g}"


@dataclass
class Posed:
    """A problem with numbers for all parameters, and the best lower bound found so far."""

    loss: LeastSquares
    penalty: BoundPenalty
    tol: float
    gradient_scale: float = 0.0  # largest partial derivative at zero
    lower_bound: float = -np.inf

    @property
    def design(self) -> Design:
        """The matrix."""
        return self.loss.design

    @property
    def convex(self) -> bool:
        """Whether a duality gap can be had."""
        return self.penalty.conjugate is not None

    @property
    def gradient_tol(self) -> float:
        """How large a stationarity residual may stay."""
        return self.tol * (self.gradient_scale or 1.0)

    def gap_tol(self, fun: float) -> float:
        """How large a gap may stay at a point with objective `fun`."""
        return self.tol * max(abs(fun), 1e-8 * self.loss.at_zero)

    def objective(self, x: Floats, residual: Floats) -> float:
        """Return the objective at `x`."""
        half = 0.5 * self.loss.weight * float(residual @ residual)
        return half + self.penalty.value.sum(x)

    def gap(self, fun: float, point: Point) -> float:
        """Return a bound on ``fun - optimal value``; NaN for penalties without one.

        A lower bound above a value that was attained would make everything provable, so it stops
        the run: then `conjugate` is not the conjugate of `value`.
        """
        if not self.convex:
            return np.nan
        self.lower_bound = max(self.lower_bound, dual_value(self, point))
        if self.lower_bound - fun > ROUNDING * max(abs(fun), self.loss.at_zero):
            raise SolverError(
                f"the lower bound {self.lower_bound!r} exceeds the objective {fun!r}: the "
                f"conjugate given for {self.penalty.operators.name} is wrong"
            )
        return max(0.0, fun - self.lower_bound)


def dual_value(posed: Posed, point: Point) -> float:
    """Return the lower bound that the residual of a point gives; minus infinity if none."""
    penalty, weight = posed.penalty, posed.loss.weight
    if penalty.conjugate is None:
        return -np.inf
    slopes = -point.gradient
    scale = scale_into(penalty.domain, slopes)
    inside = np.clip(scale * slopes, *penalty.domain)  # rounding may step one digit outside
    residual, target = point.residual, posed.loss.target
    quadratic = scale * (target @ residual) - 0.5 * scale**2 * (residual @ residual)
    return float(weight * quadratic - penalty.conjugate.sum(inside))


def scale_into(domain: tuple[float, float], slopes: Floats) -> float:
    """Return the largest ``s <= 1`` with ``s * slopes`` inside an interval around zero.

    Examples
    --------
    >>> scale_into((-1.0, 2.0), np.array([-0.5, 4.0]))
    0.5
    """
    low, high = domain
    scale = 1.0
    smallest, largest = float(slopes.min()), float(slopes.max())
    if smallest < low:
        scale = low / smallest
    if largest > high:
        scale = min(scale, high / largest)
    return scale
