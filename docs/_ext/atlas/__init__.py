"""Write ``reference/atlas`` before the pages are read: one page for every function of the zoo.

Nothing about any function is stored here.  The library derives, certifies, exports and draws each
of them from its definition, and what it says becomes the page.
"""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

import normcalc as nc
from atlas.contents import contents
from atlas.pages import page
from atlas.store import copied, fill, folder_of, kept, prune, put, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sphinx.application import Sphinx

    from atlas.entries import Entry

PROCESSES = 2


def build(
    names: Sequence[str],
    target: Path,
    cache: Path,
    say: Callable[[str], None] = print,
    processes: int = PROCESSES,
) -> list[Entry]:
    """Write the pages of these functions, and the table of contents; return the entries."""
    code = sources()
    folders = {name: folder_of(name, cache, code) for name in names}
    cache.mkdir(parents=True, exist_ok=True)
    prune(cache, folders.values())
    missing = {name: folder for name, folder in folders.items() if kept(folder) is None}
    _fill_all(missing, processes, say)
    entries = [entry for folder in folders.values() if (entry := kept(folder)) is not None]
    written = copied(folders.values(), target)
    pages = {f"{entry.name}.md": page(entry) for entry in entries}
    pages["index.md"] = contents(entries)
    for file, text in pages.items():
        put(target / file, text.encode())
    for file in target.rglob("*.*"):
        if file not in written and file.name not in pages:
            file.unlink()
    return entries


def _fill_all(missing: dict[str, Path], processes: int, say: Callable[[str], None]) -> None:
    """Make entries, in other processes if there are several."""
    if processes == 1 or len(missing) < 2:
        for name, folder in missing.items():
            fill(name, folder)
        return
    start = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        made = {pool.submit(fill, name, folder): name for name, folder in missing.items()}
        for count, future in enumerate(as_completed(made), 1):
            future.result()
            passed = time.perf_counter() - start
            say(f"atlas: {count} of {len(missing)}, {made[future]}, {passed:.0f} s")


def write(app: Sphinx) -> None:
    """Write the atlas."""
    from sphinx.util.logging import getLogger

    root, logger = Path(app.srcdir), getLogger(__name__)
    cache = root / "_build" / "atlas-cache"
    for entry in build(nc.zoo.__all__, root / "reference" / "atlas", cache, logger.info):
        for check in entry.checks:
            if check.status == "refuted":
                logger.warning("atlas: %s is refuted: %s", entry.name, check.note)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the hook."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
