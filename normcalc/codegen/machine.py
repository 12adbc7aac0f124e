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

    from normcalc.codegen.early import Early

FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)
# What float32 holds with full precision.
_SMALLEST, _LARGEST = 1e-37, 1e38


class Constants:
    """What `setup` computes for some parameters, in both precisions.

    `single` is for float32 vectors: float64 itself where single precision would cost digits.
    """

    __slots__ = ("double", "loop", "single", "types")

    def __init__(self, double: Array, narrow: Callable[..., bool]) -> None:
        """Round the constants where `narrow` allows that."""
        self.double = double
        single = np.zeros(len(double), np.float32)
        sizes = np.abs(double[double != 0.0])
        fitting = bool(np.all((sizes >= _SMALLEST) & (sizes <= _LARGEST)))
        self.single = single if fitting and narrow(double, single) else double
        self.types = "fff" if self.single is single else "fdf"
        # The loop over float32 vectors with these constants, once it is known.
        self.loop: Callable[..., bool] | None = None


class Machine:
    """The loops of a module, each compiled when it is first needed.

    `fast` maps a float64 vector into another: ``fast(v, constants, out)`` is True if it did, False
    if they are anything but two such vectors whose memory allows it, or it is not compiled yet.
    """

    # Whether it stays: an interpreter makes way for machine code.
    settled = True

    def __init__(self, module: ModuleType) -> None:
        """Take the functions of `module`."""
        self.module = module
        self.jit = self.settled and jit_enabled()
        self.setup: Callable[..., int] = module.setup if self.jit else _quiet(module.setup)
        self.fast: Callable[..., bool] = _not_yet
        self._found: dict[str, Callable[..., Any]] = {}

    def ready(self) -> Callable[..., bool]:
        """Return `fast`, compiled."""
        if self.fast is _not_yet:
            self.fast = self.entry("apply", "ddd")
        return self.fast

    def entry(self, name: str, types: str) -> Callable[..., Any]:
        """Return the machine code of a function for vectors of these types: "d" or "f" each."""
        key = f"{name} {types}"
        if key not in self._found:
            function = getattr(self.module, name)
            self._found[key] = _compiled(function, types) if self.jit else _plain(function, types)
        return self._found[key]

    def constants(self, double: Array) -> Constants:
        """Return the constants with their single precision counterparts."""
        return Constants(double, self.entry("narrow", "df"))

    def vector(self, v: Array, constants: Constants, out: Array) -> bool:
        """Map one contiguous vector into another; False if they share memory."""
        if v.itemsize == FLOAT64.itemsize:
            return self.ready()(v, constants.double, out)
        return self.in_single(v, constants, out)

    def in_single(self, v: Any, constants: Constants, out: Any) -> bool:
        """Do for float32 vectors what `fast` does."""
        loop, numbers = self.loop(FLOAT32, constants)
        return loop(v, numbers, out)

    def loop(self, kind: np.dtype[Any], constants: Constants) -> tuple[Callable[..., bool], Array]:
        """Return the loop over vectors of a precision, and the constants that it takes."""
        if kind.itemsize == FLOAT64.itemsize:
            return self.ready(), constants.double
        constants.loop = constants.loop or self.entry("apply", constants.types)
        return constants.loop, constants.single

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


class Interpreter(Machine):
    """The same by plain Python, for a kernel's first numbers."""

    settled = False

    def __init__(self, early: Early) -> None:
        """Take the functions that the interpreter runs."""
        super().__init__(early.module)
        self.takes = early.takes

    def ready(self) -> Callable[..., bool]:
        """Return the loop, without making it `fast`: what is called must be counted."""
        return self.entry("apply", "ddd")


def _not_yet(_v: Any, _consts: Array, _out: Any) -> bool:
    return False


def _same_memory(out: Array, v: Array) -> bool:
    return out is v or (out.strides == v.strides and _address(out) == _address(v))


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])


def _compiled(function: Any, types: str) -> Callable[..., Any]:
    from normcalc.codegen.lent import lends
    from normcalc.codegen.pointers import entry_point, lending_entry

    make = lending_entry if _is_map(types) else entry_point
    found: Callable[..., Any] = make(function, types)
    return _careful(found, types) if _is_map(types) and not lends() else found


def _is_map(types: str) -> bool:
    """Tell whether a function is a loop from one vector into another, with constants."""
    return len(types) == len("ddd")


def _plain(function: Callable[..., Any], types: str) -> Callable[..., Any]:
    return _careful(_quiet(function), types) if _is_map(types) else _quiet(function)


def _quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a loop that follows IEEE 754 silently, as compiled ones do."""

    def run(*arguments: Array) -> Any:
        with np.errstate(all="ignore"):
            return function(*arguments)

    return run


def _careful(function: Callable[..., Any], types: str) -> Callable[..., Any]:
    """Return a loop from one vector into another that leaves alone what is not such a pair."""

    def run(v: Any, consts: Array, out: Any) -> Any:
        pair = _is_vector(v, types[0]) and _is_vector(out, types[2]) and out.flags.writeable
        return pair and function(v, consts, out)

    return run


def _is_vector(array: Any, letter: str) -> bool:
    fitting = type(array) is np.ndarray and array.ndim == 1 and array.dtype == letter
    return fitting and array.flags.c_contiguous and array.flags.aligned
