"""The atlas says what the library derives, and holds no formula of its own."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

import normcalc as nc

ROOT = Path(__file__).parents[2]
EXTENSIONS = ROOT / "docs" / "_ext"
NAMES = ("l1", "mcp", "negative_l1")


@pytest.fixture(scope="module")
def atlas():
    """Import the extension as Sphinx does, from its folder."""
    sys.path.insert(0, str(EXTENSIONS))
    try:
        import atlas

        yield atlas
    finally:
        sys.path.remove(str(EXTENSIONS))


@pytest.fixture(scope="module")
def built(atlas, tmp_path_factory):
    """Build three pages without Sphinx, in this process."""
    folder = tmp_path_factory.mktemp("atlas")
    entries = atlas.build(NAMES, folder / "pages", folder / "cache", processes=1)
    return folder, {entry.name: entry for entry in entries}


def test_pages_show_what_is_derived(built) -> None:
    folder, _ = built
    for name in NAMES:
        text = (folder / "pages" / f"{name}.md").read_text("utf-8")
        f = getattr(nc.zoo, name)()
        for verb in (nc.prox, nc.moreau_envelope, nc.subdifferential):
            derivation = verb(f)
            assert str(derivation) in text
            assert derivation.latex() in text
            assert derivation.explain() in text
        assert str(f) in text
        assert "**proved**" in text
        assert "{cite:t}`" in text


def test_a_refusal_is_shown_with_its_reason(built) -> None:
    folder, _ = built
    text = (folder / "pages" / "negative_l1.md").read_text("utf-8")
    with pytest.raises(nc.NotDerivable) as refusal:
        nc.conjugate(nc.zoo.negative_l1())
    section = text.partition("## Convex conjugate")[2].partition("##")[0]
    assert section.replace("\\", "").strip() == f"No answer: {refusal.value}"


def test_files_that_pages_link_are_there(built) -> None:
    folder, _ = built
    for name in NAMES:
        text = (folder / "pages" / f"{name}.md").read_text("utf-8")
        links = re.findall(r"<(kernels/[^>]+)>`", text) + re.findall(r"figure\} (\S+)", text)
        assert {f"kernels/{name}_prox.py", f"images/{name}.png"} <= set(links)
        for link in links:
            assert (folder / "pages" / link).stat().st_size > 100


def test_a_page_reproduces_itself(built) -> None:
    """The code at the end of a page makes the same function and the same answers."""
    folder, entries = built
    text = (folder / "pages" / "mcp.md").read_text("utf-8")
    block = text.rpartition("```{code-block} python\n")[2].partition("\n```")[0]
    assert f"f = {entries['mcp'].code}" in block
    assert nc.function(re.findall(r"function\('(.*)'\)", block)[0]) == nc.zoo.mcp()


def test_every_function_is_listed(atlas, built) -> None:
    """The table of contents comes from the zoo, so here one entry stands in for all of them."""
    from dataclasses import replace

    from atlas.contents import contents

    _, entries = built
    page = contents([replace(entries["l1"], name=name) for name in nc.zoo.__all__])
    listed = re.findall(r"\[(\w+)\]\((\w+)\.md\)", page)
    assert listed == [(name, name) for name in nc.zoo.__all__]
    assert page.partition("toctree")[2].split()[-len(listed) - 1 : -1] == [n for n, _ in listed]


def test_classes_come_from_facts(atlas, built) -> None:
    from atlas.contents import class_of

    _, entries = built
    assert class_of(entries["l1"]).startswith("Convex and even")
    assert class_of(entries["mcp"]).startswith("Nonconvex and even")


def test_what_is_kept_is_not_made_again(atlas, built, monkeypatch) -> None:
    folder, entries = built
    monkeypatch.setattr("atlas.fill", lambda *_: pytest.fail("made again"))
    before = {p: p.stat().st_mtime_ns for p in (folder / "pages").rglob("*.*")}
    again = atlas.build(NAMES, folder / "pages", folder / "cache", processes=1)
    assert {entry.name: entry for entry in again} == entries
    assert {p: p.stat().st_mtime_ns for p in (folder / "pages").rglob("*.*")} == before


def test_pages_of_functions_that_went_are_removed(atlas, built, tmp_path) -> None:
    from atlas.store import folder_of, sources

    folder, _ = built
    old = tmp_path / "pages" / "gone.md"
    old.parent.mkdir()
    old.write_text("# gone\n")
    kept = folder_of("l1", folder / "cache", sources())
    (tmp_path / "cache").mkdir()
    kept_here = tmp_path / "cache" / kept.name
    kept_here.symlink_to(kept, target_is_directory=True)
    atlas.build(["l1"], tmp_path / "pages", tmp_path / "cache", processes=1)
    assert not old.exists()
    assert (tmp_path / "pages" / "l1.md").exists()


def test_example_values_are_legal(atlas) -> None:
    from atlas.values import example

    for name in nc.zoo.__all__:
        f = getattr(nc.zoo, name)()
        assert set(example(f)) == {p.name for p in f.parameters}
    assert example(nc.zoo.box()) == {"lo": -1.0, "hi": 1.0}


def test_a_search_may_depend_on_the_step(atlas) -> None:
    """Where the table leaves a point to a search, its objective tells."""
    from dataclasses import replace

    import sympy as sp
    from atlas.values import scalable

    from normcalc.line.table import Hull

    u, step = sp.symbols("u step")
    table = nc.prox(nc.function("indicator(abs(x) <= 1)")).table
    assert not scalable(table)
    for value, depends in ((u**2 / 2 + step * u**4, True), (u**2 / 2, False)):
        found = Hull(value, u, sp.Integer(-1), sp.Integer(1), (), "no closed form")
        regime = table.regimes[0]
        case = replace(regime.cases[0], point=found)
        searched = replace(table, regimes=(replace(regime, cases=(case,)),))
        assert scalable(searched) is depends


def texts(source: str) -> set[str]:
    """Return every string of a module, and every name that is looked up in the zoo."""
    nodes = list(ast.walk(ast.parse(source)))
    strings = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    looked_up = {
        n.attr
        for n in nodes
        if isinstance(n, ast.Attribute) and ast.unparse(n.value).endswith("zoo")
    }
    return strings | (looked_up - {"__all__"})


def typed(source: str) -> set[str]:
    """Return names and formulas of the zoo that a module contains."""
    formulas = {str(getattr(nc.zoo, name)()) for name in nc.zoo.__all__}
    found = texts(source)
    return (found & set(nc.zoo.__all__)) | {
        f for f in formulas for t in found if f in t and f != "x"
    }


def test_nothing_about_a_function_is_typed() -> None:
    modules = sorted(EXTENSIONS.rglob("*.py"))
    assert len(modules) > 5
    found = {path.name: typed(path.read_text("utf-8")) for path in modules}
    assert not any(found.values()), found


def test_a_table_of_formulas_would_be_seen() -> None:
    assert typed('PROX = {"huber": "x"}') == {"huber"}
    assert typed("f = nc.zoo.scad()") == {"scad"}
    assert typed("TEXT = 'the function lam*abs(x)'") == {"lam*abs(x)"}
