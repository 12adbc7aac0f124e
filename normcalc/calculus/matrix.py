"""A tree that is linear in a direction, as the matrix of that linear map where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.calculus.collect import ONE, ZERO, Monomial, add, terms, written
from normcalc.calculus.modes import adjoint
from normcalc.forms.constants import depends
from normcalc.language.nodes import Apply, Node, Symbol, substitute

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.calculus.algebra import Algebra


def matrix_of(c: Algebra, tree: Node, direction: Symbol) -> Node | None:
    """Return the matrix M with ``tree = M @ direction``; None where the language has none.

    Examples
    --------
    >>> from normcalc.calculus.algebra import Algebra
    >>> from normcalc.language.parser import parse
    >>> from normcalc.language.text import text
    >>> c = Algebra({"h": "vector", "u": "vector", "A": "matrix"})
    >>> print(text(matrix_of(c, parse("A @ (u*h) - dot(u, h)*u"), Symbol("h"))))
    A @ diag(u) - outer(u, u)
    """
    if tree == ZERO:
        return ZERO
    parts = [_of_term(c, term, direction) for term in terms(tree)]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    diagonals = [_diagonal(c, part) for part in found]
    if sum(v is not None for v in diagonals) < 2:
        return add(*found)
    rest = (part for part, v in zip(found, diagonals, strict=True) if v is None)
    return add(c.apply("diag", add(*(v for v in diagonals if v is not None))), *rest)


def _diagonal(c: Algebra, matrix: Node) -> Node | None:
    """Return the diagonal of a matrix that is written as a diagonal one."""
    scalar, rest = c.split(matrix)
    if isinstance(rest, Apply) and rest.head == "diag":
        return c.mul(scalar, rest.args[0])
    if isinstance(rest, Apply) and rest.head == "identity":
        return c.mul(scalar, c.ones(rest.args[0]))
    return None


def _of_term(c: Algebra, term: Monomial, direction: Symbol) -> Node | None:
    """Return the matrix of a product, one factor of which holds the direction."""
    names = frozenset({direction.name})
    moving = [base for base, _ in term.powers if depends(base, names)]
    if len(moving) != 1 or (moving[0], ONE) not in term.powers:
        return None
    rest = Monomial(term.coefficient, tuple(p for p in term.powers if p[0] != moving[0]))
    scalar, weights = c.split(written(rest))
    if c.rank(weights) == 0:
        scalar, weights = c.mul(scalar, weights), ONE
    if c.rank(moving[0]) == 0:
        row = adjoint(c, moving[0], [direction], names)[direction]
        left = c.ones(direction) if weights == ONE else weights
        return c.mul(scalar, c.apply("outer", left, c.full(row, direction)))
    inner = _of_factor(c, moving[0], direction)
    if inner is None:
        return None
    if weights != ONE:
        inner = c.apply("product", c.apply("diag", weights), inner)
    return c.mul(scalar, inner)


def _of_factor(c: Algebra, node: Node, direction: Symbol) -> Node | None:
    if node == direction:
        return Apply("identity", (direction,))
    if not isinstance(node, Apply):
        return None
    if node.head in ("add", "sub", "neg", "mul", "div") and len(terms(node)) > 1:
        return matrix_of(c, node, direction)
    build = _LEFT.get(node.head)
    if build is None or depends(node.args[0], frozenset({direction.name})):
        return None
    inner = matrix_of(c, node.args[1], direction)
    return None if inner is None else c.apply("product", build(c, node.args[0]), inner)


_LEFT: dict[str, Callable[[Algebra, Node], Node]] = {
    "image": lambda c, a: a,
    "solve": lambda c, a: c.apply("inverse", a),
}


def named(c: Algebra, tree: Node, direction: Symbol, variable: Symbol) -> Node:
    """Return a matrix whose identities and ones are named after the variable."""
    return c.rebuilt(substitute(tree, {direction.name: variable}))
