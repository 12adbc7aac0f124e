"""Functions of a norm: phi(s) with phi concave and nondecreasing is subadditive where s is.

This is how ``abs(x)/(1 + abs(x))``, ``log(1 + abs(x))`` and ``min(abs(x), 1)`` satisfy the
triangle inequality without being convex.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.facts.smt import entails
from normcalc.forms.constants import depends, expression
from normcalc.language.evaluate import evaluate
from normcalc.language.nodes import (
    Apply,
    Compare,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    children,
    symbols,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from normcalc.facts.traits import Traits

_HEADS = frozenset(
    (
        *("add", "sub", "mul", "div", "neg", "min", "sign", "log", "log1p", "exp", "expm1"),
        *("atan", "tanh", "erf", "asinh"),
    )
)
_WITH_KINKS = frozenset(("min", "max", "abs", "sign", "heaviside"))
_ZERO, _VARIABLE = Number(Fraction(0)), "s"


@dataclass(frozen=True)
class OuterFacts:
    """phi is concave and nondecreasing on the half-line with ``phi(0) >= 0``; and perhaps more."""

    zero_only_at_zero: bool
    continuous: bool


def inner_and_outer(
    node: Apply | Piecewise, names: Sequence[str], study: Callable[[Node], Traits]
) -> tuple[Traits, Node, str] | None:
    """Split a formula into phi(s), with one nonnegative subadditive part s inside."""
    if isinstance(node, Apply) and node.head not in _HEADS:
        return None
    sized = _with_sizes(node)
    part = _only_part(sized, names, study, False) or _only_part(sized, names, study, True)
    if part is None:
        return None
    variable = next(n for n in (_VARIABLE, "s0", "s1", "s2") if n not in symbols(node))
    outer = substitute(sized, {part: Symbol(variable)})
    whole = any(isinstance(node, Logic) and node.head == "all" for node in walk(outer))
    return None if whole or depends(outer, names) else (study(part), outer, variable)


def _with_sizes(node: Node) -> Node:
    """Write the even powers of a name as powers of its size, so that both have one inner part."""
    table: dict[Node, Node] = {}
    for part in walk(node):
        if isinstance(part, Apply) and part.head == "pow" and isinstance(part.args[0], Symbol):
            base, exponent = part.args
            if isinstance(exponent, Number) and exponent.value % 2 == 0:
                table[part] = Apply("pow", (Apply("abs", (base,)), exponent))
    return substitute(node, table)


def _only_part(
    node: Node, names: Sequence[str], study: Callable[[Node], Traits], small: bool
) -> Node | None:
    """Return the one largest, or the one smallest, part that may be s."""
    parts = set(_parts(node, names, study, small))
    part = parts.pop() if len(parts) == 1 else None
    return part if part is not None and _qualifies(study(part)) else None


def _parts(
    node: Node, names: Sequence[str], study: Callable[[Node], Traits], small: bool
) -> list[Node]:
    """Return the parts below a node that may be s, and every name that is in none of them."""
    found: list[Node] = []
    for child in children(node):
        if not depends(child, names):
            continue
        fits = _qualifies(study(child))
        inside = [] if fits and not small else _parts(child, names, study, small)
        within = any(_qualifies(study(part)) for part in inside)
        found += inside if within or (inside and not fits) else [child]
    return found


def _qualifies(t: Traits) -> bool:
    return t.nonnegative and t.subadditive and t.constant is None and t.zeros is not None


def substitute(node: Node, table: Mapping[Node, Node]) -> Node:
    """Replace whole subtrees by others.

    Examples
    --------
    >>> substitute(Apply("neg", (Symbol("x"),)), {Symbol("x"): Symbol("y")})
    Apply(head='neg', args=(Symbol(name='y'),))
    """
    if node in table:
        return table[node]
    if isinstance(node, Apply):
        return Apply(node.head, tuple(substitute(arg, table) for arg in node.args))
    if isinstance(node, Logic):
        return Logic(node.head, tuple(substitute(arg, table) for arg in node.args))
    if isinstance(node, Compare):
        left, right = substitute(node.left, table), substitute(node.right, table)
        return Compare(node.relation, left, right)
    if isinstance(node, Piecewise):
        return Piecewise(
            tuple(
                (substitute(value, table), None if when is None else substitute(when, table))
                for value, when in node.cases
            )
        )
    return node


def outer_facts(
    outer: Node, variable: str, parameters: Mapping[str, sp.Expr], given: Sequence[Node] = ()
) -> OuterFacts | None:
    """Study phi by its derivatives where it is smooth, else with z3 where it is semialgebraic."""
    u = sp.Symbol(variable, positive=True)
    phi = expression(outer, {**parameters, variable: u})
    # asked of the formula: in SymPy, the sign of a positive symbol has already become 1
    if phi is None or _has_kinks(outer):
        return _by_smt(outer, variable, given)
    if not _finite_at_zero(outer, variable):
        return None
    start = phi.subs(u, 0)
    slope = sp.factor(sp.together(sp.diff(phi, u)))
    bend = sp.factor(sp.together(sp.diff(slope, u)))
    if start.is_nonnegative and slope.is_nonnegative and bend.is_nonpositive:
        return OuterFacts(bool(start == 0 and slope.is_positive), continuous=True)
    return None


def _has_kinks(outer: Node) -> bool:
    return any(
        isinstance(part, Piecewise) or (isinstance(part, Apply) and part.head in _WITH_KINKS)
        for part in walk(outer)
    )


def _finite_at_zero(outer: Node, variable: str) -> bool:
    """Evaluate what the user wrote, where SymPy may have cancelled s/s."""
    env = dict.fromkeys(symbols(outer), 1.0) | {variable: 0.0}
    return bool(np.isfinite(evaluate(outer, env)))


def _by_smt(outer: Node, variable: str, given: Sequence[Node]) -> OuterFacts | None:
    """Prove monotonicity and midpoint concavity for all pairs of points."""
    a, b = Symbol(variable), Symbol(variable + "'")
    middle = Apply("div", (Apply("add", (a, b)), Number(Fraction(2))))
    at_b, at_middle = substitute(outer, {a: b}), substitute(outer, {a: middle})
    twice = Apply("mul", (Number(Fraction(2)), at_middle))
    ordered = [*given, Compare(">=", a, _ZERO), Compare(">=", b, a)]
    claims = [
        Compare("<=", outer, at_b),
        Compare("<=", Apply("add", (outer, at_b)), twice),
        Compare(">=", substitute(outer, {a: _ZERO}), _ZERO),
    ]
    if any(entails(ordered, claim).value != "YES" for claim in claims):
        return None
    zero = entails(given, Compare("==", substitute(outer, {a: _ZERO}), _ZERO))
    rises = entails([*given, Compare(">", a, _ZERO)], Compare(">", outer, _ZERO))
    vanishes = zero.value == "YES" and rises.value == "YES"
    return OuterFacts(vanishes, _continuous_at_zero(outer, a, given))


def _continuous_at_zero(outer: Node, s: Symbol, given: Sequence[Node]) -> bool:
    """Bound the rise from zero by a line: a concave function can jump nowhere else."""
    start = substitute(outer, {s: _ZERO})
    slopes: list[Node] = [Number(Fraction(10)), *map(Symbol, symbols(outer))]
    for slope in slopes:
        line = Apply("add", (start, Apply("mul", (slope, s))))
        if (
            slope != s
            and entails([*given, Compare(">=", s, _ZERO)], Compare("<=", outer, line)).value
            == "YES"
        ):
            return True
    return False
