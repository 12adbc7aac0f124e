"""Who writes which target: from a program to text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from normcalc.codegen import c, cuda, where
from normcalc.codegen.derivative import with_derivatives
from normcalc.codegen.emit import emit, retargeted
from normcalc.codegen.ufuncs import with_ufunc
from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.parameters import Interface
    from normcalc.codegen.program import Program
    from normcalc.line.table import CaseTable

    Change = Callable[[CaseTable], CaseTable]


@dataclass(frozen=True)
class Writer:
    """How one target is written.

    Parameters
    ----------
    of_program : callable
        From a program, and the name of a file to include, to the text.
    of_source : callable or None
        From the text of a kernel made for numba, where that is enough.
    suffix : str
        Of the files of this target.
    differentiable : bool
        Whether the text holds all derivatives beside the value.
    finish : callable
        From the text, and the names and kinds of its parameters, to the whole text.
    """

    of_program: Callable[[Program, str], str]
    of_kernel: Callable[[str], str] | None
    suffix: str = ".py"
    differentiable: bool = False
    finish: Callable[[str, Interface], str] = lambda text, _: text

    def of_source(self, source: str, interface: Interface) -> str:
        """Return the text of a kernel, made from the text that numba compiles."""
        if self.of_kernel is None:
            raise InputError(
                "a compiled kernel is Python text: give the derivation that it was compiled from"
            )
        return self.finish(self.of_kernel(source), interface)

    def table(self, change: Change | None) -> Change | None:
        """Return what the table goes through before it becomes a program."""
        if not self.differentiable:
            return change
        if change is not None:
            raise InputError("this target holds all derivatives: leave out derivative=")
        return with_derivatives


WRITERS = {
    "numba": Writer(lambda made, _: emit(made), lambda source: source),
    "plain": Writer(
        lambda made, _: emit(made, "plain"), lambda source: retargeted(source, "plain")
    ),
    "ufunc": Writer(lambda made, _: emit(made), lambda source: source, finish=with_ufunc),
    "cuda": Writer(lambda made, _: cuda.source(made), None),
    "c": Writer(c.source, None, ".c"),
    "h": Writer(lambda made, _: c.header(made), None, ".h"),
    "jax": Writer(lambda made, _: where.source(made, "jax"), None, differentiable=True),
    "torch": Writer(lambda made, _: where.source(made, "torch"), None, differentiable=True),
}


def writer_of(target: str) -> Writer:
    """Return the writer of a target."""
    if target not in WRITERS:
        raise InputError(f"there is no target {target!r}; choose from {', '.join(WRITERS)}")
    return WRITERS[target]
