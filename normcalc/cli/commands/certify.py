"""``normcalc certify EXPR``."""

from __future__ import annotations

import argparse
import math

from normcalc.cli.answer import Answer
from normcalc.cli.reading import add_expression, read_function

GOALS = ("prox", "conjugate", "moreau_envelope")

PURPOSE = "derive and certify by an independent route, or certify your own formula"
DESCRIPTION = """\
Derive the proximal operator of EXPR and check it by a route that does not share the derivation:
a global search in every regime and at every border, and where all is algebraic a proof by an SMT
solver.  With --operator, check a formula of yours instead.  When a counterexample is found, it is
printed, and the exit code is 1."""
EXAMPLE = """\
examples:
  normcalc certify "lam*abs(x)"
  normcalc certify "lam*abs(x)" --operator "sign(v)*max(abs(v) - lam*step, 0)"
  normcalc certify "lam*x**2/2" --operator "v/(1 + lam)"        (refuted: the step is missing)"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_expression(parser)
    parser.add_argument(
        "--operator",
        metavar="TEXT",
        help="a formula in v, step and the parameters of EXPR that claims to be its proximal "
        "operator",
    )
    parser.add_argument(
        "--goal",
        choices=GOALS,
        default="prox",
        help=f"what to derive: {', '.join(GOALS)} (default prox)",
    )
    parser.add_argument(
        "--budget",
        type=seconds,
        default=20.0,
        metavar="SECONDS",
        help="time to spend, about (default 20)",
    )


def seconds(text: str) -> float:
    """Return a positive number of seconds."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return value


def run(options: argparse.Namespace) -> Answer:
    """Certify, or let the counterexample through."""
    from normcalc.certify import certify
    from normcalc.cli.shown import certificate_data

    function = read_function(options)
    if options.operator is not None:
        found = certify(options.operator, function, budget=options.budget)
    else:
        from normcalc.derive import derive

        found = certify(derive(options.goal, function), budget=options.budget)
    return Answer(f"{found}\n", certificate_data(found))
