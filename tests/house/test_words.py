"""What no file of the project may contain: notes to self, machine paths, running of text."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".md", ".rst", ".toml", ".bib", ".cff", ".csv", ".mplstyle", ".json", ".txt"}
FOLDERS = ("normcalc", "tests", "docs", "gallery", ".ci")
MADE = {"__pycache__", "_build"}
GENERATED = (ROOT / "docs" / "gallery",)

# Written in pieces, so that this file passes its own test.
NOTES = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
MACHINE = re.compile(r"(?<![\w.<~/-])/(?:" + "|".join(["work", "tmp", "home", "root"]) + r")/")
RUNS_TEXT = {"eval", "exec", "sympify", "parse_expr"}


def files() -> list[Path]:
    """Return every text file of the project that a person wrote."""
    loose = [p for p in ROOT.iterdir() if p.is_file()]
    nested = [p for folder in FOLDERS for p in (ROOT / folder).rglob("*") if p.is_file()]
    return sorted(
        p for p in loose + nested
        if (p.suffix in TEXT or p.parent.name == ".ci")
        and not MADE & set(p.parts)
        and not any(p.is_relative_to(folder) for folder in GENERATED)
    )  # fmt: skip


def offences(text: str, pattern: re.Pattern[str]) -> list[str]:
    """Return the numbered lines that match."""
    lines = enumerate(text.splitlines(), 1)
    return [f"{n}: {line.strip()}" for n, line in lines if pattern.search(line)]


def calls(source: str) -> list[str]:
    """Return the calls in a module that run text as code."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).removeprefix("builtins.").rpartition("sympy.")[2]
            name = name.removeprefix("sp.")
            if name in RUNS_TEXT and not refuses_text(node):
                found.append(f"{node.lineno}: {name}")
    return found


def refuses_text(call: ast.Call) -> bool:
    """Say whether a call has ``strict=True``, with which `sympify` raises on text."""
    return any(k.arg == "strict" and ast.unparse(k.value) == "True" for k in call.keywords)


@pytest.mark.parametrize("pattern", [NOTES, MACHINE], ids=["notes", "machine paths"])
def test_text(pattern: re.Pattern[str]) -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in files()
        if (lines := offences(path.read_text("utf-8"), pattern))
    }
    assert not found, found


def test_no_text_is_run() -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "normcalc").rglob("*.py")
        if (lines := calls(path.read_text("utf-8")))
    }
    assert not found, found


def test_offences_are_seen() -> None:
    assert len(files()) > 10
    assert offences("# TO" + "DO: later", NOTES)
    assert offences("open('/tm" + "p/x')", MACHINE)
    assert not offences("see https://example.org/work/tools or ./tmp/x", MACHINE)
    assert calls("y = eval(text)") == ["1: eval"]
    assert calls("import sympy as sp\nsp.sympify(text)") == ["2: sympify"]
    assert not calls("import sympy as sp\nsp.sympify(number, strict=True)")
    assert not calls("spec.loader.exec_module(module)")
