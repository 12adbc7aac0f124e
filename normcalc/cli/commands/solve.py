"""``normcalc solve DATA.csv --target COLUMN --penalty EXPR``."""

from __future__ import annotations

import argparse
import csv
import io
import math
from pathlib import Path
from typing import Any

from normcalc.cli.answer import Answer, write_whole
from normcalc.cli.table import read_table
from normcalc.errors import InputError

PURPOSE = "fit a table with a loss and a penalty that are formulas"
DESCRIPTION = """\
Minimise  1/n sum_i loss(z_i; y_i) + penalty(x)  with predictions z = A x + c: A holds the columns
of a CSV file with a header, y is the target column.  The loss is a formula in z and y, the penalty
one in x; values of their parameters are given by --set.  Columns of words become columns of zeros
and ones, one for each word but the first; a target of two words becomes -1 and 1."""
EXAMPLE = """\
examples:
  normcalc solve data.csv --target y --penalty "lam*abs(x)" --set lam=0.1
  normcalc solve data.csv --target y --penalty "lam*abs(x)" --path lam -o path.csv
  normcalc solve data.csv --target y --loss "log(1 + exp(-y*z))" --penalty "lam*abs(x)" \\
      --cv 5 --path lam"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "data",
        type=Path,
        metavar="DATA.csv",
        help="a table with a header, comma, semicolon or tab between entries",
    )
    parser.add_argument("--target", required=True, metavar="COLUMN", help="the column y")
    parser.add_argument("--penalty", required=True, metavar="EXPR", help="a formula in x")
    parser.add_argument(
        "--loss", default="(z - y)**2/2", metavar="EXPR",
        help="a formula in the prediction z and the target y (default %(default)r)",
    )  # fmt: skip
    parser.add_argument(
        "--set", action="append", default=[], type=assignment, metavar="NAME=VALUE",
        help="the value of a parameter; may be repeated",
    )  # fmt: skip
    parser.add_argument("--path", metavar="NAME", help="solve for a sequence of this parameter")
    parser.add_argument("--cv", type=int, metavar="FOLDS", help="cross-validate along --path")
    parser.add_argument("--no-intercept", action="store_true", help="fit no constant c")
    parser.add_argument("--drop-missing", action="store_true", help="leave incomplete rows out")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE.csv", help="write coefficients")
    parser.add_argument("--figure", type=Path, metavar="FILE", help="draw the path (.pdf, .png)")


def assignment(text: str) -> tuple[str, float]:
    """Return a name and its number."""
    name, equals, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not equals or not name.strip() or not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=NUMBER")
    return name.strip(), value


def run(options: argparse.Namespace) -> Answer:
    """Read, solve and report; files are written after everything has been computed."""
    from normcalc.engine import cross_validate, loss, minimize, regularization_path
    from normcalc.language import function

    if options.path is None and (options.cv is not None or options.figure is not None):
        raise InputError("--cv and --figure go along a path; name its parameter with --path")
    table = read_table(options.data, options.target, options.drop_missing)
    names = table.names
    made = loss(
        options.loss,
        table.features,
        table.target,
        intercept=not options.no_intercept,
        scaling="mean",
    )
    objective, values = made + function(options.penalty.strip()), dict(options.set)
    if options.path is None:
        found = minimize(objective, **values)
        rows = [("", found)]
        data: dict[str, Any] = {"status": found.status}
        text = found.report(names)
    else:
        if options.cv is None:
            shown: Any = regularization_path(objective, options.path, **values)
            along = shown
        else:
            shown = cross_validate(objective, options.path, folds=options.cv, **values)
            along = shown.path
        rows = list(zip(along.values, along.solutions, strict=True))
        best = along.solutions[shown.best] if options.cv is not None else along.solutions[-1]
        text = f"{shown}\n\n{best.report(names)}"
        data = {"path": options.path, "status": best.status}
    _write(options, names, rows)
    text = "\n".join([*table.notes, text])
    data["notes"] = list(table.notes)
    return Answer(text + "\n", {**data, "solutions": [_data(names, *row) for row in rows]})


def _write(options: argparse.Namespace, names: list[str], rows: list[Any]) -> None:
    if options.output is not None:
        heads = [options.path] if options.path else []
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\n")  # it quotes names where they need it
        out.writerow([*heads, "intercept", *names])
        for value, found in rows:
            told = [*([value] if heads else []), found.intercept, *found.x]
            out.writerow([repr(float(entry)) for entry in told])
        write_whole(options.output, text.getvalue())
    if options.figure is not None:
        import numpy as np

        from normcalc import plot

        x, values = np.stack([found.x for _, found in rows]), [value for value, _ in rows]
        figure: Any = plot.path(values, x, names=names, label=options.path).figure
        plot.save(figure, options.figure, expression=options.penalty)


def _data(names: list[str], value: Any, found: Any) -> dict[str, Any]:
    told = {} if value == "" else {"value": value}
    return {
        **told,
        "status": found.status,
        "objective": found.fun,
        "gap": found.gap,
        "intercept": found.intercept,
        "coefficients": dict(zip(names, found.x, strict=True)),
    }
