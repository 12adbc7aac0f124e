"""Algorithms for vectors that generated modules carry inside them, each once, as plain functions.

They use NumPy and each other, and nothing else.  A function that takes functions is a maker: it
returns the loop for these.
"""

from __future__ import annotations

import inspect
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from normcalc.codegen.skeletons import (
    active_set,
    alternating,
    breaking,
    factors,
    grouping,
    linear,
    monotone,
    ordering,
    perspectives,
    powers_of_norms,
    quasinorms,
    reductions,
    row_lists,
    shrinking,
    sizes,
    spectra,
    strings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Functions = dict[str, Callable[..., object]]


def _own(module: ModuleType) -> Functions:
    found = [f for _, f in inspect.getmembers(module, inspect.isfunction)]
    own = [f for f in found if f.__module__ == module.__name__]
    return {f.__name__: f for f in sorted(own, key=lambda f: f.__code__.co_firstlineno)}


_MODULES = (
    reductions, shrinking, sizes, ordering, monotone, breaking, strings, grouping, linear,
    alternating, spectra, perspectives, factors, row_lists, active_set, quasinorms,
    powers_of_norms,
)  # fmt: skip
ALL: Functions = {name: f for module in _MODULES for name, f in _own(module).items()}
# What a module calls in Python, before its loops run.
PLAIN = frozenset(_own(grouping))


def closure(names: set[str]) -> list[str]:
    """Return the algorithms among `names` and all that these call, in the order of definition.

    Examples
    --------
    >>> closure({"flattened"})[-2:]
    ['within', 'flattened']
    """
    found: set[str] = set()
    waiting = names & ALL.keys()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= (_called(ALL[name].__code__) & ALL.keys()) - found
    return [name for name in ALL if name in found]


def _called(code: CodeType) -> set[str]:
    inside = [_called(part) for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*inside)


def source(name: str) -> str:
    """Return the text of an algorithm with the decorator that it is compiled by."""
    text = inspect.getsource(ALL[name]).rstrip()
    bare = name in PLAIN or text.startswith("@") or "\n    @" in text
    return text if bare else f"@inner\n{text}"
