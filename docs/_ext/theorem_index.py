"""Write ``reference/theorems.md`` from the registry before the pages are read."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atlas.markup import cited, prose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

HEAD = """# Theorems

Each theorem is one function with its hypotheses and its source; {count} of them are registered.
A derivation lists the ones it used: `print(nc.prox(f).explain())`.  The page is generated from the
registry when the documentation is built.
"""


def words(value: Any) -> str:
    """Return the plain name of a form, a hypothesis or a text."""
    return str(getattr(value, "__name__", value))


def entry(theorem: Any) -> str:
    """Return the page's section on one theorem."""
    needs = "; ".join(prose(words(h)) for h in theorem.hypotheses) or "none"
    return (
        f"### `{theorem.name}`\n\n{prose(theorem.statement)}\n\n"
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
