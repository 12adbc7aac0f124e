"""Which expressions decide where a formula can have a kink."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from normcalc.language.nodes import Apply, Compare, Node, Number, symbols, walk

# Heads that are smooth except where their argument vanishes.
_AT_ZERO = frozenset({"abs", "sign", "sqrt", "cbrt", "heaviside", "log", "pow"})


def switching(body: Node, variables: frozenset[str]) -> tuple[Node, ...]:
    """Return expressions such that `body` is smooth wherever none of them vanishes.

    They are the arguments of ``abs``, ``sign`` and roots, the differences of the arguments of
    ``max`` and ``min``, and both sides of every comparison.  Some of their zeros may turn out to
    be harmless; none is missed.

    Examples
    --------
    >>> from normcalc.language.nodes import Apply, Symbol
    >>> x, y = Symbol("x1"), Symbol("x2")
    >>> switching(Apply("max", (Apply("abs", (x,)), y)), frozenset({"x1", "x2"}))
    (Apply(head='sub', args=(Apply(head='abs', args=(Symbol(name='x1'),)), Symbol(name='x2'))),
     Symbol(name='x1'))
    """
    found: dict[Node, None] = {}
    for node in walk(body):
        found.update(dict.fromkeys(_decisive(node)))
    return tuple(n for n in found if not variables.isdisjoint(symbols(n)))


def guides(body: Node, variables: frozenset[str]) -> tuple[Node, ...]:
    """Return the bases of even powers under roots: where all of them vanish, there is a tip.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> found = guides(parse("sqrt(x1**2 + 4*(x1 - x2)**2)"), frozenset({"x1", "x2"}))
    >>> from normcalc.language.text import text
    >>> [text(node) for node in found]
    ['x1', 'x1 - x2']
    """
    found: dict[Node, None] = {}
    for node in walk(body):
        if isinstance(node, Apply) and node.head in {"sqrt", "pow", "cbrt"}:
            found.update(dict.fromkeys(_even_bases(node.args[0])))
    return tuple(n for n in found if not variables.isdisjoint(symbols(n)))


def _even_bases(node: Node) -> list[Node]:
    """Return what is raised to an even power inside a formula."""
    powers = [n for n in walk(node) if isinstance(n, Apply) and n.head == "pow"]
    return [base for base, order in (n.args for n in powers) if _is_even(order)]


def _is_even(node: Node) -> bool:
    return isinstance(node, Number) and node.value % 2 == 0


def _decisive(node: Node) -> list[Node]:
    """Return what one node switches on."""
    if isinstance(node, Apply) and node.head in {"max", "min"}:
        return [_difference(a, b) for a, b in combinations(node.args, 2)]
    if isinstance(node, Apply) and node.head in _AT_ZERO:
        return [node.args[0]]
    if isinstance(node, Compare):
        return [_difference(node.left, node.right)]
    return []


def _difference(a: Node, b: Node) -> Node:
    """Return ``a - b``, or `a` itself when `b` is zero."""
    return a if b == Number(Fraction(0)) else Apply("sub", (a, b))
