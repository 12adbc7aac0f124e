"""From words on the command line to a Function: by the language's own parser, and nothing else."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from normcalc.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from fractions import Fraction

    from normcalc.language import Function

# More than any formula may have, so that a longer one is refused and an endless one ends.
MOST_CHARACTERS = 100_000

_DECLARATION = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<kind>\S.*)", re.DOTALL)
_INTERVAL = re.compile(r"Interval(?P<open>\.open)?\s*\(\s*(?P<lo>[^,]+),(?P<hi>[^,]+)\)")
_NAMES = ("Positive", "Nonnegative", "Real", "Integer", "Vector", "Nonincreasing")
_RESERVED = ("domain", "where")


def add_expression(parser: argparse.ArgumentParser) -> None:
    """Add EXPR and the options that say more about it."""
    parser.add_argument(
        "expression", metavar="EXPR", help='the formula, e.g. "lam*abs(x)"; - reads standard input'
    )
    about = parser.add_argument_group("about the formula")
    about.add_argument(
        "--domain",
        nargs=2,
        metavar=("LO", "HI"),
        help="plus infinity outside [LO, HI]; oo and -oo are infinite ends",
    )
    about.add_argument(
        "--where",
        metavar="TEXT",
        help='relations between parameters, e.g. "gamma > 1, lo < hi"',
    )
    about.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="NAME=KIND",
        help="what a parameter may be: Positive (the default), Nonnegative, Real, Integer, "
        "Interval(0, 1), Interval.open(1, oo), Vector or Nonincreasing; or a number, which takes "
        "the parameter's place; may be repeated",
    )
    about.add_argument(
        "--variable",
        action="append",
        default=[],
        metavar="NAME",
        help="the variable, where it is not x; may be repeated for coordinates",
    )


def read_function(options: argparse.Namespace) -> Function:
    """Return the function that the command line describes."""
    from normcalc.language import function

    ends = None
    if options.domain is not None:
        lo, hi = options.domain
        ends = read_end(lo), read_end(hi)
    text, kinds = read_text(options.expression), read_kinds(options.kind)
    made = function(text, *options.variable, domain=ends, where=options.where, **kinds)
    _check_variables(options.variable, made)
    return made


def _check_variables(names: Sequence[str], function: Function) -> None:
    """Refuse a variable that does not occur: all that does would become a parameter."""
    from normcalc.language.nodes import symbols

    for name in names:
        if name not in symbols(function.body):
            raise InputError(f"--variable {name}: {name!r} does not occur in {function}")


def read_text(expression: str) -> str:
    """Return the formula itself, or what standard input holds for ``-``."""
    if expression != "-":
        return expression
    try:
        return sys.stdin.read(MOST_CHARACTERS)
    except UnicodeDecodeError as error:
        raise InputError(f"standard input is not text: {error.reason}") from error


def read_end(text: str) -> Fraction | None:
    """Return an end of an interval; ``None`` where it is infinite.

    Examples
    --------
    >>> read_end("-1/2"), read_end("-oo"), read_end("None")
    (Fraction(-1, 2), None, None)
    """
    if text.strip().lstrip("+-") in ("oo", "inf", "None"):
        return None
    from normcalc.language import parse
    from normcalc.language.nodes import Number

    node = parse(text)
    if not isinstance(node, Number):
        raise InputError(f"{text.strip()!r} is not a number; write for example 0, -1/2, 0.3 or oo")
    return node.value


def read_kinds(declarations: Sequence[str]) -> dict[str, Any]:
    """Return the kind, or the number, that each ``NAME=KIND`` gives to a name.

    Examples
    --------
    >>> read_kinds(["rho=Interval(0, 1)", "lam=1/2"])
    {'rho': Interval(0, 1), 'lam': Fraction(1, 2)}
    """
    found: dict[str, Any] = {}
    for declaration in declarations:
        match = _DECLARATION.fullmatch(declaration)
        if match is None:
            raise InputError(f"--kind {declaration}: write NAME=KIND, for example lam=Nonnegative")
        name = match["name"]
        if name in _RESERVED:
            raise InputError(f"--kind cannot declare {name!r}; give the parameter another name")
        if name in found:
            raise InputError(f"--kind declares {name!r} twice")
        found[name] = _kind(declaration, match["kind"].strip())
    return found


def _kind(declaration: str, text: str) -> Any:
    from normcalc import language

    name, dot, vector = text.partition(".")
    if name in _NAMES and vector in (("", "vector") if dot else ("",)) and text[-1] != ".":
        kind = getattr(language, name)
        return kind.vector if vector else kind
    interval = _INTERVAL.fullmatch(text)
    if interval is not None:
        make = language.Interval.open if interval["open"] else language.Interval
        return make(*(_float(read_end(interval[end])) for end in ("lo", "hi")))
    if text[0] in "+-.0123456789":
        return read_end(text)
    raise InputError(
        f"--kind {declaration}: {text!r} is not a kind; choose from {', '.join(_NAMES)}, "
        "Interval(a, b), Interval.open(a, b), or a number"
    )


def _float(end: Fraction | None) -> float | None:
    return None if end is None else float(end)
