"""Every part of a formula is one number, a vector or a matrix: found once, then written out.

What a formula leaves to the shapes is made explicit in the tree: ``sum(X)`` of a matrix is the sum
of its ``entries``, ``A @ X`` is a ``product`` and ``A @ x`` an ``image``, and a comparison of
vectors that stands where one number is wanted means ``all`` of its entries.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

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
)
from normcalc.language.text import text
from normcalc.language.transforms import bound, formulas, is_transform, numbers
from normcalc.language.vocabulary import HEADS

if TYPE_CHECKING:
    from collections.abc import Mapping

Shape = Literal["scalar", "vector", "matrix"]
_RANK: dict[Shape, int] = {"scalar": 0, "vector": 1, "matrix": 2}


def shaped(body: Node, shapes: Mapping[str, Shape]) -> Node:
    """Return the formula with shapes made explicit.

    Raises
    ------
    LanguageError
        If it does not give one number, or an operation gets what it does not take.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> text(shaped(parse("sum(X**2) + indicator(X >= 0)"), {"X": "matrix"}))
    'sum(entries(X**2)) + Piecewise((0, all(entries(X) >= 0)), (oo, True))'
    """
    found = _explicit(body, shapes, one_number=True)
    if shape_of(found, shapes) != "scalar":
        raise LanguageError(
            f"{_shown(body)} is a {shape_of(found, shapes)}; a function gives one number: use "
            "sum, norm, max or dot"
        )
    return found


def shape_of(node: Node, shapes: Mapping[str, Shape]) -> Shape:
    """Return the shape of the value of a tree whose shapes are explicit.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> shape_of(parse("lam*x"), {"x": "vector"})
    'vector'
    """
    if isinstance(node, Symbol):
        bound = _BOUND.get(node.name[:2])
        return bound or shapes.get(node.name, "scalar")
    if isinstance(node, Logic) and node.head == "all":
        return "scalar"
    if isinstance(node, Apply) and node.head in HEADS:
        role = HEADS[node.head].role
        if role in _GIVES:
            return _GIVES[role]
    parts = [shape_of(child, shapes) for child in children(node)]
    return max(parts, key=_RANK.__getitem__, default="scalar")


_GIVES: dict[str, Shape] = {
    "reduction": "scalar", "reorder": "vector", "listing": "vector", "matrix": "matrix",
    "transform": "scalar",
}  # fmt: skip
_BOUND: dict[str, Shape] = {"_x": "vector", "_X": "matrix"}


def _explicit(node: Node, shapes: Mapping[str, Shape], one_number: bool) -> Node:
    """Rewrite a tree; `one_number` tells whether its value is to be one number."""
    if isinstance(node, Number | Constant | Symbol):
        return node
    if isinstance(node, Piecewise):
        return _cases(node, shapes, one_number)
    if isinstance(node, Compare):
        left, right = (_explicit(side, shapes, False) for side in (node.left, node.right))
        return replace(node, left=left, right=right)
    if is_transform(node):
        return _transformed(node, shapes)
    inner = one_number and not (isinstance(node, Apply) and HEADS[node.head].role in _GIVES)
    args = tuple(_explicit(arg, shapes, inner) for arg in node.args)
    if isinstance(node, Logic):
        return _every(args[0], shapes) if node.head == "all" else replace(node, args=args)
    return _applied(node.head, args, shapes)


def _transformed(node: Apply, shapes: Mapping[str, Shape]) -> Apply:
    """Write each formula as one number: a function of one real variable means the sum."""
    bodies = []
    for formula in formulas(node):
        body = _explicit(formula, shapes, one_number=True)
        if shape_of(body, shapes) != "scalar":
            entrywise = _explicit(formula, shapes, one_number=False)
            body = Apply("sum", (_entries(entrywise, shapes),))
        bodies.append(body)
    others = (_explicit(arg, shapes, False) for arg in (*numbers(node), node.args[-1]))
    found = Apply(node.head, (*bodies, *others))
    if any(shape_of(number, shapes) != "scalar" for number in numbers(found)):
        raise LanguageError(f"the step of {_shown(found)} must be one number")
    if shape_of(found.args[-1], shapes) != _BOUND[bound(node)[:2]]:
        raise LanguageError(
            f"{_shown(found)} is taken at a {shape_of(found.args[-1], shapes)}, and the formula "
            f"speaks of a {_BOUND[bound(node)[:2]]}"
        )
    return found


def _cases(node: Piecewise, shapes: Mapping[str, Shape], one_number: bool) -> Piecewise:
    cases = []
    for value, condition in node.cases:
        value = _explicit(value, shapes, one_number)
        if condition is not None:
            condition = _explicit(condition, shapes, False)
            if one_number and shape_of(value, shapes) == "scalar":
                condition = _every(condition, shapes)
        cases.append((value, condition))
    return Piecewise(tuple(cases))


def _every(condition: Node, shapes: Mapping[str, Shape]) -> Node:
    """Return that a condition holds for all entries."""
    if shape_of(condition, shapes) == "scalar":
        return condition
    if isinstance(condition, Logic) and condition.head == "and":
        return replace(condition, args=tuple(_every(arg, shapes) for arg in condition.args))
    return Logic("all", (_entries(condition, shapes),))


def _entries(node: Node, shapes: Mapping[str, Shape]) -> Node:
    """Return a tree whose matrices are vectors of their entries, as far up as that is needed."""
    if shape_of(node, shapes) != "matrix":
        return node
    if isinstance(node, Compare):
        left, right = (_entries(side, shapes) for side in (node.left, node.right))
        return replace(node, left=left, right=right)
    if isinstance(node, Logic):
        return replace(node, args=tuple(_entries(arg, shapes) for arg in node.args))
    return Apply("entries", (node,))


def _applied(head: str, args: tuple[Node, ...], shapes: Mapping[str, Shape]) -> Node:
    role, first = HEADS[head].role, shape_of(args[0], shapes)
    if head == "image" and shape_of(args[1], shapes) == "matrix":
        return Apply("product", args)
    wanted = _WANTED.get(head) or _WANTED_BY_ROLE.get(role)
    if wanted == "vector" and first == "matrix" and role == "reduction" and head != "norm":
        args = (_entries(args[0], shapes), *(_entries(a, shapes) for a in args[1:]))
        first = "vector"
    if wanted is not None and first != wanted:
        raise LanguageError(
            f"{_shown(Apply(head, args))} needs a {wanted}; {_advice(head, first)}"
        )
    if head in ("dot", "image", "solve") and shape_of(args[1], shapes) != "vector":
        raise LanguageError(f"{_shown(Apply(head, args))} needs a vector; {_advice(head, first)}")
    if head == "norm" and shape_of(args[1], shapes) != "scalar":
        raise LanguageError(f"the order of {_shown(Apply(head, args))} must be one number")
    return Apply(head, args)


_WANTED: dict[str, Shape] = {
    "image": "matrix", "product": "matrix", "transpose": "matrix", "solve": "matrix",
    "reshape": "vector",
}  # fmt: skip
_WANTED_BY_ROLE: dict[str, Shape] = {
    "reduction": "vector", "reorder": "vector", "listing": "matrix", "matrix": "matrix",
}  # fmt: skip


def _advice(head: str, given: Shape) -> str:
    if head == "norm" and given == "matrix":
        return (
            "of a matrix there are several: norm(entries(X), p), norm(singular_values(X), p), "
            "max(row_norms(X, p)) or max(column_norms(X, p))"
        )
    if head in ("diff", "part", "entry", "cumsum") and given == "matrix":
        return (
            "of a matrix X take parts as X[1:, :] and X[:, 1:], entries as entries(X), and "
            "differences of neighbours as image_gradient(X)"
        )
    if head in ("amax", "amin"):
        return f"with two or more arguments, {head[1:]} works on numbers"
    return "the variable x is one when it stands inside, a parameter when declared Vector"


def _shown(node: Node) -> str:
    written = text(node)
    return written if len(written) <= 60 else written[:57] + "..."
