"""The grammar of the command line, and its help."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from normcalc.cli import tour
from normcalc.cli.commands import (
    ball,
    cache,
    certify,
    derive,
    doctor,
    facts,
    gallery,
    kernel,
    solve,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (tour, derive, certify, facts, kernel, solve, ball, gallery, cache, doctor)

DESCRIPTION = """\
Write a norm, a penalty, a loss or a set as a formula; normcalc derives its proximal operator,
conjugate or dual norm, certifies them, compiles them and draws the unit ball.

In a formula x (or x1, x2, ...) is the variable; every other name is a parameter, positive unless
declared otherwise.  Quote formulas, so that the shell leaves them alone."""

EPILOG = """\
start here:
  normcalc tour
  normcalc derive prox "lam*abs(x)"
  normcalc COMMAND --help          options and an example for each command

exit codes:
  0  done
  1  refuted, or cannot be derived
  2  the command line, a formula or a file name is wrong"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="normcalc",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, help="print the version and exit")
    commands = parser.add_subparsers(
        title="commands", dest="command", metavar="COMMAND", required=True
    )
    for module in COMMANDS:
        command = commands.add_parser(
            module.__name__.rpartition(".")[2],
            help=module.PURPOSE,
            description=module.DESCRIPTION,
            epilog=module.EXAMPLE,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        module.add_arguments(command)
        command.add_argument("--json", action="store_true", help="print JSON and nothing else")
        command.set_defaults(run=module.run)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002 - argparse's word
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version and stop."""
        import normcalc

        sys.stdout.write(f"normcalc {normcalc.__version__}\n")
        parser.exit()


def shielded(argv: Sequence[str]) -> list[str]:
    """Return the arguments with a space before formulas such as ``-log(x)``.

    argparse takes what begins with a minus for an option, unless a space precedes it.

    Examples
    --------
    >>> shielded(["derive", "prox", "-log(x)", "--domain", "0", "oo", "-o", "file"])
    ['derive', 'prox', ' -log(x)', '--domain', '0', 'oo', '-o', 'file']
    """
    return [f" {word}" if _is_formula(word) else word for word in argv]


def _is_formula(word: str) -> bool:
    if not word.startswith("-") or word.startswith("--") or word in ("-", "-h", "-o"):
        return False
    return word.startswith("-oo") or not word.startswith("-o")
