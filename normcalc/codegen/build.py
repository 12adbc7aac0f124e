"""From source text to a loaded module."""

from __future__ import annotations

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from threading import Lock
from typing import TYPE_CHECKING

from normcalc.codegen.cache import (
    compiled_on_disk,
    place,
    recalled,
    remembered,
    store,
    store_once,
)
from normcalc.codegen.shared import key, library, linked

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

_lock = Lock()


def jit_enabled() -> bool:
    """Tell whether numba compiles kernels: not with ``NORMCALC_JIT=0`` in the environment."""
    return os.environ.get("NORMCALC_JIT", "1") != "0"


def may_interpret() -> bool:
    """Tell whether a kernel's first numbers may come from the interpreter.

    They do not with ``NORMCALC_JIT=1``, where all come from machine code.
    """
    return "NORMCALC_JIT" not in os.environ


def load(source: str) -> ModuleType:
    """Write `source` into the cache and import it; the same source is one module per process.

    A real file and a real module: numba keeps machine code on disk only for these.
    """
    if not jit_enabled():
        return _loaded(store(source), "_plain")
    _loaded(_common())
    return _loaded(located(source))


def located(source: str) -> Path:
    """Write `source` into the cache as `load` does, without importing it, and return its path."""
    if not jit_enabled():
        return store(source)
    name = _common().stem
    return store(remembered(f"{name}\n{source}", lambda: linked(source, name)))


def compiled_before(source: str, entry: str) -> bool:
    """Tell whether a function's machine code is on the disk, as far as this costs little."""
    if not jit_enabled():
        return False
    text = recalled(f"{_common().stem}\n{source}")
    return text is not None and compiled_on_disk(place(text), entry)


def _common() -> Path:
    """Return where the module lies that kernels share."""
    return store_once(key(), library)


def load_alone(source: str) -> ModuleType:
    """Write `source` into the cache and import it, with all that it defines as its own."""
    return _loaded(store(source), "" if jit_enabled() else "_plain")


def _loaded(path: Path, ending: str = "") -> ModuleType:
    name = f"{path.stem}{ending}"
    with _lock:
        known = sys.modules.get(name)
        if known is not None and known.__file__ == str(path):
            return known
        return _imported(name, path)


def _imported(name: str, path: Path) -> ModuleType:
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
