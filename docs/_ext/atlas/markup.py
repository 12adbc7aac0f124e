"""Small pieces of MyST: tables, code, formulas, text with its special characters escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


# The top of a page that leaves the room of the second sidebar to formulas and tables.
WIDE = """---
html_theme.sidebar_secondary.remove: true
---

"""


def escaped(text: str) -> str:
    """Return text whose characters mean themselves."""
    return re.sub(r"([\\`*_{}\[\]<>#|$~^])", r"\\\1", text)


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
