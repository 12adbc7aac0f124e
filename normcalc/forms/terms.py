"""Take a formula apart into a sum of multiples."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.forms.constants import depends, expression
from normcalc.forms.in_coordinates import product_of
from normcalc.forms.kinds import parameter_table
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Node, Number, symbols

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.language.shapes import Variable

ONE = Number(Fraction(1))


@dataclass(frozen=True)
class Summand:
    """``factor * core``, where the factor does not depend on the variable."""

    factor: Node
    core: Node


def summands(function: Function) -> tuple[Summand, ...]:
    """Return the terms of a function, sums and multiples multiplied out.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> [term.factor for term in summands(function("2*(sum(abs(x)) - 3*norm(x))"))]
    [Number(value=Fraction(2, 1)), Number(value=Fraction(-6, 1))]
    """
    return tuple(_terms(function.body, ONE, function.variable.names))


def is_positive(function: Function, node: Node) -> bool:
    """Tell whether a formula in the parameters is known to be positive."""
    value = expression(node, parameter_table(function))
    return value is not None and value.is_positive is True


def is_at_least(function: Function, node: Node, bound: int) -> bool:
    """Tell whether a formula in the parameters is known to be at least `bound`, or plus infinity.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> from normcalc.language.parameters import Interval
    >>> f = function("norm(x, p/(p - 1))", p=Interval(1, None))
    >>> is_at_least(f, f.body.args[1], 1), is_at_least(f, f.body.args[1], 2)
    (True, False)
    """
    value = expression(node, parameter_table(function))
    if value is None:
        return False
    top, bottom = sp.fraction(sp.cancel(value - bound))
    return bool(
        (top.is_nonnegative and bottom.is_positive) or (top.is_positive and bottom.is_nonnegative)
    )


def _terms(node: Node, factor: Node, names: tuple[str, ...]) -> Iterator[Summand]:
    if isinstance(node, Apply) and depends(node, names):
        if node.head == "add":
            for arg in node.args:
                yield from _terms(arg, factor, names)
            return
        if node.head == "sub":
            yield from _terms(node.args[0], factor, names)
            yield from _terms(node.args[1], _times(factor, Number(Fraction(-1))), names)
            return
        if node.head == "neg":
            yield from _terms(node.args[0], _times(factor, Number(Fraction(-1))), names)
            return
        if node.head in ("mul", "div"):
            yield from _multiples(node, factor, names)
            return
    yield Summand(factor, node)


def _multiples(node: Apply, factor: Node, names: tuple[str, ...]) -> Iterator[Summand]:
    """Move the factors without the variable to the front, if one factor is left."""
    if node.head == "div":
        top, bottom = node.args
        if depends(bottom, names):
            yield Summand(factor, node)
        else:
            yield from _terms(top, _over(factor, bottom), names)
        return
    moving = [arg for arg in node.args if depends(arg, names)]
    for arg in node.args:
        if not depends(arg, names):
            factor = _times(factor, arg)
    if len(moving) == 1:
        yield from _terms(moving[0], factor, names)
    else:
        yield Summand(factor, product_of(moving))


def _times(left: Node, right: Node) -> Node:
    if isinstance(left, Number) and isinstance(right, Number):
        return Number(left.value * right.value)
    return product_of([left, right])


def _over(left: Node, right: Node) -> Node:
    if isinstance(left, Number) and isinstance(right, Number) and right.value:
        return Number(left.value / right.value)
    return left if right == ONE else Apply("div", (left, right))


def about(function: Function, body: Node, variable: Variable) -> Function:
    """Return a function of another variable, with the parameters of the given one that it uses."""
    used = set(symbols(body))
    kept = tuple(p for p in function.parameters if p.name in used and p.name != variable.name)
    relations = tuple(r for r in function.relations if set(symbols(r)) <= used)
    return Function(body, variable, kept, relations)
