"""``normcalc solve DATA.csv --target COLUMN --penalty EXPR``."""

from __future__ import annotations

import argparse
import csv
import math
from pathlib import Path
from typing import Any

from normcalc.cli.answer import Answer, write_whole
from normcalc.errors import InputError

PURPOSE = "fit a table with a loss and a penalty that are formulas"
DESCRIPTION = """\
Minimise  1/n sum_i loss(z_i; y_i) + penalty(x)  with predictions z = A x + c: A holds the columns
of a CSV file with a header, y is the target column.  The loss is a formula in z and y, the penalty
one in x; values of their parameters are given by --set."""
EXAMPLE = """\
examples:
  normcalc solve data.csv --target y --penalty "lam*abs(x)" --set lam=0.1
  normcalc solve data.csv --target y --penalty "lam*abs(x)" --path lam -o path.csv
  normcalc solve data.csv --target y --loss "log(1 + exp(-y*z))" --penalty "lam*abs(x)" \\
      --cv 5 --path lam"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("data", type=Path, metavar="DATA.csv", help="numbers, with a header")
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
    names, columns, target = read_table(options.data, options.target)
    made = loss(options.loss, columns, target, intercept=not options.no_intercept, scaling="mean")
    objective, values = made + function(options.penalty.strip()), dict(options.set)
    if options.path is None:
        found = minimize(objective, **values)
        rows = [("", found)]
        text, data = found.report(names), {"status": found.status}
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
    return Answer(text + "\n", {**data, "solutions": [_data(names, *row) for row in rows]})


def read_table(source: Path, target: str) -> tuple[list[str], Any, Any]:
    """Return the names of the features, their columns and the target."""
    import numpy as np

    try:
        with source.open(newline="", encoding="utf-8") as file:
            header, *lines = [row for row in csv.reader(file) if row] or [[]]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {source}: {error}") from error
    if target not in header:
        raise InputError(f"{source} has no column {target!r}; it has {', '.join(header)}")
    table = np.array([_numbers(source, k, row, header) for k, row in enumerate(lines, start=2)])
    if not len(table) or len(header) < 2:
        raise InputError(f"{source} needs one row of numbers and one column besides {target!r}")
    at = header.index(target)
    names = [name for k, name in enumerate(header) if k != at]
    return names, np.delete(table, at, axis=1), table[:, at]


def _numbers(source: Path, line: int, row: list[str], header: list[str]) -> list[float]:
    if len(row) != len(header):
        raise InputError(f"{source}, line {line}: {len(row)} entries, but {len(header)} columns")
    try:
        return [float(entry) for entry in row]
    except ValueError as error:
        raise InputError(f"{source}, line {line}: {error}") from error


def _write(options: argparse.Namespace, names: list[str], rows: list[Any]) -> None:
    if options.output is not None:
        heads = [options.path] if options.path else []
        lines = [",".join([*heads, "intercept", *names])]
        for value, found in rows:
            told = [*([value] if heads else []), found.intercept, *found.x]
            lines.append(",".join(repr(float(entry)) for entry in told))
        write_whole(options.output, "\n".join(lines) + "\n")
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
