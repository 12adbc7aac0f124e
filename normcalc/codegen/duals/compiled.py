"""What numba has to know of dual numbers; importing this tells it."""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit, types
from numba.extending import overload, register_jitable

from normcalc.codegen.duals import arrays, numbers, rules

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = {"error_model": "numpy"}
_KEPT = njit(error_model="numpy", cache=True)
_whole = (types.Integer, types.Boolean, types.IntegerLiteral, types.BooleanLiteral)


def _bare(function: Any) -> Any:
    """Return a function without annotations, by which numba would tell two apart."""
    function.__annotations__ = {}
    return function


def _told(function: Any) -> Any:
    """Return the decorator of what chooses the implementation of a function."""
    return lambda chooser: overload(_bare(function), jit_options=_OPTIONS)(_bare(chooser))


register_jitable(rules.share)
register_jitable(rules.omega)
register_jitable(numbers.alone)
register_jitable(numbers.along)
register_jitable(numbers.implied)
real, rate = numbers.real, numbers.rate


def _is_whole(x: Any) -> bool:
    return isinstance(x.dtype if isinstance(x, types.Array) else x, _whole)


def _value_chosen(x: Any) -> Any:
    kind = x.dtype if isinstance(x, types.Array) else x
    return (lambda x: x.real) if isinstance(kind, types.Complex) else (lambda x: x)


def _real_chosen(x: Any) -> Any:
    return (lambda x: x.real) if isinstance(x, types.Complex) else (lambda x: 1.0 * x)


def _rate_chosen(x: Any) -> Any:
    return (lambda x: x.imag) if isinstance(x, types.Complex) else (lambda x: 0.0)


def _dual_chosen(x: Any) -> Any:
    if isinstance(x, types.Complex):
        return lambda x: x
    return lambda x: complex(float(x), 0.0)


for _function, _chosen in (
    (numbers.value, _value_chosen),
    (numbers.real, _real_chosen),
    (numbers.rate, _rate_chosen),
    (numbers.dual, _dual_chosen),
):
    _told(_function)(_chosen)


def _shape(a: Any, b: Any) -> Any:
    """Return the shape of two arrays of one size."""
    if a.size != b.size:
        raise ValueError("arrays of different sizes")
    return a.shape


_shape_of = njit(error_model="numpy")(_bare(_shape))


def _binary(name: str) -> Callable[[Any, Any], Any]:
    rule, whole = _KEPT(rules.BINARY[name]), rules.WHOLE.get(name)
    again = numbers.BINARY[name]

    @_bare
    def one(a: Any, b: Any) -> complex:
        x, t = rule(float(a.real), float(a.imag), float(b.real), float(b.imag))
        return complex(x, t)

    @_bare
    def strange(a: Any, b: Any) -> complex:
        x, t = rule(real(a), rate(a), real(b), rate(b))
        return complex(x, t)

    @_bare
    def left(a: Any, b: Any) -> Any:
        found, x = np.empty(a.shape, np.complex128), np.ascontiguousarray(a).reshape(-1)
        flat = found.reshape(-1)
        for i in range(flat.size):
            flat[i] = again(x[i], b)
        return found

    @_bare
    def right(a: Any, b: Any) -> Any:
        found, y = np.empty(b.shape, np.complex128), np.ascontiguousarray(b).reshape(-1)
        flat = found.reshape(-1)
        for i in range(flat.size):
            flat[i] = again(a, y[i])
        return found

    @_bare
    def both(a: Any, b: Any) -> Any:
        found, x = np.empty(_shape_of(a, b), np.complex128), np.ascontiguousarray(a).reshape(-1)
        flat, y = found.reshape(-1), np.ascontiguousarray(b).reshape(-1)
        for i in range(flat.size):
            flat[i] = again(x[i], y[i])
        return found

    def choose(a: Any, b: Any) -> Any:
        if whole is not None and _is_whole(a) and _is_whole(b):
            return whole
        arrays = isinstance(a, types.Array), isinstance(b, types.Array)
        truths = isinstance(a, types.Boolean) or isinstance(b, types.Boolean)
        number = strange if truths else one  # truths have no parts
        return {(True, True): both, (True, False): left, (False, True): right}.get(arrays, number)

    return choose


def _unary(name: str) -> Callable[[Any], Any]:
    rule, again = _KEPT(rules.UNARY[name]), numbers.UNARY[name]

    @_bare
    def one(x: Any) -> complex:
        y, t = rule(float(x.real), float(x.imag))
        return complex(y, t)

    @_bare
    def each(x: Any) -> Any:
        found, given = np.empty(x.shape, np.complex128), np.ascontiguousarray(x).reshape(-1)
        flat = found.reshape(-1)
        for i in range(flat.size):
            flat[i] = again(given[i])
        return found

    return lambda x: each if isinstance(x, types.Array) else one


for _name in numbers.BINARY:
    _told(numbers.BINARY[_name])(_binary(_name))
for _name in numbers.UNARY:
    _told(numbers.UNARY[_name])(_unary(_name))


def _linked() -> dict[str, Any]:
    """Return the functions of `arrays` that call each other's machine code, which is kept."""
    space = dict(vars(arrays))
    for name, function in arrays.ALL.items():
        own = FunctionType(function.__code__, space, name)
        space[name] = _KEPT(own)
    return {name: space[name] for name in arrays.ALL}


globals().update(_linked())
