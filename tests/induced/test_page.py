"""The page on matrix norms lists every rule."""

from __future__ import annotations

from pathlib import Path

from normcalc.induced import all_rules

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "matrix-norms.md"


def test_every_rule_is_listed() -> None:
    text = PAGE.read_text("utf-8")
    for rule in all_rules():
        assert f"| `{rule.name}` |" in text
        assert f"{{cite:t}}`{rule.source.partition(',')[0]}`" in text
