"""Small pieces of MyST: tables, code, formulas, text with its special characters escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KEY = re.compile(r"^[A-Za-z]+[0-9]{4}[a-z]?\b")
CODE = re.compile(r"(``.+?``)")

# The top of a page that leaves the room of the second sidebar to formulas and tables.
WIDE = """---
html_theme.sidebar_secondary.remove: true
---

"""


def escaped(text: str) -> str:
    """Return text whose characters mean themselves."""
    return re.sub(r"([\\`*_{}\[\]<>#|$~^])", r"\\\1", text)


def prose(text: str) -> str:
    """Return text whose characters mean themselves, with its code between double backquotes."""
    parts = CODE.split(text)
    return "".join(part if CODE.fullmatch(part) else escaped(part) for part in parts)


def cited(source: str) -> str:
    """Turn ``beck2017, Thm 6.18; lewis1995`` into citations, each followed by its place."""
    return "; ".join(map(_cited, source.split("; ")))


def _cited(source: str) -> str:
    key = KEY.match(source)
    if key is None:
        return escaped(source)
    place = source[key.end() :].lstrip(" ,")
    return f"{{cite:t}}`{key.group()}`" + (f", {escaped(place)}" if place else "")


def listed(
    head: Sequence[str], rows: Iterable[Sequence[str]], name: str = "", widths: str = ""
) -> str:
    """Return a table as a list, which unlike a pipe table holds any formula."""
    options = [":header-rows: 1"]
    options += [f":class: {name}"] * bool(name) + [f":widths: {widths}"] * bool(widths)
    lines = ["* - " + "\n  - ".join(cell or " " for cell in row) for row in (head, *rows)]
    return "\n".join(["```{list-table}", *options, "", *lines, "```", ""])


def code(text: str, language: str = "text") -> str:
    """Return a block of code."""
    return f"```{{code-block}} {language}\n{text}\n```\n"


def display(formula: str) -> str:
    """Return a displayed formula."""
    return f"$$\n{formula}\n$$\n"


def math_in_table(formula: str) -> str:
    """Return a formula for a cell of a table."""
    return f"${formula}$"


def dropdown(title: str, body: str) -> str:
    """Return text that a reader opens by a click."""
    return f":::{{dropdown}} {title}\n{body}:::\n"


def tabs(*pairs: tuple[str, str]) -> str:
    """Return text in tabs."""
    items = "".join(f":::{{tab-item}} {title}\n{body}:::\n" for title, body in pairs)
    return f"::::{{tab-set}}\n{items}::::\n"
