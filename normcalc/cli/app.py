"""`main`: read the arguments, run one command, and turn its outcome into an exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from normcalc.cli.answer import Answer, as_json
from normcalc.cli.arguments import build_parser, shielded
from normcalc.errors import NormcalcError, NotDerivable, Refuted, SolverError, Unsettled

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

OK, NO, BAD_INPUT = 0, 1, 2
# What shells report for a process that a closed pipe or Ctrl-C ended.
PIPE_CLOSED, INTERRUPTED = 141, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command ``normcalc`` and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process if left out.

    Returns
    -------
    int
        0 if all went well, 1 if something was refuted or cannot be derived, 2 if the command line
        or the formula is wrong.

    Examples
    --------
    >>> main(["derive", "prox", "lam*abs(x)"])
    prox of lam*abs(x): argmin_u f(u) + (u - v)^2/(2 step)
    odd in v; for v >= 0:
        u = 0             0 <= v <= lam*step
        u = v - lam*step  v >= lam*step
    0
    """
    try:
        code = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has left; the interpreter's own flush at exit must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        sys.stderr.write("normcalc: interrupted\n")
        return INTERRUPTED
    return code


def _run(argv: Sequence[str]) -> int:
    parser = build_parser()
    if not argv:
        parser.print_help()
        return OK
    try:
        options = parser.parse_args(shielded(argv))
    except SystemExit as stop:  # argparse has said all there is to say
        return stop.code if isinstance(stop.code, int) else BAD_INPUT
    try:
        answer: Answer = options.run(options)
    except NormcalcError as error:
        return _failed(error, options)
    sys.stdout.write(as_json(answer.data) if options.json else answer.text)
    return answer.code


def _failed(error: NormcalcError, options: argparse.Namespace) -> int:
    """Say what went wrong on standard error, and with ``--json`` on standard output as well."""
    said = f"normcalc {options.command}: {error}\n"
    # What was typed may hold bytes that are no text, and the message quotes it.
    sys.stderr.write(said.encode(errors="backslashreplace").decode())
    if options.json:
        data = {"error": type(error).__name__, "message": str(error)}
        witness = {"witness": error.witness} if isinstance(error, Refuted) else {}
        sys.stdout.write(as_json({**data, **witness}))
    return NO if isinstance(error, NotDerivable | Refuted | SolverError | Unsettled) else BAD_INPUT
