"""Positive homogeneity read off a formula: f(t x) = t**degree f(x) for t > 0."""

from __future__ import annotations

from fractions import Fraction

from normcalc.language.evaluate import evaluate
from normcalc.language.nodes import Apply, Constant, Node, Number, Symbol, symbols

_SAME = frozenset({"add", "sub", "max", "min"})


def degree(node: Node, variables: frozenset[str]) -> float | None:
    """Return the degree of homogeneity in `variables`, or None when the formula shows none.

    Examples
    --------
    >>> from normcalc.language.nodes import Apply, Symbol
    >>> x, y = Symbol("x1"), Symbol("x2")
    >>> degree(Apply("mul", (x, Apply("abs", (y,)))), frozenset({"x1", "x2"}))
    2.0
    """
    if isinstance(node, Number | Constant | Symbol):
        return 1.0 if isinstance(node, Symbol) and node.name in variables else 0.0
    if variables.isdisjoint(symbols(node)):
        return 0.0
    if not isinstance(node, Apply):
        return None
    if node.head == "pow":
        return _power(node, variables)
    # Zero has every degree: max(x1, 0) is homogeneous.
    args = [a for a in node.args if node.head not in _SAME or a != Number(Fraction(0))]
    parts = [degree(a, variables) for a in args]
    known = [p for p in parts if p is not None]
    return _combined(node.head, known) if len(known) == len(parts) else None


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
