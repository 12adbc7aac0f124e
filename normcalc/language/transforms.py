"""Functions made from other functions, inside a formula: conjugates, gauges, distances, ...

``conjugate(norm(x)**3)`` is a function at the point x, and its formula speaks of another point,
which is called x as well.  In the tree that bound point has a name of its own, ``_x1``, which no
text can spell: the node is ``Apply("conjugate", (norm(_x1)**3, x))``, so that a change of the
point changes no formula.  A function at another point is written ``conjugate(norm(x)**3)(A @ x)``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeGuard

from normcalc.errors import LanguageError
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    children,
    mapped,
    names,
    substitute,
    symbols,
)
from normcalc.language.vocabulary import HEADS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.language.shapes import Variable

HERE = Symbol("_")  # where no point is written: the variable of the function
_BOUND = re.compile(r"_([xX])([0-9]+)")
NUMBERS = {"moreau_envelope": 1}  # how many arguments are numbers, not formulas
SETS = ("gauge", "support_function", "distance")  # made from the indicator of a set


def is_transform(node: object) -> TypeGuard[Apply]:
    """Tell whether a tree is a function made from others, at a point."""
    return isinstance(node, Apply) and HEADS[node.head].role == "transform"


def formulas(node: Apply) -> tuple[Node, ...]:
    """Return the formulas of the functions that a transform is made from."""
    return node.args[: len(node.args) - 1 - NUMBERS.get(node.head, 0)]


def numbers(node: Apply) -> tuple[Node, ...]:
    """Return the numbers a transform depends on, such as the step of an envelope."""
    return node.args[len(formulas(node)) : -1]


def bound(node: Apply) -> str:
    """Return the name of the bound point.

    Examples
    --------
    >>> bound(Apply("conjugate", (Symbol("_x1"), Symbol("x"))))
    '_x1'
    """
    found = [name for body in formulas(node) for name in names(body) if _BOUND.fullmatch(name)]
    return max(found, key=_level, default="_x1")


def shown(name: str) -> str:
    """Return the name under which a bound point is written.

    Examples
    --------
    >>> shown("_x1"), shown("lam")
    ('x', 'lam')
    """
    match = _BOUND.fullmatch(name)
    return match[1] if match else name


def resolved(node: Node, variable: Variable) -> Node:
    """Return a tree from a text with the points of its transforms filled in, and bound."""
    found = mapped(node, lambda part: resolved(part, variable))
    if not is_transform(found):
        return found
    point = None if found.args[-1] == HERE else found.args[-1]
    own = variable if point is None else _spoken_of(found, variable)
    _check_names(found, own)
    made = transform(found.head, formulas(found), own, numbers(found), point)
    if variable.name != shown_name(own) in symbols(made):
        raise LanguageError(
            f"{shown_name(own)} is the point that the formula of {made.head}(...) speaks of; "
            "give the parameter another name"
        )
    return made


def _spoken_of(node: Apply, variable: Variable) -> Variable:
    """Return the variable of the formulas of a transform at another point: x or X, if not that."""
    used = {name for body in formulas(node) for name in symbols(body)}
    if variable.name in used:
        return variable
    name = "x" if "x" in used else "X"
    return replace(variable, name=name, kind=_USUAL[name], size=None)


_USUAL: dict[str, Literal["vector", "matrix"]] = {"x": "vector", "X": "matrix"}


def outside(node: Node) -> Iterator[Node]:
    """Yield a tree from a text and all below it, without formulas at another point."""
    yield node
    below = children(node)
    if is_transform(node) and node.args[-1] != HERE:
        below = node.args[-1:]
    for child in below:
        yield from outside(child)


def _check_names(node: Apply, variable: Variable) -> None:
    """Refuse what no transform can be made from, as far as the names tell."""
    if variable.kind == "coordinates":
        raise LanguageError(
            f"{node.head}(...) is made from functions of a vector: write {variable.name}[0] for "
            f"{variable.name}1, and so on"
        )
    used = {name for body in formulas(node) for name in symbols(body)}
    if not used & {variable.name, shown_name(variable)}:
        raise LanguageError(
            f"the formula of {node.head}(...) has no variable; a constant function of a vector is "
            f"for example 0*sum({shown_name(variable)})"
        )
    if any(variable.name in symbols(number) for number in numbers(node)):
        raise LanguageError(f"the step of {node.head}(...) cannot depend on {variable.name}")


def transform(
    head: str,
    bodies: tuple[Node, ...],
    variable: Variable,
    numbers: tuple[Node, ...] = (),
    point: Node | None = None,
) -> Apply:
    """Return the transform of functions with these formulas in this variable.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> from normcalc.language.shapes import Variable
    >>> transform("conjugate", (parse("norm(x)"),), Variable("x", "vector")).args[1]
    Symbol(name='x')
    """
    level = 1 + max((_level(name) for body in bodies for name in names(body)), default=0)
    used = {name for body in bodies for name in symbols(body)}
    own = variable.name if variable.name in used else shown_name(variable)
    new = Symbol(f"_{shown_name(variable)}{level}")
    inner = tuple(substitute(body, {own: new}) for body in bodies)
    return Apply(head, (*inner, *numbers, point or Symbol(variable.name)))


def shown_name(variable: Variable) -> str:
    """Return the usual name of a variable of this kind."""
    return "X" if variable.kind == "matrix" else "x"


def condition(body: Node) -> Node:
    """Return the condition of an indicator, and any other formula as it is."""
    match body:
        case Piecewise(((Number(zero), Compare() | Logic() as test), (Constant("oo"), None))):
            return body if zero else test
    return body


def _level(name: str) -> int:
    match = _BOUND.fullmatch(name)
    return int(match[2]) if match else 0


def freed(node: Apply, body: Node) -> Node:
    """Return a formula of a transform with its bound point under its usual name."""
    name = bound(node)
    return substitute(body, {name: Symbol(shown(name))})
