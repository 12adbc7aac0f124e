"""What was made before: one folder an entry, named by a hash of all that the entry depends on."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import normcalc as nc
from atlas.entries import Entry, make, read

if TYPE_CHECKING:
    from collections.abc import Iterable

PARTS = ("images", "kernels")
# The modules that make entries; the pages are written anew each time.
MAKERS = ("entries", "picture", "values")
# The zoo counts through the definitions themselves; the rest does not touch the pages.
OUTSIDE = {"zoo", "engine", "cli", "data"}


def sources() -> str:
    """Return a hash of the code that makes an entry."""
    package = Path(str(nc.__file__)).parent
    files = [p for p in package.rglob("*.py") if p.relative_to(package).parts[0] not in OUTSIDE]
    files += [package / "theorems" / "sources.bib"]
    files += [Path(__file__).with_name(f"{maker}.py") for maker in MAKERS]
    digest = sha256(nc.__version__.encode())
    for file in sorted(files):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def folder_of(name: str, cache: Path, code: str) -> Path:
    """Return where the entry of this name is kept, or would be."""
    definition = getattr(nc.zoo, name)
    described = f"{code} {definition()!r} {definition.__doc__}"
    return cache / f"{name}-{sha256(described.encode()).hexdigest()[:16]}"


def kept(folder: Path) -> Entry | None:
    """Return the entry in a folder, or None if it is not there."""
    file = folder / "entry.json"
    return read(json.loads(file.read_text("utf-8"))) if file.exists() else None


def fill(name: str, folder: Path) -> Entry:
    """Make an entry and keep it; its description is written last, when all else is there."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in PARTS:
        (folder / part).mkdir(parents=True)
    entry = make(name, folder)
    (folder / "entry.json").write_text(json.dumps(entry.plain()), "utf-8")
    return entry


def prune(cache: Path, wanted: Iterable[Path]) -> None:
    """Remove the folders of entries that have changed or gone."""
    keep = set(wanted)
    for folder in cache.iterdir():
        if folder not in keep:
            shutil.rmtree(folder)


def copied(folders: Iterable[Path], target: Path) -> set[Path]:
    """Copy pictures and kernels to where Sphinx finds them; return all that belong there."""
    files = set()
    for folder in folders:
        for part in PARTS:
            for file in sorted((folder / part).iterdir()):
                files.add(target / part / file.name)
                put(target / part / file.name, file.read_bytes())
    return files


def put(path: Path, content: bytes) -> None:
    """Write a file unless it has this content, so that Sphinx rereads only what changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
