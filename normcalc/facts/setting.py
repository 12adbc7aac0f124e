"""A function prepared for questions: its formula, its names, and what its parameters obey."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.facts.names import Names
from normcalc.facts.rules import traits
from normcalc.forms.in_coordinates import in_coordinates
from normcalc.forms.polyhedral_read import polyhedral
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    walk,
)
from normcalc.language.vocabulary import VECTOR_HEADS

if TYPE_CHECKING:
    from normcalc.facts.traits import Traits
    from normcalc.forms.polyhedral import Polyhedral
    from normcalc.language.function import Function
    from normcalc.language.parameters import Parameter

_SHOWN_SIZE = 2


@dataclass(frozen=True)
class Setting:
    """A function, and the same function in explicit coordinates for numbers and for z3.

    `body` is the formula with plus infinity outside the domain; a function of a vector is written
    out in `expanded` for vectors of length two, which is enough to refute, never to prove.  It is
    None where that cannot be written: for matrices and groups.
    """

    function: Function
    names: Names
    body: Node
    expanded: Function | None
    gauge: Polyhedral | None

    @property
    def traits(self) -> Traits:
        """What the structure of the formula proves."""
        return traits(self.body, self.names)

    @property
    def whole(self) -> bool:
        """Whether a proof about the expanded formula is a proof about the function."""
        return not self.names.vector


def setting(function: Function) -> Setting:
    """Prepare a function for questions."""
    names = _names(function)
    expanded: Function | None = function
    if names.vector:
        expanded = in_coordinates(function, _SHOWN_SIZE) if _is_written_out(function) else None
    return Setting(
        function, names, _extended(function),
        None if expanded is None else _with_body(expanded), polyhedral(function),
    )  # fmt: skip


_WRITTEN_OUT = frozenset({"sum", "amax", "amin", "norm", "dot", "sort"})


def _is_written_out(function: Function) -> bool:
    heads = {part.head for part in walk(function.body) if isinstance(part, Apply)}
    plain = all(p.kind.shape != "matrix" for p in function.parameters)
    return plain and function.variable.kind == "vector" and heads & VECTOR_HEADS <= _WRITTEN_OUT


def assume(prepared: Setting, parameter: Parameter) -> Setting:
    """Return the same setting with another kind for one parameter."""
    kept = prepared.function.parameters
    changed = tuple(parameter if p.name == parameter.name else p for p in kept)
    function = replace(prepared.function, parameters=changed)
    return replace(prepared, function=function, names=_names(function))


def conditions(function: Function) -> tuple[Node, ...]:
    """Return what the kinds and relations say about the parameters, as conditions."""
    found: list[Node] = list(function.relations)
    for p in function.parameters:
        if p.kind.shape != "scalar":
            continue
        for end, is_open, rising in ((p.kind.lo, p.kind.lo_open, True),
                                     (p.kind.hi, p.kind.hi_open, False)):  # fmt: skip
            if end is not None:
                bound, name = Number(Fraction(end)), Symbol(p.name)
                pair = (bound, name) if rising else (name, bound)
                found.append(Compare("<" if is_open else "<=", *pair))
    return tuple(found)


def _names(function: Function) -> Names:
    kind = function.variable.kind
    return Names(
        coordinates=function.variable.names,
        declared=function.parameters,
        given=conditions(function),
        shape=kind if kind in ("vector", "matrix") else "scalar",
    )


def _extended(function: Function) -> Node:
    """Return the formula with plus infinity outside the domain."""
    if function.domain is None:
        return function.body
    name = Symbol(function.variable.name)
    lo, hi = function.domain
    inside: list[Node] = []
    if lo is not None:
        inside.append(Compare(">=", name, Number(lo)))
    if hi is not None:
        inside.append(Compare("<=", name, Number(hi)))
    return Piecewise(((function.body, Logic("and", tuple(inside))), (Constant("oo"), None)))


def _with_body(function: Function) -> Function:
    return replace(function, body=_extended(function), domain=None)
