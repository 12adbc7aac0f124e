"""Which way a function goes, how far out it reaches, and how steep it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.facts.counter import (
    biased,
    both_ways,
    bounded,
    concave,
    falling,
    rising,
    showing,
    steep,
)
from normcalc.facts.regimes import ask
from normcalc.facts.truth import Truth, any_of
from normcalc.line import constants, growth
from normcalc.line.read import line_of
from normcalc.line.shape import Verdict
from normcalc.line.smt import unsatisfiable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.language.function import Function
    from normcalc.line.constants import Constant
    from normcalc.line.core import Line


def nondecreasing(function: Function) -> Truth:
    """Answer whether ``f(x) <= f(y)`` for all ``x <= y``; outside the domain f is ``oo``.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(nondecreasing(function("log(1 + exp(x))")))
    YES: f' >= 0 on every piece, no jump down
    """
    return ask(function, growth.nondecreasing, showing(falling))


def nonincreasing(function: Function) -> Truth:
    """Answer whether ``f(x) >= f(y)`` for all ``x <= y``; outside the domain f is ``oo``.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> nonincreasing(function("max(1 - x, 0)")).value
    'YES'
    """
    return ask(function, growth.nonincreasing, showing(rising))


def monotone(function: Function) -> Truth:
    """Answer whether a function is nondecreasing or nonincreasing; the reason says which.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(monotone(function("exp(-x)")))
    YES: nonincreasing: f' <= 0 on every piece, no jump up
    >>> from normcalc.language.parameters import Real
    >>> print(monotone(function("c*x", c=Real)))
    YES: nondecreasing if c >= 0; nonincreasing if c <= 0
    """
    up, down = nondecreasing(function), nonincreasing(function)
    for words, truth in (("nondecreasing", up), ("nonincreasing", down)):
        if truth.value == "YES":
            return Truth("YES", f"{words}: {truth.reason}")
    if up.value == down.value == "NO":
        return _neither(function, up)
    return _partly(up, down, line_of(function))


def _neither(function: Function, up: Truth) -> Truth:
    words = "neither nondecreasing nor nonincreasing"
    found = showing(both_ways)(function, Verdict((), False, words))
    return Truth("NO", f"{words}: {up.reason}") if found is None else found


def _partly(up: Truth, down: Truth, line: Line) -> Truth:
    """Join two answers that depend on the parameters."""
    parts = {"nondecreasing": up.condition, "nonincreasing": down.condition}
    known = {words: c for words, c in parts.items() if c is not None}
    if not known:
        return any_of(up, down)
    either = sp.Or(*known.values())
    reason = "; ".join(f"{words} if {c}" for words, c in known.items())
    if unsatisfiable((*line.relations, sp.Not(either))):
        return Truth("YES", reason)
    exact = all(t.exact or t.value == "NO" for t in (up, down))
    return Truth("UNKNOWN", reason, None, "the values of the parameters", either, exact)


def coercive(function: Function) -> Truth:
    """Answer whether ``f(x) -> oo`` as ``|x| -> oo``.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(coercive(function("exp(x)")))
    NO: x = -1000000: f -> 0 as x -> -oo: f(-10) = 4.53999e-05, f(x) = 0
    """
    return ask(function, growth.coercivity, showing(bounded))


def unbiased(function: Function) -> Truth:
    """Answer whether ``prox(v) - v -> 0`` as ``|v| -> oo``, which is ``f' -> 0``.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(unbiased(function("lam*log(1 + abs(x))")))
    YES: f' -> 0 as |x| -> oo
    >>> print(unbiased(function("abs(x)")))
    NO: x = 1000: f' -> -1 as x -> -oo: f(1001) - f(x) = 1.0
    """
    return ask(function, growth.flatness, showing(biased))


def weakly_convex(function: Function) -> Truth:
    """Answer whether ``f + rho*x**2/2`` is convex for some rho; the reason names the least one.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(weakly_convex(function("lam*log(1 + abs(x)/eps)")))
    YES: f + rho*x^2/2 is convex for rho >= lam/eps**2
    """

    def question(line: Line, budget: float) -> Sequence[Verdict]:
        words = "f + rho*x^2/2 is convex for rho >= {}"
        found = [_bound(c, words) for c in constants.weak_convexity(line, budget)]
        return [replace(v, reason=v.reason.replace(words.format(0), "f is convex")) for v in found]

    return ask(function, question, showing(concave))


def lipschitz(function: Function) -> Truth:
    """Answer whether ``|f(x) - f(y)| <= L*|x - y|`` for some L; the reason names the least one.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(lipschitz(function("max(a*x, -b*x)")))
    YES: Lipschitz with constant a if a > b; Lipschitz with constant b if a <= b
    """

    def question(line: Line, budget: float) -> Sequence[Verdict]:
        words = "Lipschitz with constant {}"
        return [_bound(c, words) for c in constants.lipschitz(line, budget)]

    return ask(function, question, showing(steep))


def _bound(constant: Constant, words: str) -> Verdict:
    """Return whether a constant is finite, with its value or the place that forbids it."""
    if constant.value == sp.nan:
        return Verdict(constant.conditions, None, constant.where)
    if constant.value == sp.oo:
        return Verdict(constant.conditions, False, constant.where)
    roots = [f"{r.symbol} the zero of {r.equation} in {r.variable}" for r in constant.roots]
    return Verdict(constant.conditions, True, ", ".join([words.format(constant.value), *roots]))
