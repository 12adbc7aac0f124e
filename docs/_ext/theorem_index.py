"""Write ``reference/theorems.md`` from the registry before the pages are read."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

HEAD = """# Theorems

Each theorem is one function with its hypotheses and its source; {count} of them are registered.
A derivation lists the ones it used: `print(nc.prox(f).explain())`.  The page is generated from the
registry when the documentation is built.
"""
KEY = re.compile(r"^[A-Za-z]+[0-9]{4}[a-z]?\b")


def words(value: Any) -> str:
    """Return the plain name of a form, a hypothesis or a text."""
    return str(getattr(value, "__name__", value))


def cited(source: str) -> str:
    """Turn ``beck2017, Thm 6.18`` into a citation followed by the place."""
    key = KEY.match(source)
    if key is None:
        return source
    place = source[key.end() :].lstrip(" ,")
    return f"{{cite:t}}`{key.group()}`" + (f", {place}" if place else "")


def entry(theorem: Any) -> str:
    """Return the page's section on one theorem."""
    hypotheses = [words(h) for h in theorem.hypotheses]
    needs = ", ".join(f"`{h}`" for h in hypotheses) or "none"
    return (
        f"### `{theorem.name}`\n\n{theorem.statement}\n\n"
        f"- Form: `{words(theorem.form)}`\n- Hypotheses: {needs}\n"
        f"- Source: {cited(theorem.source)}\n"
    )


def page(theorems: Iterable[Any]) -> str:
    """Return the whole page, one chapter per goal."""
    chapters = defaultdict(list)
    for theorem in theorems:
        chapters[words(theorem.goal)].append(theorem)
    parts = [HEAD.format(count=sum(map(len, chapters.values())))]
    for goal, members in sorted(chapters.items()):
        parts.append(f"## {goal.replace('_', ' ').capitalize()}\n")
        parts.extend(entry(theorem) for theorem in sorted(members, key=lambda t: str(t.name)))
    return "\n".join(parts)


def write(app: Sphinx) -> None:
    """Write the page if it changed."""
    from normcalc.theorems.registry import all_theorems

    target = Path(app.srcdir) / "reference" / "theorems.md"
    text = page(all_theorems())
    if not target.exists() or target.read_text("utf-8") != text:
        target.write_text(text, "utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the hook."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
