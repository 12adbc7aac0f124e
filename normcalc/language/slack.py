"""The user's formula in floats, with conditions that hold up to rounding.

A projection onto ``sum(x) == 1`` gives a sum of 0.9999999999999999, and the formula says plus
infinity.  So conditions are given a slack, relative to their two sides.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.language.calling import named_point
from normcalc.language.construct import minus, plus, times
from normcalc.language.evaluate import evaluate
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
)
from normcalc.language.transforms import is_transform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.language.function import Function

_HUGE = Number(Fraction(10**300))
_ONE, _ZERO = Number(Fraction(1)), Number(Fraction(0))


@lru_cache(maxsize=256)
def relaxed(node: Node, slack: Fraction) -> Node:
    """Return a formula whose comparisons hold also where they are missed by a relative slack.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> node = relaxed(parse("indicator(x == 1)"), Fraction(1, 100))
    >>> evaluate(node, {"x": 1.015}), evaluate(node, {"x": 1.1})
    (0.0, inf)
    """
    if isinstance(node, Apply) and node.head == "norm" and node.args[1] == Number(Fraction(0)):
        return _count(relaxed(node.args[0], slack), slack)
    if isinstance(node, Apply):
        inner = node.args[:-1] if is_transform(node) else ()  # said of another point
        own = node.args[len(inner) :]
        return Apply(node.head, (*inner, *(relaxed(arg, slack) for arg in own)))
    if isinstance(node, Piecewise):
        infinite = any(value == Constant("oo") for value, _ in node.cases)
        return Piecewise(
            tuple(
                (relaxed(value, slack), c if c is None or not infinite else _wider(c, slack))
                for value, c in node.cases
            )
        )
    return node


def _count(entries: Node, slack: Fraction) -> Node:
    """Return how many entries are not zero up to rounding, which a product of factors leaves."""
    size = _size(entries)
    length = Apply("norm", (entries, Number(Fraction(2))))  # unlike a maximum, 0 for no entries
    room = times(Number(slack), plus(_ONE, length))
    return Apply("sum", (Piecewise(((_ONE, Compare(">", size, room)), (_ZERO, None))),))


def _wider(condition: Node, slack: Fraction) -> Node:
    if isinstance(condition, Logic) and condition.head != "not":
        return Logic(condition.head, tuple(_wider(arg, slack) for arg in condition.args))
    if not isinstance(condition, Compare):
        return condition
    left, right = (relaxed(side, slack) for side in (condition.left, condition.right))
    # an infinite side is missed by more than any slack
    first, second = (Apply("min", (_size(side), _HUGE)) for side in (left, right))
    room = times(Number(slack), plus(plus(_ONE, first), second))
    if condition.relation == "==":
        return Compare("<=", _size(minus(left, right)), room)
    if condition.relation == "<=":
        return Compare("<=", minus(left, right), room)
    if condition.relation == ">=":
        return Compare("<=", minus(right, left), room)
    return condition


def _size(node: Node) -> Node:
    return Apply("abs", (node,))


def value(function: Function, x: Any, values: Mapping[str, Any], slack: Fraction) -> Any:
    """Return the value at points on the leading axes; plus infinity where it is no number."""
    node = relaxed(function.body, slack)
    shape = np.shape(x)[: -2 if function.variable.kind == "matrix" else -1]
    found = evaluate(node, {**values, **named_point(function, np.asarray(x, dtype=float))})
    found = np.broadcast_to(np.asarray(found, dtype=float), shape)
    return np.where(np.isnan(found), np.inf, found)
