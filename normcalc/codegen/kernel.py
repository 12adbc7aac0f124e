"""A compiled operator: what callers hold after `compile`."""

from __future__ import annotations

import math
import sys
import time
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, final

import numpy as np

from normcalc.codegen.arrays import Array, as_floats, checked_out, flat
from normcalc.codegen.build import jit_enabled, load
from normcalc.codegen.cache import compiled_on_disk
from normcalc.errors import InputError, NotDerivable, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from numpy.typing import NDArray


_FLOAT64, _FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)


class Checks(Protocol):
    """What a kernel needs of a parameter's kind."""

    def check(self, name: str, value: Any) -> Any:
        """Raise `ParameterError` if `value` is outside the kind."""


@dataclass(frozen=True)
class Interface:
    """Everything about a kernel but its code: names, checks, messages.

    Parameters
    ----------
    kinds : tuple
        Per parameter its kind, ``"positive"``, ``"nonnegative"``, or None for any real number.
    """

    name: str
    argument: str
    parameters: tuple[str, ...]
    kinds: tuple[Checks | str | None, ...]
    relations: tuple[str, ...]
    refusals: tuple[tuple[int, str], ...]
    n_constants: int


class Pointers(NamedTuple):
    """A kernel's `setup` and `element` with fixed signatures, for solvers compiled once."""

    setup: Any
    element: Any


@final
class Kernel:
    """An operator of one real argument, applied to each number of an array.

    ``kernel(v, step, *params, out=None)``; parameters may be named.  The result has the shape and
    the precision of `v` (float32 stays float32, computed in float64 and rounded once; whole
    numbers become float64); a number gives a float.  NaN in gives NaN out.  `v` is never changed
    unless it is `out`.

    Parameters
    ----------
    source : str
        The Python text that is compiled; see `path` for the file.
    interface : Interface
        Names, checks and messages.
    """

    def __init__(self, source: str, interface: Interface) -> None:
        """Load the module of `source`."""
        self.source = source
        self.interface = interface
        module = load(source)
        self.path = Path(str(module.__file__))
        self.setup: Callable[..., int] = module.setup
        self.element: Callable[..., float] = module.element
        self.parameters = interface.parameters
        self.n_constants = interface.n_constants
        self._module: ModuleType = module
        self._apply: Callable[..., None] = _quiet(module.apply)
        self._apply_in_place: Callable[..., None] = _quiet(module.apply_in_place)
        # The parameters of the last call and their constants: one tuple, swapped at once, so that
        # threads see a matching pair.
        self._last: tuple[Any, Array | None] = (None, None)

    def __call__(self, v: Any, *params: float, out: Array | None = None, **named: float) -> Any:
        """Return the value at each number of `v`.

        Raises
        ------
        InputError
            If `v`, `out` or the step is not usable.
        ParameterError
            If a parameter is missing, unknown, or outside its kind.
        NotDerivable
            If the object does not exist for these parameters.
        """
        if named:
            params = self._ordered(params, named)
        last, consts = self._last
        try:
            new = params != last
        except ValueError:  # an array among the parameters: `_prepare` says what is wrong with it
            new = True
        if new:
            consts = self._prepare(params)
        # The common case, in the fewest steps: one-dimensional, contiguous, of native precision.
        if type(v) is np.ndarray and v.ndim == 1 and v.flags.carray:
            dtype = v.dtype
            if dtype is _FLOAT64 or dtype is _FLOAT32:
                if out is v:
                    self._apply_in_place(v, consts)
                    return v
                if out is None:
                    out = np.empty(v.size, dtype)
                    self._apply(v, consts, out)
                    return out
                if _fits(out, v):
                    self._apply(v, consts, out)
                    return out
        return self._general(v, consts, out)

    def _general(self, v: Any, consts: Array | None, out: Any) -> Any:
        array = as_floats(v, self.interface.argument)
        result = self._array(array, consts, out)
        if out is None and array.ndim == 0 and not isinstance(v, np.ndarray):
            return float(result)
        return result

    def _array(self, v: Array, consts: Array | None, out: Array | None) -> Array:
        order = "F" if v.flags.f_contiguous and not v.flags.c_contiguous else "C"
        if out is None:
            out = np.empty(v.shape, v.dtype, order=order)  # type: ignore[call-overload]
        else:
            checked_out(out, v)
        same = out is v or (out.strides == v.strides and _address(out) == _address(v))
        target = flat(out)
        if same and target is not None:
            self._apply_in_place(target, consts)
            return out
        source = flat(v)
        fitting = v.flags.c_contiguous == out.flags.c_contiguous or v.ndim < 2
        if source is None or target is None or not fitting or np.may_share_memory(v, out):
            work = v.copy(order="C")
            self._apply_in_place(work.reshape(-1), consts)
            out[...] = work
        else:
            self._apply(source, consts, target)
        return out

    def constants(self, *params: float, **named: float) -> NDArray[np.float64]:
        """Return what `setup` computes for these parameters, after checking them."""
        return self._prepare(self._ordered(params, named)).copy()

    def pointers(self) -> Pointers:
        """Return `setup` and `element` as numba first-class functions.

        A solver that declares its arguments as
        ``types.FunctionType(int64(float64[::1], float64[::1]))`` and
        ``types.FunctionType(float64(float64, float64[::1]))`` takes those of any kernel without
        being compiled again.  With ``NORMCALC_JIT=0`` they are plain Python functions.
        """
        if not jit_enabled():
            return Pointers(self.setup, self.element)
        from normcalc.codegen.pointers import first_class

        return Pointers(*first_class(self.setup, self.element))

    @property
    def is_cached(self) -> bool:
        """Tell whether the machine code is on disk, so that the first call does not compile."""
        return compiled_on_disk(self.source)

    def warm(self, verbose: bool = False) -> None:
        """Compile for float64 now rather than at the first call."""
        if verbose and jit_enabled() and not self.is_cached:
            sys.stderr.write(f"compiling {self.interface.name} kernel ... (once)")
            sys.stderr.flush()
            start = time.perf_counter()
            self._compile()
            sys.stderr.write(f" {time.perf_counter() - start:.1f} s\n")
        else:
            self._compile()

    def _compile(self) -> None:
        nothing, consts = np.empty(0), np.full(self.n_constants, -1.0)
        self._apply(nothing, consts, np.empty(0))
        self.setup(np.ones(len(self.parameters)), consts)

    def _ordered(self, params: tuple[float, ...], named: dict[str, float]) -> tuple[float, ...]:
        names = self.parameters
        if len(params) > len(names):
            raise ParameterError(
                f"{self._signature()} takes {len(names)} parameters, {len(params)} were given"
            )
        for name in named:
            if name not in names:
                raise ParameterError(f"{self._signature()} has no parameter {name!r}")
            if name in names[: len(params)]:
                raise ParameterError(f"parameter {name!r} of {self._signature()} is given twice")
        missing = [name for name in names[len(params) :] if name not in named]
        if missing:
            raise ParameterError(f"{self._signature()} also needs {', '.join(missing)}")
        return (*params, *(named[name] for name in names[len(params) :]))

    def _signature(self) -> str:
        inside = ", ".join([self.interface.argument, *self.parameters])
        return f"{self.interface.name}({inside})"

    def _prepare(self, key: tuple[float, ...]) -> Array:
        """Check parameters, run `setup`, and remember its constants."""
        values = self._checked(self._ordered(key, {}))
        consts = np.zeros(self.n_constants)
        params = np.array(values, dtype=np.float64)
        with np.errstate(all="ignore"):
            if self.interface.relations:
                self._check_relations(params, values)
            regime = int(self.setup(params, consts))
            if regime < 0:
                raise NotDerivable(self._refusal(regime, values))
        self._last = (values, consts)
        return consts

    def _checked(self, key: tuple[float, ...]) -> tuple[float, ...]:
        named = list(zip(self.parameters, self.interface.kinds, key, strict=True))
        return tuple(_value(name, kind, value) for name, kind, value in named)

    def _check_relations(self, params: Array, values: tuple[float, ...]) -> None:
        broken = int(self._module.violated(params))
        if broken >= 0:
            relation = self.interface.relations[broken]
            raise ParameterError(f"{relation} does not hold for {self._settings(values)}")

    def _refusal(self, regime: int, values: tuple[float, ...]) -> str:
        text = dict(self.interface.refusals).get(regime)
        where = self._settings(values)
        return f"{text} (here {where})" if text else f"no regime of the table holds for {where}"

    def _settings(self, values: tuple[float, ...]) -> str:
        pairs = zip(self.parameters, values, strict=True)
        return ", ".join(f"{name} = {value:g}" for name, value in pairs)

    def __reduce__(self) -> tuple[type[Kernel], tuple[str, Interface]]:
        """Pickle as the source and the interface: the other process builds or finds the module."""
        return Kernel, (self.source, self.interface)

    def __str__(self) -> str:
        """Return the source."""
        return self.source

    def __repr__(self) -> str:
        """Return the signature and the file."""
        return f"<Kernel {self._signature()} in {self.path.name}>"


