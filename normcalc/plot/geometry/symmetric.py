"""Functions of a symmetric 2 by 2 matrix, as functions of space.

The coordinates ``(a, b, c)`` stand for ``[[a, b/sqrt(2)], [b/sqrt(2), c]]``, so that lengths are
Frobenius norms.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.forms.in_coordinates import in_coordinates
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Node, Number, Symbol, mapped, walk
from normcalc.language.parameters import Parameter, Vector
from normcalc.language.shapes import Variable

if TYPE_CHECKING:
    from collections.abc import Mapping

Array = NDArray[np.float64]

_TWO = Number(Fraction(2))
_LIST = "_list"


def matrices(points: Array) -> Array:
    """Return the matrices that points of space stand for.

    Examples
    --------
    >>> matrices(np.array([[1.0, np.sqrt(2), 3.0]])).round(12)
    array([[[1., 1.],
            [1., 3.]]])
    """
    a, b, c = points.T
    rows = [[a, b / np.sqrt(2)], [b / np.sqrt(2), c]]
    return np.moveaxis(np.array(rows), -1, 0)


def matrix_body(function: Function, given: Mapping[str, object]) -> Node:
    """Return the formula in the coordinates ``X1, X2, X3`` of a symmetric matrix."""
    name = function.variable.name
    entries = [Symbol(f"{name}{i}") for i in (1, 2, 3)]
    lists: dict[Node, str] = {}
    body = _listed(function.body, name, lists)
    if any(isinstance(n, Symbol) and n.name == name for n in walk(body)):
        raise InputError(
            f"{function} uses its matrix otherwise than by entries, singular values, eigenvalues "
            "and norms of rows and columns; write it in x1, x2, x3 to draw it."
        )
    values = {lists[node]: _entries_of(node, entries) for node in lists}
    parameters = tuple(Parameter(key, Vector) for key in values)
    flat = Function(body, Variable(name, "vector"), (*function.parameters, *parameters))
    return in_coordinates(flat, 3, {**given, **values}).body


def _listed(node: Node, name: str, lists: dict[Node, str]) -> Node:
    """Replace lists made of the matrix by names, which are kept in `lists`."""
    if isinstance(node, Apply) and node.head in _LISTS and node.args[0] == Symbol(name):
        return Symbol(lists.setdefault(node, f"{_LIST}{len(lists)}"))
    return mapped(node, lambda part: _listed(part, name, lists))


def _entries_of(node: Node, entries: list[Symbol]) -> tuple[Node, ...]:
    assert isinstance(node, Apply)
    a, b, c = entries
    off = Apply("div", (b, Apply("sqrt", (_TWO,))))
    if node.head == "entries":
        return (a, off, off, c)
    if node.head == "diagonal":
        return (a, c)
    middle = Apply("div", (Apply("add", (a, c)), _TWO))
    spread = _spread(a, b, c)
    if node.head == "eigenvalues":
        return (Apply("add", (middle, spread)), Apply("sub", (middle, spread)))
    if node.head == "singular_values":
        size = Apply("abs", (middle,))
        return (Apply("add", (size, spread)), Apply("abs", (Apply("sub", (size, spread)),)))
    return tuple(_norm(row, node.args[1]) for row in ((a, off), (off, c)))


_LISTS = frozenset(
    {"entries", "diagonal", "eigenvalues", "singular_values", "row_norms", "column_norms"}
)


def _spread(a: Node, b: Node, c: Node) -> Node:
    """Return half the difference of the eigenvalues."""
    gap = Apply("div", (Apply("sub", (a, c)), _TWO))
    squares = Apply("pow", (gap, _TWO)), Apply("div", (Apply("pow", (b, _TWO)), _TWO))
    return Apply("sqrt", (Apply("add", squares),))


def _norm(row: tuple[Node, ...], order: Node) -> Node:
    body = Apply("norm", (Symbol(_LIST), order))
    f = Function(body, Variable("x", "vector"), (Parameter(_LIST, Vector),))
    return in_coordinates(f, 2, {_LIST: row}).body
