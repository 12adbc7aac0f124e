"""`Story`: what the tour prints, collects, times and writes."""

from __future__ import annotations

import shutil
import tempfile
import textwrap
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from normcalc.cli.answer import write_whole, writing
from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

    from matplotlib.figure import Figure

NARROW, USUAL, WIDE = 72, 88, 96


class Story:
    """The tour so far.

    Parameters
    ----------
    folder : Path
        Where files go.
    stream : text file or None
        Where text goes; ``None`` keeps silent, for ``--json``.
    verbose : bool
        Whether to tell more.
    """

    total = 6

    def __init__(self, folder: Path, stream: TextIO | None, verbose: bool) -> None:
        """Start with nothing told."""
        self.folder = folder
        self.stream = stream
        self.verbose = verbose and stream is not None
        self.width = min(max(shutil.get_terminal_size((USUAL, 24)).columns, NARROW), WIDE)
        self.data: dict[str, Any] = {}
        self.spent: list[tuple[str, float]] = []
        self.files: list[Path] = []

    def say(self, text: str) -> None:
        """Print a paragraph."""
        self._print("\n" + fold(text, self.width, hang=0))

    def show(self, text: str) -> None:
        """Print what a command answered; the rest of a long line is indented."""
        self._print(fold(text, self.width, hang=4))

    def code(self, *lines: str) -> None:
        """Print what one would type; indented, closing and empty lines continue the last."""
        prompts = (">>>" if line and line[0] not in " )" else "..." for line in lines)
        typed = [" ".join(pair).rstrip() for pair in zip(prompts, lines, strict=True)]
        self._print("\n" + "\n".join(typed))

    def heading(self, title: str) -> None:
        """Print a heading."""
        self._print(f"\n\n{title}\n{'=' * len(title)}")

    def _print(self, text: str) -> None:
        if self.stream is not None:
            self.stream.write(text + "\n")
            self.stream.flush()

    @contextmanager
    def section(self, title: str) -> Iterator[None]:
        """Print a numbered heading and remember how long the section takes."""
        title = f"{len(self.spent) + 1}. {title}"
        self.heading(title)
        start = time.perf_counter()
        yield
        self.spent.append((title, time.perf_counter() - start))

    def write(self, name: str, text: str) -> None:
        """Write a text file into the folder."""
        path = self.folder / name
        write_whole(path, text)
        self.files.append(path)

    def save(self, figure: Figure, stem: str, function: object) -> None:
        """Save a figure as PDF and as PNG."""
        from normcalc import plot

        for ending in (".pdf", ".png"):
            path = self.folder / f"{stem}{ending}"
            with writing(path):
                self.files.append(plot.save(figure, path, function))


def fold(text: str, width: int, hang: int) -> str:
    """Return text with long lines folded, and what is folded indented further by `hang`.

    Examples
    --------
    >>> print(fold("  a line that is rather long for its width", 24, hang=4))
      a line that is rather
          long for its width
    """
    folded: list[str] = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()) + hang)
        folded += textwrap.wrap(
            line,
            width,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return "\n".join(folded)


def prepare(folder: Path) -> None:
    """Make the folder, and find out now whether files can be written into it."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; --out takes a directory")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
