"""Is f(x + y) <= f(x) + f(y)?  And is f convex?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.facts.axioms import CONVEXITY, TRIANGLE
from normcalc.facts.setting import Setting, setting
from normcalc.facts.settle import settle

if TYPE_CHECKING:
    from normcalc.facts.truth import Truth
    from normcalc.language.function import Function


def triangle(function: Function) -> Truth:
    """Answer whether f satisfies the triangle inequality.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(triangle(function("sqrt(x1**2 + x1*x2 + x2**2)")))
    YES: convex and of degree one
    >>> print(triangle(function("(sqrt(abs(x1)) + sqrt(abs(x2)))**2")))
    NO: x = (1, 0), y = (0, 1): f(x + y) <= f(x) + f(y) fails: 4.0 against 2.0
    """
    return subadditive(setting(function))


def convex(function: Function) -> Truth:
    """Answer whether a function of several coordinates or of a vector is convex.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> convex(function("sum(abs(x)**(3/2)) + norm(x)")).value
    'YES'
    """
    return convex_in(setting(function))


def subadditive(prepared: Setting) -> Truth:
    """Answer the same for a prepared function."""
    return settle(prepared, TRIANGLE, _subadditive)


def convex_in(prepared: Setting) -> Truth:
    """Answer the same for a prepared function."""
    return settle(prepared, CONVEXITY, _convex)


def _subadditive(prepared: Setting) -> str | None:
    if prepared.gauge is not None:
        return "a maximum of linear forms"
    traits = prepared.traits
    if traits.degree == 1 and traits.convex:
        return "convex and of degree one"
    return "subadditive, term by term" if traits.subadditive else None


def _convex(prepared: Setting) -> str | None:
    if prepared.gauge is not None:
        return "a maximum of linear forms"
    return "convex, operation by operation" if prepared.traits.convex else None
