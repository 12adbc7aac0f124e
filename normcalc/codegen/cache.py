"""Where generated modules live: a private directory per user, files named by their content.

The directory is `NORMCALC_CACHE_DIR`, or ``~/.cache/normcalc``.  Modules in it are imported, so a
directory that somebody else owns or may write to is refused.  Where a private directory cannot be
had, ``NORMCALC_CACHE_FALLBACK=1`` allows a temporary one that lives as long as the process.
"""

from __future__ import annotations

import hashlib
import os
import platform
import stat
import sys
import tempfile
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from normcalc.errors import CacheError

if TYPE_CHECKING:
    from collections.abc import Callable

_SHARED, _TEXT = "shared_", "text_"
_WAY_OUT = "set NORMCALC_CACHE_DIR to a directory that only you can write to"


def directory() -> Path:
    """Return the cache directory, made if need be, or raise `CacheError` where it is not safe."""
    chosen = os.environ.get("NORMCALC_CACHE_DIR")
    path = Path(chosen) if chosen else Path.home() / ".cache" / "normcalc"
    try:
        return _private(path.absolute())
    except CacheError:
        if os.environ.get("NORMCALC_CACHE_FALLBACK") != "1":
            raise
        return Path(_temporary().name)


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="normcalc-")


def _private(path: Path) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = path.stat()
    except OSError as error:
        raise CacheError(f"cannot make the kernel cache {path} ({error}); {_WAY_OUT}") from error
    fault = _fault(about)
    if fault:
        raise CacheError(f"the kernel cache {path} {fault}; {_WAY_OUT}")
    return path


def _fault(about: os.stat_result) -> str | None:
    """Say what makes a file or directory unfit to hold code that will run."""
    if hasattr(os, "getuid") and about.st_uid != os.getuid():
        return "belongs to another user"
    if about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"can be written by others (mode {stat.S_IMODE(about.st_mode):o})"
    if not about.st_mode & stat.S_IWUSR:
        return "is read-only"
    return None


def name_of(source: str) -> str:
    """Return the module name of a source: a hash of it and of what compiles it."""
    about = "\n".join([source, _numba_version(), sys.version, platform.machine()])
    return "nc_" + hashlib.sha256(about.encode()).hexdigest()[:32]


@cache
def _numba_version() -> str:
    try:
        return version("numba")
    except PackageNotFoundError:
        return "no numba"


def store(source: str) -> Path:
    """Write `source` into the cache, unless it is there, and return its path.

    The file appears complete or not at all, also when several processes write it at once.
    """
    path = place(source)
    if not _holds(path, source):
        _write(path, source)
    return path


def place(source: str) -> Path:
    """Return the path of a source, which may not be there yet."""
    return directory() / f"{name_of(source)}.py"


def store_once(key: str, make: Callable[[], str]) -> Path:
    """Write what `make` returns, unless a file of this key is there, and return its path.

    It is no kernel, but something that kernels share.
    """
    path = directory() / f"{_SHARED}{name_of(key)}.py"
    if not path.exists() or _fault(path.lstat()):
        _write(path, make())
    return path


def remembered(key: str, make: Callable[[], str]) -> str:
    """Return what `make` returned when this key was asked for first, by whatever process."""
    text = recalled(key)
    if text is None:
        text = make()
        remember(key, text)
    return text


def recalled(key: str) -> str | None:
    """Return what is remembered under a key, by whatever process, if anything is."""
    path = _place(key)
    try:
        return path.read_text(encoding="utf-8") if _fault(path.lstat()) is None else None
    except (OSError, UnicodeDecodeError):
        return None


def remember(key: str, text: str) -> None:
    """Remember a text under a key."""
    _write(_place(key), text)


def _place(key: str) -> Path:
    return directory() / f"{_TEXT}{name_of(key)}"


def _write(path: Path, source: str) -> None:
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".nc_", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(source)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CacheError(f"cannot write the kernel {path} ({error}); {_WAY_OUT}") from error


def _holds(path: Path, source: str) -> bool:
    try:
        return _fault(path.lstat()) is None and path.read_text(encoding="utf-8") == source
    except (OSError, UnicodeDecodeError):
        return False


def compiled_on_disk(path: Path, entry: str = "apply") -> bool:
    """Tell whether there is machine code for a module's function: a first call is quick."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    pattern = f"{path.stem}.{entry}-*.nbi"
    if chosen:
        return any(Path(chosen).glob(f"*/{pattern}"))
    return path.exists() and any((path.parent / "__pycache__").glob(pattern))


def clear() -> int:
    """Delete every generated module and its machine code; return how many modules there were."""
    home = directory()
    modules = list(home.glob("nc_*.py"))
    for pattern in ("nc_*.py", "__pycache__/nc_*", ".nc_*.tmp", f"{_TEXT}nc_*"):
        for path in [*home.glob(pattern), *home.glob(pattern.replace("nc_", f"{_SHARED}nc_"))]:
            path.unlink(missing_ok=True)
    return len(modules)
