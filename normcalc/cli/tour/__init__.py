"""``normcalc tour``: everything once, on real input."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from normcalc.cli.answer import Answer
from normcalc.cli.tour.story import Story, prepare

if TYPE_CHECKING:
    import argparse

PURPOSE = "see everything once: derive, certify, compile, fit real data, draw (start here)"
DESCRIPTION = """\
Take formulas all the way: derive proximal operators, explain and certify them, compile them, fit
sparse regressions to a diabetes study with them, take the dual of a norm, and draw figures for a
paper.  It takes some ten seconds, and twice that the first time, when kernels are compiled."""
EXAMPLE = """\
examples:
  normcalc tour
  normcalc tour --out figures --verbose"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("normcalc-tour"),
        metavar="DIR",
        help="where the files go; made if need be (default ./normcalc-tour)",
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="print the generated code and the solver's progress as well",
    )


def run(options: argparse.Namespace) -> Answer:
    """Walk through the sections in order; text appears as it is made."""
    prepare(options.out)
    start = time.perf_counter()
    story = Story(options.out, None if options.json else sys.stdout, options.verbose)
    # Here, since the sections load everything there is.
    from normcalc.cli.tour import kernels, octagon, operators, regressions

    _opening(story)
    for room in (operators, kernels, regressions, octagon):
        room.tell(story)
    seconds = time.perf_counter() - start
    _ending(story, seconds)
    sections = [{"title": title, "seconds": round(spent, 3)} for title, spent in story.spent]
    files = [str(path) for path in story.files]
    data = {**story.data, "sections": sections, "seconds": round(seconds, 3), "files": files}
    return Answer("", data)


def _opening(story: Story) -> None:
    import normcalc

    story.show(f"normcalc {normcalc.__version__}: a tour in {story.total} sections")
    story.say(
        "A penalty f enters an algorithm by its proximal operator, a function of v:\n"
        "    the u that minimises f(u) + (u - v)^2/(2 step)\n"
        "Here it is derived from the formula of f, then proved, compiled, used and drawn.\n"
        "What follows >>> can be typed into Python."
    )
    story.code("import numpy as np", "import normcalc as nc")


def _ending(story: Story, seconds: float) -> None:
    width = max(len(title) for title, _ in story.spent)
    story.heading("Done")
    for title, spent in story.spent:
        story.show(f"{title:<{width}}  {spent:6.1f} s")
    story.show(f"{'in all':<{width}}  {seconds:6.1f} s")
    story.say("Files written:")
    for path in story.files:
        story.show(f"  {path}")
