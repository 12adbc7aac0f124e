"""Level sets of a function, traced rather than sampled on a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.plot.artists.balls import joined, outlines, split_options
from normcalc.plot.artists.canvas import caption, describe, panel_of, plane, single_axes
from normcalc.plot.artists.formulas import formula
from normcalc.plot.geometry.levels2d import level2d
from normcalc.plot.styles import MEANING, house_style
from normcalc.plot.taking import takes_formulas
from normcalc.plot.words import meaning, named, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from normcalc.language.function import Function
    from normcalc.plot.geometry.boundary2d import Boundary2D

Array = NDArray[np.float64]

_DIRECTION = 0.9


@takes_formulas
def contours(
    f: Function,
    /,
    ax: Axes | None = None,
    *,
    levels: Sequence[float] = (0.25, 0.5, 0.75, 1.0),
    center: ArrayLike = (0.0, 0.0),
    label: str | None = None,
    numbers: bool = False,
    window: float | None = None,
    **options: Any,
) -> Axes:
    """Draw the boundaries of ``{f <= level}`` for several levels and return the Axes.

    Kinks and cusps are solved, and the last level is drawn strongest.

    Parameters
    ----------
    f : Function, str or sympy.Expr
        A function of two coordinates, of a vector, or of one variable.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made without it.
    levels : sequence of float
        The levels, above the value at the center.
    center : array_like of shape (2,)
        Where the sets are star-shaped about: for a loss, its minimum.
    label : str, optional
        The caption; the formula unless given.
    numbers : bool
        Whether each level is written on its curve.
    window : float, optional
        Half width of the square at which unbounded sets are cut.
    **options
        Values for the parameters of `f`; anything else styles the curves.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Examples
    --------
    >>> import normcalc as nc
    >>> loss = nc.function("(x1 - 2)**2 + 4*(x2 - 1)**2")
    >>> ax = contours(loss, levels=[1, 2], center=(2, 1))
    >>> print(nc.plot.alt_text_of(ax.figure))
    Level sets of (x1 - 2)**2 + 4*(x2 - 1)**2 in the plane at 1, 2 around (2, 1).
    """
    if len(levels) == 0:
        raise InputError("Give at least one level.")
    given, looks = split_options(f, options)
    curves = [level2d(f, float(c), center, window=window, **given) for c in sorted(levels)]
    with house_style():
        place = single_axes() if ax is None else ax
        plane(place, max(float(np.max(np.abs(curve.points))) for curve in curves))
        _curves(place, curves, looks)
        if numbers:
            _numbers(place, curves, sorted(levels), np.asarray(center, dtype=np.float64))
        panel_of(place).bodies += 1
        caption(place, formula(f, given) if label is None else label)
        listed = ", ".join(number(float(c)) for c in sorted(levels))
        around = "" if not np.any(center) else f" around ({', '.join(map(number, center))})"  # type: ignore[arg-type]
        describe(place, f"Level sets of {named(f, given)} in the plane at {listed}{around}.")
    return place


def _curves(ax: Axes, curves: Sequence[Boundary2D], looks: dict[str, Any]) -> None:
    """Draw curves from the faintest to the strongest."""
    kind = meaning(curves[-1])
    color = looks.pop("color", MEANING[kind])
    for k, curve in enumerate(curves, 1):
        share = k / len(curves)
        style = {
            "linewidth": 0.5 + 0.6 * share,
            "alpha": 0.35 + 0.65 * share,
            **joined(kind),
            **looks,
        }
        for path in outlines(curve):
            ax.plot(*path.T, color=color, zorder=2, **style)


def _numbers(
    ax: Axes, curves: Sequence[Boundary2D], levels: Sequence[float], center: Array
) -> None:
    """Write each level on its curve, to the upper right of the center, on a white ground."""
    for curve, level in zip(curves, levels, strict=True):
        out = curve.points - center
        place = curve.points[np.argmin(np.abs(np.arctan2(out[:, 1], out[:, 0]) - _DIRECTION))]
        ax.annotate(number(float(level)), (place[0], place[1]), (0, 0), textcoords="offset points",
                    ha="center", va="center", fontsize="x-small", zorder=5,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})  # fmt: skip
