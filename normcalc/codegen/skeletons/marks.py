"""What the algorithms of this room are written with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numpy.typing import NDArray

Vector = NDArray[Any]
Parameters = tuple[Any, ...]
Prox = Callable[[Any, float, Parameters, Any], None]
Value = Callable[[Any, Parameters], float]
Loop = TypeVar("Loop", bound=Callable[..., Any])


def summing(function: Loop) -> Loop:
    """Mark a loop whose sums may be taken in any order."""
    return function


def inner(function: Loop) -> Loop:
    """Mark a function that other generated ones call."""
    return function


def apart(function: Loop) -> Loop:
    """Mark a function that is called at several places, and is not melted into each."""
    return function
