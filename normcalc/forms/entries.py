"""A function of named coordinates as a function of one vector: ``x1`` becomes ``x[0]``."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.language.nodes import Apply, Node, Number, Symbol, substitute, symbols
from normcalc.language.shapes import Variable

if TYPE_CHECKING:
    from normcalc.language.function import Function


def as_vector(function: Function) -> Function:
    """Return the same function of one vector, whose entries the formula names.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(as_vector(function("lam*abs(x1) + x2**2")))
    lam*abs(x[0]) + x[1]**2
    """
    if function.variable.kind != "coordinates":
        return function
    name = function.variable.name
    while name in symbols(function.body):
        name += "_"
    entries: dict[str, Node] = {
        old: Apply("entry", (Symbol(name), Number(Fraction(i))))
        for i, old in enumerate(function.variable.names)
    }
    body = substitute(function.body, entries)
    return replace(function, body=body, variable=Variable(name, "vector"), text="")
