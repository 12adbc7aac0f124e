"""Unit balls in the plane: one, a row, a ball beside its dual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Polygon
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.plot.artists.canvas import (
    caption,
    describe,
    new_figure,
    panel_of,
    plane,
    single_axes,
)
from normcalc.plot.artists.formulas import formula
from normcalc.plot.geometry.bodies import boundary2d, dual_boundary2d
from normcalc.plot.styles import LINES, MEANING, house_style, width
from normcalc.plot.taking import as_function, takes_formulas
from normcalc.plot.words import alt_text, meaning, named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from normcalc.language.function import Function
    from normcalc.plot.geometry.boundary2d import Boundary2D

Array = NDArray[np.float64]

_FILL = 0.24


@takes_formulas
def ball(
    f: Function,
    /,
    ax: Axes | None = None,
    *,
    level: float = 1.0,
    label: str | None = None,
    window: float | None = None,
    **options: Any,
) -> Axes:
    """Draw ``{f <= level}`` in the plane and return the Axes.

    A second ball on the same Axes gets another line style, and a legend takes the caption's
    place.  The colour says what the body is: blue polygons, sky blue smooth bodies, green curved
    bodies with corners, vermilion nonconvex ones.

    Parameters
    ----------
    f : Function, str or sympy.Expr
        A norm, quasi-norm, gauge or penalty of two coordinates, of a vector, or of one variable.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made without it (it is ``ax.figure``).
    level : float
        The level of the ball.
    label : str, optional
        The caption, or the legend entry; the formula unless given, nothing if empty.
    window : float, optional
        Half width of the square at which an unbounded ball is cut.
    **options
        Values for the parameters of `f`; anything else styles the outline (``color``,
        ``linewidth``, ``linestyle``); ``fill`` says whether the inside is tinted, which is so for
        the first ball on the Axes unless given.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.
    """
    given, looks = split_options(f, options)
    boundary = boundary2d(f, level, window=window, **given)
    with house_style():
        place = single_axes() if ax is None else ax
        text = formula(f, given) if label is None else label
        draw_body(place, boundary, text, **looks)
        describe(place, alt_text(named(f, given), boundary, level))
    return place


@takes_formulas
def dual_ball(
    f: Function, /, ax: Axes | None = None, *, label: str = "dual norm", **options: Any
) -> Axes:
    """Draw the unit ball of the dual of a norm, the polar of its own ball; return the Axes.

    Takes the options of `ball`.
    """
    given, looks = split_options(f, options)
    boundary = dual_boundary2d(f, **given)
    with house_style():
        place = single_axes() if ax is None else ax
        draw_body(place, boundary, label, **looks)
        describe(place, alt_text(f"the dual of {named(f, given)}", boundary))
    return place


def balls(
    items: Sequence[Function | tuple[Function, str]],
    *,
    level: float = 1.0,
    columns: int | None = None,
    dimension: int = 2,
    **options: Any,
) -> Figure:
    """Draw a row or a grid of balls, captions below, and return the Figure.

    Balls in the plane share one scale.  In space each fills its panel.

    Parameters
    ----------
    items : sequence of Function or (Function, str)
        A text or an expression stands for its Function.
        The functions, without free parameters, each with its caption if the formula will not do.
    level : float
        The level of every ball.
    columns : int, optional
        How many panels stand in a row; 8 at most in the plane and 4 in space unless given.
    dimension : {2, 3}
        The plane or space.
    **options
        In space, `camera`, `axes` and `hidden` of `ball3d`.
    """
    if dimension not in (2, 3):
        raise InputError(f"dimension must be 2 or 3, got {dimension!r}.")
    most = columns or (8 if dimension == 2 else 4)
    if not items or most < 1:
        raise InputError(f"Give at least one ball and one column, got {len(items)} and {most}.")
    given = [item if isinstance(item, tuple) else (item, None) for item in items]
    pairs = [(as_function(f), label) for f, label in given]
    texts = [formula(f) if label is None else label for f, label in pairs]
    with house_style():
        side = width() / min(len(items), most)
        lines = 1 + max(text.count("\n") for text in texts)
        height = min(side, 2.6) + 0.08 + 0.14 * lines
        figure, axes = new_figure(min(len(items), most), height, len(items))
        if dimension == 3:
            from normcalc.plot.artists.solids import ball3d

            for ax, (f, _), text in zip(axes, pairs, texts, strict=True):
                ball3d(f, ax, level=level, label=text, room=0.94 * side, **options)
            return figure
        bodies = [boundary2d(f, level) for f, _ in pairs]
        _row(axes, bodies, texts, side)
        for ax, (f, _), body in zip(axes, pairs, bodies, strict=True):
            describe(ax, alt_text(f, body, level))
    return figure


@takes_formulas
def dual_pair(f: Function, /, dual: Function | None = None, **parameters: Any) -> Figure:
    """Draw the unit ball of a norm beside that of its dual, on one scale; return the Figure.

    Parameters
    ----------
    f : Function, str or sympy.Expr
        The norm.
    dual : Function, optional
        The dual norm when its formula is known; the polar body is computed without it.
    **parameters
        Values for the parameters of `f`.
    """
    first = boundary2d(f, **parameters)
    second = dual_boundary2d(f, **parameters) if dual is None else boundary2d(dual)
    name = "dual norm" if dual is None else formula(dual)
    with house_style():
        side = min(width() / 2, 2.3)
        figure, axes = new_figure(2, side + 0.22)
        figure.set_figwidth(2 * side)
        _row(axes, [first, second], [formula(f, parameters), name], side)
        primal = named(f, parameters)
        describe(axes[0], alt_text(primal, first))
        describe(axes[1], alt_text(f"the dual of {primal}" if dual is None else dual, second))
    return figure


def _row(
    axes: Sequence[Axes], bodies: Sequence[Boundary2D], texts: Sequence[str], side: float
) -> None:
    """Draw bodies on one common scale."""
    limit = max(float(np.max(np.abs(body.points))) for body in bodies)
    for ax, body, text in zip(axes, bodies, texts, strict=True):
        plane(ax, limit, names=False)
        draw_body(ax, body, text, room=0.94 * side)


def draw_body(
    ax: Axes,
    boundary: Boundary2D,
    label: str,
    *,
    fill: bool | None = None,
    room: float | None = None,
    **looks: Any,
) -> None:
    """Draw a traced body on an Axes in the colour of its meaning."""
    panel = panel_of(ax)
    kind = meaning(boundary)
    color = looks.pop("color", MEANING[kind])
    style = {"linestyle": LINES[panel.bodies % len(LINES)], **joined(kind), **looks}
    extent = float(np.max(np.abs(boundary.points)))
    # An unbounded body runs out of the frame.
    plane(ax, extent if boundary.closed else extent / 1.14)
    if fill if fill is not None else panel.bodies == 0:
        ax.add_patch(Polygon(boundary.points, facecolor=color, alpha=_FILL, edgecolor="none"))
    for k, path in enumerate(outlines(boundary)):
        ax.plot(*path.T, color=color, label="_" if k else label or "_", zorder=3, **style)
    for direction in boundary.recession:
        _recession_arrow(ax, direction * extent, color)
    panel.bodies += 1
    if panel.bodies == 1:
        caption(ax, label, room)
    elif label:
        caption(ax, "")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), handlelength=2.6)


def joined(kind: str) -> dict[str, Any]:
    """Return how corners are joined: a mitre at a cusp would be cut off, so cusps are rounded."""
    return {"solid_joinstyle": "round"} if kind == "nonconvex" else {}


def outlines(boundary: Boundary2D) -> list[Array]:
    """Return the paths to draw: one closed path, or those not on the window of a cut body."""
    closed = np.concatenate([boundary.points, boundary.points[:1]])
    if boundary.window is None:
        # From the middle of an edge to there: every corner is a join, and no edge is drawn twice.
        middle = (closed[-2:-1] + closed[:1]) / 2
        return [np.concatenate([middle, boundary.points, middle])]
    at_border = np.abs(closed) >= boundary.window * (1 - 1e-9)
    on_border = np.any(at_border[:-1] & at_border[1:] & (closed[:-1] * closed[1:] > 0), axis=1)
    start = int(np.argmax(on_border))
    order = np.roll(np.arange(len(on_border)), -start)
    paths: list[list[Array]] = [[]]
    for i in order:
        if on_border[i]:
            paths.append([])
            continue
        paths[-1] += [closed[i], closed[i + 1]] if not paths[-1] else [closed[i + 1]]
    return [np.array(p) for p in paths if p]


def _recession_arrow(ax: Axes, tip: Array, color: str) -> None:
    """Mark a direction in which the body goes on for ever."""
    ax.annotate(
        "",
        tuple(tip * 0.92),
        tuple(tip * 0.62),
        arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 0.8, "shrinkA": 0},
        zorder=4,
    )


def split_options(
    f: Function, options: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values for parameters of `f`, and the rest."""
    names = {p.name for p in f.parameters}
    given = {k: v for k, v in options.items() if k in names}
    return given, {k: v for k, v in options.items() if k not in names}
