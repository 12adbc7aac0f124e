"""Write figures: the same bytes every time, fonts embedded, the formula in the metadata."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager, nullcontext
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context
from matplotlib.collections import TriMesh

from normcalc.errors import InputError
from normcalc.plot.artists.canvas import alt_text_of
from normcalc.plot.opaque import opaque
from normcalc.plot.styles import PAPER
from normcalc.plot.tikz import tikz

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from matplotlib.figure import Figure

FORMATS = ("pdf", "png", "svg", "eps", "pgf", "tex")


def save(
    figure: Figure, path: str | os.PathLike[str], expression: object = None, **options: Any
) -> Path:
    """Write a figure to PDF, PNG, SVG, EPS, PGF or TikZ and return the path.

    In SVG and PGF the shading of curved bodies is a picture behind lines that stay lines; PGF puts
    it into a file of its own, ``NAME-img0.png``, that belongs beside ``NAME.pgf``.  EPS has
    no transparency, so tints are mixed with white.  ``.tex`` is a standalone TikZ document.

    The same figure always gives the same bytes.  The metadata hold the expression, a description
    generated from the mathematics, and the version that drew it.  A failed write leaves no file.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure, ours or yours.
    path : path-like
        Where to write; the ending decides the format.
    expression : object, optional
        The function that is drawn; its text becomes the title in the metadata.
    **options
        Passed to ``Figure.savefig``, for example ``dpi``.
    """
    target = Path(path)
    kind = target.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        endings = ", ".join(f".{kind}" for kind in FORMATS)
        raise InputError(f"Cannot write {target.name!r}: the ending must be one of {endings}.")
    if not target.parent.is_dir():
        raise InputError(f"There is no folder {target.parent}.")
    title = "" if expression is None else str(expression)
    # Written aside under its own name, after which PGF names the pictures that go with it.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".figure") as aside:
        _write(figure, Path(aside, target.name), kind, title, options)
        for part in sorted(Path(aside).iterdir(), key=lambda made: made.name == target.name):
            part.replace(target.parent / part.name)
    return target


def _write(figure: Figure, path: Path, kind: str, title: str, options: dict[str, Any]) -> None:
    """Write a figure in one format."""
    description = alt_text_of(figure)
    if kind == "tex":
        with _suited(figure, kind):
            path.write_text(tikz(figure, f"{title}\n{description}".strip()), "utf-8")
        return
    metadata = {} if kind == "pgf" else _metadata(kind, title, description)
    settings: Any = {k: PAPER[k] for k in _AT_SAVE} | {"svg.hashsalt": "normcalc"}
    settings |= {"pgf.rcfonts": False, "pgf.texsystem": "pdflatex"}
    if kind == "pgf" and which("pdflatex") is None:
        raise InputError(
            "PGF is measured by pdflatex, which is not installed; write .tex instead."
        )
    with rc_context(settings), _suited(figure, kind):
        if kind == "pgf":
            _pgf(figure, path, f"{title}\n{description}".strip(), options)
            return
        figure.savefig(path, format=kind, metadata=metadata, **{"dpi": 300, **options})
    if kind == "eps":
        _dateless(path, title)


def _pgf(figure: Figure, path: Path, comment: str, options: dict[str, Any]) -> None:
    """Write PGF, which has no metadata: they become a comment."""
    figure.savefig(path, format="pgf", **{"dpi": 300, **options})
    lines = "".join(f"% {line}\n" for line in comment.splitlines())
    path.write_text(lines + path.read_text("utf-8"), "utf-8")


def _dateless(path: Path, title: str) -> None:
    """Take the date and the temporary name out of an EPS file, which metadata cannot do."""
    text = re.sub(r"%%CreationDate: .*\n", "", path.read_text("latin-1"))
    shown = title.encode("ascii", "replace").decode().replace("\n", " ")
    text = re.sub(r"%%Title: .*\n", lambda _: f"%%Title: {shown}\n", text, count=1)
    path.write_text(text, "latin-1", newline="\n")


@contextmanager
def _suited(figure: Figure, kind: str) -> Iterator[None]:
    """Do without what a format cannot do, while the figure is written."""
    # A layout goes on improving with each drawing; starting over gives the same bytes again.
    places = [(ax, ax.get_position(original=True), ax.get_in_layout()) for ax in figure.axes]
    meshes = [a for a in figure.findobj(TriMesh) if not a.get_rasterized()]
    if kind in ("svg", "pgf"):
        for mesh in meshes:
            mesh.set_rasterized(True)
    _settle(figure)
    try:
        with opaque(figure) if kind == "eps" else nullcontext():
            yield
    finally:
        for mesh in meshes:
            mesh.set_rasterized(False)
        for ax, place, in_layout in places:
            ax.set_position(place)
            ax.set_in_layout(in_layout)


def _settle(figure: Figure) -> None:
    """Lay a figure out twice: the first time its captions lie where the panels were before."""
    layout = figure.get_layout_engine()
    if layout is not None:
        for _ in range(2):
            layout.execute(figure)


# The rcParams that matplotlib reads only when it writes the file.
_AT_SAVE = ("pdf.fonttype", "ps.fonttype", "svg.fonttype", "mathtext.fontset")


def _metadata(kind: str, expression: str, description: str) -> dict[str, str | None]:
    """Return metadata under the names that the format knows, without any date."""
    maker = f"normcalc {_version()}"
    if kind == "pdf":
        names = {"Title": expression, "Subject": description, "Creator": maker}
        return {**_kept(names), "Producer": maker, "CreationDate": None}
    if kind == "eps":
        return {"Creator": f"{maker}: {expression}" if expression else maker}
    if kind == "png":
        return {**_kept({"Title": expression, "Description": description}), "Software": maker}
    names = {"Title": expression, "Description": description, "Creator": maker}
    return {**_kept(names), "Date": None}


def _kept(names: dict[str, str]) -> dict[str, str | None]:
    return {name: text for name, text in names.items() if text}


def _version() -> str:
    try:
        return version("normcalc")
    except PackageNotFoundError:
        return "(source tree)"
