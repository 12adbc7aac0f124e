"""The page on calculus shows what is derived."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import normcalc as nc

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "calculus.md"
TABLE = re.findall(r"^\| `(.+?)` \| `(.+?)` \| `(.+?)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("text", "gradient", "hessian"), TABLE, ids=[row[0] for row in TABLE])
def test_table(text: str, gradient: str, hessian: str) -> None:
    f = nc.function(text)
    assert nc.gradient(f).text == gradient
    assert nc.hessian(f).text == hessian


def test_the_table_is_seen() -> None:
    assert len(TABLE) == 10
