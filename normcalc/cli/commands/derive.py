"""``normcalc derive GOAL EXPR``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.cli.answer import Answer
from normcalc.cli.reading import add_expression, read_function

if TYPE_CHECKING:
    import argparse

GOALS = (
    "prox",
    "conjugate",
    "moreau_envelope",
    "subdifferential",
    "gradient",
    "projection",
    "dual_norm",
)

PURPOSE = "derive a proximal operator, a conjugate, a dual norm, ..."
DESCRIPTION = """\
Derive GOAL for the function EXPR and print the answer, symbolic in every parameter.

goals:
  prox             argmin_u f(u) + (u - v)^2/(2 step)
  conjugate        sup_u v*u - f(u)
  moreau_envelope  min_u f(u) + (u - v)^2/(2 step)
  subdifferential  the slopes of f at v, an interval at a kink
  gradient         of a Moreau envelope
  projection       the nearest point of a set, EXPR its indicator
  dual_norm        max of <v, x> over f(x) <= 1"""
EXAMPLE = """\
examples:
  normcalc derive prox "lam*abs(x)"
  normcalc derive prox "x*log(x)" --domain 0 oo --explain
  normcalc derive conjugate "alpha*(rho*abs(x) + (1 - rho)*x**2/2)" --kind "rho=Interval(0, 1)"
  normcalc derive dual_norm "max(abs(x1), abs(x2))" --latex"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("goal", metavar="GOAL", choices=GOALS, help=f"one of {', '.join(GOALS)}")
    add_expression(parser)
    parser.add_argument(
        "--explain", action="store_true", help="add the theorems used and every step"
    )
    parser.add_argument("--latex", action="store_true", help="print the answer in LaTeX instead")


def run(options: argparse.Namespace) -> Answer:
    """Derive and show."""
    from normcalc.cli.shown import derivation_data
    from normcalc.derive import derive

    found = derive(options.goal, read_function(options))
    parts = [found.latex() if options.latex else str(found)]
    parts += [f"\n{found.explain()}"] if options.explain else []
    text = "\n".join(parts) + "\n"
    if not options.json:
        return Answer(text, {})
    steps = {"explanation": found.explain()} if options.explain else {}
    return Answer(text, {**derivation_data(found), "latex": found.latex(), **steps})
