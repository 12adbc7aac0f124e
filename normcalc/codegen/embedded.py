"""The functions of a case table as a part of a larger module."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen import carried
from normcalc.codegen.emit import emit
from normcalc.codegen.program import program

if TYPE_CHECKING:
    from normcalc.line.table import CaseTable

_FRIENDLY = "friendly"


@dataclass(frozen=True)
class Embedded:
    """``setup``, ``element`` and ``apply`` of a table, with the tag behind every name.

    Parameters
    ----------
    lines : list of str
        Their text.
    helpers : dict of str to str
        The text of the primitives that they call.
    """

    tag: str
    lines: list[str]
    helpers: dict[str, str]
    n_constants: int
    refusal: str


def embedded(table: CaseTable, tag: str) -> Embedded:
    """Return the functions of a table, taken from the module that it would be alone."""
    made = program(table, _FRIENDLY, "", (), sp.nan)
    source = emit(made)
    parts = _parts(source)
    helpers = {name: text for name, text in parts.items() if name in carried.ALL}
    own = {name: text for name, text in parts.items() if name not in carried.ALL}
    names = re.compile(rf"\b({'|'.join(map(re.escape, own))})\b")
    text = "\n\n\n".join(own.values()).replace("@entry\n", "@inner\n")
    lines = ["", *names.sub(rf"\1_{tag}", text).split("\n"), ""]
    refusals = [stage.refusal for stage in made.stages if stage.refusal]
    refusal = refusals[0] if refusals else "no regime holds for these parameters"
    return Embedded(tag, lines, helpers, made.n_constants, refusal.replace('"', "'"))


def _parts(source: str) -> dict[str, str]:
    """Return the text of what a module defines, but for its imports and its friendly function."""
    lines = source.split("\n")
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name != _FRIENDLY:
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            name = node.name
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            first, name = node.lineno, node.targets[0].id
        else:
            continue
        if name not in ("REFUSALS", "apply_in_place"):
            found[name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found
