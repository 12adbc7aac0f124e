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

PURPOSE = "draw the unit ball of a norm in the plane or in space, to PDF, PNG, SVG, EPS or TikZ"
DESCRIPTION = """\
Draw the unit ball of EXPR as it goes into a paper: corners and creases are solved, not sampled,
fonts are embedded, and the metadata hold the formula and a description.  A formula in x1, x2, x3,
or in a symmetric matrix X, is drawn in space; a vector x in the plane unless told otherwise."""
EXAMPLE = """\
examples:
  normcalc ball "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))" -o octagon.pdf --dual
  normcalc ball "norm(x, p)" --kind p=3/2 -o ball.png --style icml
  normcalc ball "norm(x, 1) + norm(x, oo)" --dimension 3 -o solid.tex
  normcalc ball "sum(singular_values(X))" --camera 62 18 -o nuclear.pdf"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_expression(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="where to write; the ending .pdf, .png, .svg, .eps, .pgf or .tex decides the format",
    )
    parser.add_argument(
        "--style",
        choices=VENUES,
        default="paper",
        metavar="VENUE",
        help=f"sizes and fonts of {', '.join(VENUES)} (default paper)",
    )
    parser.add_argument(
        "--columns", type=int, choices=(1, 2), default=1, help="how many text columns it spans"
    )
    parser.add_argument(
        "--dimension", type=int, choices=(2, 3), help="the plane or space, for a vector x"
    )
    parser.add_argument(
        "--camera",
        type=float,
        nargs=2,
        default=(33.0, 22.0),
        metavar=("AZIMUTH", "ELEVATION"),
        help="where the viewer stands, in degrees (default 33 22)",
    )
    parser.add_argument(
        "--dual", action="store_true", help="draw the ball of the dual norm beside it"
    )


def run(options: argparse.Namespace) -> Answer:
    """Draw and save."""
    from normcalc import plot

    function = read_function(options)
    with plot.style(options.style, options.columns):
        figure = _figure(function, options)
        with writing(options.output):
            path = plot.save(figure, options.output, function)
    words = plot.alt_text_of(figure)
    data = {"function": str(function), "file": str(path), "description": words}
    return Answer(f"{path}\n{words}\n", data)


def _figure(function: Function, options: argparse.Namespace) -> Figure:
    from normcalc import plot
    from normcalc.errors import InputError, NotDerivable

    space = _dimension(function, options.dimension) == 3
    if space and options.dual:
        raise InputError("--dual draws in the plane; draw the dual norm's own formula in space.")
    if not options.dual:
        place: Any = (
            plot.ball3d(function, camera=tuple(options.camera)) if space else plot.ball(function)
        )
        figure: Figure = place.figure
        return figure
    from normcalc.derive import dual_norm

    try:
        formula = dual_norm(function).value
    except NotDerivable:  # the polar body is computed all the same
        formula = None
    return plot.dual_pair(function, formula)


def _dimension(function: Function, asked: int | None) -> int:
    """Return 2 or 3: what was asked for, else what the variable says."""
    variable = function.variable
    own = 3 if variable.kind == "matrix" or variable.size == 3 else 2
    return own if asked is None else asked
