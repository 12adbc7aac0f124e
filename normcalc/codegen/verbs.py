"""The verbs of this room: `compile` and `export`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import sympy as sp

from normcalc.codegen.emit import emit, retargeted
from normcalc.codegen.kernel import Checks, Interface, Kernel
from normcalc.codegen.names import Names
from normcalc.codegen.program import Program, program
from normcalc.codegen.structured import module_of, plain_or_numba
from normcalc.codegen.tabulate import tabulated
from normcalc.codegen.targets import PROLOGUES
from normcalc.codegen.vector_kernel import VectorInterface, VectorKernel
from normcalc.errors import InputError, NotDerivable
from normcalc.language.function import Function
from normcalc.line.table import CaseTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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
    verbose: bool = False,
) -> Any:
    """Generate, write and load the code of a derivation, a function, or a case table.

    Machine code is made when it is first needed, once per precision, and kept on disk.

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
        return _vector_kernel(derivation, name, header)
    parts = _parts(derivation, name, header, kinds, relations)
    kernel = Kernel(emit(parts[0]), _interface(*parts))
    if verbose:
        kernel.warm(verbose=True)
    return kernel


def _maps_vectors(derivation: object) -> bool:
    """Tell whether an answer is a map of vectors rather than a case table."""
    return getattr(derivation, "operator", None) is not None


def _vector_source(derivation: Any, name: str | None, header: str | None) -> tuple[str, str]:
    """Return the name of the friendly function, and the text of the module."""
    name = Names().take(name or str(derivation.goal))
    return name, module_of(derivation, name, str(derivation) if header is None else header)


def _vector_kernel(derivation: Any, name: str | None, header: str | None) -> VectorKernel:
    name, source = _vector_source(derivation, name, header)
    return VectorKernel(source, VectorInterface(name, derivation.goal, derivation.function))


def source_of(
    derivation: CaseTable | HasTable | Function | Kernel | VectorKernel,
    *,
    target: str = "numba",
    **options: Any,
) -> str:
    """Return the text of the module without loading it.

    Parameters
    ----------
    derivation : Derivation, CaseTable or Kernel
        What to print.
    target : {"numba", "plain"}
        What the module may import beside NumPy.
    **options
        As for `compile`.
    """
    if target not in PROLOGUES:
        raise InputError(f"there is no target {target!r}; choose from {', '.join(PROLOGUES)}")
    if isinstance(derivation, Kernel):
        return retargeted(derivation.source, target)
    if isinstance(derivation, VectorKernel):
        return plain_or_numba(derivation.source, target)
    if _maps_vectors(derivation):
        name, header = options.get("name"), options.get("header")
        return plain_or_numba(_vector_source(derivation, name, header)[1], target)
    names = ("name", "header", "kinds", "relations")
    defaults = {"name": None, "header": None, "kinds": None, "relations": ()}
    chosen = [{**defaults, **options}[key] for key in names]
    return emit(_parts(derivation, *chosen)[0], target)


def export(
    derivation: CaseTable | HasTable | Function | Kernel | VectorKernel,
    path: str | Path,
    **options: Any,
) -> Path:
    """Write a standalone module: it needs NumPy and numba (or NumPy alone), not normcalc.

    Parameters
    ----------
    derivation : Derivation, CaseTable or Kernel
        What to write.
    path : str or Path
        Where to; the suffix says the language, and ``.py`` is the one that exists.
    **options
        ``target="plain"`` for NumPy alone, and those of `compile`.

    Returns
    -------
    Path
        The file written.
    """
    path = Path(path)
    if path.suffix != ".py":
        raise InputError(
            f"cannot export to {path.suffix or 'a file without suffix'}: kernels are written as "
            ".py (target='numba', or 'plain' for NumPy alone)"
        )
    path.write_text(source_of(derivation, **options), encoding="utf-8", newline="\n")
    return path


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


def _parts(
    derivation: CaseTable | HasTable | Function,
    name: str | None,
    header: str | None,
    kinds: Mapping[str, Checks] | None,
    relations: Iterable[sp.Basic],
) -> tuple[Program, tuple[Checks | str | None, ...], tuple[str, ...]]:
    """Return the program, the kind of each parameter, and the relations in words."""
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
    found = {p.name: p.kind for p in getattr(function, "parameters", ())}
    found.update(kinds or {})
    related = tuple(relations) or _declared(function)
    goal = "value" if isinstance(derivation, Function) else "kernel"
    name = Names().take(name or str(getattr(derivation, "goal", goal)))
    if header is None:
        header = "" if isinstance(derivation, CaseTable) else str(derivation)
    made = _program(table, name, header, related, outside)
    checks = tuple(found.get(p.name) or _assumed(p) for p in table.parameters)
    return made, checks, tuple(str(r) for r in related)


@lru_cache(maxsize=256)
def _program(
    table: CaseTable, name: str, header: str, relations: tuple[sp.Basic, ...], outside: sp.Expr
) -> Program:
    return program(table, name, header, relations, outside)


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


def _interface(
    made: Program, kinds: tuple[Checks | str | None, ...], relations: tuple[str, ...]
) -> Interface:
    refusals = [(-1 - i, s.refusal) for i, s in enumerate(made.stages) if s.refusal is not None]
    return Interface(
        name=made.name,
        argument=made.argument.name,
        parameters=made.spelling,
        kinds=kinds,
        relations=relations,
        refusals=tuple(refusals),
        n_constants=made.n_constants,
    )
