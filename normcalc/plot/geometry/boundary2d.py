"""The boundary of {f <= level} in the plane, with its kinks solved rather than sampled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.plot.geometry.directions import circle_grid, directions, snap_angles
from normcalc.plot.geometry.polygon import shoelace, without_collinear
from normcalc.plot.geometry.radial import HORIZON, check_level, radii
from normcalc.plot.geometry.zeros import column_zeros

if TYPE_CHECKING:
    from normcalc.plot.geometry.points import PointFunction

Array = NDArray[np.float64]
Path = Callable[[Array], Array]

_SMALLEST_ANGLE = 1e-9
_ROUNDS = 40


@dataclass(frozen=True)
class Boundary2D:
    """The boundary of a planar body around the origin, counterclockwise.

    Parameters
    ----------
    points : ndarray of shape (n, 2)
        Corners of the closed polygon that is drawn; the first is not repeated.
    kinks : ndarray of shape (k, 2)
        The points where the boundary turns: corners and cusps.
    closed : bool
        False when the body is unbounded and was cut at the window.
    exact : bool
        True when the body is a polygon and `points` are all its vertices.
    recession : ndarray of shape (m, 2)
        Unit vectors along which the body is unbounded; the two ends of each sector of them.
    window : float or None
        The half width of the square that an unbounded body was cut with.
    """

    points: Array
    kinks: Array
    closed: bool
    exact: bool
    recession: Array
    window: float | None = None


def area(boundary: Boundary2D) -> float:
    """Return the area inside a boundary; infinite when the body is unbounded.

    Examples
    --------
    >>> square = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
    >>> area(Boundary2D(square, square, True, True, np.empty((0, 2))))
    4.0
    """
    return shoelace(boundary.points) if boundary.closed else float("inf")


def trace(
    plane: PointFunction, level: float = 1.0, *, tol: float = 1e-4, window: float | None = None
) -> Boundary2D:
    """Return the boundary of ``{f <= level}`` for a function whose sublevel set is star-shaped.

    Parameters
    ----------
    plane : PointFunction
        The function.
    level : float
        The level, above the value at the origin.
    tol : float
        Largest distance between the curve and its chords, relative to the size of the body.
    window : float, optional
        Half width of the square at which an unbounded body is cut; three times the smallest
        radius unless given.
    """
    check_level(plane, level)
    grid = circle_grid()
    reach = radii(plane, level, directions(grid))
    cap = 1e4 * float(np.min(reach))
    breaks = _breaks(_path(plane, level, cap), plane, grid)
    angles = np.union1d(grid[:-1], breaks)
    far = radii(plane, level, directions(angles)) >= 1e6 * float(np.min(reach))
    if not np.any(far):
        return _assemble(_path(plane, level, HORIZON), breaks, tol)
    half = 3 * float(np.min(reach)) if window is None else window
    boxed = _boxed(plane, level, half)
    corners = np.arange(8) * (np.pi / 4)
    leaving = column_zeros(lambda t: _excess(plane, level, half, t), grid)
    breaks = snap_angles(np.concatenate([_breaks(boxed, plane, grid), leaving, corners]))
    return _assemble(boxed, breaks, tol, recession=_sector_ends(angles, far), window=half)


def _path(plane: PointFunction, level: float, cap: float) -> Path:
    """Return the map from angles to boundary points, at most `cap` away."""

    def path(angles: Array) -> Array:
        vectors = directions(angles)
        points: Array = vectors * np.minimum(radii(plane, level, vectors, cap), cap)[:, None]
        return points

    return path


def _boxed(plane: PointFunction, level: float, half: float) -> Path:
    """Return the map from angles to the boundary of the body cut by the square window."""

    def path(angles: Array) -> Array:
        vectors = directions(angles)
        box = half / np.max(np.abs(vectors), axis=1)
        points: Array = vectors * np.minimum(radii(plane, level, vectors, 2 * half), box)[:, None]
        return points

    return path


def _excess(plane: PointFunction, level: float, half: float, angles: Array) -> Array:
    """Return f - level on the window's border: it vanishes where the body leaves the window."""
    vectors = directions(angles)
    border = vectors * (half / np.max(np.abs(vectors), axis=1))[:, None]
    return (plane.value(border) - level)[:, None]


