"""Figures without transparency, for formats that have none."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from matplotlib.collections import Collection, TriMesh
from matplotlib.colors import to_rgba_array
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matplotlib.figure import Figure


@contextmanager
def opaque(figure: Figure) -> Iterator[None]:
    """Replace transparent colours by what they look like on white paper, while saving.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> (line,) = figure.subplots().plot([0, 1], color="black", alpha=0.5)
    >>> with opaque(figure):
    ...     line.get_color(), line.get_alpha()
    ((0.5, 0.5, 0.5), None)
    >>> line.get_color(), line.get_alpha()
    ('black', 0.5)
    """
    undo: list[tuple[Callable[[Any], object], Any]] = []
    for artist in figure.findobj():
        alpha = artist.get_alpha()
        if not isinstance(alpha, float) or alpha >= 1:
            continue
        for change, old in _paints(artist):
            undo.append((change, old))
            change(blended(old, alpha))
        undo.append((artist.set_alpha, alpha))
        artist.set_alpha(None)
    try:
        yield
    finally:
        for change, old in reversed(undo):
            change(old)


def _paints(artist: Any) -> list[tuple[Callable[[Any], object], Any]]:
    """Return the colours of an artist, each with what sets it."""
    if isinstance(artist, Line2D):
        return [(artist.set_color, artist.get_color())]
    if isinstance(artist, Patch | Collection) and not isinstance(artist, TriMesh):
        alpha = artist.get_alpha()
        artist.set_alpha(None)
        found: list[tuple[Callable[[Any], object], Any]] = [
            (artist.set_facecolor, artist.get_facecolor()),
            (artist.set_edgecolor, artist.get_edgecolor()),
        ]
        artist.set_alpha(alpha)
        return found
    return []


def blended(color: Any, alpha: float) -> Any:
    """Return a colour, or several, as seen on white; what is invisible stays so."""
    rows = to_rgba_array(color)
    mixed = [
        (0.0, 0.0, 0.0, 0.0)
        if row[3] == 0
        else tuple(alpha * c + 1 - alpha for c in row[:3].tolist())
        for row in rows
    ]
    return mixed[0] if len(mixed) == 1 else mixed


def _mixed(row: list[float], alpha: float) -> tuple[float, ...]:
    if row[3] == 0:
        return (0.0, 0.0, 0.0, 0.0)
    return tuple(alpha * c + 1 - alpha for c in row[:3])
