"""``normcalc facts EXPR``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.cli.answer import Answer
from normcalc.cli.reading import add_expression, read_function

if TYPE_CHECKING:
    import argparse

PURPOSE = "say whether a function is convex, a norm, a seminorm, ..., with reasons"
DESCRIPTION = """\
Answer every question about the function EXPR: YES with the reason, NO with a counterexample, or
UNKNOWN with what is missing."""
EXAMPLE = """\
examples:
  normcalc facts "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))"
  normcalc facts "norm(x, p)" --json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_expression(parser)


def run(options: argparse.Namespace) -> Answer:
    """Ask, and show the answers."""
    from normcalc.cli.shown import facts_data
    from normcalc.facts import facts

    found = facts(read_function(options))
    return Answer(f"{found}\n", facts_data(found))
