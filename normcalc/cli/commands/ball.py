"""``normcalc ball EXPR -o FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from normcalc.cli.answer import Answer, writing
from normcalc.cli.reading import add_expression, read_function

if TYPE_CHECKING:
    import argparse

    from matplotlib.figure import Figure

    from normcalc.language import Function

VENUES = ("paper", "neurips", "icml", "ieee", "siam", "springer", "jmlr", "slides")

PURPOSE = "draw the unit ball of a norm in the plane, to PDF, PNG or SVG"
DESCRIPTION = """\
Draw the unit ball of EXPR, a function of x1 and x2 or of a vector x, as it goes into a paper:
corners are solved, not sampled, fonts are embedded, and the metadata hold the formula and a
description."""
EXAMPLE = """\
examples:
  normcalc ball "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))" -o octagon.pdf --dual
  normcalc ball "norm(x, p)" --kind p=3/2 -o ball.png --style icml"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_expression(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="where to write; the ending .pdf, .png or .svg decides the format",
    )
    parser.add_argument(
        "--style",
        choices=VENUES,
        default="paper",
        metavar="VENUE",
        help=f"sizes and fonts of {', '.join(VENUES)} (default paper)",
    )
    parser.add_argument(
        "--dual", action="store_true", help="draw the ball of the dual norm beside it"
    )


def run(options: argparse.Namespace) -> Answer:
    """Draw and save."""
    from normcalc import plot

    function = read_function(options)
    with plot.style(options.style):
        figure = _figure(function, options.dual)
        with writing(options.output):
            path = plot.save(figure, options.output, function)
    words = plot.alt_text_of(figure)
    data = {"function": str(function), "file": str(path), "description": words}
    return Answer(f"{path}\n{words}\n", data)


def _figure(function: Function, dual: bool) -> Figure:
    from normcalc import plot
    from normcalc.errors import NotDerivable

    if not dual:
        place: Any = plot.ball(function)
        figure: Figure = place.figure
        return figure
    from normcalc.derive import dual_norm

    try:
        formula = dual_norm(function).value
    except NotDerivable:  # the polar body is computed all the same
        formula = None
    return plot.dual_pair(function, formula)
