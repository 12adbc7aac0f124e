"""Positive homogeneity read off a formula: f(t x) = t**degree f(x) for t > 0."""

from __future__ import annotations

from fractions import Fraction

from normcalc.language.evaluate import evaluate
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    symbols,
)

_SAME = frozenset({"add", "sub", "max", "min"})


def degree(node: Node, variables: frozenset[str]) -> float | None:
    """Return the degree of homogeneity in `variables`, or None when the formula shows none.

    Examples
    --------
    >>> from normcalc.language.nodes import Apply, Symbol
    >>> x, y = Symbol("x1"), Symbol("x2")
    >>> degree(Apply("mul", (x, Apply("abs", (y,)))), frozenset({"x1", "x2"}))
    2.0
    >>> from normcalc.language.parser import parse
    >>> both = frozenset({"x1", "x2"})
    >>> degree(parse("where(x1 >= x2, x1, 2*x2)"), both)
    1.0
    >>> degree(parse("where(x1 >= 1, x1, 2*x2)"), both) is None
    True
    """
    if isinstance(node, Number | Constant | Symbol):
        return 1.0 if isinstance(node, Symbol) and node.name in variables else 0.0
    if variables.isdisjoint(symbols(node)):
        return 0.0
    if isinstance(node, Piecewise):
        return _cases(node, variables)
    if not isinstance(node, Apply):
        return None
    if node.head == "pow":
        return _power(node, variables)
    # Zero has every degree: max(x1, 0) is homogeneous.
    args = [a for a in node.args if node.head not in _SAME or a != Number(Fraction(0))]
    parts = [degree(a, variables) for a in args]
    known = [p for p in parts if p is not None]
    return _combined(node.head, known) if len(known) == len(parts) else None


def _cases(node: Piecewise, variables: frozenset[str]) -> float | None:
    """Return the degree that all cases have, if their conditions do not depend on the scale."""
    free = all(c is None or _scale_free(c, variables) for _, c in node.cases)
    parts = [degree(v, variables) for v, _ in node.cases if v != Number(Fraction(0))]
    known = [p for p in parts if p is not None]
    return _combined("max", known) if free and known and len(known) == len(parts) else None


def _scale_free(condition: Node, variables: frozenset[str]) -> bool:
    """Tell whether a condition holds at ``t x`` when it holds at ``x``, for t > 0."""
    if isinstance(condition, Logic):
        return condition.head != "all" and all(_scale_free(c, variables) for c in condition.args)
    if not isinstance(condition, Compare):
        return False
    sides = [s for s in (condition.left, condition.right) if s != Number(Fraction(0))]
    degrees = [degree(s, variables) for s in sides]
    return None not in degrees and len(set(degrees)) <= 1


def _power(node: Apply, variables: frozenset[str]) -> float | None:
    base, exponent = node.args
    inner = degree(base, variables)
    if inner is None or not variables.isdisjoint(symbols(exponent)):
        return None
    return inner * float(evaluate(exponent, {}))


def _combined(head: str, parts: list[float]) -> float | None:
    """Return the degree of a head applied to arguments of known degrees."""
    if head in _SAME:
        return parts[0] if max(parts) - min(parts) < 1e-12 else None
    rules = {"mul": sum(parts), "abs": parts[0], "neg": parts[0]}
    rules |= {"div": parts[0] - parts[-1], "sqrt": parts[0] / 2, "cbrt": parts[0] / 3}
    return rules.get(head)
