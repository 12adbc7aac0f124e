"""Sums and products of trees with like terms collected, so that results read as in a textbook.

Products of vectors and matrices are entry by entry here, hence commutative; what is not, such as
``A @ x``, is one factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from normcalc.language import construct
from normcalc.language.nodes import Apply, Node, Number

if TYPE_CHECKING:
    from collections.abc import Iterable

ONE = Number(Fraction(1))
ZERO = Number(Fraction(0))
HALF = Number(Fraction(1, 2))


@dataclass(frozen=True)
class Monomial:
    """A coefficient times a product of powers.

    Parameters
    ----------
    coefficient : Fraction
        The number in front.
    powers : tuple of (Node, Node)
        Bases, each once, with their exponents, in order of appearance.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> monomial(parse("-2*x/y")).coefficient
    Fraction(-2, 1)
    """

    coefficient: Fraction
    powers: tuple[tuple[Node, Node], ...] = ()


def monomial(node: Node) -> Monomial:
    """Return a tree as a monomial; whatever is no product is one factor."""
    if isinstance(node, Number):
        return Monomial(node.value)
    if isinstance(node, Apply):
        if node.head == "neg":
            return multiplied([Monomial(Fraction(-1)), monomial(node.args[0])])
        if node.head == "mul":
            return multiplied(map(monomial, node.args))
        if node.head == "div":
            return multiplied([monomial(node.args[0]), _raised(monomial(node.args[1]), -1)])
        if node.head == "sqrt":
            return Monomial(Fraction(1), ((node.args[0], HALF),))
        if node.head == "pow":
            return _power(*node.args)
    return Monomial(Fraction(1), ((node, ONE),))


def _power(base: Node, exponent: Node) -> Monomial:
    if isinstance(exponent, Number) and exponent.value.denominator == 1:
        return _raised(monomial(base), int(exponent.value))
    return Monomial(Fraction(1), ((base, exponent),))


def _raised(inner: Monomial, exponent: int) -> Monomial:
    """Return a whole power; zero to a negative power stays a division by zero."""
    if not inner.coefficient and exponent < 0:
        return Monomial(Fraction(1), ((ZERO, Number(Fraction(exponent))),))
    by = Number(Fraction(exponent))
    powers = tuple((base, _exponent_product(e, by)) for base, e in inner.powers)
    return Monomial(inner.coefficient**exponent, powers if exponent else ())


def _exponent_product(exponent: Node, by: Number) -> Node:
    return total(_times(term, by.value) for term in terms(exponent))


def _times(term: Monomial, by: Fraction) -> Monomial:
    return Monomial(term.coefficient * by, term.powers)


def multiplied(factors: Iterable[Monomial]) -> Monomial:
    """Return the product, with the powers of one base in one place."""
    coefficient, found = Fraction(1), dict[Node, Node]()
    for factor in factors:
        coefficient *= factor.coefficient
        for base, exponent in factor.powers:
            found[base] = add(found[base], exponent) if base in found else exponent
    kept = tuple((base, by) for base, by in found.items() if by != ZERO)
    return Monomial(coefficient, kept if coefficient else ())


def written(product: Monomial) -> Node:
    """Return a monomial as a tree: numerator over denominator, the sign in front."""
    above: list[Node] = []
    below: list[Node] = []
    for base, exponent in product.powers:
        if _is_negative(exponent):
            below.append(_as_power(base, neg(exponent)))
        else:
            above.append(_as_power(base, exponent))
    number = product.coefficient
    if number.numerator == -1 and above:
        above[0] = construct.negate(above[0])
    elif number.numerator != 1 or not above:
        above.insert(0, Number(Fraction(number.numerator)))
    if number.denominator != 1:
        below.insert(0, Number(Fraction(number.denominator)))
    top = reduce(construct.times, above)
    return construct.over(top, reduce(construct.times, below)) if below else top


def _as_power(base: Node, exponent: Node) -> Node:
    if exponent == ONE:
        return base
    return Apply("sqrt", (base,)) if exponent == HALF else construct.power(base, exponent)


def _is_negative(exponent: Node) -> bool:
    """Tell whether the first term of an exponent has a minus sign."""
    return terms(exponent)[0].coefficient < 0 if exponent != ZERO else False


def terms(node: Node) -> list[Monomial]:
    """Return the terms of a tree read as a sum."""
    if isinstance(node, Apply) and node.head in ("add", "sub"):
        signs = [1, *[-1 if node.head == "sub" else 1] * (len(node.args) - 1)]
        return [_times(t, Fraction(s)) for s, a in zip(signs, node.args, strict=True)
                for t in terms(a)]  # fmt: skip
    if isinstance(node, Apply) and node.head == "neg":
        return [_times(term, Fraction(-1)) for term in terms(node.args[0])]
    return [monomial(node)]


def total(parts: Iterable[Monomial]) -> Node:
    """Return the sum of monomials, like terms collected, a positive one first."""
    found: dict[frozenset[tuple[Node, Node]], Monomial] = {}
    for part in parts:
        key = frozenset(part.powers)
        known = found.get(key)
        number = part.coefficient + (known.coefficient if known else 0)
        found[key] = Monomial(number, known.powers if known else part.powers)
    kept = [term for term in found.values() if term.coefficient]
    if not kept:
        return ZERO
    first = next((term for term in kept if term.coefficient > 0), kept[0])
    kept.remove(first)
    tree = written(first)
    for term in kept:
        if term.coefficient < 0:
            tree = construct.minus(tree, written(_times(term, Fraction(-1))))
        else:
            tree = construct.plus(tree, written(term))
    return tree


def add(*parts: Node) -> Node:
    """Return the sum of trees.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> from normcalc.language.text import text
    >>> text(add(parse("2*x"), parse("y - x"), parse("-y")))
    'x'
    """
    return total(term for part in parts for term in terms(part))


def neg(node: Node) -> Node:
    """Return minus the tree."""
    return total(_times(term, Fraction(-1)) for term in terms(node))
