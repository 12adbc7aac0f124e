"""How a tree depends on the variable: polynomial degree, and the affine parts that hold it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.forms.constants import depends
from normcalc.language.nodes import (
    Apply,
    Compare,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    children,
    mapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

INFINITE = 99
_LINEAR = frozenset({
    "add", "sub", "neg", "sum", "mean", "entry", "part", "block", "diff", "entries", "diagonal",
    "transpose", "image_gradient", "reshape",
})  # fmt: skip


def degree(node: Node, name: str) -> int:
    """Return the degree of a tree as a polynomial in the entries of the variable.

    `INFINITE` stands for everything that is no polynomial, as far as is seen.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> [degree(parse(t), "x") for t in ("A @ x - b", "norm(x - b)**2", "dot(x, x)", "abs(x)")]
    [1, 2, 2, 99]
    """
    if not depends(node, (name,)):
        return 0
    if isinstance(node, Symbol):
        return 1
    if not isinstance(node, Apply):
        return INFINITE
    if node.head in _LINEAR:
        return max(degree(arg, name) for arg in node.args)
    rule = _RULES.get(node.head)
    return INFINITE if rule is None else min(INFINITE, rule(node.args, name))


def _of_product(args: Sequence[Node], name: str) -> int:
    return sum(degree(arg, name) for arg in args)


def _of_quotient(args: Sequence[Node], name: str) -> int:
    return INFINITE if depends(args[1], (name,)) else degree(args[0], name)


def _of_power(args: Sequence[Node], name: str) -> int:
    base, exponent = args
    if not isinstance(exponent, Number) or exponent.value.denominator != 1 or exponent.value < 0:
        return INFINITE
    if exponent.value == _TWO and isinstance(base, Apply) and base.args[1:] == (Number(_TWO),):
        base = base.args[0] if base.head == "norm" else base
    return int(exponent.value) * degree(base, name)


def _of_solution(args: Sequence[Node], name: str) -> int:
    return INFINITE if depends(args[0], (name,)) else degree(args[1], name)


_TWO = Fraction(2)
_RULES: dict[str, Callable[[Sequence[Node], str], int]] = {
    "mul": _of_product,
    "dot": _of_product,
    "image": _of_product,
    "product": _of_product,
    "div": _of_quotient,
    "solve": _of_solution,
    "pow": _of_power,
}


def affine_parts(node: Node, name: str) -> Iterator[Node]:
    """Yield the largest affine parts of a tree in which the variable occurs.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> from normcalc.language.text import text
    >>> [text(part) for part in affine_parts(parse("norm(A @ x - b) + exp(sum(x))"), "x")]
    ['A @ x - b', 'sum(x)']
    """
    if not depends(node, (name,)):
        return
    if not isinstance(node, Compare | Logic | Piecewise) and degree(node, name) == 1:
        yield node
        return
    for child in children(node):
        yield from affine_parts(child, name)


def replaced(node: Node, old: Node, new: Node) -> Node:
    """Return a tree with every occurrence of one subtree replaced by another.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> from normcalc.language.text import text
    >>> text(replaced(parse("norm(A @ x)**2"), parse("A @ x"), parse("y")))
    'norm(y)**2'
    """
    if node == old:
        return new
    return mapped(node, lambda part: replaced(part, old, new))
