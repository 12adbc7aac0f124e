"""From a function to the trees of its first and second derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from normcalc.calculus.algebra import algebra_of
from normcalc.calculus.matrix import matrix_of, named
from normcalc.calculus.modes import adjoint, tangent
from normcalc.language.nodes import Node, Symbol, symbols

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.language.shaping import Shape


@dataclass(frozen=True)
class Second:
    """The second derivative of a function of a vector or a matrix.

    Parameters
    ----------
    direction : Symbol
        A name that the formula does not use.
    along : Node
        The derivative of the gradient in that direction.
    matrix : Node or None
        The same as a matrix, where the language can write it.
    """

    direction: Symbol
    along: Node
    matrix: Node | None


def first(f: Function) -> tuple[Node, ...]:
    """Return the gradient as one tree, or the partial derivatives for coordinates."""
    c, names = algebra_of(f), f.variable.names
    variables = [Symbol(name) for name in names]
    found = adjoint(c, f.body, variables, frozenset(names))
    trees = tuple(found[variable] for variable in variables)
    if f.variable.kind in ("vector", "matrix"):
        return (c.full(trees[0], variables[0]),)
    return trees


def second_partials(f: Function, partials: tuple[Node, ...]) -> tuple[tuple[Node, ...], ...]:
    """Return the rows of second partial derivatives of a function of numbers."""
    c, names = algebra_of(f), f.variable.names
    variables = [Symbol(name) for name in names]
    found = [adjoint(c, partial, variables, frozenset(names)) for partial in partials]
    return tuple(tuple(row[variable] for variable in variables) for row in found)


def second(f: Function, gradient: Node) -> Second:
    """Return the derivative of the gradient of a function of a vector or matrix."""
    variable = Symbol(f.variable.name)
    direction = Symbol(_unused("H" if f.variable.kind == "matrix" else "h", f))
    shape: Shape = "matrix" if f.variable.kind == "matrix" else "vector"
    c = algebra_of(f, **{direction.name: shape})
    names = frozenset({variable.name})
    along = c.full(tangent(c, gradient, {variable: direction}, names), variable)
    matrix = matrix_of(c, along, direction) if shape == "vector" else None
    shown = None if matrix is None else named(c, matrix, direction, variable)
    return Second(direction, along, shown)


def _unused(name: str, f: Function) -> str:
    taken = {*symbols(f.body), *f.variable.names}
    while name in taken:
        name += "_"
    return name
