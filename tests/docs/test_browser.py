"""The built pages in a browser: they draw, they are found, and nothing complains.

It runs where a browser and a build of the documentation are at hand.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.browser import Page, browsing, served

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILT = Path(__file__).parents[2] / "docs" / "_build" / "html"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
PAGES = {
    "index.html": "normcalc",
    "reference/atlas/index.html": "Atlas",
    "reference/atlas/mcp.html": "mcp",
    "gallery/plot_contact.html": "Why the 1-norm gives zeros",
    "gallery/plot_twelve_solids.html": "Twelve solids",
    "tutorials/researcher.html": "A new penalty",
    "tutorials/author.html": "The figures of a paper",
    "figures.html": "Figures for a paper",
    "coming-from.html": "Coming from another package",
}
pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason=f"needs one of {', '.join(NAMES)}"),
    pytest.mark.skipif(
        not (BUILT / "searchindex.js").exists(),
        reason="needs the pages: sphinx-build -b html docs docs/_build/html",
    ),
]
FOUND = "reference/atlas/l1.html"  # its prox is soft thresholding
# Pictures that could not be drawn or stand there twice, and TeX that is not drawn as a formula.
BROKEN = "[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src).join()"
TWICE = """[...document.images].map(i => i.src)
    .filter((s, k, all) => all.indexOf(s) < k).join()"""
TEX = r"""(() => {
    const words = document.querySelector("main").cloneNode(true);
    words.querySelectorAll("code, pre, script").forEach(part => part.remove());
    return (words.textContent.match(/\\[(\[]|\\(frac|begin)/) || [""])[0];
})()"""
WIDER = "document.documentElement.scrollWidth > innerWidth + 1"


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[Page, str]]:
    with served(BUILT) as address, browsing(str(BROWSER)) as page:
        yield page, address


@pytest.mark.parametrize("name", PAGES)
def test_page(site: tuple[Page, str], name: str) -> None:
    page, address = site
    page.complaints.clear()
    page.open(f"{address}/{name}")
    assert PAGES[name] in page.ask("document.querySelector('h1').innerText")
    assert page.ask(BROKEN) == ""
    assert page.ask(TWICE) == ""
    assert not page.ask(WIDER)
    assert page.ask(TEX) == ""
    assert not page.complaints
    if folder := os.environ.get("NORMCALC_SCREENSHOTS"):
        page.picture(Path(folder) / (name.replace("/", "_") + ".png"))


def test_formulas_are_drawn(site: tuple[Page, str]) -> None:
    page, address = site
    page.open(f"{address}/index.html")
    heights = page.ask("[...document.querySelectorAll('math')].map(m => m.offsetHeight || "
                       "m.getBoundingClientRect().height)")  # fmt: skip
    assert len(heights) >= 2
    assert min(heights) > 5
    assert max(heights) > 60  # three cases on three lines


def test_search_finds(site: tuple[Page, str]) -> None:
    page, address = site
    page.complaints.clear()
    page.open(f"{address}/search.html?q=soft+threshold")
    link = f"#search-results a[href*='{FOUND}']"
    assert FOUND in page.until(f'(document.querySelector("{link}") || "").href')
    assert not page.complaints


def test_nothing_is_asked_of_others(site: tuple[Page, str]) -> None:
    page, address = site
    for name in PAGES:
        page.open(f"{address}/{name}")
        asked = page.ask("performance.getEntriesByType('resource').map(r => r.name)")
        assert all(each.startswith((address, "data:")) for each in asked)


def test_what_is_wrong_would_be_seen(site: tuple[Page, str], tmp_path: Path) -> None:
    page, _ = site
    pictures = "<img src=none.png>" * 2
    text = rf"<main><h1>x</h1>\(x\){pictures}<script>nothing()</script></main>"
    (tmp_path / "bad.html").write_text(text, "utf-8")
    with served(tmp_path) as address:
        page.complaints.clear()
        page.open(f"{address}/bad.html")
        assert page.ask(TEX) == r"\("
        assert "none.png" in page.ask(BROKEN)
        assert "none.png" in page.ask(TWICE)
        assert any("nothing" in c for c in page.complaints)
        page.complaints.clear()
