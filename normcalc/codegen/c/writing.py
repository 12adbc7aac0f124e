"""Lines of C: indentation, chains of tests, and declarations of what a body uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def indent(lines: Iterable[str], depth: int = 1) -> list[str]:
    """Return lines moved to the right."""
    return [f"{'    ' * depth}{line}" if line else line for line in lines]


def chain(branches: Sequence[tuple[str, list[str]]]) -> list[str]:
    """Write branches as ``if``, ``else if``, ``else``; the last test is empty.

    Examples
    --------
    >>> print("\\n".join(chain([("x < 0.0", ["y = 1.0;"]), ("", ["y = 2.0;"])])))
    if (x < 0.0) {
        y = 1.0;
    } else {
        y = 2.0;
    }
    """
    if len(branches) == 1:
        return branches[0][1]
    lines: list[str] = []
    for place, (test, body) in enumerate(branches):
        word = "" if place == 0 else "} else "
        lines.append(f"{word}if ({test}) {{" if test else f"{word}{{")
        lines += indent(body)
    return [*lines, "}"]


def unpacked(names: Iterable[str], array: str, body: Sequence[str]) -> list[str]:
    """Return declarations of the entries of `array` that `body` uses, by their names.

    Examples
    --------
    >>> unpacked(["a", "b"], "k", ["return b;"])
    ['const double b = k[1];']
    >>> unpacked(["a"], "k", ["return v;"])
    ['(void)k;']
    """
    text = re.sub(r"/\*.*?\*/", "", "\n".join(body))
    lines = [
        f"const double {name} = {array}[{place}];"
        for place, name in enumerate(names)
        if re.search(rf"\b{name}\b", text)
    ]
    return lines or ([] if re.search(rf"\b{array}\b", text) else [f"(void){array};"])


def function(head: str, body: Sequence[str], about: str = "") -> list[str]:
    """Return a function with its comment, and an empty line before it."""
    return ["", *([f"/* {about} */"] if about else []), head, "{", *indent(body), "}"]


def comment(text: str) -> str:
    """Return `text` such that it can stand inside a comment.

    Examples
    --------
    >>> comment("a */ b")
    'a * / b'
    """
    kept = "".join(c for c in text if c.isprintable() or c == "\n").replace("??", "? ?")
    return kept.replace("*/", "* /").replace("/*", "/ *")
