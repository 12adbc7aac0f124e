"""``normcalc kernel EXPR``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from normcalc.cli.answer import Answer, write_whole
from normcalc.cli.reading import add_expression, read_function
from normcalc.errors import InputError

if TYPE_CHECKING:
    import argparse

GOALS = ("prox", "conjugate", "moreau_envelope")

PURPOSE = "print or write the code of a kernel, a Python file that needs no normcalc"
DESCRIPTION = """\
Generate the code of the proximal operator of EXPR: a commented Python module that needs NumPy
and numba, or NumPy alone with --target plain."""
EXAMPLE = """\
examples:
  normcalc kernel "lam*abs(x)"
  normcalc kernel "lam*sqrt(abs(x))" -o half.py"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_expression(parser)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE.py", help="write to a file, not to the terminal"
    )
    parser.add_argument(
        "--goal",
        choices=GOALS,
        default="prox",
        help=f"what to compile: {', '.join(GOALS)} (default prox)",
    )
    parser.add_argument(
        "--target",
        choices=("numba", "plain"),
        default="numba",
        help="what the module may import beside NumPy (default numba)",
    )


def run(options: argparse.Namespace) -> Answer:
    """Generate the code, and write it where a file is given."""
    path: Path | None = options.output
    if path is not None and path.suffix != ".py":
        raise InputError(f"kernels are Python modules: {path.name!r} must end in .py")
    function = read_function(options)
    from normcalc.codegen import source_of
    from normcalc.derive import derive

    source = source_of(derive(options.goal, function), target=options.target)
    data = {"goal": options.goal, "function": str(function), "target": options.target}
    if path is None:
        return Answer(source, {**data, "source": source})
    write_whole(path, source)
    return Answer(f"{path}\n", {**data, "file": str(path)})
