"""The verb `export`: an operator as a file in some language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from normcalc.codegen.kernel import Kernel
from normcalc.codegen.tex import document
from normcalc.codegen.verbs import source_of
from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.certify import Certificate
    from normcalc.codegen.verbs import HasTable
    from normcalc.language.function import Function
    from normcalc.line.table import CaseTable

    Source = CaseTable | HasTable | Function | Kernel

_PYTHON = ("numba", "plain", "ufunc", "cuda", "jax", "torch")


def export(
    derivation: Source,
    path: str | Path,
    *,
    certificate: Certificate | None = None,
    **options: Any,
) -> Path:
    """Write an operator as a file that stands alone, without normcalc.

    Parameters
    ----------
    derivation : Derivation, Function, CaseTable or Kernel
        What to write; a `Kernel` is Python text already, and goes to ``.py`` only.
    path : str or Path
        Where to; the suffix says the language: ``.py``, ``.c`` (C99, with a header beside it),
        ``.h`` (the header alone) or ``.tex`` (the formula as it goes into a paper).
    certificate : Certificate, optional
        What `normcalc.certify` returned; its outcomes are told in the file.
    **options
        For ``.py``, ``target=``: "numba" (default), "plain" for NumPy alone, "ufunc" for a
        ufunc of NumPy called ``<name>_ufunc`` as well, "jax" or "torch" for functions with
        derivatives, "cuda" for graphics cards.  And those of `compile`, such as
        ``name=`` and ``derivative=``.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        If the suffix or the target is not known.
    NotDerivable
        If there is no kernel for the answer, or the target cannot evaluate it.

    Examples
    --------
    >>> import tempfile
    >>> import normcalc as nc
    >>> p = nc.prox(nc.function("lam*abs(x)"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = nc.export(p, Path(folder, "soft.c"))
    ...     names = sorted(each.name for each in Path(folder).iterdir())
    >>> names
    ['soft.c', 'soft.h']
    """
    path = Path(path)
    if path.suffix not in _WRITERS:
        raise InputError(
            f"cannot export to {path.suffix or 'a file without suffix'}: kernels are written as "
            f"{', '.join(_WRITERS)} (Python with target={', '.join(map(repr, _PYTHON))})"
        )
    if not isinstance(derivation, Kernel):
        options = {**options, "header": told(derivation, certificate, options.get("header"))}
    _WRITERS[path.suffix](derivation, path, options)
    return path


def told(derivation: object, certificate: Certificate | None, header: str | None) -> str | None:
    """Return what a file says about itself: the formula, its sources, its certificate."""
    sources = [t.source for t in getattr(derivation, "theorems", tuple)() if t.source]
    if header is None and not sources and certificate is None:
        return None
    parts = [header if header is not None else str(derivation)]
    if sources:
        parts.append(f"Source: {'; '.join(dict.fromkeys(sources))}")
    if certificate is not None:
        lines = [f"  {o.status}: {o.claim}; {o.how}" for o in certificate.outcomes]
        parts.append("\n".join([f"Certificate: {certificate.status}", *lines]))
    return "\n\n".join(parts)


def _python(derivation: Source, path: Path, options: dict[str, Any]) -> None:
    target = options.get("target", "numba")
    if target not in _PYTHON:
        raise InputError(
            f"{target!r} is no target of a .py file: choose from {', '.join(_PYTHON)}"
        )
    _write(path, source_of(derivation, **options))


def _c(derivation: Source, path: Path, options: dict[str, Any]) -> None:
    _refuse_other_targets(options, "c")
    header = path.with_suffix(".h")
    text = source_of(derivation, **{**options, "target": "c"}, include=header.name)
    _header(derivation, header, options)
    _write(path, text)


def _header(derivation: Source, path: Path, options: dict[str, Any]) -> None:
    _refuse_other_targets(options, "c", "h")
    _write(path, source_of(derivation, **{**options, "target": "h"}))


def _tex(derivation: Source, path: Path, options: dict[str, Any]) -> None:
    _refuse_other_targets(options, "tex")
    if not hasattr(derivation, "latex"):
        raise InputError("a formula in LaTeX is written from a derivation, not from its code")
    _write(path, document(derivation.latex(), str(options.get("header") or "")))


def _refuse_other_targets(options: dict[str, Any], *names: str) -> None:
    target = options.get("target", names[0])
    if target not in names:
        raise InputError(f"target={target!r} goes with another suffix than that of {names[0]}")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


_WRITERS: dict[str, Callable[[Source, Path, dict[str, Any]], None]] = {
    ".py": _python,
    ".c": _c,
    ".h": _header,
    ".tex": _tex,
}
