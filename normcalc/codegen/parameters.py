"""Parameters of a kernel's call: which name has which value, and whether it may."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError, ParameterError

if TYPE_CHECKING:
    from normcalc.language.function import Function

Array = NDArray[Any]


class Checks(Protocol):
    """What a kernel needs of a parameter's kind."""

    def check(self, name: str, value: Any) -> Any:
        """Raise `ParameterError` if `value`, a number or an array, is outside the kind."""


@dataclass(frozen=True)
class Interface:
    """Everything about a kernel but its code: names, checks, messages.

    Parameters
    ----------
    kinds : tuple
        Per parameter its kind, ``"positive"``, ``"nonnegative"``, or None for any real number.
    of : tuple of str and Function, optional
        What was asked of which function; None for the kernel of a table or of a derivative.
    """

    name: str
    argument: str
    parameters: tuple[str, ...]
    kinds: tuple[Checks | str | None, ...]
    relations: tuple[str, ...]
    refusals: tuple[tuple[int, str], ...]
    n_constants: int
    of: tuple[str, Function] | None = None

    @property
    def signature(self) -> str:
        """Return the call as it is written."""
        return f"{self.name}({', '.join([self.argument, *self.parameters])})"

    def ordered(self, params: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """Return all parameters in order, or raise `ParameterError`."""
        names = self.parameters
        if len(params) > len(names):
            raise ParameterError(
                f"{self.signature} takes {len(names)} parameters, {len(params)} were given"
            )
        for name in named:
            if name not in names:
                raise ParameterError(f"{self.signature} has no parameter {name!r}")
            if name in names[: len(params)]:
                raise ParameterError(f"parameter {name!r} of {self.signature} is given twice")
        missing = [name for name in names[len(params) :] if name not in named]
        if missing:
            raise ParameterError(f"{self.signature} also needs {', '.join(missing)}")
        return (*params, *(named[name] for name in names[len(params) :]))

    def checked(self, params: tuple[Any, ...]) -> tuple[float, ...]:
        """Return the parameters as floats, or raise what is wrong with them."""
        triples = zip(self.parameters, self.kinds, params, strict=True)
        return tuple(value_of(name, kind, value) for name, kind, value in triples)

    def arrays(self, params: tuple[Any, ...]) -> list[Array]:
        """Return the parameters as arrays, or raise what is wrong with a number in them."""
        triples = zip(self.parameters, self.kinds, params, strict=True)
        return [values_of(name, kind, value) for name, kind, value in triples]

    def settings(self, values: tuple[float, ...]) -> str:
        """Return the parameters and their values as text."""
        pairs = zip(self.parameters, values, strict=True)
        return ", ".join(f"{name} = {value:g}" for name, value in pairs)


def is_array(value: Any) -> bool:
    """Tell whether a parameter is an array or a sequence, rather than one number."""
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


def value_of(name: str, kind: Checks | str | None, value: Any) -> float:
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


def values_of(name: str, kind: Checks | str | None, value: Any) -> Array:
    """Return the values of a parameter, each checked as `value_of` does."""
    if not is_array(value):
        return np.array(value_of(name, kind, value))
    error = InputError if name == "step" else ParameterError
    try:
        array = np.asarray(value)
    except ValueError as problem:
        raise error(f"{name} is not a rectangular array of numbers ({problem})") from problem
    if array.dtype.kind not in "fiu" or isinstance(value, np.ma.MaskedArray):
        raise error(f"{name} must be an array of real numbers, not of {array.dtype}")
    array = array.astype(np.float64)
    bounds = kind if kind is None or isinstance(kind, str) else None
    for end in [array.min(), array.max()] if array.size else []:
        value_of(name, bounds, end)
    if kind is not None and not isinstance(kind, str):
        kind.check(name, array)
    return array
