"""Derivatives of the heads that work entry by entry: one formula each, in the language itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from normcalc.calculus.collect import ONE, ZERO, add, neg
from normcalc.errors import NotDerivable
from normcalc.language.nodes import Apply, Node, Number, substitute
from normcalc.language.parser import parse

if TYPE_CHECKING:
    from normcalc.calculus.algebra import Algebra

_FORMULAS = {
    "neg": "-1",
    "abs": "sign(u)",
    "sign": "0",
    "heaviside": "0",
    "sqrt": "1/(2*sqrt(u))",
    "cbrt": "1/(3*cbrt(u)**2)",
    "exp": "exp(u)",
    "expm1": "exp(u)",
    "log": "1/u",
    "log1p": "1/(1 + u)",
    "sin": "cos(u)",
    "cos": "-sin(u)",
    "tan": "1 + tan(u)**2",
    "asin": "1/sqrt(1 - u**2)",
    "acos": "-1/sqrt(1 - u**2)",
    "atan": "1/(1 + u**2)",
    "sinh": "cosh(u)",
    "cosh": "sinh(u)",
    "tanh": "1 - tanh(u)**2",
    "asinh": "1/sqrt(1 + u**2)",
    "acosh": "1/sqrt(u**2 - 1)",
    "atanh": "1/(1 - u**2)",
    "erf": "2*exp(-u**2)/sqrt(pi)",
    "erfc": "-2*exp(-u**2)/sqrt(pi)",
    "lambertw": "1/(exp(lambertw(u))*(1 + lambertw(u)))",
}
_HEADS = {"loggamma": "digamma", "digamma": "trigamma"}


@cache
def _formula(head: str) -> Node:
    return parse(_FORMULAS[head])


def slope(c: Algebra, node: Apply, index: int) -> Node:
    """Return the partial derivative of a head that works entry by entry, for one argument.

    Raises
    ------
    NotDerivable
        There is no rule.

    Examples
    --------
    >>> from normcalc.calculus.algebra import Algebra
    >>> from normcalc.language.text import text
    >>> text(slope(Algebra(), parse("tanh(2*x)"), 0))
    '1 - tanh(2*x)**2'
    """
    if node.head in _FORMULAS:
        found = c.rebuilt(substitute(_formula(node.head), {"u": node.args[0]}))
    elif node.head in _HEADS:
        found = Apply(_HEADS[node.head], node.args)
    elif node.head in _SLOPES:
        found = _SLOPES[node.head](c, node.args, index)
    else:
        raise NotDerivable(f"there is no rule for the derivative of {node.head}")
    return found


def _of_sum(c: Algebra, args: tuple[Node, ...], index: int) -> Node:
    return ONE


def _of_difference(c: Algebra, args: tuple[Node, ...], index: int) -> Node:
    return neg(ONE) if index else ONE


def _of_product(c: Algebra, args: tuple[Node, ...], index: int) -> Node:
    return c.mul(*(arg for place, arg in enumerate(args) if place != index))


def _of_quotient(c: Algebra, args: tuple[Node, ...], index: int) -> Node:
    above, below = args
    return neg(c.over(above, c.mul(below, below))) if index else c.over(ONE, below)


def _of_power(c: Algebra, args: tuple[Node, ...], index: int) -> Node:
    base, exponent = args
    if index:
        return c.mul(Apply("pow", args), c.apply("log", base))
    return c.mul(exponent, c.power(base, add(exponent, Number(-ONE.value))))


def _of_extremum(head: str) -> _Slope:
    """Return the rule for "max" and "min": 1 where the argument is the one, 0 elsewhere."""

    def rule(c: Algebra, args: tuple[Node, ...], index: int) -> Node:
        others = tuple(arg for place, arg in enumerate(args) if place != index)
        rest = others[0] if len(others) == 1 else Apply(head, others)
        ahead = add(args[index], neg(rest))
        return Apply("heaviside", (ahead if head == "max" else neg(ahead),))

    return rule


if TYPE_CHECKING:
    from collections.abc import Callable

    _Slope = Callable[[Algebra, tuple[Node, ...], int], Node]

_SLOPES: dict[str, _Slope] = {
    "add": _of_sum, "sub": _of_difference, "mul": _of_product, "div": _of_quotient,
    "pow": _of_power, "max": _of_extremum("max"), "min": _of_extremum("min"),
}  # fmt: skip

__all__ = ["ZERO", "slope"]
