"""How the engine talks to numba: compile once to disk, call kernels by their address.

A solver that takes a penalty's kernel as a numba first-class function is compiled once for every
penalty, but unboxing such an argument costs 0.1 ms a call.  Kernels are therefore passed by
address, which costs nothing, and called through the two intrinsics below (about 5 ns a call).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.runtime import rtsys
from numba.experimental.function_type import _get_wrapper_address
from numba.extending import intrinsic
from numpy.typing import NDArray

from normcalc.codegen.lean import known

Floats: TypeAlias = NDArray[np.float64]
Seed: TypeAlias = np.random.Generator | int  # of random numbers, which few methods draw

Vector = types.float64[::1]
Matrix = types.float64[:, ::1]
SETUP = types.int64(Vector, Vector)
ELEMENT = types.float64(types.float64, Vector)
BLOCK = types.int64(Vector, Vector, Vector)
WORTH = types.float64(Vector, Vector)

Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def compiled(signature: object, **options: object) -> Callable[[Compiled], Compiled]:
    """Compile for one signature at the first use, and keep the machine code on disk.

    A fit uses a few of the loops: the others are not even loaded.  With a numba whose insides are
    not known they all are, where they are defined.
    """
    given = () if known() else (signature,)
    decorate = numba.njit(*given, cache=True, error_model="numpy", nogil=True, **options)

    def made(function: Compiled) -> Compiled:
        loop: Compiled = decorate(function)
        return loop if given else cast("Compiled", _waiting(_loaded_alone(loop), signature))

    return made


def _loaded_alone(loop: Any) -> Any:
    """Take machine code from the disk without what only compiling needs, a fifth of a second."""
    kept = loop._cache

    def load(signature: Any, context: Any) -> Any:
        rtsys.initialize(context)  # what machine code itself calls
        with kept._guard_against_spurious_io_errors():
            return kept._load_overload(signature, context)

    kept.load_overload = load
    return loop


def _waiting(loop: Any, signature: Any) -> Any:
    """Compile a loop for its signature, and no other, when Python or another loop calls it."""
    typed = loop.get_call_template

    def compile_now() -> Any:
        loop.compile(signature)
        loop.disable_compile()
        for name in ("_compile_for_args", "get_call_template"):
            vars(loop).pop(name, None)
        return loop.overloads[signature.args].entry_point

    def entered(*arguments: Any) -> Any:
        entry = compile_now()
        kinds = [loop.typeof_pyval(each) for each in arguments]
        pairs = zip(kinds, signature.args, strict=False)
        fitting = all(loop.typingctx.can_convert(*pair) is not None for pair in pairs)
        if len(kinds) != len(signature.args) or not fitting:
            raise TypeError(f"{loop.__name__} takes {signature}, not {kinds}")
        return entry

    def called(args: Any, kws: Any) -> Any:
        compile_now()
        return typed(args, kws)

    # Where Python enters a loop that has no machine code, and where a caller asks for its type.
    loop._compile_for_args, loop.get_call_template = entered, called
    return loop


@lru_cache(maxsize=1024)
def element_address(element: object) -> int:
    """Return where the machine code of ``element(v, constants)`` starts.

    The caller must keep `element` alive for as long as the address is used.
    """
    return int(_get_wrapper_address(element, ELEMENT))


@lru_cache(maxsize=1024)
def setup_address(setup: object) -> int:
    """Return where the machine code of ``setup(parameters, constants)`` starts."""
    return int(_get_wrapper_address(setup, SETUP))


@lru_cache(maxsize=1024)
def address(function: Any, signature: Any) -> int:
    """Return where the machine code of a numba function starts, for a signature.

    The caller must keep the function alive for as long as the address is used.
    """
    from numba.core.types.function_type import CompileResultWAP

    result = CompileResultWAP(function.get_compile_result(signature))
    _alive.append(result)
    return int(_get_wrapper_address(result, signature))


_alive: list[object] = []  # what addresses point into


def _borrowed(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    # Without its owner the callee need not count references to the array.
    array = context.make_array(kind)(context, builder, value=value)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()


def _caller(signature: Any) -> Callable[..., Any]:
    """Return a code generator that calls an address as a function of `signature`."""

    def generate(context: Any, builder: Any, call: Any, values: Any) -> Any:
        kinds = [context.get_value_type(kind) for kind in signature.args]
        prototype = ir.FunctionType(context.get_value_type(signature.return_type), kinds)
        passed = [
            _borrowed(context, builder, kind, value) if isinstance(kind, types.Array) else value
            for kind, value in zip(call.args[1:], values[1:], strict=True)
        ]
        return builder.call(builder.inttoptr(values[0], prototype.as_pointer()), passed)

    return generate


def _call_element(context: Any, where: Any, v: Any, constants: Any) -> Any:
    """Call ``element(v, constants)`` at an address."""
    return types.float64(types.int64, types.float64, Vector), _caller(ELEMENT)


def _call_setup(context: Any, where: Any, parameters: Any, constants: Any) -> Any:
    """Call ``setup(parameters, constants)`` at an address."""
    return types.int64(types.int64, Vector, Vector), _caller(SETUP)


def _call_block(context: Any, where: Any, v: Any, row: Any, out: Any) -> Any:
    """Call ``block(v, row, out)`` at an address."""
    return types.int64(types.int64, Vector, Vector, Vector), _caller(BLOCK)


def _call_worth(context: Any, where: Any, v: Any, row: Any) -> Any:
    """Call ``worth(v, row)`` at an address."""
    return types.float64(types.int64, Vector, Vector), _caller(WORTH)


call_element: Callable[..., Any] = intrinsic(_call_element)
call_setup: Callable[..., Any] = intrinsic(_call_setup)
call_block: Callable[..., Any] = intrinsic(_call_block)
call_worth: Callable[..., Any] = intrinsic(_call_worth)
