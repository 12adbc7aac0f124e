"""Norms that are said by another body: gauges, dual norms and support functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from normcalc.language.arithmetic import exact
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    substitute,
)
from normcalc.language.transforms import bound

if TYPE_CHECKING:
    from normcalc.language.function import Function

_ZERO = Number(Fraction(0))


@dataclass(frozen=True)
class Inside:
    """The body behind a transform.

    Parameters
    ----------
    function, level : Function, float
        The body is ``{function <= level}``, or its polar.
    polar : bool
        Whether it is the polar.
    """

    function: Function
    level: float
    polar: bool


def inside(function: Function, level: float) -> Inside | None:
    """Return the body that ``{f <= level}`` is when `f` is a multiple of a transform, or None.

    The ball of a gauge is its set, those of a dual norm and of a support function are polars.

    Examples
    --------
    >>> import normcalc as nc
    >>> found = inside(nc.function("dual_norm(norm(x, 1) + norm(x))"), 1.0)
    >>> print(found.function, found.level, found.polar)
    norm(x, 1) + norm(x) 1.0 True
    >>> found = inside(nc.function("gauge(sum(exp(abs(x)) - 1) <= 3)"), 2.0)
    >>> print(found.function, found.level, found.polar)
    sum(exp(abs(x/2)) - 1) 3.0 False
    >>> inside(nc.function("norm(x)"), 1.0) is None
    True
    """
    node, factor = _bare(function.body)
    name = function.variable.name
    if not isinstance(node, Apply) or node.head not in _SETS or node.args[-1] != Symbol(name):
        return None
    found = _SETS[node.head](node.args[0])
    if found is None:
        return None
    formula, border = found
    polar = node.head != "gauge"
    size = Number(exact(float(level)) / factor)
    head = "mul" if polar else "div"
    point = Symbol(name) if size.value == 1 else Apply(head, (Symbol(name), size))
    body = substitute(formula, {bound(node): point})
    return Inside(replace(function, body=body, text=""), float(border), polar)


def _bare(node: Node) -> tuple[Node, Fraction]:
    """Return a formula without the positive number in front of it, and that number."""
    if isinstance(node, Apply) and node.head == "mul" and len(node.args) == 2:
        for number, other in (node.args, node.args[::-1]):
            if isinstance(number, Number) and number.value > 0:
                return other, number.value
    return node, Fraction(1)


def _ball(node: Node) -> tuple[Node, Fraction]:
    return node, Fraction(1)


def _level_set(node: Node) -> tuple[Node, Fraction] | None:
    """Return f and c when a formula is the indicator of ``{f <= c}``."""
    if not isinstance(node, Piecewise) or len(node.cases) != 2:
        return None
    (value, condition), (beyond, otherwise) = node.cases
    if value != _ZERO or beyond != Constant("oo") or otherwise is not None or condition is None:
        return None
    match condition:
        case Compare("<=", left, Number(border)):
            return left, border
    gap = _gap(condition)
    return None if gap is None else (gap, Fraction(0))


def _gap(condition: Node) -> Node | None:
    """Return a formula that is at most zero exactly where a condition holds, or None."""
    if isinstance(condition, Logic) and condition.head == "and":
        gaps = [_gap(part) for part in condition.args]
        known = [gap for gap in gaps if gap is not None]
        return reduce(_larger, known) if len(known) == len(gaps) else None
    if not isinstance(condition, Compare) or condition.relation not in ("<=", ">="):
        return None
    sides = (condition.left, condition.right)
    return Apply("sub", sides if condition.relation == "<=" else sides[::-1])


def _larger(a: Node, b: Node) -> Node:
    return Apply("max", (a, b))


_SETS = {"gauge": _level_set, "support_function": _level_set, "dual_norm": _ball}
