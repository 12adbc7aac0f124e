"""Curves of one variable with their kinks and jumps exact: proximal operators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.plot.geometry.tables import numeric, point_at, regime_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.line.table import Case, CaseTable

Array = NDArray[np.float64]
Segment = tuple[Array, Array]
Ends = tuple[float, float]

_SAMPLES = 129
_CLOSE = 1e-9


@dataclass(frozen=True)
class Jump:
    """A place where a curve jumps: both ends, and which of them is the value there.

    Parameters
    ----------
    at : float
        The argument.
    before, after : float
        The limits from the left and from the right.
    value : float
        The value at the argument itself.
    tie : bool
        Whether both ends are values of a set-valued curve.
    """

    at: float
    before: float
    after: float
    value: float
    tie: bool


@dataclass(frozen=True)
class Piece:
    """One continuous stretch, and what is known about its outer end.

    Parameters
    ----------
    arguments, values : ndarray
        The samples.
    mirrored : bool
        Whether the stretch was reflected, so that its outer end is on the left.
    closed : bool
        Whether the border at the outer end belongs to this stretch.
    tie : bool
        Whether both sides are values at that border.
    """

    arguments: Array
    values: Array
    mirrored: bool = False
    closed: bool = True
    tie: bool = True


@dataclass(frozen=True)
class Curve:
    """A curve as continuous segments and the jumps between them.

    Parameters
    ----------
    segments : tuple of (ndarray, ndarray)
        Arguments and values of each continuous stretch; kinks are among the points.
    jumps : tuple of Jump
        The jumps, from left to right.
    kinks : ndarray of shape (k,)
        Arguments where the curve is continuous and its slope jumps.
    """

    segments: tuple[Segment, ...]
    jumps: tuple[Jump, ...]
    kinks: Array


def prox_segments(
    table: CaseTable, parameters: Mapping[str, float], step: float, lo: float, hi: float
) -> Curve:
    """Return the curve of a proximal operator on ``[lo, hi]`` from its case table.

    Parameters
    ----------
    table : CaseTable
        The cases, regime by regime.
    parameters : mapping of str to float
        A value for every parameter except the step.
    step : float
        The step.
    lo, hi : float
        The range of the argument.

    Returns
    -------
    Curve
        Segments whose ends are exact case borders, and the jumps at ties.
    """
    if not (np.isfinite(lo) and np.isfinite(hi) and lo < hi):
        raise InputError(f"The range must satisfy lo < hi, got {lo!r} and {hi!r}.")
    regime, values = regime_at(table, {**parameters, "step": step})
    pieces = []
    for case in regime.cases:
        ends = float(numeric(case.lo, values)), float(numeric(case.hi, values))
        if table.parity is None:
            pieces.append(_piece(case, table, values, ends, (lo, hi)))
        else:
            pieces += _both_sides(case, table, values, ends, (lo, hi))
    present = [p for p in pieces if p is not None]
    return joined(sorted(present, key=lambda piece: float(piece.arguments[0])))


def _piece(
    case: Case,
    table: CaseTable,
    values: Mapping[str, float],
    ends: Ends,
    view: Ends,
) -> Piece | None:
    """Return the samples of one case inside the view, or None when it lies outside."""
    low, high = max(ends[0], view[0]), min(ends[1], view[1])
    if not low < high:
        return None
    v = np.linspace(low, high, _SAMPLES)
    samples = thinned(v, point_at(case, table.argument, v, values))
    return Piece(*samples, closed=not case.hi_open, tie=case.tie_above)


def _both_sides(
    case: Case, table: CaseTable, values: Mapping[str, float], ends: Ends, view: Ends
) -> list[Piece | None]:
    """Return a case of an odd or even table on both sides of zero."""
    sign = -1.0 if table.parity == "odd" else 1.0
    right = _piece(case, table, values, ends, (max(view[0], 0.0), view[1]))
    left = _piece(case, table, values, ends, (max(-view[1], 0.0), -view[0]))
    if left is None:
        return [right]
    v, u = 0.0 - left.arguments[::-1], sign * left.values[::-1] + 0.0
    return [replace(left, arguments=v, values=u, mirrored=True), right]


def callable_segments(function: Callable[[Array], Array], lo: float, hi: float) -> Curve:
    """Return the curve of any vectorised map of one number on ``[lo, hi]``, jumps located.

    A steep cell is halved until it is narrower than 1e-12; if the values at its ends still
    differ, the map jumps there.
    """
    v = np.linspace(lo, hi, 2049)
    u = np.asarray(function(v), dtype=np.float64)
    gap = np.abs(np.diff(u))
    usual = 8 * float(np.median(gap)) + 1e-6 * float(np.ptp(u))
    cuts = [_narrowed(function, v[i], v[i + 1]) for i in np.flatnonzero(gap > usual)]
    jumps = [c for c in cuts if c is not None]
    pieces, start, first = [], 0, np.empty((0, 2))
    for at, before, after in jumps:
        stop = int(np.searchsorted(v, at))
        samples = _bordered(first, v[start:stop], u[start:stop], np.array([[at, before]]))
        # Which end a map returns at a jump is beyond floating point: show the smaller one.
        pieces.append(Piece(*samples, closed=abs(before) <= abs(after)))
        start, first = stop, np.array([[at, after]])
    pieces.append(Piece(*_bordered(first, v[start:], u[start:], np.empty((0, 2)))))
    return joined(pieces)


def _narrowed(
    function: Callable[[Array], Array], low: float, high: float
) -> tuple[float, float, float] | None:
    """Return place and both values of a jump inside a cell, or None if it is only steep."""
    f_low, f_high = (float(function(np.array([t]))[0]) for t in (low, high))
    whole = abs(f_high - f_low)
    while high - low > 1e-12 * max(1.0, abs(low)):
        middle = (low + high) / 2
        value = float(function(np.array([middle]))[0])
        if abs(value - f_low) > abs(f_high - value):
            high, f_high = middle, value
        else:
            low, f_low = middle, value
    return ((low + high) / 2, f_low, f_high) if abs(f_high - f_low) > 0.2 * whole else None


def _bordered(first: Array, v: Array, u: Array, last: Array) -> Segment:
    points = np.concatenate([first, np.stack([v, u], axis=1), last])
    return thinned(points[:, 0], points[:, 1])


def thinned(v: Array, u: Array) -> Segment:
    """Return only the ends of a stretch that is straight, everything of one that is not."""
    chord = u[0] + (u[-1] - u[0]) * (v - v[0]) / (v[-1] - v[0])
    if np.max(np.abs(u - chord)) <= 1e-12 * (1 + np.max(np.abs(u))):
        return v[[0, -1]], u[[0, -1]]
    return v, u


def bends(before: Segment, after: Segment) -> bool:
    """Tell whether the slope jumps where one stretch ends and the next begins."""
    left, right = _slope(*before), -_slope(-after[0][::-1], after[1][::-1])
    if not (np.isfinite(left) and np.isfinite(right)):
        return True
    return abs(left - right) > 5e-3 * (1 + abs(left) + abs(right))


def _slope(v: Array, u: Array) -> float:
    """Return the slope at the end of a stretch, from its last two or three points."""
    if len(v) < 3:
        return float((u[-1] - u[-2]) / (v[-1] - v[-2]))
    h, k = v[-1] - v[-2], v[-2] - v[-3]
    near, far = (u[-1] - u[-2]) / h, (u[-2] - u[-3]) / k
    return float(near + (near - far) * h / (h + k))


def joined(pieces: list[Piece]) -> Curve:
    """Return neighbouring pieces as one segment where their ends meet, else with a jump."""
    segments: list[Segment] = []
    jumps, kinks = [], []
    for before, after in zip([None, *pieces], pieces, strict=False):
        v, u = after.arguments, after.values
        if before is None:
            segments.append((v, u))
        elif abs(u[0] - before.values[-1]) <= _CLOSE * (1 + abs(u[0])):
            if bends((before.arguments, before.values), (v, u)):
                kinks.append(float(v[0]))
            v0, u0 = segments[-1]
            segments[-1] = np.concatenate([v0, v[1:]]), np.concatenate([u0, u[1:]])
        else:
            jumps.append(_jump(before, after))
            segments.append((v, u))
    return Curve(tuple(segments), tuple(jumps), np.array(kinks))


def _jump(before: Piece, after: Piece) -> Jump:
    """Return the jump between two pieces, with the value that the table gives to the border."""
    ends = float(before.values[-1]), float(after.values[0])
    if after.mirrored:
        value, tie = ends[1] if after.closed else ends[0], after.tie
    else:
        value, tie = ends[0] if before.closed else ends[1], before.tie
    return Jump(float(after.arguments[0]), *ends, value=value, tie=tie)
