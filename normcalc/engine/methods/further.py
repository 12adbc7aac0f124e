"""Methods for special structure, each a file with `lacks` and `start`.

``lacks(setting)`` names the property that is missing, with an empty text if there is none;
``start(setting)`` returns the run and what it may prove.  Files are imported when first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.engine.jit import Floats, Seed

NAMES = ("frank_wolfe", "reweighting", "best_subset", "global_search")


@dataclass(frozen=True)
class Setting:
    """A problem: the loss and the penalty with numbers, the formulas, where to start."""

    loss: Any
    penalty: Any  # None where there are several, or one of a linear image
    formulas: tuple[Any, ...]
    given: Mapping[str, Any]
    first: Floats
    tol: float
    rng: Seed


def lacks(name: str, setting: Setting) -> str:
    """Return the property that a method misses in a problem; an empty text if none."""
    return str(_file(name).lacks(setting))


def start(name: str, setting: Setting) -> Any:
    """Return a method at its start, and what it may prove."""
    return _file(name).start(setting)


def _file(name: str) -> Any:
    return import_module(f"normcalc.engine.methods.{name}")
