"""A constant in the predictions that no penalty sees, as one more coordinate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from normcalc.engine.design import Design
    from normcalc.engine.jit import Floats
    from normcalc.engine.losses import RowLoss
    from normcalc.engine.maps import LinearMap
    from normcalc.engine.penalties import Penalty


@dataclass(frozen=True, eq=False)
class WithConstant:
    """A design and a last column of ones."""

    design: Design

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, the ones among them."""
        rows, columns = self.design.shape
        return rows, columns + 1

    def apply(self, x: Floats) -> Floats:
        """Return ``A x + c``."""
        return np.asarray(self.design.apply(x[:-1]) + x[-1])

    def adjoint(self, r: Floats) -> Floats:
        """Return ``A^T r`` and the sums of `r`."""
        return np.concatenate([self.design.adjoint(r), r.sum(axis=0, keepdims=True)])


@dataclass(frozen=True, eq=False)
class ButTheLast:
    """A penalty that leaves the last coordinate alone."""

    penalty: Penalty

    def __getattr__(self, name: str) -> Any:
        """Return what the penalty itself knows: its name, its facts."""
        return getattr(self.penalty, name)

    def worth(self, x: Floats) -> float:
        """Return the value."""
        return self.penalty.worth(x[:-1])

    def prox(self, v: Floats, step: float) -> Floats:
        """Return the prox of all but the last coordinate, and that as it is."""
        return np.concatenate([self.penalty.prox(v[:-1], step), v[-1:]])

    def slope(self, x: Floats) -> Floats:
        """Return the gradient, of a penalty that has one."""
        inner: Any = self.penalty
        return np.concatenate([inner.slope(x[:-1]), np.zeros_like(x[-1:])])

    def dual(self, u: Floats) -> float:
        """Return the conjugate; the last coordinate is taken for zero, see `balanced`."""
        return self.penalty.dual(u[:-1])

    def into_domain(self, u: Floats) -> float:
        """Return the largest share of `u` in the domain of the conjugate."""
        return self.penalty.into_domain(u[:-1])


@dataclass(frozen=True, eq=False)
class OfTheRest:
    """A linear map of all but the last coordinate."""

    map: LinearMap

    def apply(self, x: Floats) -> Floats:
        """Return the image of the rest."""
        return self.map.apply(x[:-1])

    def adjoint(self, r: Floats) -> Floats:
        """Return the transpose's image, and a zero."""
        rest = self.map.adjoint(r)
        return np.concatenate([rest, np.zeros((1, *rest.shape[1:]))])


def balanced(loss: RowLoss, slope: Floats, prediction: Floats) -> Floats:
    """Return slopes with the sum zero, as dual points of a problem with a constant must be.

    The sum is small already; it is taken off in proportion to the curvatures, which keeps the
    slopes inside the domain of the conjugate.
    """
    curvature = loss.curvature(prediction)
    share = np.where(np.isfinite(curvature), np.maximum(curvature, 0.0), 0.0)
    total = share.sum(axis=0)
    if np.any(total <= 0.0):
        share = np.ones_like(slope) if loss.used is None else loss.used.astype(float)
        total = share.sum(axis=0)
    return np.asarray(slope - slope.sum(axis=0) / total * share)


def evened(slope: Floats) -> Floats:
    """Return slopes with the sum zero, those of the heavier sign shrunk towards zero.

    So they stay in every interval around zero, for losses whose curvature tells nothing.

    Examples
    --------
    >>> evened(np.array([2.0, 1.0, -1.0]))
    array([ 0.66666667,  0.33333333, -1.        ])
    """
    above, below = np.maximum(slope, 0.0), np.minimum(slope, 0.0)
    up, down = above.sum(axis=0), -below.sum(axis=0)
    least = np.minimum(up, down)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = [np.where(size > 0.0, least / size, 0.0) for size in (up, down)]
    return np.asarray(above * shares[0] + below * shares[1])


def best_constant(loss: RowLoss, prediction: Floats) -> float:
    """Return the constant that, added to the predictions, makes the loss least; by Newton."""
    at, value = 0.0, loss.value(prediction)
    for _ in range(100):
        z = prediction + at
        slope, curvature = float(loss.slope(z).sum()), float(loss.curvature(z).sum())
        move = -slope / curvature if curvature > 0.0 else -np.sign(slope)
        while (there := loss.value(prediction + at + move)) > value:
            move *= 0.5
            if abs(move) <= 1e-16 * (1.0 + abs(at)):
                return at
        at, gained, value = at + move, value - there, there
        if gained <= 1e-16 * abs(value) and abs(move) <= 1e-12 * (1.0 + abs(at)):
            break
    return at
