"""All minima of a function of one parameter that has kinks."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from normcalc.plot.geometry.bracket import bracketed, minimised
from normcalc.plot.geometry.zeros import Columns, column_zeros

Array = NDArray[np.float64]
OnLine = Callable[[Array], Array]

_TIE = 1e-11


@dataclass(frozen=True)
class Lowest:
    """Where a function of one parameter is least.

    Parameters
    ----------
    value : float
        The least value.
    places : ndarray of shape (k,)
        The parameters that take it, in increasing order, or the two ends of a flat stretch.
    flat : bool
        Whether the function takes it on a whole stretch.
    local : ndarray of shape (m,)
        Minima that are not least.
    """

    value: float
    places: Array
    flat: bool
    local: Array


def lowest(f: OnLine, switches: Columns, grid: Array) -> Lowest:
    """Return all minima of a function between the ends of a grid.

    Every minimum is a kink, where a switch vanishes, or a zero of the slope between two kinks, or
    part of a flat stretch between two kinks; all are found and compared.

    Parameters
    ----------
    f : callable
        Vectorised; it is larger at both ends of the grid than somewhere between.
    switches : callable
        Maps parameters to columns; `f` is smooth where none vanishes.
    grid : ndarray
        Increasing parameters, fine enough that no two zeros of a switch share a cell.

    Examples
    --------
    >>> grid = np.linspace(-4, 4, 65)
    >>> found = lowest(lambda t: np.maximum(abs(t - 1), 0.5), lambda t: np.stack(
    ...     [t - 1, abs(t - 1) - 0.5], axis=1), grid)
    >>> found.value, found.places, found.flat
    (0.5, array([0.5, 1.5]), True)
    """
    kinks = column_zeros(switches, grid)
    stops = np.unique(np.concatenate([grid[:1], kinks, grid[-1:]]))
    reach = float(np.max(np.abs(grid)))
    found = _distinct(np.concatenate([kinks, _smooth_minima(f, stops)]), 1e-11 * reach)
    values = f(found)
    best = float(np.min(values))
    top = found[values <= best + _TIE * abs(best)]
    between = f(np.linspace(top[0], top[-1], 9))
    flat = len(top) > 1 and bool(np.all(np.abs(between - best) <= _TIE))
    local = _local(f, found[values > best + _TIE * abs(best)], 1e-4 * reach)
    return Lowest(best, top[[0, -1]] if flat else top, flat, local)


def _distinct(t: Array, gap: float) -> Array:
    """Return sorted parameters, one for each group that rounding alone tells apart."""
    ordered = np.sort(t)
    kept: Array = ordered[np.concatenate([[True], np.diff(ordered) > gap])]
    return kept


def _smooth_minima(f: OnLine, stops: Array) -> Array:
    """Return the zeros of the slope that are minima, between neighbouring stops."""
    found = []
    for low, high in itertools.pairwise(stops):
        t = low + (high - low) * _CROWDED
        values = f(t)
        dips = np.flatnonzero((values[1:-1] < values[:-2]) & (values[1:-1] <= values[2:])) + 1
        if len(dips):
            best = minimised(f, t[dips - 1], t[dips + 1])
            # A minimum at a stop itself shows as a dip beside it, by rounding.
            bound = float(np.min(f(np.array([low, high]))))
            best = best[f(best) < bound - 4e-16 * abs(bound)]
            found.append(_polished(f, best, np.minimum(best - low, high - best)))
    return np.concatenate([np.empty(0), *found])


# Samples of a piece, crowded towards both ends: a minimum may hide close to a kink.
_NEAR = 10.0 ** np.arange(-13, -2, 0.5)
_CROWDED = np.concatenate([_NEAR, np.linspace(0.01, 0.99, 199), 1 - _NEAR[::-1]])
_STENCIL = np.array([-3, -2, -1, 1, 2, 3])
_WEIGHTS = np.array([-1, 9, -45, 45, -9, 1]) / 60


def _polished(f: OnLine, t: Array, room: Array) -> Array:
    """Return minima to full accuracy, as zeros of a slope of sixth order.

    Comparing values finds a minimum only to half the digits; the slope finds them all.
    """
    # Far enough from the stops for the stencil's sixth power to be negligible.
    h = np.minimum(room / 50, 0.01 * np.maximum(np.abs(t), 1.0))

    def slope(s: Array) -> Array:
        values = [w * f(s + k * h) for k, w in zip(_STENCIL, _WEIGHTS, strict=True)]
        return np.asarray(np.sum(values, axis=0) / h)

    low, high = t - h, t + h
    rising = (slope(low) < 0) & (slope(high) > 0)
    below, above = bracketed(slope, low, high)
    return np.where(rising, (below + above) / 2, t)


def _local(f: OnLine, t: Array, gap: float) -> Array:
    """Return those parameters that are lower than their surroundings."""
    values = f(t)
    kept: Array = t[(f(t - gap) > values) & (f(t + gap) > values)]
    return kept
