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
SUFFIXES = {
    "numba": ".py", "plain": ".py", "cuda": ".py", "jax": ".py", "torch": ".py", "c": ".c",
    "h": ".h",
}  # fmt: skip

PURPOSE = "print or write the code of a kernel, a file that needs no normcalc"
DESCRIPTION = """\
Generate the code of the proximal operator of EXPR: a commented Python module that needs NumPy
and numba; or NumPy alone (--target plain), C99 (c, and h for its header), differentiable
functions of JAX or PyTorch (jax, torch), kernels for graphics cards by numba (cuda)."""
EXAMPLE = """\
examples:
  normcalc kernel "lam*abs(x)"
  normcalc kernel "lam*sqrt(abs(x))" -o half.py
  normcalc kernel "lam*abs(x)" --target c -o soft.c
  normcalc kernel "lam*abs(x)" --derivative lam"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_expression(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="write to a file, not to the terminal; with --target c, its header beside it",
    )
    parser.add_argument(
        "--goal",
        choices=GOALS,
        default="prox",
        help=f"what to compile: {', '.join(GOALS)} (default prox)",
    )
    parser.add_argument(
        "--target", choices=SUFFIXES, default="numba", help="what to write (default numba)"
    )
    parser.add_argument(
        "--derivative",
        metavar="NAME",
        help="write the derivative in the argument or a parameter, such as v, step or lam",
    )


def run(options: argparse.Namespace) -> Answer:
    """Generate the code, and write it where a file is given."""
    path: Path | None = options.output
    suffix = SUFFIXES[options.target]
    if path is not None and path.suffix != suffix:
        raise InputError(f"a kernel for {options.target} is a {suffix} file, not {path.name!r}")
    function = read_function(options)
    from normcalc.codegen import source_of
    from normcalc.derive import derive

    derivation = derive(options.goal, function)
    data = {"goal": options.goal, "function": str(function), "target": options.target}
    chosen = {"target": options.target, "derivative": options.derivative}
    if path is None:
        source = source_of(derivation, **chosen)
        return Answer(source, {**data, "source": source})
    texts = {path: chosen}
    if options.target == "c":
        header = path.with_suffix(".h")
        texts = {header: {**chosen, "target": "h"}, path: {**chosen, "include": header.name}}
    sources = {file: source_of(derivation, **given) for file, given in texts.items()}
    for file, source in sources.items():
        write_whole(file, source)
    return Answer(f"{path}\n", {**data, "file": str(path)})
