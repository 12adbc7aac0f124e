"""``normcalc cache info`` and ``normcalc cache clear``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.cli.answer import Answer

if TYPE_CHECKING:
    import argparse

PURPOSE = "show or clear the directory of compiled kernels"
DESCRIPTION = """\
Kernels are generated modules, kept with their machine code in a private directory, so that each
is compiled once.  The directory is NORMCALC_CACHE_DIR, or ~/.cache/normcalc."""
EXAMPLE = """\
examples:
  normcalc cache info
  normcalc cache clear"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "action",
        choices=("info", "clear"),
        metavar="info|clear",
        help="info: where it is and what it holds; clear: delete every kernel",
    )


def run(options: argparse.Namespace) -> Answer:
    """Show, or clear."""
    return clear() if options.action == "clear" else info()


def info() -> Answer:
    """Say where the cache is and what it holds."""
    from normcalc.codegen.cache import directory

    home = directory()
    files = [path for path in home.rglob("*") if path.is_file()]
    modules = sum(path.match("nc_*.py") for path in files)
    size = sum(path.stat().st_size for path in files)
    text = f"{home}\n{modules} kernels, {size / 1e6:.1f} MB with their machine code\n"
    return Answer(text, {"directory": str(home), "kernels": modules, "bytes": size})


def clear() -> Answer:
    """Delete every kernel."""
    from normcalc.codegen.cache import clear as delete
    from normcalc.codegen.cache import directory

    home, count = directory(), delete()
    data = {"directory": str(home), "kernels": count}
    return Answer(f"{count} kernels deleted from {home}\n", data)
