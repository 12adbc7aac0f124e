"""`function`: the one constructor, with three doors: text, SymPy and typed Python functions."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, overload

from normcalc.errors import LanguageError, ParameterError
from normcalc.language.arithmetic import bind, exact
from normcalc.language.function import Domain, Function
from normcalc.language.limits import check_size
from normcalc.language.nodes import Node, symbols
from normcalc.language.parameters import Kind, Parameter, Positive, Real
from normcalc.language.parser import parse
from normcalc.language.relations import check_names, default_kind, read_relations
from normcalc.language.shapes import Variable, find_variable, is_beside_matrix
from normcalc.language.shaping import Shape, shaped
from normcalc.language.suggest import did_you_mean
from normcalc.language.tracer import trace
from normcalc.language.transforms import resolved
from normcalc.language.words import parameter_name

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True)
class Draft:
    """What a door hands in: a tree, and what the door itself knows about its names."""

    body: Node
    variable: Variable
    text: str = ""
    kinds: Mapping[str, Any] = field(default_factory=dict)
    domain: tuple[Any, Any] | None = None


Where = str | Node | Iterable[Any] | None
Ends = tuple[Any, Any] | None


@overload
def function(
    obj: None = None, /, *variables: Any, domain: Ends = None, where: Where = None, **kinds: Any
) -> Callable[[Any], Function]: ...
@overload
def function(
    obj: Any, /, *variables: Any, domain: Ends = None, where: Where = None, **kinds: Any
) -> Function: ...
def function(
    obj: Any = None, /, *variables: Any, domain: Ends = None, where: Where = None, **kinds: Any
) -> Function | Callable[[Any], Function]:
    """Make a Function from text, from a SymPy expression or from a typed Python function.

    Parameters
    ----------
    obj : str, sympy.Expr or callable
        The formula.  In a text, ``x`` or ``x1, x2, ...`` is the variable, and every other name a
        parameter; ``x`` is a vector if ``sum``, ``norm``, ``dot``, ``sort`` or one-argument
        ``max`` or ``min`` is applied to it, and ``X`` is a matrix.  In a Python function the first
        argument is the variable, and annotations give the kinds.  Without `obj`, a decorator is
        returned.
    *variables : str or sympy.Symbol, optional
        The variable, where it has another name.
    domain : tuple of number or None, optional
        ``(lo, hi)``: plus infinity outside; ``None`` is an infinite end.
    where : str or list of str, optional
        Relations between parameters, for example ``"lo < 0 < hi, a <= b"``.
    **kinds : Kind or number
        Kind of each parameter: Positive unless said otherwise (Real, if a relation makes it zero
        or less; Vector, if it stands alone in ``dot``; Matrix, to the left of ``@``).  A number
        takes the parameter's place.

    Returns
    -------
    Function

    Raises
    ------
    LanguageError
        If the formula is not in the language.
    ParameterError
        If a kind or a relation is given for a name that the formula lacks.

    Examples
    --------
    >>> mcp = function("Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam),"
    ...                " (gamma*lam**2/2, True))")
    >>> mcp(10, lam=1, gamma=3)
    1.5
    >>> function("x*log(x)", domain=(0, None))(0)
    0.0
    >>> from normcalc.language.parameters import Real
    >>> function("max(a*x, b*x)", where="a <= b", a=Real, b=Real)
    function('max(a*x, b*x)', where='a <= b', a=Real, b=Real)
    """
    if obj is None:
        return lambda fn: function(fn, domain=domain, where=where, **kinds)
    draft = _draft(obj, variables)
    return _finish(draft, domain, where, {parameter_name(k): kind for k, kind in kinds.items()})


def _draft(obj: Any, variables: Sequence[Any]) -> Draft:
    if isinstance(obj, Function):
        raise LanguageError("this is a Function already; use bind to fix parameters")
    if isinstance(obj, str):
        names = [str(name) for name in variables]
        body = parse(obj)
        variable = find_variable(body, names)
        if names:
            _occurs(variable, body)
        return Draft(body, variable, " ".join(obj.split()))
    sympy = sys.modules.get("sympy")
    if sympy is not None and isinstance(obj, sympy.Basic | sympy.MatrixBase):
        from normcalc.language.sympy_door import draft_sympy

        return Draft(*draft_sympy(obj, variables))
    if callable(obj) and not isinstance(obj, type):
        if variables:
            raise LanguageError("the first argument of a Python function is its variable")
        traced = trace(obj)
        return Draft(check_size(traced.body), traced.variable, kinds=traced.kinds)
    raise LanguageError(
        f"a formula is a str, a SymPy expression or a Python function, not {type(obj).__name__}"
    )


def _occurs(variable: Variable, body: Node) -> None:
    """Refuse a named variable that the formula lacks: its real one would become a parameter."""
    used = symbols(body)
    if used and not set(variable.names) & set(used):
        raise LanguageError(
            f"the variable {variable.name!r} does not occur in the formula; "
            f"its names are {', '.join(used)}"
        )


def _variable(draft: Draft, declared: Mapping[str, Kind]) -> Variable:
    """Return the variable; where it is added to a matrix, or times one, it is a matrix too."""
    matrices = {name for name, kind in declared.items() if kind.shape == "matrix"}
    one = draft.variable.kind in ("scalar", "vector")
    if one and is_beside_matrix(draft.body, draft.variable.name, matrices):
        return Variable(draft.variable.name, "matrix")
    return draft.variable


def _finish(draft: Draft, domain: Ends, where: Where, kinds: Mapping[str, Any]) -> Function:
    draft = replace(draft, body=resolved(draft.body, draft.variable))
    names = [n for n in symbols(draft.body) if n not in draft.variable.names]
    declared = _declared({**draft.kinds, **kinds}, names, kinds, draft.variable)
    draft = replace(draft, variable=_variable(draft, declared))
    relations = read_relations(where)
    check_names(relations, names)
    parameters = tuple(
        Parameter(name, declared.get(name) or default_kind(name, draft.body, relations))
        for name in names
    )
    shapes: dict[str, Shape] = {p.name: p.kind.shape for p in parameters}
    variable = draft.variable
    if variable.kind == "scalar" and "vector" in shapes.values():
        variable = replace(variable, kind="vector")  # what meets a vector entry by entry is one
    if variable.kind in ("vector", "matrix"):
        shapes[variable.name] = variable.kind
    body = shaped(draft.body, shapes)
    ends = _domain(domain if domain is not None else draft.domain, variable)
    made = Function(body, variable, parameters, relations, ends, draft.text)
    numbers = {n: kind for n, kind in kinds.items() if not isinstance(kind, Kind)}
    numbers |= {n: v for n, v in draft.kinds.items() if n not in kinds and not isinstance(v, Kind)}
    return bind(made, numbers) if numbers else made


def _declared(
    kinds: Mapping[str, Any], names: Sequence[str], given: Mapping[str, Any], variable: Variable
) -> dict[str, Kind]:
    for name in given:
        if name in variable.names:
            raise ParameterError(f"{name!r} is the variable; kinds are for parameters")
        if name not in names:
            raise ParameterError(
                f"the formula has no parameter {name!r}; {did_you_mean(name, names)}"
            )
    found: dict[str, Kind] = {}
    for name, kind in kinds.items():
        found[name] = kind if isinstance(kind, Kind) else _kind_of_number(name, kind)
    return found


def _kind_of_number(name: str, value: Any) -> Kind:
    """Return a kind that admits the number, which is bound once the formula is complete."""
    try:
        return Positive if exact(value) > 0 else Real
    except ParameterError:
        raise ParameterError(
            f"{name} takes a kind such as nc.Positive, nc.Real or nc.Interval(0, 1), or a finite "
            f"number; not {value!r}"
        ) from None


def _domain(ends: Ends, variable: Variable) -> Domain | None:
    if ends is None:
        return None
    if variable.kind != "scalar":
        raise LanguageError("domain=(lo, hi) is for functions of one real variable")
    if not isinstance(ends, tuple | list) or len(ends) != 2:
        raise LanguageError("domain is a pair (lo, hi); None stands for an infinite end")
    lo, hi = (_end(end) for end in ends)
    if lo is None and hi is None:
        return None
    if lo is not None and hi is not None and lo > hi:
        raise LanguageError(f"the domain from {lo} to {hi} is empty")
    return (lo, hi)


def _end(value: Any) -> Fraction | None:
    if value is None or value in (float("inf"), float("-inf")):
        return None
    if isinstance(value, str):
        raise LanguageError(
            "the ends of a domain are numbers; for ends that depend on parameters write "
            "Piecewise((..., (x >= lo) & (x <= hi)), (oo, True))"
        )
    return exact(value)
