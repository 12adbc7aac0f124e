"""A solution path: how the coefficients enter as the penalty gets weaker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from normcalc.errors import InputError
from normcalc.plot.artists.canvas import caption, describe, panel_of, single_axes
from normcalc.plot.styles import CYCLE, GREY, LINES, house_style
from normcalc.plot.words import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

Array = NDArray[np.float64]

_NAMED = 8


def path(
    strengths: ArrayLike,
    coefficients: ArrayLike,
    /,
    ax: Axes | None = None,
    *,
    names: Sequence[str] | None = None,
    label: str = r"$\lambda$",
) -> Axes:
    """Draw coefficients against the strength of a penalty, on a logarithmic scale.

    The strength falls from left to right.  The largest coefficients at its weak end are named
    there, in their colours, as far apart as their names are high; the others are grey.

    Parameters
    ----------
    strengths : array_like of shape (k,)
        The strengths, positive, in any order.
    coefficients : array_like of shape (k, n)
        One row of coefficients for each strength.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made without it.
    names : sequence of str, optional
        The names of the coefficients.
    label : str
        What stands below.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Examples
    --------
    >>> import normcalc as nc
    >>> ax = path([1.0, 0.5, 0.1], [[0, 0], [0.4, 0], [0.8, -0.2]])
    >>> print(nc.plot.alt_text_of(ax.figure))
    Path of 2 coefficients for strengths from 1 to 0.1; they enter in the order x1 at 0.5, x2 at
    0.1.
    """
    strength, rows = _checked(strengths, coefficients)
    titles = [f"x{i + 1}" for i in range(rows.shape[1])] if names is None else list(names)
    if len(titles) != rows.shape[1]:
        raise InputError(f"There are {rows.shape[1]} coefficients and {len(titles)} names.")
    chosen = np.argsort(-np.abs(rows[-1]), kind="stable")[:_NAMED]
    chosen = chosen[np.abs(rows[-1, chosen]) > 0]
    with house_style():
        place = single_axes() if ax is None else ax
        place.axhline(0, color=GREY, linewidth=0.4, zorder=0)
        for i in range(rows.shape[1]):
            k = int(np.flatnonzero(chosen == i)[0]) if i in chosen else None
            color = GREY if k is None else CYCLE[k % len(CYCLE)]
            dash = LINES[0 if k is None else k % len(LINES)]
            place.plot(
                strength, rows[:, i], color=color, linestyle=dash, zorder=1 + (k is not None)
            )
        place.set(xscale="log", xlim=(strength[0], strength[-1]))
        shown = [f"$x_{{{i + 1}}}$" if names is None else titles[i] for i in chosen]
        _name_ends(place, strength[-1], rows[-1], shown, chosen)
        panel_of(place).bodies += 1
        caption(place, label)
        describe(place, _words(strength, rows, titles))
    return place


def _checked(strengths: ArrayLike, coefficients: ArrayLike) -> tuple[Array, Array]:
    strength = np.asarray(strengths, dtype=np.float64)
    rows = np.asarray(coefficients, dtype=np.float64)
    if strength.ndim != 1 or rows.ndim != 2 or len(rows) != len(strength) or len(strength) < 2:
        raise InputError(
            "A path needs two strengths or more and one row of coefficients for each, got shapes "
            f"{strength.shape} and {rows.shape}."
        )
    if not (np.all(strength > 0) and np.all(np.isfinite(strength)) and np.all(np.isfinite(rows))):
        raise InputError("Strengths must be positive, and all numbers finite.")
    order = np.argsort(-strength)
    return strength[order], rows[order]


def _name_ends(ax: Axes, at: float, ends: Array, titles: Sequence[str], chosen: Array) -> None:
    """Write names at the right end, moved apart where they would overlap."""
    low, high = ax.get_ylim()
    gap = 0.075 * (high - low)
    for height, k in spread([float(ends[i]) for i in chosen], gap):
        ax.annotate(titles[k], (at, height), (4, 0), textcoords="offset points", ha="left",
                    va="center", fontsize="small", color=CYCLE[k % len(CYCLE)],
                    annotation_clip=False)  # fmt: skip


def spread(heights: Sequence[float], gap: float) -> list[tuple[float, int]]:
    """Return heights moved as little as needed to be `gap` apart, each with its position.

    Runs that would overlap are centred on their mean.

    Examples
    --------
    >>> spread([0.0, 0.1, 5.0], 1.0)
    [(-0.45, 0), (0.55, 1), (5.0, 2)]
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    runs: list[list[int]] = []
    for i in order:
        runs.append([i])
        while len(runs) > 1 and _foot(runs[-1], heights, gap) < (
            _foot(runs[-2], heights, gap) + gap * len(runs[-2])
        ):
            runs[-2:] = [runs[-2] + runs[-1]]
    return [(_foot(run, heights, gap) + gap * k, i) for run in runs for k, i in enumerate(run)]


def _foot(run: Sequence[int], heights: Sequence[float], gap: float) -> float:
    return sum(heights[i] for i in run) / len(run) - gap * (len(run) - 1) / 2


def _words(strength: Array, rows: Array, titles: Sequence[str]) -> str:
    first = [(int(np.argmax(rows[:, i] != 0)), titles[i]) for i in range(rows.shape[1])
             if np.any(rows[:, i])]  # fmt: skip
    listed = ", ".join(f"{name} at {number(float(strength[k]))}" for k, name in sorted(first)[:8])
    entering = f"they enter in the order {listed}" if listed else "all stay zero"
    ends = f"{number(float(strength[0]))} to {number(float(strength[-1]))}"
    return f"Path of {rows.shape[1]} coefficients for strengths from {ends}; {entering}."
