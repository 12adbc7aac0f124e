"""The global numeric oracle: the smallest objective value over the whole line.

It knows the function, the argument and nothing else; in particular it never starts at a
candidate.  A wide grid (24 decades on both sides of zero, the same around every argument, all the
marks of the formula) brackets the promising minima, and each bracket is then shrunk by a factor of
eight a round, which no kink and no jump can upset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.certify.landmarks import landmarks, scan_grid
from normcalc.certify.objective import Numbers, coupling, objective, values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from normcalc.language import Function

    Floats = NDArray[np.float64]

_KEPT = 4
_ROUNDS = 14
_FRACTIONS = np.linspace(0.0, 1.0, 17)
_OFFSETS = np.concatenate([-np.logspace(9, -9, 145), [0.0], np.logspace(-9, 9, 145)])


def minimum(function: Function, goal: str, v: Floats, numbers: Numbers) -> tuple[Floats, Floats]:
    """Return the best point and the best objective value found for each argument.

    Where the objective still falls at the end of the grid, the value there is returned: it is
    an upper bound for the infimum, and so enough to refute a claim.
    """
    grid = np.unique(np.concatenate([scan_grid(function, numbers), landmarks(function, numbers)]))
    fixed = values(function, grid, numbers)
    starts, ends = [], []
    best, at = np.full(v.shape, np.inf), np.zeros(v.shape)
    everywhere = np.broadcast_to(grid, (v.size, grid.size))
    for candidates, f in ((everywhere, fixed), _around(function, v, numbers)):
        total = f + coupling(goal, candidates, v[:, None], numbers)
        low, high, where, value = _brackets(candidates, total)
        starts.append(low)
        ends.append(high)
        best, at = _keep(best, at, value[:, 0], where[:, 0])
    lo, hi = np.concatenate(starts, axis=1), np.concatenate(ends, axis=1)
    point, value = _shrink(function, goal, v, numbers, lo, hi)
    return _keep(best, at, value, point)[::-1]


def _around(function: Function, v: Floats, numbers: Numbers) -> tuple[Floats, Floats]:
    """Return grids centred at each argument, with the function's values on them."""
    grid = v[:, None] + _OFFSETS[None, :]
    return grid, values(function, grid, numbers)


def _brackets(grid: Floats, total: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return, for the few lowest local minima of each row: neighbours, place and value."""
    padded = np.pad(total, ((0, 0), (1, 1)), constant_values=np.inf)
    is_low = (total <= padded[:, :-2]) & (total <= padded[:, 2:])
    ranked = np.where(is_low, total, np.inf)
    order = np.argpartition(ranked, _KEPT, axis=1)[:, :_KEPT]
    order = np.take_along_axis(order, np.argsort(np.take_along_axis(ranked, order, 1), axis=1), 1)
    left = np.take_along_axis(grid, np.maximum(order - 1, 0), 1)
    right = np.take_along_axis(grid, np.minimum(order + 1, grid.shape[1] - 1), 1)
    return left, right, np.take_along_axis(grid, order, 1), np.take_along_axis(total, order, 1)


def _shrink(
    function: Function, goal: str, v: Floats, numbers: Numbers, lo: Floats, hi: Floats
) -> tuple[Floats, Floats]:
    """Zoom into every bracket; return the best point and value for each argument."""
    best, at = np.full(v.shape, np.inf), np.zeros(v.shape)
    for _ in range(_ROUNDS):
        u = lo[..., None] + (hi - lo)[..., None] * _FRACTIONS
        total = objective(function, goal, u, v[:, None, None], numbers)
        pick = np.argmin(total, axis=2)[..., None]
        value = np.take_along_axis(total, pick, 2)[..., 0]
        row = np.argmin(value, axis=1)[:, None]
        point = np.take_along_axis(u, pick, 2)[..., 0]
        best, at = _keep(
            best,
            at,
            np.take_along_axis(value, row, 1)[:, 0],
            np.take_along_axis(point, row, 1)[:, 0],
        )
        lo = np.take_along_axis(u, np.maximum(pick - 1, 0), 2)[..., 0]
        hi = np.take_along_axis(u, np.minimum(pick + 1, u.shape[2] - 1), 2)[..., 0]
    return at, best


def _keep(best: Floats, at: Floats, value: Floats, point: Floats) -> tuple[Any, Any]:
    better = value < best
    return np.where(better, value, best), np.where(better, point, at)
