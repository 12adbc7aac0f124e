"""What a kernel of vectors is called with: names in order, parameters for loops, checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from normcalc.codegen.build import jit_enabled
from normcalc.codegen.skeletons.grouping import grouped
from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.arrays import Array
    from normcalc.language.function import Function

FLOAT64 = np.dtype(np.float64)


@dataclass(frozen=True)
class VectorInterface:
    """Everything about a vector kernel but its code.

    Parameters
    ----------
    name : str
        Name of the friendly function.
    goal : str
        "prox", "projection", ...; only a prox takes a step.
    function : Function
        Whose map it is; it knows the kinds of the parameters.
    """

    name: str
    goal: str
    function: Function

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in call order, after the point."""
        step = ("step",) if self.goal == "prox" else ()
        return (*step, *(p.name for p in self.function.parameters))


class Prepared:
    """Parameters as loops take them, and the loop for their types once it is known.

    Parameters
    ----------
    p : tuple
        Numbers, arrays, and groups as arrays.
    kept : bool
        Whether there will be many calls: then the loop's machine code is looked up, once, which
        takes longer than a call through numba's dispatcher.
    """

    __slots__ = ("kept", "loop", "p")

    def __init__(self, p: tuple[Any, ...], kept: bool = False) -> None:
        """Keep the parameters."""
        self.p = p
        self.kept = kept
        self.loop: Callable[..., bool] | None = None

    def done(self, v: Any, step: float, out: Any) -> bool:
        """Run the loop; False where it did nothing, or raised what the slow way will tell."""
        assert self.loop is not None
        try:
            return self.loop(v, step, self.p, out)
        except (IndexError, ValueError):
            return False

    def __reduce__(self) -> tuple[type[Prepared], tuple[tuple[Any, ...], bool]]:
        """Pickle without machine code."""
        return Prepared, (self.p, self.kept)


def is_ready(v: Any) -> bool:
    """Tell whether a compiled loop takes an array as it is."""
    return type(v) is np.ndarray and v.dtype is FLOAT64 and v.ndim > 0 and v.flags.carray


def prepared(value: Any) -> Any:
    """Return one parameter as loops take it: a number, an array, or groups as arrays."""
    if isinstance(value, tuple):
        return grouped(value)
    return float(value) if np.ndim(value) == 0 else np.array(value, dtype=np.float64, order="C")


def fill_unknown(point: Array, found: Array) -> None:
    """Write the answer for a point that is not finite: nothing is known where one entry is not.

    Raises
    ------
    InputError
        If an entry is infinite and none is NaN.
    """
    if not np.isnan(point).any():
        raise InputError("v must be finite")
    found[...] = np.nan


def apart(out: Array, v: Array) -> bool:
    """Tell whether two arrays share no memory; those that own theirs do not."""
    if out is v:
        return False
    return (out.base is None and v.base is None) or not np.may_share_memory(out, v)


def quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a loop that follows IEEE 754 silently, as compiled ones do."""
    return function if jit_enabled() else silent(function)


def silent(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a loop of plain Python that follows IEEE 754 silently."""

    def run(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*arguments)

    return run


class AtSizes(NamedTuple):
    """A kernel with its step and parameters, asked at the sizes of complex numbers."""

    goal: str
    function: Function
    ask: Callable[[Any], Any]

    def __call__(self, v: Any) -> Any:
        """Return what the kernel makes of real numbers."""
        return self.ask(v)
