"""Questions about functions of one real variable, answered from their pieces and knots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.facts.truth import Truth, unknown, yes
from normcalc.line.core import prox_table
from normcalc.line.read import line_of
from normcalc.line.shape import Verdict, convexity, finiteness

if TYPE_CHECKING:
    from normcalc.language.function import Function


def convex_on_line(function: Function) -> Truth | None:
    """Answer from the sign of the curvature and the slopes at the knots; None if out of reach.

    The answer NO lacks a witness: it comes with the place, and the caller looks for numbers.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(convex_on_line(function("x**2 - w*x**2")))
    UNKNOWN: missing the values of the parameters: YES if w <= 1
    """
    try:
        verdicts = convexity(line_of(function))
    except NotDerivable:
        return None
    good = [v for v in verdicts if v.holds]
    if len(good) == len(verdicts):
        return yes(good[0].reason)
    if not good:
        return Truth("NO", verdicts[0].reason)
    return unknown("the values of the parameters", condition=_any(good))


def finite(function: Function) -> Truth:
    """Answer whether a function is finite on the whole line; NO names its domain.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(finite(function("x*log(x)", domain=(0, None))))
    NO: finite on [0, oo)
    """
    try:
        verdicts = finiteness(line_of(function))
    except NotDerivable as refusal:
        return unknown(str(refusal))
    if all(v.holds for v in verdicts):
        return yes(verdicts[0].reason)
    where = "; ".join(dict.fromkeys(v.reason for v in verdicts))
    return Truth("NO", where) if not any(v.holds for v in verdicts) else unknown(where)


def prox_bounded(function: Function) -> Truth:
    """Answer whether ``f(u) + (u - v)^2/(2 step)`` has a minimum, for every v and every step.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(prox_bounded(function("-x**2")))
    UNKNOWN: missing the values of the parameters: YES if step < 1/2
    """
    try:
        regimes = prox_table(line_of(function)).regimes
    except NotDerivable as refusal:
        bounded = "prox-bounded" not in str(refusal)
        return unknown(str(refusal)) if bounded else Truth("NO", str(refusal))
    refused = [r for r in regimes if r.refusal]
    if not refused:
        return yes("the slopes of u^2/2 + step f reach from -oo to oo for every step")
    if not all("prox-bounded" in str(r.refusal) for r in refused):
        return unknown(str(refused[0].refusal))
    held = [Verdict(r.conditions, True, "") for r in regimes if not r.refusal]
    return unknown("the values of the parameters", condition=_any(held))


def _any(verdicts: list[Verdict]) -> sp.Basic:
    return sp.Or(*[sp.And(*v.conditions) for v in verdicts])
