"""Questions about functions of one real variable, answered from their pieces and knots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.facts.counter import bent, jumping, kinked, showing
from normcalc.facts.regimes import BUDGET, ask, decide, prox_within_budget
from normcalc.facts.truth import Truth, unknown, yes
from normcalc.line.read import line_of
from normcalc.line.shape import Verdict, continuity, convexity, differentiability, finiteness

if TYPE_CHECKING:
    from normcalc.language.function import Function


def convex_on_line(function: Function, budget: float = BUDGET) -> Truth:
    """Answer from the sign of the curvature and the slopes at the knots.

    A proof that a point refutes is no proof: it rests on pieces that were not all seen.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(convex_on_line(function("x**2 - w*x**2")))
    UNKNOWN: missing the values of the parameters: YES if and only if w <= 1
    >>> print(convex_on_line(function("1/x**2")).witness)
    {'x': Fraction(-1, 2), 'y': Fraction(1, 2)}
    """
    found = ask(function, convexity, showing(bent), budget)
    if found.value != "YES":
        return found
    refuted = showing(bent)(function, Verdict((), False, "a concave kink"))
    return found if refuted is None else refuted


def finite(function: Function) -> Truth:
    """Answer whether a function is finite on the whole line; NO names its domain.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(finite(function("x*log(x)", domain=(0, None))))
    NO: finite on [0, oo)
    """
    return ask(function, finiteness)


def continuous_on_line(function: Function) -> Truth:
    """Answer whether a function is continuous on its domain.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(continuous_on_line(function("sign(x)")))
    NO: x = 0, h = 1/1000000000: jump at x = 0: f(x - h), f(x), f(x + h) = -1, 0, 1
    """
    return ask(function, continuity, showing(jumping))


def differentiable(function: Function) -> Truth:
    """Answer whether there is a derivative at every inner point of the domain; NO lists the kinks.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(differentiable(function("-log(x)", domain=(0, None))))
    YES: f' exists in the interior of (0, oo)
    >>> print(differentiable(function("lam*abs(x)")).reason.partition(":")[0])
    kink at x = 0 with slopes -lam and lam
    """
    return ask(function, differentiability, showing(kinked))


def even_on_line(function: Function) -> Truth:
    """Answer YES where ``f(x) - f(-x)`` simplifies to zero, else UNKNOWN.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(even_on_line(function("log(1 + exp(x)) - x/2")))
    YES: f(x) - f(-x) simplifies to 0
    """
    try:
        proved = line_of(function).even
    except NotDerivable as refusal:
        return unknown(str(refusal))
    return (
        yes("f(x) - f(-x) simplifies to 0")
        if proved
        else unknown("a rule that shows that f(-x) = f(x)")
    )


def prox_bounded(function: Function) -> Truth:
    """Answer whether ``f(u) + (u - v)^2/(2 step)`` has a minimum, for every v and every step.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(prox_bounded(function("-x**2")))
    UNKNOWN: missing the values of the parameters: YES if and only if step < 1/2
    """
    try:
        regimes = prox_within_budget(line_of(function)).regimes
    except NotDerivable as refusal:
        bounded = "prox-bounded" not in str(refusal)
        return unknown(str(refusal)) if bounded else Truth("NO", str(refusal))
    refused = [r for r in regimes if r.refusal]
    if not refused:
        return yes("the slopes of u^2/2 + step f reach from -oo to oo for every step")
    if not all("prox-bounded" in str(r.refusal) for r in refused):
        return unknown(str(refused[0].refusal))
    return decide([Verdict(r.conditions, not r.refusal, "") for r in regimes], function)
