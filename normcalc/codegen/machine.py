"""The compiled functions of a generated module, as a kernel calls them.

A vector goes to machine code of a fixed type.  numba's dispatcher, which looks at the types of
every argument of every call, costs more than a kernel on a few numbers: it is asked once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.arrays import Array, checked_out, flat
from normcalc.codegen.build import jit_enabled

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)
# What float32 holds with full precision.
_SMALLEST, _LARGEST = 1e-37, 1e38


class Constants:
    """What `setup` computes for some parameters, in both precisions.

    `single` is for float32 vectors: float64 itself where single precision would cost digits.
    """

    __slots__ = ("double", "single", "types")

    def __init__(self, double: Array, narrow: Callable[..., bool]) -> None:
        """Round the constants where `narrow` allows that."""
        self.double = double
        single = np.zeros(len(double), np.float32)
        sizes = np.abs(double[double != 0.0])
        fitting = bool(np.all((sizes >= _SMALLEST) & (sizes <= _LARGEST)))
        self.single = single if fitting and narrow(double, single) else double
        self.types = "fff" if self.single is single else "fdf"


class Machine:
    """The loops of a module, each compiled when it is first needed.

    `fast` maps a float64 vector into another: ``fast(v, constants, out)`` is True if it did, False
    if their lengths or their memory do not allow it.  It takes for granted that they are vectors
    of float64 numbers, and that `out` may be written.
    """

    def __init__(self, module: ModuleType) -> None:
        """Take the functions of `module`."""
        self.module = module
        self.jit = jit_enabled()
        self.fast: Callable[..., bool] = self._first
        self._found: dict[str, Callable[..., Any]] = {}

    def _first(self, v: Array, consts: Array, out: Array) -> bool:
        return bool(self.ready()(v, consts, out))

    def ready(self) -> Callable[..., bool]:
        """Return `fast`, compiled."""
        if self.fast == self._first:
            self.fast = self.entry("apply", "ddd")
        return self.fast

    def entry(self, name: str, types: str) -> Callable[..., Any]:
        """Return the machine code of a function for vectors of these types: "d" or "f" each."""
        key = f"{name} {types}"
        if key not in self._found:
            function = getattr(self.module, name)
            self._found[key] = _compiled(function, types) if self.jit else _quiet(function)
        return self._found[key]

    def constants(self, double: Array) -> Constants:
        """Return the constants with their single precision counterparts."""
        return Constants(double, self.entry("narrow", "df"))

    def vector(self, v: Array, constants: Constants, out: Array) -> bool:
        """Map one contiguous vector into another; False if they share memory."""
        if v.itemsize == FLOAT64.itemsize:
            return bool(self.fast(v, constants.double, out))
        return bool(self.entry("apply", constants.types)(v, constants.single, out))

    def in_place(self, out: Array, constants: Constants) -> None:
        """Replace each number of a contiguous vector."""
        if out.itemsize == FLOAT64.itemsize:
            self.entry("apply_in_place", "dd")(out, constants.double)
        else:
            self.entry("apply_in_place", constants.types[:2])(out, constants.single)

    def array(self, v: Array, constants: Constants, out: Array | None) -> Array:
        """Map an array of any shape and layout, into `out` if that is given."""
        order = "F" if v.flags.f_contiguous and not v.flags.c_contiguous else "C"
        if out is None:
            out = np.empty(v.shape, v.dtype, order=order)  # type: ignore[call-overload]
        else:
            checked_out(out, v)
        source, target = flat(v), flat(out)
        if target is not None and _same_memory(out, v):
            self.in_place(target, constants)
            return out
        fitting = v.flags.c_contiguous == out.flags.c_contiguous or v.ndim < 2
        given = source is not None and target is not None and fitting
        if given and self.vector(source, constants, target):  # type: ignore[arg-type]
            return out
        work = v.copy(order="C")
        self.in_place(work.reshape(-1), constants)
        out[...] = work
        return out

    def rows(self, v: Array, rows: Array, count: int) -> tuple[Array, int]:
        """Map a float64 vector, each number with the parameters in its row.

        The second result is -1, or the row for which there is no value.
        """
        out = np.empty(v.shape)
        function = self.module.apply_rows if self.jit else _quiet(self.module.apply_rows)
        return out, int(function(v, rows, np.zeros(count), out))


def _same_memory(out: Array, v: Array) -> bool:
    return out is v or (out.strides == v.strides and _address(out) == _address(v))


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])


def _compiled(function: Any, types: str) -> Callable[..., Any]:
    from normcalc.codegen.pointers import entry_point

    found: Callable[..., Any] = entry_point(function, types)
    return found


def _quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a loop that follows IEEE 754 silently, as compiled ones do."""

    def run(*arguments: Array) -> Any:
        with np.errstate(all="ignore"):
            return function(*arguments)

    return run
