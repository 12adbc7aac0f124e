"""The user's tree as a term with a domain: where it is finite, and its value there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

import z3

from normcalc.certify.terms import (
    COMPARE,
    NotAlgebraic,
    Term,
    Terms,
    fold,
    largest,
    magnitude,
    rational_power,
    signum,
    smallest,
    step_at_zero,
)
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    walk,
)

if TYPE_CHECKING:
    from normcalc.language import Function

Names = Mapping[str, Term]


@dataclass(frozen=True)
class Extended:
    """An extended real: `value` where `finite` holds, plus infinity elsewhere."""

    finite: Term
    value: Term

    @property
    def everywhere(self) -> bool:
        """Whether the term is finite by its form alone."""
        return bool(z3.is_true(z3.simplify(self.finite)))


def function_at(terms: Terms, function: Function, names: Names) -> Extended:
    """Return ``f`` at the point that `names` gives to its variable.

    An end of the domain at which a denominator vanishes is left out: the value there is defined
    as the limit, so a minimiser that beats every point nearby beats it as well.
    """
    inner = tree(terms, function.body, names)
    x = names[function.variable.name]
    lo, hi = function.domain if function.domain is not None else (None, None)
    inside = [inner.finite]
    if lo is not None:
        end = terms.number(lo)
        inside.append(x > end if _is_pole(terms, function, names, end) else x >= end)
    if hi is not None:
        end = terms.number(hi)
        inside.append(x < end if _is_pole(terms, function, names, end) else x <= end)
    return Extended(terms.every(inside), inner.value)


def _is_pole(terms: Terms, function: Function, names: Names, end: Term) -> bool:
    """Tell whether some denominator of the formula is zero at an end of the domain."""
    there = {**names, function.variable.name: end}
    found = (_finite(tree(terms, part, there)) for part in _denominators(function.body))
    return any(z3.is_true(z3.simplify(part == 0)) for part in found)


def _denominators(body: Node) -> Iterator[Node]:
    for node in walk(body):
        if isinstance(node, Apply) and node.head == "div":
            yield node.args[1]
        elif isinstance(node, Apply) and node.head == "pow" and rational_literal(node.args[1]) < 0:
            yield node.args[0]


def tree(terms: Terms, node: Node, names: Names) -> Extended:
    """Return the term of a tree.

    Raises
    ------
    NotAlgebraic
        If the tree needs anything beyond real arithmetic, roots and conditions.
    """
    yes = terms.truth(True)
    if isinstance(node, Number):
        return Extended(yes, terms.number(node.value))
    if isinstance(node, Symbol):
        return Extended(yes, names[node.name])
    if isinstance(node, Constant):
        if node.name == "oo":
            return Extended(terms.truth(False), terms.number(0))
        return Extended(yes, terms.constant(node.name))
    if isinstance(node, Piecewise):
        return _piecewise(terms, node, names)
    if isinstance(node, Apply):
        return _apply(terms, node, names)
    raise NotAlgebraic(f"a condition in the place of a number: {node}")


def condition(terms: Terms, node: Node, names: Names) -> Term:
    """Return the term of a comparison, or of and, or, not."""
    if isinstance(node, Compare):
        sides = (_finite(tree(terms, side, names)) for side in (node.left, node.right))
        return COMPARE[node.relation](*sides)
    if isinstance(node, Logic):
        parts = [condition(terms, part, names) for part in node.args]
        if node.head == "not":
            return z3.Not(parts[0])
        return terms.every(parts) if node.head == "and" else terms.some(parts)
    raise NotAlgebraic(f"not a condition: {node}")


def _finite(part: Extended) -> Term:
    if not part.everywhere:
        raise NotAlgebraic("infinity inside a formula")
    return part.value


def _piecewise(terms: Terms, node: Piecewise, names: Names) -> Extended:
    result = Extended(terms.truth(False), terms.number(0))
    for value, holds in reversed(node.cases):
        here = tree(terms, value, names)
        if holds is None:
            result = here
            continue
        test = condition(terms, holds, names)
        result = Extended(
            z3.If(test, here.finite, result.finite), z3.If(test, here.value, result.value)
        )
    return result


def _apply(terms: Terms, node: Apply, names: Names) -> Extended:
    if node.head == "pow":
        return _power(terms, node, names)
    parts = [tree(terms, part, names) for part in node.args]
    if node.head == "add":
        finite = terms.every([part.finite for part in parts])
        return Extended(finite, fold(lambda a, b: a + b, [part.value for part in parts]))
    if node.head in ("mul", "div", "sub"):
        return _scaled(terms, node, parts)
    values = [_finite(part) for part in parts]
    return Extended(terms.truth(True), _plain(terms, node.head, values))


def _scaled(terms: Terms, node: Apply, parts: list[Extended]) -> Extended:
    """Let infinity pass only through positive literals, and as the first term of a difference."""
    operation = {
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "sub": lambda a, b: a - b,
    }[node.head]
    infinite = [k for k, part in enumerate(parts) if not part.everywhere]
    for k, other in enumerate(node.args):
        positive = isinstance(other, Number) and other.value > 0
        harmless = node.head == "sub" and infinite == [0]
        if infinite and k not in infinite and not positive and not harmless:
            raise NotAlgebraic("infinity times a term of unknown sign")
    if len(infinite) > 1 or (infinite == [1] and node.head in ("div", "sub")):
        raise NotAlgebraic("infinity where it has no meaning")
    finite = terms.every([part.finite for part in parts])
    return Extended(finite, fold(operation, [part.value for part in parts]))


def _power(terms: Terms, node: Apply, names: Names) -> Extended:
    base = _finite(tree(terms, node.args[0], names))
    exponent = rational_literal(node.args[1])
    return Extended(terms.truth(True), rational_power(terms, base, exponent))


def rational_literal(node: Node) -> Fraction:
    """Return the value of a tree made of numbers only, such as ``-(1/2)``."""
    if isinstance(node, Number):
        return Fraction(node.value)
    if isinstance(node, Apply) and node.head in ("neg", "div", "mul", "add", "sub"):
        parts = [rational_literal(part) for part in node.args]
        if node.head == "neg":
            return -parts[0]
        if node.head == "div" and parts[1] != 0:
            return parts[0] / parts[1]
        if node.head == "mul":
            return prod(parts, start=Fraction(1))
        if node.head == "add":
            return sum(parts, Fraction(0))
        if node.head == "sub":
            return parts[0] - parts[1]
    raise NotAlgebraic("an exponent that is not a rational number")


def _plain(terms: Terms, head: str, values: list[Term]) -> Term:
    if head == "neg":
        return -values[0]
    if head == "min":
        return fold(smallest, values)
    if head == "max":
        return fold(largest, values)
    if head == "sqrt":
        return terms.radical(values[0], 2)
    if head == "cbrt":
        root = terms.radical(magnitude(values[0]), 3)
        return z3.If(values[0] >= 0, root, -root)
    simple = {"abs": magnitude, "sign": signum, "heaviside": step_at_zero}
    if head not in simple:
        raise NotAlgebraic(head)
    return simple[head](values[0])
