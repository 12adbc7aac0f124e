"""Texts of kernels that were written before, so that a process need not write them again.

To write the text of a kernel takes SymPy longer than to load its machine code.  It depends on the
case table, some options, and the code that writes: a file of the cache is named by these.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import sympy as sp

from normcalc.codegen.cache import remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from normcalc.codegen.program import Program


class About(NamedTuple):
    """What an interface has from the program: names, messages, and the number of constants."""

    name: str
    argument: str
    parameters: tuple[str, ...]
    refusals: tuple[tuple[int, str], ...]
    n_constants: int


class Written(NamedTuple):
    """The text of a module, and what an interface has to know of it."""

    source: str
    about: About


def about(made: Program) -> About:
    """Return what an interface has to know of a program."""
    refusals = [(-1 - i, s.refusal) for i, s in enumerate(made.stages) if s.refusal is not None]
    return About(made.name, made.argument.name, made.spelling, tuple(refusals), made.n_constants)


def written(made_from: tuple[Any, ...], write: Callable[[], Written]) -> Written:
    """Return what `write` returns for a kernel of numbers, as `kept` does."""
    source, found = json.loads(kept(made_from, lambda: json.dumps(write())))
    name, argument, parameters, refusals, count = found
    messages = tuple((place, text) for place, text in refusals)
    return Written(source, About(name, argument, tuple(parameters), messages, count))


def kept(made_from: tuple[Any, ...], write: Callable[[], str]) -> str:
    """Return what `write` returns, from the disk if it was written from the same before.

    Parameters
    ----------
    made_from : tuple
        All that the text depends on but the code that writes it.  Where this cannot be pickled
        the text is written anew.
    write : callable
        Makes the text.
    """
    key = key_of(made_from)
    return write() if key is None else remembered(key, write)


def key_of(made_from: tuple[Any, ...]) -> str | None:
    """Return the key of what is made from this by the code as it stands; None without a pickle."""
    try:
        given = pickle.dumps(made_from, protocol=4)
    except (pickle.PicklingError, TypeError, AttributeError):
        return None
    return f"{hashlib.sha256(given).hexdigest()} {sp.__version__} {_writers()}"


@cache
def _writers() -> str:
    """Return a hash of when the files of this package changed."""
    home = Path(__file__).parent.parent
    return hashlib.sha256(repr(sorted(_stamps(str(home)))).encode()).hexdigest()


def _stamps(folder: str) -> Iterator[tuple[str, int, int]]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _stamps(entry.path)
        elif entry.name.endswith(".py"):
            about = entry.stat()
            yield entry.path, about.st_mtime_ns, about.st_size
