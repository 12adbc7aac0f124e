"""The verbs of this room that give code: `compile`, `source_of`, and numbers: `evaluate`."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import sympy as sp

from normcalc.codegen.datasheets import Origin
from normcalc.codegen.derivative import differentiated
from normcalc.codegen.emit import emit
from normcalc.codegen.kernel import Checks, Interface, Kernel
from normcalc.codegen.names import Names
from normcalc.codegen.program import Program, program
from normcalc.codegen.structured import module_of, plain_or_numba
from normcalc.codegen.tabulate import tabulated
from normcalc.codegen.texts import About, Written, about, kept, written
from normcalc.codegen.vector_arguments import VectorInterface
from normcalc.codegen.vector_kernel import VectorKernel
from normcalc.errors import InputError, NotDerivable
from normcalc.language.function import Function
from normcalc.line.table import CaseTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class HasTable(Protocol):
    """A derivation, as far as this room knows it; `goal` and `function` are used if present."""

    @property
    def table(self) -> CaseTable | None:
        """The case table to compile; None where the answer is a formula."""


def compile(  # noqa: A001 - the public verb, as re.compile is
    derivation: CaseTable | HasTable | Function,
    *,
    name: str | None = None,
    header: str | None = None,
    kinds: Mapping[str, Checks] | None = None,
    relations: Iterable[sp.Basic] = (),
    derivative: str | None = None,
    verbose: bool = False,
) -> Any:
    """Generate, write and load the code of a derivation, a function, or a case table.

    Machine code is made when it pays, once per precision, and kept on disk; before, the
    interpreter runs the same text.

    Parameters
    ----------
    derivation : Derivation, Function or CaseTable
        What to compile; of a function of one real variable, its value at each number.
    name : str, optional
        Name of the friendly function in the module; by default the goal of the derivation.
    header : str, optional
        What the module says about itself; by default the derivation as it prints.
    kinds : mapping of str to Kind, optional
        What each parameter may be; by default what the derivation's function declares.
    relations : iterable of sympy relations
        Conditions between parameters that callers must meet.
    derivative : str, optional
        Compile the derivative in the argument or a parameter, which is named here; see
        `normcalc.differentiate` for the convention at kinks.
    verbose : bool
        Compile at once, and say so on standard error unless the machine code is on disk.

    Returns
    -------
    Kernel
        A callable ``kernel(v, *parameters, out=None)``.

    Examples
    --------
    >>> from normcalc.line.table import Case, CaseTable, Regime
    >>> v, u = sp.symbols("v u", real=True)
    >>> step = sp.Symbol("step", positive=True)
    >>> cases = (Case(sp.S.Zero, step, sp.S.Zero, u), Case(step, sp.oo, v - step, u))
    >>> table = CaseTable(v, u, (step,), (Regime((), cases=cases),), "odd")
    >>> kernel = compile(table, name="soft")
    >>> kernel(-3.0, step=0.5)
    -2.5
    """
    if _maps_vectors(derivation):
        if derivative is not None:
            raise InputError("derivatives are compiled for functions of one real variable")
        return _vector_kernel(derivation, name, header)
    change = _differentiated(derivative)
    plan = _plan(derivation, name, header, kinds, relations, change, derivative)
    source, about = written(plan.made_from, lambda: _text(plan.program()))
    interface = _interface(plan, about)
    if derivative is None and hasattr(derivation, "goal"):
        asked: Any = derivation
        interface = replace(interface, of=(str(asked.goal), asked.function))
    kernel = Kernel(source, interface, plan.origin)
    if verbose:
        kernel.warm(verbose=True)
    return kernel


def _maps_vectors(derivation: object) -> bool:
    """Tell whether an answer is a map of vectors rather than a case table."""
    return getattr(derivation, "operator", None) is not None


def _vector_source(derivation: Any, name: str | None, header: str | None) -> tuple[str, str]:
    """Return the name of the friendly function, and the text of the module."""
    name = Names().take(name or str(derivation.goal))
    header = str(derivation) if header is None else header
    made_from = (derivation.operator, derivation.function, derivation.goal, name, header)
    return name, kept(made_from, lambda: module_of(derivation, name, header))


def _vector_text(
    derivation: Any, name: str | None, header: str | None, target: str, include: str
) -> str:
    """Return the text of a kernel of vectors for a target."""
    from normcalc.codegen.c import vectors  # few ask for these targets
    from normcalc.codegen.cuda import vectors as cards

    name, text = _vector_source(derivation, name, header)
    if target == "h":
        return vectors.header(derivation, name)
    if target == "c":
        return vectors.source(derivation, text, name, include)
    if target == "cuda":
        return cards.source(derivation, text, name)
    return plain_or_numba(text, target)


def _vector_kernel(derivation: Any, name: str | None, header: str | None) -> VectorKernel:
    name, source = _vector_source(derivation, name, header)
    interface = VectorInterface(name, derivation.goal, derivation.function)
    return VectorKernel(source, interface, derivation)


def source_of(
    derivation: CaseTable | HasTable | Function | Kernel | VectorKernel,
    *,
    target: str = "numba",
    include: str = "",
    **options: Any,
) -> str:
    """Return the text of a module or file without loading it.

    Parameters
    ----------
    derivation : Derivation, Function, CaseTable or Kernel
        What to print.
    target : {"numba", "plain", "ufunc", "cuda", "c", "h", "jax", "torch"}
        What the text is written for: Python with numba or NumPy alone, a ufunc of NumPy, kernels
        for a graphics card by numba, C99 and its header, functions of JAX and PyTorch.
    include : str
        For ``target="c"``, the name of the header to include.
    **options
        As for `compile`; a `Kernel` takes none, and has the first three targets.

    Examples
    --------
    >>> import normcalc as nc
    >>> text = source_of(nc.prox(nc.function("lam*abs(x)")), target="c")
    >>> [line for line in text.splitlines() if line.startswith("double")]
    ['double prox_element(double v, const double *consts)']
    """
    from normcalc.codegen.writers import writer_of  # with it come all targets

    writer = writer_of(target)
    if isinstance(derivation, Kernel):
        return writer.of_source(derivation.source, derivation.interface)
    if isinstance(derivation, VectorKernel):
        return plain_or_numba(derivation.source, target)
    name, header, kinds, relations, derivative = _chosen(**options)
    if _maps_vectors(derivation):
        return _vector_text(derivation, name, header, target, include)
    change = writer.table(_differentiated(derivative))
    quick = writer.of_kernel is not None
    plan = _plan(derivation, name, header, kinds, relations, change, derivative, quick)
    made = plan.program()
    return writer.finish(writer.of_program(made, include), _interface(plan, about(made)))


def _chosen(
    *,
    name: str | None = None,
    header: str | None = None,
    kinds: Mapping[str, Checks] | None = None,
    relations: Iterable[sp.Basic] = (),
    derivative: str | None = None,
) -> tuple[Any, ...]:
    """Return the options of `source_of` in order, with what they are by default."""
    return name, header, kinds, relations, derivative


def _differentiated(name: str | None) -> Callable[[CaseTable], CaseTable] | None:
    """Return what makes the table of a derivative of the table of a value."""
    if name is None:
        return None
    return lambda table: differentiated(table, name)


def evaluate(
    derivation: CaseTable | HasTable | Function, v: Any, *args: Any, **kwargs: Any
) -> Any:
    """Return numbers through the kernel of `derivation`, compiled once and remembered.

    Parameters
    ----------
    derivation : Derivation, Function or CaseTable
        What to evaluate.
    v, *args, **kwargs
        The kernel's arguments.
    """
    # By identity: to hash a derivation costs more than to evaluate it.
    known = _recent.get(id(derivation))
    if known is None or known[0] is not derivation:
        if len(_recent) >= 256:
            _recent.clear()
        known = _recent[id(derivation)] = (derivation, compile(derivation))
    return known[1](v, *args, **kwargs)


_recent: dict[int, tuple[object, Kernel]] = {}


class _Plan(NamedTuple):
    """What a program is made from, the kind of each parameter, and the relations in words."""

    made_from: tuple[Any, ...]
    kinds: tuple[Checks | str | None, ...]
    relations: tuple[str, ...]
    origin: Origin

    def program(self) -> Program:
        """Return the program, made once."""
        return _program(*self.made_from)


def _text(made: Program) -> Written:
    return Written(emit(made), about(made))


def _plan(
    derivation: CaseTable | HasTable | Function,
    name: str | None,
    header: str | None,
    kinds: Mapping[str, Checks] | None,
    relations: Iterable[sp.Basic],
    change: Callable[[CaseTable], CaseTable] | None = None,
    derivative: str | None = None,
    quick: bool = True,
) -> _Plan:
    """Return all that a kernel is made of."""
    function = getattr(derivation, "function", None)
    outside = sp.nan
    table: CaseTable | None
    if isinstance(derivation, CaseTable):
        table = derivation
    elif isinstance(derivation, Function):
        table, function, outside = tabulated(derivation), derivation, sp.oo
    else:
        table = derivation.table
    if table is None:
        raise NotDerivable(
            f"a kernel is compiled from a case table, and this answer about {function} has "
            "none; call the derivation itself for numbers"
        )
    table = table if change is None else change(table)
    found = {p.name: p.kind for p in getattr(function, "parameters", ())}
    found.update(kinds or {})
    related = tuple(relations) or _declared(function)
    goal = "value" if isinstance(derivation, Function) else "kernel"
    goal = str(getattr(derivation, "goal", goal))
    name = Names().take(name or (goal if derivative is None else f"{goal}_d{derivative}"))
    if header is None:
        header = "" if isinstance(derivation, CaseTable) else str(derivation)
    if derivative is not None:
        header = f"The derivative in {derivative} of\n{header}".rstrip()
    made_from = (table, name, header, related, outside, quick)
    checks = tuple(found.get(p.name) or _assumed(p) for p in table.parameters)
    title = name if function is None else f"{name} of {function}"
    return _Plan(made_from, checks, tuple(str(r) for r in related), Origin(title, table))


@lru_cache(maxsize=256)
def _program(
    table: CaseTable,
    name: str,
    header: str,
    relations: tuple[sp.Basic, ...],
    outside: sp.Expr,
    quick: bool,
) -> Program:
    return program(table, name, header, relations, outside, quick)


def _declared(function: Any) -> tuple[sp.Basic, ...]:
    """Return the relations between parameters that a function was declared with."""
    if not getattr(function, "relations", ()):
        return ()
    from normcalc.language.symbolic import symbolic

    return tuple(symbolic(function).relations)


def _assumed(parameter: sp.Symbol) -> str | None:
    if parameter.is_positive:
        return "positive"
    return "nonnegative" if parameter.is_nonnegative else None


def _interface(plan: _Plan, about: About) -> Interface:
    return Interface(
        name=about.name,
        argument=about.argument,
        parameters=about.parameters,
        kinds=plan.kinds,
        relations=plan.relations,
        refusals=about.refusals,
        n_constants=about.n_constants,
    )
