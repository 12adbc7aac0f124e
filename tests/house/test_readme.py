"""The README and the documentation's pages do what they show.

Every ``python`` block with prompts is a doctest; the blocks of one page share their names, so a
page reads from top to bottom like a session.
"""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
FIRST_SCREEN = 25
COMMANDS = (
    'python -m pip install ".[all]" && normcalc tour',
    'python -m pip install -e ".[test]" && python -m pytest',
)


def blocks(text: str) -> str:
    """Return the code of a page's Python blocks, other lines blank, so that numbers agree."""
    lines = [""] * (text.count("\n") + 1)
    for match in FENCE.finditer(text):
        start = text.count("\n", 0, match.start(1))
        for offset, line in enumerate(match.group(1).splitlines()):
            lines[start + offset] = line
    return "\n".join(lines)


def pages() -> list[Path]:
    """Return the README and the documentation's pages that hold a session."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [p for p in found if "_build" not in p.parts and ">>>" in blocks(p.read_text("utf-8"))]


def failures(text: str, name: str) -> str:
    """Run a page's session and return what went wrong."""
    test = doctest.DocTestParser().get_doctest(blocks(text), {}, name, name, 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=report.append)
    return "".join(report)


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    report = failures(page.read_text("utf-8"), page.name)
    if report:
        pytest.fail(report, pytrace=False)


def test_first_code_is_on_the_first_screen() -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert lines.index("```python") < FIRST_SCREEN


def test_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for command in COMMANDS:
        assert f"```bash\n{command}\n```" in text


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        if "_build" in page.parts:
            continue
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert leads_somewhere(page.parent / target), f"{page.name}: {target}"


def leads_somewhere(path: Path) -> bool:
    """Accept files, and pages that the documentation's build makes."""
    built = {ROOT / "docs" / "gallery" / "index", ROOT / "docs" / "reference" / "theorems.md"}
    return path.exists() or path.resolve() in built


def test_a_wrong_page_fails() -> None:
    text = "Words.\n\n```python\n>>> one = 1\n```\n\n```python\n>>> one + one\n3\n```\n"
    assert "Expected:\n    3" in failures(text, "wrong")
    assert not failures(text.replace("\n3\n", "\n2\n"), "right")