def _quiet(function: Callable[..., None]) -> Callable[..., None]:
    """Return a loop that follows IEEE 754 silently, as compiled ones do."""
    if jit_enabled():
        return function

    def run(*arguments: Array) -> None:
        with np.errstate(all="ignore"):
            function(*arguments)

    return run


def _fits(out: Any, v: Array) -> bool:
    """Tell whether a loop can write into `out` while it reads the vector `v`."""
    return (
        type(out) is np.ndarray
        and out.dtype is v.dtype
        and out.ndim == 1
        and out.size == v.size
        and out.flags.carray
        # Arrays that own their memory share none.
        and ((out.base is None and v.base is None) or not np.may_share_memory(out, v))
    )


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])


def _value(name: str, kind: Checks | str | None, value: Any) -> float:
    """Return a parameter as a float, or raise the error that says what is wrong with it."""
    error = InputError if name == "step" else ParameterError
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise error(f"{name} must be a real number, not {value!r}")
    number = float(value)
    if not math.isfinite(number):
        raise error(f"{name} must be finite, not {number}")
    if name == "step" and not number > 0.0:
        raise InputError(f"step must be greater than 0, not {number:g}")
    if kind == "positive" and not number > 0.0:
        raise error(f"{name} must be greater than 0, not {number:g}")
    if kind == "nonnegative" and not number >= 0.0:
        raise error(f"{name} must not be negative, but is {number:g}")
    if kind is not None and not isinstance(kind, str):
        kind.check(name, number)
    return number
