"""Where functions of one parameter vanish: along a circle of directions, a line, an interval."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from normcalc.plot.geometry.bracket import bracketed, minimised

Array = NDArray[np.float64]
Columns = Callable[[Array], Array]

# A minimum of |s| counts as a zero when it is this small against the largest |s|.
TOUCH = 1e-12


def column_zeros(columns: Columns, grid: Array) -> Array:
    """Return the sorted zeros, over all columns, of vectorised functions of one parameter.

    Sign changes between neighbours of `grid` are solved to machine precision; a zero that is
    touched without a sign change is found as a minimum.  Zeros that are grid points are returned
    as they are, so exact grid points give exact zeros.

    Parameters
    ----------
    columns : callable
        Maps parameters of shape (n,) to values of shape (n, k).
    grid : ndarray of shape (n,)
        Increasing parameters, fine enough that no two zeros share a cell.

    Examples
    --------
    >>> column_zeros(lambda t: np.stack([t**2 - 2, t], axis=1), np.linspace(-1, 2, 31)).round(9)
    array([0.        , 1.41421356])
    """
    values = columns(grid)
    scale = np.max(np.abs(np.where(np.isfinite(values), values, 0.0)), axis=0, initial=0.0)
    exact = [grid[_isolated(values[:, k] == 0)] for k in np.flatnonzero(scale)]
    found = [*exact, _crossings(columns, grid, values), _touches(columns, grid, values, scale)]
    return np.unique(np.concatenate(found))


def _crossings(columns: Columns, grid: Array, values: Array) -> Array:
    """Return the sign changes of all columns, solved together."""
    with np.errstate(invalid="ignore"):
        cell, column = np.nonzero(values[:-1] * values[1:] < 0)
    if len(cell) == 0:
        return np.empty(0)
    below, above = bracketed(
        lambda t: columns(t)[np.arange(len(t)), column], grid[cell], grid[cell + 1]
    )
    return (below + above) / 2


def _isolated(zero: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep zeros with a nonzero neighbour: inside a run of zeros nothing switches."""
    padded = np.concatenate([[False], zero, [False]])
    return np.asarray(zero & ~(padded[:-2] & padded[2:]))


def _touches(columns: Columns, grid: Array, values: Array, scale: Array) -> Array:
    """Return interior minima of ``|s|`` that reach zero without crossing it."""
    a = np.abs(values)
    with np.errstate(invalid="ignore"):
        dip = (a[1:-1] < a[:-2]) & (a[1:-1] <= a[2:]) & (a[1:-1] < 0.01 * scale)
        same_side = (values[1:-1] * values[:-2] > 0) & (values[1:-1] * values[2:] > 0)
    cell, column = np.nonzero(dip & same_side)
    if len(cell) == 0:
        return np.empty(0)

    def size(t: Array) -> Array:
        return np.abs(columns(t)[np.arange(len(t)), column])

    lowest = minimised(size, grid[cell], grid[cell + 2])
    return lowest[size(lowest) <= TOUCH * scale[column]]
