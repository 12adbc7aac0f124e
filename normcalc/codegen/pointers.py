"""Compiled functions as values: what lets one compiled solver call any kernel."""

from __future__ import annotations

from typing import Any

from numba import typeof, types
from numba.core.types.function_type import CompileResultWAP

_NUMBERS = {"d": types.float64, "f": types.float32}
VECTOR = types.float64[::1]
SETUP = types.int64(VECTOR, VECTOR)
ELEMENT = types.float64(types.float64, VECTOR)


def first_class(setup: Any, element: Any) -> tuple[Any, Any]:
    """Return two numba functions as first-class ones, with the signatures above."""
    return (
        CompileResultWAP(setup.get_compile_result(SETUP)),
        CompileResultWAP(element.get_compile_result(ELEMENT)),
    )


def vector_entry(function: Any, ndim: int, parameters: tuple[Any, ...]) -> Any:
    """Return the machine code of ``apply(v, step, p, out)``, as Python calls it.

    It does not check its arguments, which must be contiguous arrays of float64, of `ndim`
    dimensions, and parameters of the types of those given.
    """
    array = types.Array(types.float64, ndim, "C")
    signature = (array, types.float64, typeof(parameters), array)
    function.compile(signature)
    return function.overloads[signature].entry_point


def entry_point(function: Any, letters: str) -> Any:
    """Return the machine code of a function of vectors, as Python calls it.

    It does not check its arguments, which must be vectors of numbers of these types.
    """
    signature = tuple(types.Array(_NUMBERS[letter], 1, "C") for letter in letters)
    function.compile(signature)
    return function.overloads[signature].entry_point
