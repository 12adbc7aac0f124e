"""A convex problem below the one at hand: a smooth loss, a convex polygon for each coordinate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import types

from normcalc.engine.jit import Matrix, Vector, compiled

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats
    from normcalc.engine.methods.hulls import Hulls

STEPS = 50
SHARE = 0.05  # of the distance to what is looked for, at which a relaxed answer is good enough
HALVINGS = 30
SWEEPS = 1000
STILL = 1e-13  # relatively, a sweep that moves nothing
RIDGE = 1e-10  # of the largest curvature, which makes models strictly convex


class Relaxed(NamedTuple):
    """A point of the relaxed problem, its value there and a lower bound of all its values.

    `blame` tells of each coordinate how far the loss is above what was put in its place, times
    what a smaller interval of that coordinate would change.
    """

    x: Floats
    value: float
    bound: float
    blame: Floats


class Relaxation:
    """A convex loss less ``shift/2 |x|**2``, which is convex as well."""

    def __init__(self, loss: Any, size: int, shift: float) -> None:
        """Copy the few columns of the design."""
        self.loss, self.shift = loss, shift
        self.floor = -loss.dual(np.zeros(loss.target.shape)) if loss.has_conjugate else -np.inf
        self.columns = np.column_stack([loss.design.apply(unit) for unit in np.eye(size)])
        self.offset = loss.prediction(None)

    def value(self, x: Floats) -> float:
        """Return the shifted loss."""
        whole: float = self.loss.value(self.columns @ x + self.offset)
        return whole - 0.5 * self.shift * float(x @ x)

    def gradient(self, x: Floats) -> Floats:
        """Return the gradient of the shifted loss."""
        slope = self.loss.slope(self.columns @ x + self.offset)
        return np.asarray(slope @ self.columns - self.shift * x)

    def hessian(self, x: Floats) -> Floats:
        """Return the second derivatives of the shifted loss, a little enlarged."""
        weights = self.loss.curvature(self.columns @ x + self.offset)
        found = self.columns.T @ (weights[:, None] * self.columns)
        own = found.diagonal()
        found[np.diag_indices_from(found)] += RIDGE * (own.max() or 1.0) - self.shift
        return np.asarray(found)

    def minimise(self, hulls: Hulls, x: Floats, cutoff: float, accuracy: float) -> Relaxed:
        """Run proximal Newton until the bound exceeds `cutoff` or is sharp.

        For any y the tangent plane of the loss at y plus the polygons has the least value
        ``f(y) - <g, y> + sum_j min_t (hull_j(t) + g_j t)``, below all values of the sum.
        """
        bound, height = -np.inf, self.value(x)
        value = height + float(hulls.worth(x).sum())
        for _ in range(STEPS):
            slope = self.gradient(x)
            bound = max(bound, height - float(slope @ x) + float(hulls.least(slope).sum()))
            if bound >= cutoff or value - bound <= max(accuracy, SHARE * (cutoff - value)):
                break
            goal = x.copy()
            sweep(self.hessian(x), slope, hulls.places, hulls.slopes, goal)
            for halving in range(HALVINGS):
                new = hulls.inside(x + 0.5**halving * (goal - x))
                height = self.value(new)
                after = height + float(hulls.worth(new).sum())
                if after < value:
                    break
            else:
                break
            x, value = new, after
        return Relaxed(x, value, bound, np.zeros(x.size))


@compiled(types.void(Matrix, Vector, Matrix, Matrix, Vector))
def sweep(gram: Floats, slope: Floats, places: Floats, slopes: Floats, x: Floats) -> None:
    """Minimise ``<slope, d> + <d, gram d>/2 + sum_j hull_j(x_j + d_j)``; `x` becomes ``x + d``."""
    pull = slope.copy()
    for _ in range(SWEEPS):
        moved = 0.0
        for j in range(x.size):
            target = x[j] - pull[j] / gram[j, j]
            new = places[j, 0]
            for k in range(slopes.shape[1]):  # edges fill from the left
                covered = target - slopes[j, k] / gram[j, j] - places[j, k]
                new += min(max(covered, 0.0), places[j, k + 1] - places[j, k])
            change = min(new, places[j, -1]) - x[j]
            if change != 0.0:
                x[j] += change
                pull += change * gram[j]
                moved = max(moved, abs(change) / (1.0 + abs(x[j])))
        if moved <= STILL:
            break
