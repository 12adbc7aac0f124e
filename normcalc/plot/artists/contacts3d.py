"""A ball in space that grows until it touches a plane or a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Polygon
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.plot.artists.balls import split_options
from normcalc.plot.artists.canvas import DOT, caption, describe, single_axes
from normcalc.plot.artists.formulas import formula
from normcalc.plot.artists.solids import draw_body3d, frame
from normcalc.plot.geometry.camera import Camera
from normcalc.plot.geometry.points import point_function
from normcalc.plot.geometry.solids import body3d
from normcalc.plot.geometry.touch3d import touch3d
from normcalc.plot.styles import BLUE, GREEN, INK, VERMILION, house_style
from normcalc.plot.taking import takes_formulas
from normcalc.plot.words import named, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from normcalc.language.function import Function
    from normcalc.plot.geometry.points import PointFunction
    from normcalc.plot.geometry.touch3d import Contact3D

Array = NDArray[np.float64]

_BEHIND, _BEFORE = 1.2, 4.5  # orders of drawing, around those of the body
_STEPS = 241
_LISTED = 3


@takes_formulas
def contact3d(
    f: Function,
    A: ArrayLike,
    b: ArrayLike,
    /,
    ax: Axes | None = None,
    *,
    label: str | None = None,
    camera: Camera | tuple[float, float] = (33.0, 22.0),
    names: Sequence[str] = ("$x_1$", "$x_2$", "$x_3$"),
    **parameters: Any,
) -> Axes:
    """Draw min f(x) subject to ``A x = b`` in space, one or two equations; return the Axes.

    The ball that just touches the plane or the line, and where it does: a point, or a whole edge
    or face (green).  The numbers come from `touch3d`.

    Parameters
    ----------
    f : Function, str or sympy.Expr
        A norm, quasi-norm or penalty of three coordinates.
    A, b : array_like
        The equations: ``[a1, a2, a3]`` and ``b`` for a plane, two rows and two numbers for a line.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made without it.
    label : str, optional
        The caption; formula and solution unless given.
    camera : Camera or (azimuth, elevation)
        Where the viewer stands, in degrees.
    names : sequence of str
        What is written at the half axes.
    **parameters
        Values for the parameters of `f`.

    Raises
    ------
    InputError
        The plane or the line passes through the origin, so that no ball grows.

    Examples
    --------
    >>> import normcalc as nc
    >>> ax = contact3d("norm(x, 1)", [2, 2, 1], 6)
    >>> print(nc.plot.alt_text_of(ax.figure))
    The ball of norm(x, 1) in space grows until it touches the plane 2*x1 + 2*x2 + 1*x3 = 6
    at level 3, in a whole edge: every point between (3, 0, 0), (0, 3, 0).
    """
    given, _ = split_options(f, parameters)
    found = touch3d(f, A, b, **given)
    if not np.any(found.points):
        raise InputError("The plane or line passes through the origin, so no ball grows; move it.")
    eye = camera if isinstance(camera, Camera) else Camera(*camera)
    with house_style():
        place = single_axes() if ax is None else ax
        draw_body3d(place, body3d(f, found.value, **given), eye, names=names, color=VERMILION)
        draw = _plane if len(found.rows) == 1 else _line
        draw(place, found, point_function(f, given, 3), eye)
        _solutions(place, found, eye)
        caption(place, f"{formula(f, given)}\n{_solution(found)}" if label is None else label)
        describe(place, _described(named(f, given), found))
    return place


def _size(found: Contact3D) -> float:
    """Return how far a plane or a line is drawn from the middle of the contact."""
    return 1.1 * float(np.max(np.linalg.norm(found.points, axis=1)))


def _plane(ax: Axes, found: Contact3D, f: PointFunction, eye: Camera) -> None:
    """Draw a square of the plane, before the body or behind it."""
    del f
    middle = found.points.mean(axis=0)
    normal = found.rows[0] * np.sign(found.right[0])
    basis = np.linalg.svd(normal[None])[2][1:]
    # One side of the square is seen as long as possible: along the page.
    across = np.cross(normal, eye.towards)
    if np.linalg.norm(across) > 1e-9 * np.linalg.norm(normal):
        basis = np.stack([across, np.cross(normal, across)])
    basis = basis / np.linalg.norm(basis, axis=1, keepdims=True)
    corners = middle + _size(found) * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) @ basis
    flat = eye.flat(corners)
    order = _BEFORE if normal @ eye.towards > 0 else _BEHIND
    ax.add_patch(Polygon(flat, facecolor=BLUE, alpha=0.16, edgecolor="none", zorder=order))
    ax.add_patch(Polygon(flat, fill=False, edgecolor=BLUE, linewidth=0.8, zorder=order))
    frame(ax, flat)


def _line(ax: Axes, found: Contact3D, f: PointFunction, eye: Camera) -> None:
    """Draw the line, dashed where the ball hides it."""
    along = np.cross(*found.rows)
    along = along / np.linalg.norm(along)
    t = np.linspace(-2, 2, _STEPS)[:, None] * _size(found)
    points = found.points.mean(axis=0) + t * along
    hidden = _hidden(points, found, f, eye)
    pieces = np.stack([eye.flat(points[:-1]), eye.flat(points[1:])], axis=1)
    behind = hidden[:-1] | hidden[1:]
    looks: dict[str, Any] = {"colors": BLUE, "capstyle": "butt"}
    ax.add_collection(LineCollection(list(pieces[~behind]), linewidths=1.1, zorder=5, **looks))
    faint = pieces[behind][::6]
    ax.add_collection(
        LineCollection(list(faint), linewidths=0.8, alpha=0.7, zorder=_BEFORE, **looks)
    )
    frame(ax, eye.flat(points))


def _hidden(points: Array, found: Contact3D, f: PointFunction, eye: Camera) -> NDArray[np.bool_]:
    """Say which points lie behind the ball: whether the way to the viewer leads through it."""
    way = np.linspace(0, 4 * _size(found), _STEPS)[1:, None] * eye.towards
    on_way = (points[:, None] + way).reshape(-1, 3)
    values = f.value(on_way).reshape(len(points), -1)
    return np.asarray(np.min(values, axis=1) < found.value * (1 - 1e-6))


def _solutions(ax: Axes, found: Contact3D, eye: Camera) -> None:
    """Mark the contact: a point, an edge, a face, or several points."""
    flat = eye.flat(found.points)
    if found.flat:
        if len(flat) > 2:
            ax.add_patch(Polygon(flat, facecolor=GREEN, alpha=0.45, edgecolor="none", zorder=5.5))
        edge: dict[str, Any] = {"edgecolor": GREEN, "linewidth": 2.2, "joinstyle": "round"}
        ax.add_patch(Polygon(flat, fill=False, closed=len(flat) > 2, zorder=5.6, **edge))
    ax.plot(*flat.T, color=INK, markerfacecolor="white", zorder=6, **DOT)


def _solution(found: Contact3D) -> str:
    shown = [f"({', '.join(number(x) for x in p)})" for p in np.round(found.points, 9)]
    text = ", ".join(shown[:_LISTED]) + (", ..." if len(shown) > _LISTED else "")
    return f"every point between\n{text}" if found.flat else text


def _described(f: str, found: Contact3D) -> str:
    equations = [
        " + ".join(f"{number(a)}*x{i}" for i, a in enumerate(row, 1) if a) + f" = {number(b)}"
        for row, b in zip(found.rows, found.right, strict=True)
    ]
    what = "plane" if len(equations) == 1 else "line"
    whole = {1: "", 2: "a whole edge: "}.get(len(found.points), "a whole face: ")
    return (
        f"The ball of {f} in space grows until it touches the {what} {' and '.join(equations)} at "
        f"level {number(found.value)}, in {whole * found.flat}{_solution(found)}."
    ).replace("\n", " ")
