"""Which functions are made from others, and from which: read from the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.forms.terms import about, summands
from normcalc.forms.vectors import TRANSFORMED, Transformed
from normcalc.language.nodes import Apply, Node, Number, Symbol, children
from normcalc.language.shapes import Variable
from normcalc.language.transforms import bound, formulas, freed, is_transform, numbers, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.language.function import Function
    from normcalc.language.shaping import Shape


def read_transformed(function: Function) -> Transformed | None:
    """Return the form of a multiple of a transform at the variable; None for all others."""
    terms = summands(function)
    core = terms[0].core
    name = function.variable.name
    if len(terms) != 1 or not is_transform(core):
        return None
    sizes = core.args[-1] == Apply("abs", (Symbol(name),)) and core.head != "perspective"
    if core.args[-1] != Symbol(name) and not (sizes and _of_sizes(core)):
        return None
    functions = tuple(of_transform(function, core))
    return TRANSFORMED[core.head](function, terms[0].factor, functions, numbers(core))


def _of_sizes(node: Apply) -> bool:
    """Tell whether a transform is of functions of the sizes of the entries, as it is then too."""
    return all(_sees_sizes(body, bound(node)) for body in formulas(node))


def _sees_sizes(node: Node, name: str) -> bool:
    match node:
        case Symbol(found):
            return found != name
        case Apply("abs" | "norm" | "group_norms", (Symbol(), *_)):
            return True
        case Apply("pow", (Symbol(), Number(exponent))) if exponent % 2 == 0:
            return True
    return all(_sees_sizes(child, name) for child in children(node))


def of_transform(function: Function, node: Apply) -> Iterator[Function]:
    """Yield the functions that a transform inside a function is made from."""
    usual = shown(bound(node))
    kind: Shape = "matrix" if usual == "X" else "vector"
    for body in formulas(node):
        yield about(function, freed(node, body), Variable(usual, kind))
