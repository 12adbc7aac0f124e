"""An induced norm as a picture: a ball, its image, and the vector that is stretched most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Polygon
from numpy.typing import ArrayLike, NDArray

from normcalc.errors import InputError
from normcalc.plot.artists.balls import draw_body
from normcalc.plot.artists.canvas import caption, describe, new_figure, plane
from normcalc.plot.artists.formulas import formula
from normcalc.plot.geometry.bodies import boundary2d
from normcalc.plot.styles import GREEN, LINES, SKY, VERMILION, house_style, width
from normcalc.plot.words import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from normcalc.language.function import Function

Array = NDArray[np.float64]


def induced(
    A: ArrayLike,
    n_in: Function,
    n_out: Function | None = None,
    /,
    axes: tuple[Axes, Axes] | None = None,
) -> Figure:
    """Draw a ball and its image under a matrix, which the smallest ball that holds it touches.

    The factor by which that ball is larger is the induced norm, and the vector that is stretched
    most is drawn on both sides.  Norm and vector come from the proof of `normcalc.induced_norm`.

    Parameters
    ----------
    A : array_like of shape (2, 2)
        The matrix.
    n_in, n_out : Function
        The norm of x and that of A x, which is the same unless given.
    axes : pair of matplotlib.axes.Axes, optional
        Where to draw; a new figure is made without them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure drawn on.

    Examples
    --------
    >>> import normcalc as nc
    >>> figure = induced([[1, 1], [0, 1]], nc.function("norm(x, 1)"))
    >>> print(nc.plot.alt_text_of(figure))
    Unit ball of norm(x, 1) and its image under the matrix ((1, 1), (0, 1)): the image just fits
    into the ball of norm(x, 1) of level 2, which is the induced norm; (0, 1) is stretched most, to
    (1, 1).
    """
    from normcalc.induced import induced_norm

    matrix = np.asarray(A, dtype=np.float64)
    if matrix.shape != (2, 2):
        raise InputError(f"The picture needs a matrix of shape (2, 2), got {matrix.shape}.")
    outer = n_in if n_out is None else n_out
    proof = induced_norm(n_in, outer).proof(matrix)
    x = np.asarray(proof.attained_at, dtype=np.float64)
    before, around = boundary2d(n_in), boundary2d(outer, proof.value)
    with house_style():
        figure, (left, right) = _panels(axes)
        limit = float(np.max(np.abs(before.points)))
        plane(left, limit, names=False)
        draw_body(left, before, "")
        _vector(left, x, "$x$")
        plane(right, float(np.max(np.abs(around.points))), names=False)
        _image(right, before.points @ matrix.T, around.points)
        _vector(right, matrix @ x, "$Ax$")
        caption(left, f"{formula(n_in)}$\\leq 1$")
        caption(right, f"{formula(outer)}$\\leq {number(proof.value)}$")
        describe(left, _words(matrix, n_in, outer, proof.value, x))
    return figure


def _panels(axes: tuple[Axes, Axes] | None) -> tuple[Figure, tuple[Axes, Axes]]:
    if axes is not None:
        figure: Any = axes[0].figure
        return figure, axes
    side = min(width() / 2, 2.2)
    figure, (left, right) = new_figure(2, side + 0.22)
    figure.set_figwidth(2 * side)
    return figure, (left, right)


def _image(ax: Axes, points: Array, around: Array) -> None:
    """Draw the image of the ball, and dashed the ball that it just fits into."""
    ax.add_patch(Polygon(points, facecolor=SKY, alpha=0.3, edgecolor="none", zorder=2))
    ax.add_patch(Polygon(points, fill=False, edgecolor=SKY, linewidth=1.1, zorder=3))
    ax.add_patch(
        Polygon(around, fill=False, edgecolor=GREEN, linewidth=1.0, linestyle=LINES[1], zorder=3)
    )


def _vector(ax: Axes, tip: Array, name: str) -> None:
    """Draw a vector from the origin, its name beside the middle of it."""
    looks: dict[str, Any] = {"arrowstyle": "-|>,head_width=.16,head_length=.34"}
    looks |= {"linewidth": 1.2, "color": VERMILION, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (tip[0], tip[1]), (0.0, 0.0), arrowprops=looks, zorder=5)
    side = np.array([-tip[1], tip[0]]) / np.hypot(*tip) * 7
    ax.annotate(name, (tip[0] / 2, tip[1] / 2), (side[0], side[1]), textcoords="offset points",
                ha="center", va="center", color=VERMILION, zorder=6)  # fmt: skip


def _words(matrix: Array, n_in: Function, outer: Function, value: float, x: Array) -> str:
    rows = ", ".join(f"({', '.join(map(number, row))})" for row in matrix.tolist())
    start, end = (f"({', '.join(map(number, v.tolist()))})" for v in (x, matrix @ x))
    return (
        f"Unit ball of {n_in} and its image under the matrix ({rows}): the image just fits into "
        f"the ball of {outer} of level {number(value)}, which is the induced norm; {start} is "
        f"stretched most, to {end}."
    )
