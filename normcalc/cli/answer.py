"""What a command answers: text for people, data for programs, files that are complete."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from normcalc.errors import InputError


@dataclass(frozen=True)
class Answer:
    """The outcome of a command; `text` ends with a newline, `data` is what ``--json`` prints."""

    text: str
    data: Mapping[str, Any]
    code: int = 0


def as_json(data: Mapping[str, Any]) -> str:
    """Return data as JSON that every reader accepts.

    JSON has no NaN, which becomes null, and no infinity, which becomes a string.

    Examples
    --------
    >>> print(as_json({"gap": float("nan"), "hi": float("inf"), "n": 2}), end="")
    {
      "gap": null,
      "hi": "inf",
      "n": 2
    }
    """
    return json.dumps(plain(data), indent=2, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """Return a value made of the types that JSON has; anything unknown as its text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, Sequence):
        return [plain(entry) for entry in value]
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        return (number if math.isfinite(number) else str(number)) if number == number else None
    return plain(value.tolist()) if hasattr(value, "tolist") else str(value)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the operating system says about a file into one clear message."""
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error


def write_whole(path: Path, text: str) -> None:
    """Write a text file that is complete whenever it is there."""
    with writing(path):
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".normcalc-", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            mask = os.umask(0)
            os.umask(mask)
            Path(scratch).chmod(0o666 & ~mask)  # temporary files are for their owner only
            Path(scratch).replace(path)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise
