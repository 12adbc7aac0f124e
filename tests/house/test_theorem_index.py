"""The page of theorems shows every theorem with its statement, hypotheses and sources."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from normcalc.theorems.registry import all_theorems

EXTENSIONS = Path(__file__).parents[2] / "docs" / "_ext"


@pytest.fixture(scope="module")
def index():
    """Import the extension as Sphinx does, from its folder."""
    sys.path.insert(0, str(EXTENSIONS))
    try:
        import theorem_index

        yield theorem_index
    finally:
        sys.path.remove(str(EXTENSIONS))


def plain(markup: str) -> str:
    """Undo the escaping of special characters."""
    return re.sub(r"\\(.)", r"\1", markup)


def sections(page: str) -> dict[str, str]:
    """Return the text under each theorem's heading."""
    parts = re.split(r"^###? `?(.+?)`?$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_theorem_is_shown(index) -> None:
    found = sections(index.page(all_theorems()))
    for theorem in all_theorems():
        text = plain(found[theorem.name])
        assert theorem.statement in text
        assert f"Form: `{theorem.form.__name__}`" in text
        assert all(hypothesis in text for hypothesis in theorem.hypotheses)
        for source in theorem.source.split("; "):
            key, _, place = source.partition(", ")
            assert f"{{cite:t}}`{key}`" in text
            assert place in text


SOURCES = [
    ("lewis1995", "{cite:t}`lewis1995`"),
    ("beck2017, Theorem 6.18", "{cite:t}`beck2017`, Theorem 6.18"),
    ("beck2017, Theorem 6.18; lewis1995", "{cite:t}`beck2017`, Theorem 6.18; {cite:t}`lewis1995`"),
    ("a text", "a text"),
]


@pytest.mark.parametrize(("source", "shown"), SOURCES)
def test_each_of_several_sources_is_a_citation(index, source: str, shown: str) -> None:
    assert index.cited(source) == shown


def test_stars_and_underscores_of_a_formula_are_no_emphasis(index) -> None:
    assert index.prose("v - step*m*S_i") == r"v - step\*m\*S\_i"
    assert index.prose("is ``step*m`` then *m*") == r"is ``step*m`` then \*m\*"
