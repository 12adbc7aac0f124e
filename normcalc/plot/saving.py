"""Write figures: the same bytes every time, fonts embedded, the formula in the metadata."""

from __future__ import annotations

import os
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context

from normcalc.errors import InputError
from normcalc.plot.artists.canvas import alt_text_of
from normcalc.plot.styles import PAPER

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("pdf", "png", "svg")


def save(
    figure: Figure, path: str | os.PathLike[str], expression: object = None, **options: Any
) -> Path:
    """Write a figure to PDF, PNG or SVG and return the path.

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
        raise InputError(f"Cannot write {target.name!r}: the ending must be .pdf, .png or .svg.")
    if not target.parent.is_dir():
        raise InputError(f"There is no folder {target.parent}.")
    metadata = _metadata(kind, "" if expression is None else str(expression), alt_text_of(figure))
    handle, scratch = tempfile.mkstemp(suffix=f".{kind}", dir=target.parent)
    os.close(handle)
    try:
        settings: Any = {k: PAPER[k] for k in _AT_SAVE} | {"svg.hashsalt": "normcalc"}
        with rc_context(settings):
            figure.savefig(scratch, format=kind, metadata=metadata, **{"dpi": 300, **options})
        _readable(Path(scratch))
        Path(scratch).replace(target)
    finally:
        Path(scratch).unlink(missing_ok=True)
    return target


# The rcParams that matplotlib reads only when it writes the file.
_AT_SAVE = ("pdf.fonttype", "ps.fonttype", "svg.fonttype", "mathtext.fontset")


def _readable(path: Path) -> None:
    """Give a temporary file, which only its owner may read, the usual permissions."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


def _metadata(kind: str, expression: str, description: str) -> dict[str, str | None]:
    """Return metadata under the names that the format knows, without any date."""
    maker = f"normcalc {_version()}"
    if kind == "pdf":
        names = {"Title": expression, "Subject": description, "Creator": maker}
        return {**_kept(names), "Producer": maker, "CreationDate": None}
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