def _breaks(path: Path, plane: PointFunction, grid: Array) -> Array:
    """Return the angles at which some switch of the function vanishes on the path."""

    def columns(angles: Array) -> Array:
        return plane.switches(path(angles))

    return snap_angles(np.concatenate([[0.0, np.pi], column_zeros(columns, grid)]))


def _assemble(
    path: Path,
    breaks: Array,
    tol: float,
    recession: Array | None = None,
    window: float | None = None,
) -> Boundary2D:
    """Return the boundary along a path, given every angle where it may have a kink."""
    ends = np.append(breaks, breaks[0] + 2 * np.pi)
    points = without_collinear(refined(path, ends, tol))
    turning = breaks[_turns(path, breaks)]
    far = np.empty((0, 2)) if recession is None else recession
    kinks = path(turning)
    if window is not None:
        kinks = kinks[np.max(np.abs(kinks), axis=1) < window * (1 - 1e-12)]
    return Boundary2D(points, kinks, window is None, False, far, window)


def refined(path: Path, ends: Array, tol: float) -> Array:
    """Return points along a path such that chords stay within `tol`, relative to its size.

    Every interval is tested at a quarter, a half and three quarters, all intervals at once; an
    S-shaped arc can hide from its midpoint.
    """
    start, stop = ends[:-1], ends[1:]
    size = float(np.max(np.abs(path(ends))))
    kept = []
    for depth in range(_ROUNDS):
        bend = _bend(path, start, stop)
        # One split is forced on what is not straight, in case three samples lie on the chord.
        limit = 1e-13 * size if depth == 0 else tol * size
        fine = (bend <= limit) | (stop - start < _SMALLEST_ANGLE)
        kept.append(start[fine])
        start, stop = start[~fine], stop[~fine]
        middle = (start + stop) / 2
        start, stop = np.concatenate([start, middle]), np.concatenate([middle, stop])
        if len(start) == 0:
            break
    return path(np.sort(np.concatenate([*kept, start])))


def _bend(path: Path, start: Array, stop: Array) -> Array:
    """Return the largest distance of three inner points from the chord, per interval."""
    first, last = path(start), path(stop)
    chord = last - first
    length = np.maximum(np.hypot(*chord.T), 1e-300)
    bends = []
    for part in (0.25, 0.5, 0.75):
        off = path(start + part * (stop - start)) - first
        bends.append(np.abs(chord[:, 0] * off[:, 1] - chord[:, 1] * off[:, 0]) / length)
    return np.asarray(np.max(bends, axis=0))


def _turns(path: Path, angles: Array) -> NDArray[np.bool_]:
    """Tell at which angles the tangent jumps.

    The turn is measured across a small and a much smaller gap: at a kink it stays, on a smooth
    curve, and on one like ``|x|**1.5`` whose curvature blows up, it shrinks with the gap.
    """
    wide, narrow = _turn(path, angles, 1e-5), _turn(path, angles, 1e-7)
    return (narrow > 1e-4) & (narrow > 0.8 * wide)


def _turn(path: Path, angles: Array, gap: float) -> Array:
    """Return the absolute turn of the path at each angle, measured over a gap."""
    here = path(angles)
    before, after = here - path(angles - gap), path(angles + gap) - here
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return np.asarray(np.abs(np.arctan2(cross, np.sum(before * after, axis=1))))


def _sector_ends(angles: Array, far: NDArray[np.bool_]) -> Array:
    """Return unit vectors at the ends of each run of unbounded directions."""
    isolated = far & ~(np.roll(far, 1) & np.roll(far, -1))
    vectors = directions(angles[isolated])
    unit: Array = vectors / np.hypot(*vectors.T)[:, None]
    return unit
