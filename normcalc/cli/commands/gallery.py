"""``normcalc gallery -o FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from normcalc.cli.answer import Answer, write_whole, writing
from normcalc.errors import InputError

if TYPE_CHECKING:
    import argparse

PURPOSE = "render the gallery's figures into a folder"
DESCRIPTION = """\
Run the scripts of the gallery, or those that are named, and write their figures and what they
print into a folder.  The scripts are short: copy one and change its formula."""
EXAMPLE = """\
examples:
  normcalc gallery -o figures
  normcalc gallery -o figures twelve_solids lp_row --format png --format tex"""

FORMATS = ("pdf", "png", "svg", "eps", "tex")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="which scripts (default all)")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER", help="where to write"
    )
    parser.add_argument(
        "--format",
        action="append",
        choices=FORMATS,
        metavar="KIND",
        help=f"{', '.join(FORMATS)}; may be given several times (default pdf)",
    )
    parser.add_argument("--verbose", action="store_true", help="say which script is running")


def run(options: argparse.Namespace) -> Answer:
    """Run the scripts and write what they draw."""
    chosen = _chosen(options.names)
    with writing(options.output):
        options.output.mkdir(parents=True, exist_ok=True)
    figures: dict[str, list[str]] = {}
    for k, (name, script) in enumerate(chosen.items(), 1):
        if options.verbose:
            sys.stderr.write(f"{k}/{len(chosen)} {name}\n")
        figures[name] = _render(name, script, options.output, options.format or ["pdf"])
    written = [path for paths in figures.values() for path in paths]
    return Answer("".join(f"{path}\n" for path in written), {"files": figures})


def scripts() -> dict[str, Path]:
    """Return the scripts of the gallery by name; they lie in the package or beside it."""
    package = Path(__file__).parents[2]
    for folder in (package / "gallery", package.parent / "gallery"):
        found = sorted(folder.glob("plot_*.py"))
        if found:
            return {path.stem.removeprefix("plot_"): path for path in found}
    raise InputError("The gallery's scripts are not installed; they are in the source archive.")


def _chosen(names: list[str]) -> dict[str, Path]:
    known = scripts()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(f"There is no script {unknown[0]!r}; there are {', '.join(known)}.")
    return {name: known[name] for name in names} if names else known


def _render(name: str, script: Path, folder: Path, kinds: list[str]) -> list[str]:
    """Run one script without a window; return the files written."""
    import io
    import runpy
    from contextlib import redirect_stdout

    import matplotlib.pyplot as plt

    from normcalc import plot

    plt.switch_backend("Agg")
    plt.close("all")
    said = io.StringIO()
    shown: Any = plt.show
    plt.show = _shown_nowhere
    try:
        with redirect_stdout(said):
            runpy.run_path(str(script))
    finally:
        plt.show = shown
    paths = []
    for k, number in enumerate(plt.get_fignums()):
        for kind in kinds:
            target = folder / f"{name}{f'_{k + 1}' if k else ''}.{kind}"
            with writing(target):
                paths.append(str(plot.save(plt.figure(number), target, name.replace("_", " "))))
    plt.close("all")
    if said.getvalue():
        write_whole(folder / f"{name}.txt", said.getvalue())
        paths.append(str(folder / f"{name}.txt"))
    return paths


def _shown_nowhere(*args: object, **kwargs: object) -> None:
    """Stand in for ``plt.show``, which has no window here."""
