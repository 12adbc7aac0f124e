"""Tables in text files: numbers, and columns of words as columns of zeros and ones."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from normcalc.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

SEPARATORS = ",;\t"
MISSING = {"", "na", "n/a", "nan", "null", "none", "?"}
MOST_LEVELS = 100  # a column with more words is no category: names, dates


@dataclass(frozen=True)
class Table:
    """Features and a target, and a line on everything that was not a plain number."""

    names: list[str]
    features: Any
    target: Any
    notes: tuple[str, ...]


def read_table(source: Path, target: str, drop_missing: bool = False) -> Table:
    """Return the columns of a table with a header, rows with missing entries left out if asked."""
    import numpy as np

    header, rows = _rows(source)
    twice = [name for k, name in enumerate(header) if name in header[:k]]
    if twice:
        raise InputError(f"{source} has two columns called {twice[0]!r}; rename one of them")
    if target not in header:
        raise InputError(f"{source} has no column {target!r}; it has {', '.join(header)}")
    rows, notes = _complete(source, header, rows, drop_missing)
    if not rows or len(header) < 2:
        raise InputError(f"{source} needs one row of numbers and one column besides {target!r}")
    names, features, wanted = list[str](), list[Any](), None
    for name, *column in zip(header, *(row for _, row in rows), strict=True):
        numbers, levels = _numbers(source, name, column, [line for line, _ in rows])
        if name == target:
            wanted = numbers if not levels else _sides(name, column, levels)
            notes += [f"{name} is -1 for {levels[0]}, 1 for {levels[1]}"] if levels else []
        elif not levels:
            names.append(name)
            features.append(numbers)
        else:
            notes.append(f"{name} is compared with {name}={levels[0]}")
            names += [f"{name}={level}" for level in levels[1:]]
            features += [[float(each == level) for each in column] for level in levels[1:]]
    if not names:
        raise InputError(f"{source} has no column besides {target!r} that varies")
    return Table(names, np.array(features, dtype=float).T, np.array(wanted), tuple(notes))


def _rows(source: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the rows, each with its line; rows of blanks are left out."""
    try:
        text = source.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {source}: {error}; it must be text in UTF-8") from error
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    listed = [
        (reader.line_num, [e.strip() for e in row]) for row in reader if any(map(str.strip, row))
    ]
    (_, header), *rows = listed or [(1, [])]
    for line, row in rows:
        if len(row) != len(header):
            raise InputError(
                f"{source}, line {line}: {len(row)} entries, but {len(header)} columns"
            )
    return header, rows


def _complete(
    source: Path, header: list[str], rows: list[tuple[int, list[str]]], drop: bool
) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Return the rows without missing entries, and what is to be said about the others."""
    missing = [
        (line, name, entry)
        for line, row in rows
        for name, entry in zip(header, row, strict=True)
        if entry.lower() in MISSING
    ]
    lines = {line for line, *_ in missing}
    if missing and not drop:
        line, name, entry = missing[0]
        raise InputError(
            f"{source}: {len(lines)} of {len(rows)} rows have missing entries, first in line "
            f"{line}, column {name!r}: {entry!r}; fill them in, or leave such rows out by "
            "--drop-missing"
        )
    kept = [(line, row) for line, row in rows if line not in lines]
    return kept, [f"{len(lines)} rows with missing entries are left out"] if lines else []


def _numbers(
    source: Path, name: str, column: list[str], lines: list[int]
) -> tuple[list[float], list[str]]:
    """Return numbers, or the words of a column that holds no number, in order."""
    found, words = list[float](), list[tuple[int, str]]()
    for line, entry in zip(lines, column, strict=True):
        try:
            found.append(float(entry))
        except ValueError:
            words.append((line, entry))
    levels = sorted({word for _, word in words})
    digits = [(line, word) for line, word in words if word[0].isdigit() and "," in word]
    if digits or (
        words and (found or len(levels) > MOST_LEVELS or len(column) == len(levels) > 2)
    ):
        line, word = (digits or words)[0]
        hint = "; write decimals with a point" if digits else ""
        raise InputError(f"{source}, line {line}, column {name!r}: {word!r} is no number{hint}")
    return found, levels


def _sides(name: str, column: list[str], levels: list[str]) -> list[float]:
    if len(levels) != 2:
        raise InputError(
            f"the target {name!r} has the words {', '.join(levels[:5])}; a target is a number, or "
            "one of two words"
        )
    return [1.0 if each == levels[1] else -1.0 for each in column]
