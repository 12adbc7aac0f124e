"""Figures in words, generated from the mathematics: alternative text and captions."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from normcalc.plot.geometry.boundary2d import Boundary2D, area
from normcalc.plot.geometry.polygon import is_convex

if TYPE_CHECKING:
    from collections.abc import Mapping

Array = NDArray[np.float64]

_POLYGONS = {3: "triangle", 5: "pentagon", 6: "hexagon", 7: "heptagon", 8: "octagon"}
_LISTED = 8


def alt_text(function: object, boundary: Boundary2D, level: float = 1.0) -> str:
    """Return the description of a ball for readers who cannot see it.

    Examples
    --------
    >>> square = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
    >>> body = Boundary2D(square, square, True, True, np.empty((0, 2)))
    >>> alt_text("max(abs(x1), abs(x2))", body)
    'Unit ball of max(abs(x1), abs(x2)) in the plane: a square with vertices (1, 1), (-1, 1),
    (-1, -1), (1, -1); area 4.'
    """
    name = "Unit ball" if level == 1 else f"Ball of level {number(level)}"
    opening = f"{name} of {function} in the plane: {shape(boundary)}"
    if not boundary.closed:
        ways = listed(boundary.recession)
        return f"{opening}; unbounded along {ways}, shown up to {number(boundary.window or 0.0)}."
    # The area of a curved body is that of its chords, good to about four digits.
    size = number(area(boundary)) if is_polygon(boundary) else f"about {area(boundary):.3g}"
    return f"{opening}; area {size}."


def named(function: object, given: Mapping[str, Any]) -> str:
    """Return a function in words, with the values of its parameters.

    Examples
    --------
    >>> named("lam*abs(x)", {"lam": 0.5})
    'lam*abs(x) with lam = 0.5'
    """
    values = [f"{name} = {value}" for name, value in values_in_words(given).items()]
    return f"{function} with {', '.join(values)}" if values else str(function)


def values_in_words(given: Mapping[str, Any]) -> dict[str, str]:
    """Return parameter values as text; vectors, and rows of matrices, between parentheses.

    Examples
    --------
    >>> values_in_words({"w": [2.0, 1.0], "A": [[1, 0], [0, 0.5]]})
    {'w': '(2, 1)', 'A': '((1, 0), (0, 0.5))'}
    """
    return {name: _value_in_words(v) for name, v in given.items()}


def _value_in_words(value: Any) -> str:
    if not hasattr(value, "__len__"):
        return number(float(value))
    return f"({', '.join(_value_in_words(part) for part in value)})"


def shape(boundary: Boundary2D) -> str:
    """Return what the body is, with its corners."""
    corners = boundary.kinks
    if is_polygon(boundary):
        name = _polygon_name(boundary.points)
        article = "an" if name == "octagon" else "a"
        return f"{article} {name} with vertices {listed(boundary.points)}"
    kind = "a convex body" if is_convex(boundary.points) else "a star-shaped, nonconvex body"
    if len(corners) == 0:
        return f"{kind} with no corner"
    noun = "corner" if is_convex(boundary.points) else "tip"
    return f"{kind} with {len(corners)} {noun}{'s' * (len(corners) > 1)} at {listed(corners)}"


def is_polygon(boundary: Boundary2D) -> bool:
    """Tell whether a bounded body is a convex polygon: every point drawn is a corner."""
    return (
        boundary.closed
        and len(boundary.points) == len(boundary.kinks)
        and is_convex(boundary.points)
    )


def meaning(boundary: Boundary2D) -> str:
    """Return "polyhedral", "smooth", "structured" (curved with corners) or "nonconvex"."""
    if not is_convex(boundary.points):
        return "nonconvex"
    straight = len(boundary.points) <= len(boundary.kinks) + 8 * (not boundary.closed)
    if straight:
        return "polyhedral"
    return "structured" if len(boundary.kinks) else "smooth"


def _polygon_name(points: Array) -> str:
    if len(points) != 4:
        return _POLYGONS.get(len(points), f"polygon of {len(points)} sides")
    sides = np.roll(points, -1, axis=0) - points
    if not np.allclose(sides[0], -sides[2]):
        return "quadrilateral"
    equal = np.isclose(np.hypot(*sides[0]), np.hypot(*sides[1]))
    right = abs(float(sides[0] @ sides[1])) < 1e-9 * float(sides[0] @ sides[0])
    names = {(True, True): "square", (True, False): "rhombus", (False, True): "rectangle"}
    return names.get((bool(equal), right), "parallelogram")


def listed(points: Array) -> str:
    """Return points as text, the first eight of them."""
    shown = ", ".join(f"({number(x)}, {number(y)})" for x, y in points[:_LISTED])
    rest = len(points) - _LISTED
    return shown if rest <= 0 else f"{shown} and {rest} more"


def number(value: float) -> str:
    """Return a number in at most four digits, a simple fraction exactly.

    Examples
    --------
    >>> number(50 / 101), number(0.5), number(2**0.5), number(-0.0)
    ('50/101', '0.5', '1.414', '0')
    """
    short = f"{value + 0.0:.4g}"
    if float(short) == value:
        return short
    fraction = Fraction(value).limit_denominator(999)
    exact = abs(float(fraction) - value) <= 4e-15 * max(abs(value), 1e-3)
    return str(fraction) if exact and abs(fraction.numerator) < 1000 else short
