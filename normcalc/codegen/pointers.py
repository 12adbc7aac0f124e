"""Compiled functions as values: what lets one compiled solver call any kernel."""

from __future__ import annotations

from typing import Any

from numba import typeof, types
from numba.core.types.function_type import CompileResultWAP

from normcalc.codegen.lent import lent

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

    Its arguments must be arrays of float64 and parameters of the types of those given; arrays
    that are not contiguous, or have not `ndim` dimensions, arrive without strides.
    """
    v, out = (lent(types.float64, ndim, written) for written in (False, True))
    signature = (v, types.float64, typeof(parameters), out)
    function.compile(signature)
    return function.overloads[signature].entry_point


def lending_entry(function: Any, letters: str) -> Any:
    """Return the machine code of ``apply(v, consts, out)``, as Python calls it.

    Its arguments must be arrays of numbers of these types; those that are not contiguous
    vectors arrive without strides.
    """
    kinds = zip(letters, (False, False, True), strict=True)
    signature = tuple(lent(_NUMBERS[letter], 1, written) for letter, written in kinds)
    function.compile(signature)
    return function.overloads[signature].entry_point


def entry_point(function: Any, letters: str) -> Any:
    """Return the machine code of a function of vectors, as Python calls it.

    It does not check its arguments, which must be vectors of numbers of these types.
    """
    signature = tuple(types.Array(_NUMBERS[letter], 1, "C") for letter in letters)
    function.compile(signature)
    return function.overloads[signature].entry_point
