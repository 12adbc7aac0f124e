"""A kernel's first calls from compiled loops, by the interpreter, while that beats compiling.

Loops call kernels by address.  A kernel that is not compiled gets the address of a few
instructions that hand the numbers to Python; once that has done its share (`codegen.early` counts
it) the kernel is compiled, and they jump to its machine code, in a loop that is running as well.

What Python raises there cannot pass through the loop, so that Ctrl-C must wait: see `patient`.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` makes words of numbers, slowly
import _thread
import ctypes
import threading
from contextlib import contextmanager, suppress
from functools import lru_cache, singledispatch
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from llvmlite import binding, ir
from numba.core.registry import cpu_target

from normcalc.codegen.staged import Staged
from normcalc.engine.jit import ELEMENT, SETUP, element_address, setup_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.codegen.early import Early
    from normcalc.engine.jit import Floats

_WORD, _NUMBER = ctypes.c_int64, ctypes.c_double
_ROW = (_WORD, _WORD)  # where it starts, and how many numbers it has
_AS_SETUP = ctypes.CFUNCTYPE(_WORD, *_ROW, *_ROW)
_AS_ELEMENT = ctypes.CFUNCTYPE(_NUMBER, _NUMBER, *_ROW)
_SOON = 0.01  # seconds


class Code(Protocol):
    """Where the functions of a kernel are."""

    @property
    def setup(self) -> int:
        """The address of the set-up function."""

    @property
    def element(self) -> int:
        """The address of the function of one number."""

    def foresee(self, numbers: int) -> None:
        """Be told that so many calls are coming."""


class Compiled(NamedTuple):
    """The addresses of a kernel's machine code."""

    setup: int
    element: int

    def foresee(self, numbers: int) -> None:
        """There is nothing to prepare."""


@singledispatch
def code_of(kernel: Any) -> Code:
    """Return the addresses of a kernel's functions; the caller keeps what holds them alive."""
    return Compiled(setup_address(kernel.setup), element_address(kernel.element))


@code_of.register(Staged)
@lru_cache(maxsize=1024)
def _of_staged(kernel: Any) -> Code:
    early = kernel.early()
    return code_of.dispatch(object)(kernel) if early is None else Interpreted(kernel, early)


class Interpreted:
    """The addresses of a kernel that is compiled only when its calls become many.

    Parameters
    ----------
    kernel : Kernel
        Of `codegen`; its machine code is asked for when it is needed.
    early : Early
        The same text as plain Python, and how much work it may do.
    """

    def __init__(self, kernel: Any, early: Early) -> None:
        """Assemble the instructions that the addresses stand for."""
        self._kernel, self._early = kernel, early
        self._machine = np.zeros(
            2, np.int64
        )  # addresses of machine code, zero before there is any
        self._calls = (_AS_SETUP(self._setup), _AS_ELEMENT(self._element))
        self._code = _assembled(self._machine, self._calls)
        self.setup, self.element = map(self._code.get_function_address, _NAMES)

    def compile(self) -> None:
        """Have all further calls done by machine code, those of loops that are running as well."""
        self._machine[0] = setup_address(self._kernel.setup)
        self._machine[1] = element_address(self._kernel.element)

    def foresee(self, numbers: int) -> None:
        """Compile now if so many numbers would end the early stage."""
        if not self._machine[1] and not self._early.lasts(numbers):
            self.compile()

    def _count(self) -> None:
        if not self._early.takes(1):
            with suppress(Exception):  # it is raised again where the kernel is bound next
                self.compile()

    def _setup(self, *rows: int) -> int:
        self._count()
        with np.errstate(all="ignore"):
            return int(self._early.module.setup(_row(*rows[:2]), _row(*rows[2:])))

    def _element(self, v: float, *row: int) -> float:
        self._count()
        with np.errstate(all="ignore"):
            return float(self._early.module.element(np.float64(v), _row(*row)))


_CALLED = {Interpreted._setup.__code__, Interpreted._element.__code__}
_NAMES = ("setup", "element")


@lru_cache(maxsize=1024)
def _row(start: int, size: int) -> Floats:
    """Return the numbers that lie somewhere in memory."""
    memory: Any = (_NUMBER * size).from_address(start)
    return np.frombuffer(memory, np.float64) if size else np.empty(0)


def _assembled(machine: Any, calls: tuple[Any, ...]) -> Any:
    """Return the machine code of one entry for each of the calls."""
    module = ir.Module()
    module.triple = binding.get_process_triple()
    for name, signature, call, place in zip(_NAMES, (SETUP, ELEMENT), calls, (0, 1), strict=True):
        start = ctypes.cast(call, ctypes.c_void_p).value
        _entry(module, name, signature, start, machine.ctypes.data + place * machine.itemsize)
    target = binding.Target.from_triple(module.triple).create_target_machine(opt=0, jit=True)
    code = binding.create_mcjit_compiler(binding.parse_assembly(str(module)), target)
    code.finalize_object()
    return code


def _entry(module: Any, name: str, signature: Any, call: Any, cell: int) -> None:
    """Add a function that jumps to what the cell says, or calls Python while it says nothing."""
    context, word = cpu_target.target_context, ir.IntType(64)
    kinds = [context.get_value_type(kind) for kind in signature.args]
    result = context.get_value_type(signature.return_type)
    entry = ir.Function(module, ir.FunctionType(result, kinds), name)
    build = ir.IRBuilder(entry.append_basic_block())
    machine = build.load(build.inttoptr(word(cell), word.as_pointer()))
    with build.if_then(build.icmp_unsigned("!=", machine, word(0))):
        whole = build.inttoptr(machine, entry.function_type.as_pointer())
        build.ret(build.call(whole, entry.args))
    passed: list[Any] = []
    for kind, value in zip(signature.args, entry.args, strict=True):
        if hasattr(kind, "ndim"):
            row = context.data_model_manager[kind]
            passed.append(build.ptrtoint(row.get(build, value, "data"), word))
            passed.append(row.get(build, value, "nitems"))
        else:
            passed.append(value)
    prototype = ir.FunctionType(result, [each.type for each in passed])
    build.ret(build.call(build.inttoptr(word(call), prototype.as_pointer()), passed))


@contextmanager
def patient() -> Iterator[None]:
    """Let Ctrl-C wait while the interpreter works for a loop, which would lose the exception."""
    before = _signal.getsignal(_signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return

    def handle(number: int, frame: Any) -> Any:
        inner = frame
        while inner is not None:
            if inner.f_code in _CALLED:
                threading.Timer(_SOON, _thread.interrupt_main).start()
                return None
            inner = inner.f_back
        return before(number, frame)

    _signal.signal(_signal.SIGINT, handle)
    try:
        yield
    finally:
        _signal.signal(_signal.SIGINT, before)
