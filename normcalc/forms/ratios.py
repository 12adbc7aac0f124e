"""Products of powers of the 1-norm and of the 2-norm of a vector."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.forms.constants import depends
from normcalc.forms.in_coordinates import product_of
from normcalc.forms.vectors import Whole
from normcalc.language.construct import number, plus, power
from normcalc.language.nodes import Apply, Node, Number, Symbol

if TYPE_CHECKING:
    from normcalc.language.function import Function

Product = tuple[Node, Node, Node]  # a factor, the powers of the 1-norm and of the 2-norm

_ZERO, _ONE, _TWO = number(0), number(1), number(2)
_NOTHING = (_ONE, _ZERO, _ZERO)


@dataclass(frozen=True)
class NormRatio(Whole):
    """``factor * norm(x, 1)**first * norm(x, 2)**second``, with both norms in it."""

    factor: Node
    first: Node
    second: Node


def read_ratio(function: Function) -> NormRatio | None:
    """Return a function as a ratio of powers of both norms, in any spelling.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> from normcalc.language.text import text
    >>> form = read_ratio(function("lam*sum(abs(x))**p/sqrt(dot(x, x))"))
    >>> [text(part) for part in (form.factor, form.first, form.second)]
    ['lam', 'p', '-1']
    >>> read_ratio(function("1/norm(x)")) is None
    True
    """
    if function.variable.kind != "vector":
        return None
    found = _product_in(function.body, function.variable.name)
    return None if found is None or _ZERO in found[1:] else NormRatio(function, *found)


def _product_in(node: Node, name: str) -> Product | None:
    """Return the factor and the powers of the norms whose product a formula is."""
    if not depends(node, (name,)):
        return node, _ZERO, _ZERO
    if (found := _of_norm(node, name)) is not None:
        return found
    match node:
        case Apply("mul", (left, right)):
            return _joined(_product_in(left, name), _product_in(right, name), _ONE)
        case Apply("mul", (left, *others)):
            rest = _product_in(Apply("mul", (*others,)), name)
            return _joined(_product_in(left, name), rest, _ONE)
        case Apply("div", (top, bottom)):
            return _joined(_product_in(top, name), _product_in(bottom, name), number(-1))
        case Apply("pow", (base, exponent)) if not depends(exponent, (name,)):
            return _joined(_NOTHING, _product_in(base, name), exponent)
        case Apply("sqrt", (base,)):
            return _joined(_NOTHING, _product_in(base, name), number(Fraction(1, 2)))
    return None


def _of_norm(node: Node, name: str) -> Product | None:
    """Return the powers of a norm, or of the square of the 2-norm, of the variable."""
    x = Symbol(name)
    size = Apply("abs", (x,))
    match node:
        case Apply("norm", (inner, Number(order))) if inner in (x, size):
            powers = {1: (_ONE, _ZERO), 2: (_ZERO, _ONE)}
            return (_ONE, *powers[int(order)]) if order in powers else None
        case Apply("sum", (inner,)) if inner == size:
            return _ONE, _ONE, _ZERO
        case Apply("sum", (Apply("pow", (inner, two)),)) if inner in (x, size) and two == _TWO:
            return _ONE, _ZERO, _TWO
        case Apply("dot", (left, right)) if left == right and left in (x, size):
            return _ONE, _ZERO, _TWO
    return None


def _joined(left: Product | None, right: Product | None, exponent: Node) -> Product | None:
    """Return the product ``left * right**exponent``."""
    if left is None or right is None:
        return None
    raised = right[0] if _ONE in (exponent, right[0]) else power(right[0], exponent)
    first, second = (_sum(a, b, exponent) for a, b in zip(left[1:], right[1:], strict=True))
    return product_of([left[0], raised]), first, second


def _sum(left: Node, right: Node, factor: Node) -> Node:
    """Return ``left + right*factor``, in numbers where all are numbers."""
    if right == _ZERO:
        return left
    if isinstance(right, Number) and isinstance(factor, Number):
        more: Node = Number(right.value * factor.value)
    else:
        more = product_of([right, factor])
    if isinstance(left, Number) and isinstance(more, Number):
        return Number(left.value + more.value)
    return more if left == _ZERO else plus(left, more)
