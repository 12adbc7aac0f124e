"""Figures and axes as papers want them: equal scales, axes through the origin, captions below."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from normcalc.plot.styles import GREY, INK, width

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_MARGIN = 1.14
_SMALLEST_TYPE = 5.5
# A comma between two formulas, or between words.
_BETWEEN = re.compile(r",\s(?=(?:[^$]*\$[^$]*\$)*[^$]*$)")

# How single points are marked, for `Axes.plot`.
DOT: dict[str, Any] = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 3.6,
    "markeredgewidth": 0.8,
}


@dataclass
class Panel:
    """What has been drawn on one Axes so far."""

    descriptions: list[str] = field(default_factory=list)
    bodies: int = 0
    limit: float = 0.0
    corners: list[NDArray[np.float64]] = field(default_factory=list)


_panels: WeakKeyDictionary[Axes, Panel] = WeakKeyDictionary()


def panel_of(ax: Axes) -> Panel:
    """Return the record of what is drawn on an Axes."""
    return _panels.setdefault(ax, Panel())


def wiped(ax: Axes) -> Axes:
    """Remove everything from an Axes, and its record; return the Axes."""
    _panels.pop(ax, None)
    ax.clear()
    return ax


def alt_text_of(figure: Figure) -> str:
    """Return the descriptions of everything normcalc drew on a figure, in reading order.

    Examples
    --------
    >>> alt_text_of(Figure())
    ''
    """
    texts = [t for ax in figure.axes if ax in _panels for t in _panels[ax].descriptions]
    return " ".join(dict.fromkeys(texts))


def new_figure(columns: int, height: float, count: int | None = None) -> tuple[Figure, list[Axes]]:
    """Return a figure as wide as the style says, with rows of axes `height` inches high."""
    panels = columns if count is None else count
    rows = -(-panels // columns)
    figure = Figure(figsize=(width(), rows * height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for ax in axes[panels:]:
        ax.set_axis_off()
    return figure, axes[:panels]


def single_axes() -> Axes:
    """Return the axes of a new figure with one square panel, at most 2.4 inches wide."""
    side = min(width(), 2.4)
    figure = Figure(figsize=(side, 1.08 * side), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots()


def plane(ax: Axes, limit: float, *, names: bool = True) -> None:
    """Make an Axes a piece of the plane: equal scales, the two axes through the origin."""
    panel = panel_of(ax)
    first = panel.limit == 0.0
    panel.limit = max(panel.limit, limit)
    reach = panel.limit * _MARGIN
    ax.set_aspect("equal")
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[])
    if not first:
        return
    ax.spines[:].set_visible(False)
    ax.axhline(0, color=GREY, linewidth=0.4, zorder=1.5)
    ax.axvline(0, color=GREY, linewidth=0.4, zorder=1.5)
    if names:
        # Outside the frame, where no body and no curve can run into them.
        grey: dict[str, Any] = {"color": "0.35", "fontsize": "small"}
        ax.annotate("$x_1$", (1, 0.5), (2, 0), "axes fraction", "offset points",
                    ha="left", va="center", **grey)  # fmt: skip
        ax.annotate("$x_2$", (0.5, 1), (0, 2), "axes fraction", "offset points",
                    ha="center", va="bottom", **grey)  # fmt: skip


def caption(ax: Axes, text: str, room: float | None = None) -> None:
    """Write a caption under a panel, in smaller type when it would not fit into `room` inches.

    Unless given, the room is the panel's share of the figure.  What does not fit in the smallest
    type either goes on in another line after a comma.
    """
    # The label of an Axes made elsewhere has the fonts of that place: give it ours.
    label = ax.set_xlabel(text, color=INK, labelpad=4, fontsize=rcParams["axes.labelsize"])
    label.set_fontfamily(rcParams["font.family"])
    label.set_math_fontfamily(rcParams["mathtext.fontset"])
    width = _share(ax) if room is None else room
    if width is None or not text:
        return
    needed = label.get_window_extent().width / ax.figure.dpi
    if needed > width:
        size = float(label.get_fontsize()) * width / needed
        label.set_fontsize(max(_SMALLEST_TYPE, size))
        if size < _SMALLEST_TYPE:
            label.set_text(_BETWEEN.sub(",\n", text))


def _share(ax: Axes) -> float | None:
    """Return the width in inches that a panel has in its grid, or None outside a grid."""
    place = ax.get_subplotspec()
    if place is None:
        return None
    columns = place.get_gridspec().get_geometry()[1]
    share = len(place.colspan) / columns
    return 0.97 * share * float(ax.figure.bbox.width / ax.figure.dpi)


def describe(ax: Axes, text: str) -> None:
    """Keep the description of something drawn, for the metadata of the saved figure."""
    panel_of(ax).descriptions.append(text)
