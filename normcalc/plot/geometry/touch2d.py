"""Where a growing ball first touches a line: min N(x) subject to a . x = b."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.plot.geometry.lowest import Lowest, OnLine, lowest

if TYPE_CHECKING:
    from normcalc.plot.geometry.points import PointFunction

Array = NDArray[np.float64]

_TIE = 1e-11


@dataclass(frozen=True)
class Contact:
    """The solutions of min N(x) subject to ``normal . x = offset`` in the plane.

    Parameters
    ----------
    normal : ndarray of shape (2,)
        The vector ``a``.
    offset : float
        The number ``b``.
    value : float
        The smallest value of N on the line.
    points : ndarray of shape (k, 2)
        Isolated solutions, or the two ends of the segment of solutions.
    segment : ndarray of shape (2, 2) or None
        The ends of the segment when a whole edge touches the line.
    local : ndarray of shape (m, 2)
        Minima along the line that are not global; empty for a norm.
    """

    normal: Array
    offset: float
    value: float
    points: Array
    segment: Array | None
    local: Array

    @property
    def unique(self) -> bool:
        """Whether there is exactly one solution."""
        return self.segment is None and len(self.points) == 1


def touch_polygon(vertices: Array, normal: Array, offset: float) -> Contact:
    """Return the contact of a convex polygonal ball, from its vertices.

    Examples
    --------
    >>> diamond = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    >>> contact = touch_polygon(diamond, np.array([10.0, 1.0]), 5.0)
    >>> contact.points, contact.value
    (array([[0.5, 0. ]]), 0.5)
    """
    heights = vertices @ normal * (1.0 if offset >= 0 else -1.0)
    top = float(np.max(heights))
    value = abs(offset) / top
    points = vertices[heights >= top * (1 - _TIE)] * value + 0.0
    segment = points if len(points) == 2 and value > 0 else None
    return Contact(normal, offset, value, points if value else points[:1], segment, _none())


def touch_line(plane: PointFunction, normal: Array, offset: float) -> Contact:
    """Return the contact of any function that grows along the line, kinks solved.

    Every minimum of the function along the line is a kink, or a zero of its slope between two
    kinks, or part of a flat stretch between two kinks; all are found and compared.
    """
    foot = normal * (offset / float(normal @ normal))
    along = np.array([-normal[1], normal[0]]) / np.hypot(*normal)
    found, points, local = least_on_line(plane, foot, along, _axis_crossings(normal, offset))
    return Contact(normal, offset, found.value, points, points if found.flat else None, local)


def least_on_line(
    f: PointFunction, foot: Array, along: Array, far: float
) -> tuple[Lowest, Array, Array]:
    """Return where a function is least on a line, the points, and those that are local minima.

    Parameters
    ----------
    f : PointFunction
        The function.
    foot, along : ndarray of shape (d,)
        A point of the line, and its unit direction.
    far : float
        How far from the foot the line is followed at least.
    """

    def line(t: Array) -> Array:
        points = foot + t[:, None] * along
        size = np.max(np.abs(points), axis=1, keepdims=True)
        return np.where(np.abs(points) < 4e-16 * size, 0.0, points)

    def value(t: Array) -> Array:
        return f.value(line(t))

    reach = max(_reach(value, float(np.linalg.norm(foot)) or 1.0), far)
    grid = np.linspace(-reach, reach, 2049)
    found = lowest(value, lambda t: f.switches(line(t)), grid)
    return found, line(found.places), line(found.local)


def _none() -> Array:
    return np.empty((0, 2))


def _reach(f: OnLine, start: float) -> float:
    """Return how far from the foot of the line all minima must lie."""
    for doubling in range(2, 40):
        reach = start * 2.0**doubling
        t = np.linspace(-reach, reach, 257)
        values = f(t)
        best = np.min(values)
        outer = np.abs(t) >= reach / 2
        if np.min(values[outer]) > best + 1e-9 * abs(best):
            return reach
    raise InputError(
        "The function does not grow along the line, so no contact point is singled out; "
        "use a norm, or a line that is not parallel to a direction in which it is constant."
    )


def _axis_crossings(normal: Array, offset: float) -> float:
    """Return how far the line must be followed to cross both axes, where it does so nearby."""
    with np.errstate(divide="ignore", invalid="ignore"):
        far = 1.25 * abs(offset) / np.abs(normal)
    usual = 1e4 * abs(offset) / np.hypot(*normal)
    return float(np.max(far, where=far < usual, initial=0.0))
