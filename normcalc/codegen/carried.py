"""Which functions a generated module carries inside it, and their source."""

from __future__ import annotations

import inspect
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from normcalc.codegen import primitives, searches, sweeps, transcendental

if TYPE_CHECKING:
    from collections.abc import Callable


# What generated modules define themselves.
MARKS = ("inner", "fused", "apart")


def _own(module: ModuleType) -> dict[str, Callable[..., object]]:
    """Return the functions that a module defines, in order, without its decorators."""
    found = inspect.getmembers(module, inspect.isfunction)
    own = [f for _, f in found if f.__module__ == module.__name__ and f.__name__ not in MARKS]
    return {f.__name__: f for f in sorted(own, key=lambda f: f.__code__.co_firstlineno)}


FUSED = _own(transcendental)
MAKERS = {"rooted", "stepping", "leaping", "swept", *_own(searches)}
ALL = {**FUSED, **_own(primitives), **_own(sweeps), **_own(searches)}


def closure(names: set[str]) -> list[str]:
    """Return `names` and all primitives that they call, in the order of definition.

    Examples
    --------
    >>> closure({"log_wright_omega"})
    ['power_of_two', 'parted', 'atanh_series', 'rough_exponential', 'rough_logarithm',
    'logarithm_near_one', 'omega_step', 'omega_and_logarithm', 'log_wright_omega']
    """
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= (_called(ALL[name].__code__) & ALL.keys()) - found
    return [name for name in ALL if name in found]


def _called(code: CodeType) -> set[str]:
    inside = [_called(part) for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*inside)


def source(name: str) -> str:
    """Return the text of the primitive called `name`, with its decorator."""
    decorator = "" if name in MAKERS else "@fused\n" if name in FUSED else "@inner\n"
    return decorator + inspect.getsource(ALL[name]).rstrip()
