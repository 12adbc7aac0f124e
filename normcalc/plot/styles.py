"""Figure styles by venue: widths in inches, embedded fonts, a palette with meanings.

Styles are plain rcParams dictionaries, applied by a context manager; nothing global changes.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Okabe and Ito's colours, which stay apart for every kind of colour vision.
BLUE, SKY, GREEN, VERMILION = "#0072B2", "#56B4E9", "#009E73", "#D55E00"
ORANGE, PINK, GREY, INK = "#E69F00", "#CC79A7", "#999999", "#1A1A1A"

MEANING = {
    "polyhedral": BLUE,
    "smooth": SKY,
    "structured": GREEN,
    "nonconvex": VERMILION,
}

# Overlaid curves differ by line style as well, so that grey print works.
LINES: tuple[Any, ...] = ("-", (0, (4, 1.6)), (0, (1.2, 1.2)), (0, (5, 1.4, 1.2, 1.4)))
CYCLE = (BLUE, VERMILION, GREEN, PINK, ORANGE, SKY, GREY)

PAPER: dict[str, Any] = {
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "none",
    "font.family": ["STIXGeneral", "DejaVu Serif"],
    "mathtext.fontset": "stix",
    "font.size": 8.0,
    "axes.titlesize": 8.0,
    "axes.labelsize": 8.0,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 7.0,
    "legend.frameon": False,
    "axes.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.1,
    "patch.linewidth": 0.6,
    "lines.solid_joinstyle": "miter",
    "figure.dpi": 150.0,
    "savefig.dpi": 300.0,
}

SLIDES: dict[str, Any] = {
    **PAPER,
    "font.size": 16.0,
    "axes.titlesize": 16.0,
    "axes.labelsize": 16.0,
    "xtick.labelsize": 13.0,
    "ytick.labelsize": 13.0,
    "legend.fontsize": 13.0,
    "lines.linewidth": 2.2,
    "axes.linewidth": 1.0,
}

_MILLIMETRE = 1 / 25.4


@dataclass(frozen=True)
class Venue:
    """Where a figure is printed: widths in inches for one and two columns, and rcParams."""

    single: float
    double: float
    rc: Mapping[str, Any]


VENUES: dict[str, Venue] = {
    "paper": Venue(3.4, 6.75, PAPER),
    "neurips": Venue(5.5, 5.5, PAPER),
    "icml": Venue(3.25, 6.75, PAPER),
    "ieee": Venue(3.5, 7.16, PAPER),
    "siam": Venue(5.13, 5.13, PAPER),
    "springer": Venue(84 * _MILLIMETRE, 174 * _MILLIMETRE, PAPER),
    "jmlr": Venue(6.0, 6.0, PAPER),
    "slides": Venue(6.0, 12.0, SLIDES),
}

_active: ContextVar[tuple[Venue, int] | None] = ContextVar("active_style", default=None)


@contextmanager
def style(name: str | Mapping[str, Any] = "paper", columns: int = 1) -> Iterator[dict[str, Any]]:
    """Draw in the style of a venue inside a ``with`` block.

    Parameters
    ----------
    name : str or mapping
        "paper", "neurips", "icml", "ieee", "siam", "springer", "jmlr", "slides", or rcParams of
        your own, which are laid over "paper".
    columns : {1, 2}
        How many text columns the figure spans.

    Yields
    ------
    dict
        The rcParams in force.

    Examples
    --------
    >>> with style("icml", columns=2) as rc:
    ...     rc["pdf.fonttype"], width()
    (42, 6.75)
    """
    from matplotlib import rc_context

    venue = _venue(name)
    if columns not in (1, 2):
        raise InputError(f"columns must be 1 or 2, got {columns!r}.")
    token = _active.set((venue, columns))
    try:
        settings: Any = dict(venue.rc)
        with rc_context(settings):
            yield dict(venue.rc)
    finally:
        _active.reset(token)


@contextmanager
def house_style() -> Iterator[None]:
    """Use the style in force, or "paper" across two columns when there is none."""
    if _active.get() is not None:
        yield
        return
    with style("paper", columns=2):
        yield


def width() -> float:
    """Return the width in inches of the style in force."""
    venue, columns = _active.get() or (VENUES["paper"], 2)
    return venue.single if columns == 1 else venue.double


def _venue(name: str | Mapping[str, Any]) -> Venue:
    if not isinstance(name, str):
        return Venue(VENUES["paper"].single, VENUES["paper"].double, {**PAPER, **name})
    if name not in VENUES:
        raise InputError(f"There is no style {name!r}; there are {', '.join(VENUES)}.")
    return VENUES[name]
