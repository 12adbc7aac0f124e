"""The picture behind sparsity: a ball grows until it touches a line or a loss, all computed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Polygon
from numpy.typing import NDArray

from normcalc.plot.artists.balls import split_options
from normcalc.plot.artists.canvas import DOT, caption, describe, panel_of, plane, single_axes
from normcalc.plot.artists.formulas import formula
from normcalc.plot.geometry.bodies import boundary2d, touch2d
from normcalc.plot.geometry.losses2d import LossContact
from normcalc.plot.styles import BLUE, GREEN, INK, VERMILION, house_style
from normcalc.plot.taking import takes_formulas
from normcalc.plot.words import listed, named, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from normcalc.language.function import Function
    from normcalc.plot.geometry.losses2d import LossLevel
    from normcalc.plot.geometry.touch2d import Contact

Array = NDArray[np.float64]

_SHARES = (0.25, 0.5, 0.75, 1.0)
_INSIDE = (0.1, 0.4, 1.0)


@takes_formulas
def contact(
    f: Function,
    A: ArrayLike,
    b: ArrayLike,
    /,
    ax: Axes | None = None,
    *,
    level: float | None = None,
    label: str | None = None,
    **parameters: Any,
) -> Axes:
    """Draw min f(x) subject to ``a . x = b``, or to a small loss, and return the Axes.

    The growing ball, the line or the level set of a least-squares loss, and where they first
    touch: a point, or a whole edge (green) when the border is parallel to it.  The numbers come
    from `touch2d`.

    Parameters
    ----------
    f : Function, str or sympy.Expr
        A norm or penalty.
    A, b : array_like
        The equation, as ``[a1, a2]`` and ``b``; for a loss the rows and the numbers on the right.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made without it.
    level : float, optional
        With it the ball grows until it touches ``{|A x - b|^2/2 <= level}``, an ellipse around the
        solution of least squares (+), or a strip where there are many of them.
    label : str, optional
        The caption; formula and solution unless given.
    **parameters
        Values for the parameters of `f`.

    Examples
    --------
    >>> import normcalc as nc
    >>> ax = contact("norm(x, 1)", [[2, 0], [0, 1]], [4, 0.5], level=0.5)
    >>> print(nc.plot.alt_text_of(ax.figure))
    The ball of norm(x, 1) grows until it touches the ellipse where the loss is at most 0.5,
    around (2, 0.5), at level 1.567, in (1.567, 0).
    """
    given, _ = split_options(f, parameters)
    found = touch2d(f, A, b, level=level, **given)
    with house_style():
        place = single_axes() if ax is None else ax
        limit = _levels(place, f, found, given)
        if isinstance(found, LossContact):
            limit = max(limit, loss_reach(found.loss, limit))
        plane(place, 1.2 * limit, names=False)
        draw_constraint(place, found)
        draw_solutions(place, found)
        caption(place, f"{formula(f, given)}\n{_solution_text(found)}" if label is None else label)
        describe(place, describe_contact(named(f, given), found))
    return place


def _levels(ax: Axes, f: Function, found: Contact, given: dict[str, Any]) -> float:
    """Draw the ball at four sizes, the last one touching; return how far it reaches."""
    reach = float(np.max(np.abs(found.points), initial=1e-9))
    if found.value <= 0:
        return max(reach, 1.0)
    for share in _SHARES:
        points = boundary2d(f, share * found.value, **given).points
        last = share == 1.0
        look: dict[str, Any] = {"linewidth": 1.1 if last else 0.5, "alpha": 1.0 if last else 0.45}
        ax.add_patch(Polygon(points, fill=False, edgecolor=VERMILION, zorder=2, **look))
        if last:
            ax.add_patch(Polygon(points, facecolor=VERMILION, alpha=0.1, edgecolor="none"))
    return max(reach, float(np.max(np.abs(points))))


def draw_line(ax: Axes, found: Contact) -> None:
    """Draw the line across the panel."""
    normal = found.normal / np.hypot(*found.normal)
    foot = found.normal * found.offset / float(found.normal @ found.normal)
    ax.axline(tuple(foot), tuple(foot + np.array([-normal[1], normal[0]])), color=BLUE,
              linewidth=1.1, zorder=3)  # fmt: skip


def draw_constraint(ax: Axes, found: Contact) -> None:
    """Draw the line, or the level set of a loss with two smaller ones inside."""
    if not isinstance(found, LossContact):
        draw_line(ax, found)
        return
    for share in _INSIDE:
        last = share == 1.0
        looks: dict[str, Any] = {"linewidth": 1.1 if last else 0.5, "alpha": 1.0 if last else 0.5}
        outline = loss_outline(found.loss, share, 2 * panel_of(ax).limit)
        ax.add_patch(Polygon(outline, fill=False, edgecolor=BLUE, zorder=3, **looks))
        if last:
            ax.add_patch(Polygon(outline, facecolor=BLUE, alpha=0.1, edgecolor="none"))
    if not found.loss.is_strip:
        ax.plot(*found.loss.center, "+", color=INK, markersize=4.5, zorder=5)


def loss_reach(loss: LossLevel, ball: float) -> float:
    """Return how far from the origin a loss is shown beside a ball of this size."""
    far = float(np.max(np.abs(loss_outline(loss, 1.0, ball))))
    return min(far, (1.5 if loss.is_strip else 4.0) * ball)


def loss_outline(loss: LossLevel, share: float, far: float) -> Array:
    """Return the border of the set of points whose loss is a share of the way from the least."""
    smaller = replace(loss, axes=loss.axes * share**0.5)
    if not loss.is_strip:
        return smaller.border(np.linspace(0, 2 * np.pi, 361)[:-1])
    (half,) = smaller.axes
    along = np.array([-half[1], half[0]]) / np.hypot(*half) * far * 2
    ends = [half + along, half - along, -half - along, -half + along]
    return np.asarray(loss.center + np.array(ends))


def draw_solutions(ax: Axes, found: Contact) -> None:
    """Mark all solutions, and hollow ones for minima that are only local."""
    if found.segment is not None:
        ax.plot(*found.segment.T, color=GREEN, linewidth=2.8, solid_capstyle="round", zorder=4)
    ax.plot(*found.points.T, color=INK, markerfacecolor="white", zorder=5, **DOT)
    inside = found.local[np.max(np.abs(found.local), axis=1, initial=0.0) <= panel_of(ax).limit]
    ax.plot(*inside.T, color="0.5", markerfacecolor="none", zorder=5, **DOT)


def _solution_text(found: Contact) -> str:
    if found.segment is not None:
        (x0, y0), (x1, y1) = found.segment
        return f"every point from\n({number(x0)}, {number(y0)}) to ({number(x1)}, {number(y1)})"
    return listed(found.points)


def describe_contact(f: str, found: Contact) -> str:
    """Return the contact in words."""
    kind = "a whole edge: " if found.segment is not None else ""
    text = (
        f"The ball of {f} grows until it touches {_constraint_text(found)} at level "
        f"{number(found.value)}, in {kind}{_solution_text(found)}."
    )
    return text.replace("\n", " ")


def _constraint_text(found: Contact) -> str:
    if isinstance(found, LossContact):
        name = "strip" if found.loss.is_strip else "ellipse"
        around = listed(found.loss.center[None])
        return f"the {name} where the loss is at most {number(found.loss.level)}, around {around},"
    terms = [f"{number(a)}*x{i}" for i, a in enumerate(found.normal, 1) if a]
    return f"the line {' + '.join(terms)} = {number(found.offset)}"
