"""``normcalc derive GOAL EXPR``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.cli.answer import Answer
from normcalc.cli.reading import add_expression, read_function, read_text
from normcalc.errors import InputError

if TYPE_CHECKING:
    import argparse

    from normcalc.calculus import Gradient, Hessian
    from normcalc.derive import Measure, Penalty

DERIVATIONS = (
    "prox",
    "conjugate",
    "moreau_envelope",
    "subdifferential",
    "gradient",
    "projection",
    "dual_norm",
    "linear_minimizer",
)
MEASURES = ("smoothness", "strong_convexity", "weak_convexity", "lipschitz")
INVERSE = "penalty_from_shrinkage"
CALCULUS = ("gradient", "hessian")
GOALS = (*DERIVATIONS, "hessian", *MEASURES, INVERSE)

PURPOSE = "derive a proximal operator, a conjugate, a dual norm, a constant, ..."
DESCRIPTION = """\
Derive GOAL for the function EXPR and print the answer, symbolic in every parameter.

goals:
  prox             argmin_u f(u) + (u - v)^2/(2 step)
  conjugate        sup_u v*u - f(u)
  moreau_envelope  min_u f(u) + (u - v)^2/(2 step)
  subdifferential  the slopes of f at v, an interval at a kink
  gradient         the formula of the gradient, with conditions under which it holds
  hessian          the formula of the second derivatives
  projection       the nearest point of a set, EXPR its indicator
  dual_norm        max of <v, x> over f(x) <= 1
  linear_minimizer the point with f(x) <= 1 at which <v, x> is least

constants:
  smoothness       the Lipschitz constant of the gradient
  strong_convexity the largest m such that f - m |x|^2/2 is convex
  weak_convexity   the least r >= 0 such that f + r |x|^2/2 is convex
  lipschitz        the least L with |f(x) - f(y)| <= L |x - y|

the inverse question:
  penalty_from_shrinkage  the penalty whose prox is EXPR, a rule in v"""
EXAMPLE = """\
examples:
  normcalc derive prox "lam*abs(x)"
  normcalc derive prox "x*log(x)" --domain 0 oo --explain
  normcalc derive conjugate "alpha*(rho*abs(x) + (1 - rho)*x**2/2)" --kind "rho=Interval(0, 1)"
  normcalc derive dual_norm "max(abs(x1), abs(x2))" --latex
  normcalc derive smoothness "log(1 + exp(x))"
  normcalc derive penalty_from_shrinkage "sign(v)*max(abs(v) - lam, 0)\""""


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
    if options.goal not in DERIVATIONS or options.goal in CALCULUS:
        return _run_plain(options)
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


def _run_plain(options: argparse.Namespace) -> Answer:
    """Answer a goal whose answer has no steps to explain."""
    from normcalc.cli.shown import gradient_data, measure_data, penalty_data
    from normcalc.derive import Measure, Penalty

    if options.explain:
        raise InputError(f"--explain: there are no steps to show for {options.goal}")
    found = _plain(options)
    if isinstance(found, Penalty):
        data = penalty_data(found)
    else:
        data = measure_data(found) if isinstance(found, Measure) else gradient_data(found)
    text = found.latex() if options.latex else str(found)
    return Answer(f"{text}\n", {"goal": options.goal, **data, "latex": found.latex()})


def _plain(options: argparse.Namespace) -> Measure | Penalty | Gradient | Hessian:
    from normcalc import derive as room
    from normcalc.language import parse
    from normcalc.language.nodes import symbols

    if options.goal == INVERSE:
        # As in Python, the variable of a rule is v where it names one.
        options.expression = read_text(options.expression)
        if not options.variable and "v" in symbols(parse(options.expression)):
            options.variable = ["v"]
        return room.penalty_from_shrinkage(read_function(options))
    if options.goal == "hessian":
        from normcalc.calculus import hessian

        return hessian(read_function(options))
    found: Measure | Gradient = getattr(room, options.goal)(read_function(options))
    return found
