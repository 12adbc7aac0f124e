"""A box that holds every point whose objective is not above a given one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize_scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.engine.jit import Floats
    from normcalc.engine.methods.bent import Bent

WIDE = np.linspace(-30.0, 30.0, 121)  # logarithms of factors
ROOM = 1e-9  # relatively, for rounding


def level_box(loss: Any, bents: Sequence[Bent], fun: float, floor: float) -> tuple[Floats, Floats]:
    """Return the ends of a box; infinite where none are found.  The loss is at least `floor`.

    Where the penalties of the other coordinates are least and the loss is least, a coordinate's
    own penalty cannot exceed what is left.  And where the columns of `A` are independent,
    ``x_j = <u, A x>`` for some u, so that ``s*x_j <= loss(A x) + conjugate(s*u)`` for every s.
    """
    least = np.array([bent.least for bent in bents])
    spare = fun - least.sum()  # of the loss and one penalty
    ends = [bent.within(spare - floor + low) for bent, low in zip(bents, least, strict=True)]
    lo, hi = (np.array(each, dtype=np.float64) for each in zip(*ends, strict=True))
    if loss.convex and loss.has_conjugate and not np.all(np.isfinite(hi - lo)):
        for j, u in enumerate(_readers(loss, len(bents))):
            lo[j] = max(lo[j], -_farthest(loss, -u, spare))
            hi[j] = min(hi[j], _farthest(loss, u, spare))
    room = ROOM * (1.0 + np.maximum(np.abs(lo), np.abs(hi)))
    domain = np.array([bent.domain for bent in bents])
    return np.maximum(lo - room, domain[:, 0]), np.minimum(hi + room, domain[:, 1])


def _readers(loss: Any, size: int) -> Floats:
    """Return vectors u with ``A.T u = e_j``, one in a row; none if there are none."""
    columns = np.column_stack([loss.design.apply(unit) for unit in np.eye(size)])
    if np.linalg.matrix_rank(columns) < size:
        return np.zeros((0, len(columns)))
    return np.linalg.pinv(columns)


def _farthest(loss: Any, u: Floats, level: float) -> float:
    """Return an upper bound of ``<u, z>`` where the loss at z is at most `level`."""

    def bound(log: float) -> float:
        return float((level + loss.dual(np.exp(log) * u)) / np.exp(log))

    values = np.array([bound(log) for log in WIDE])
    values[~np.isfinite(values)] = np.inf
    at = int(np.argmin(values))
    if not np.isfinite(values[at]):
        return np.inf
    ends = WIDE[max(at - 1, 0)], WIDE[min(at + 1, len(WIDE) - 1)]
    refined = minimize_scalar(bound, bounds=ends, method="bounded")
    return float(np.nanmin([values[at], refined.fun]))
