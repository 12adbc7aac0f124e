"""Is f(t x) = |t| f(x)?  And f(t x) = t f(x) for t > 0?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.facts.axioms import HOMOGENEITY, POSITIVE_HOMOGENEITY
from normcalc.facts.setting import Setting, setting
from normcalc.facts.settle import settle
from normcalc.forms.polyhedral import is_symmetric

if TYPE_CHECKING:
    from normcalc.facts.truth import Truth
    from normcalc.language.function import Function


def homogeneous(function: Function) -> Truth:
    """Answer whether ``f(t x) = |t| f(x)`` for all real t.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(homogeneous(function("sqrt(x1**2 + x2**2)")))
    YES: degree one and even, term by term
    >>> print(homogeneous(function("x1**2 + x2**2")))
    NO: x = (1, 0), t = 2: f(t x) = |t| f(x) fails: 4.0 against 2.0
    """
    return absolutely(setting(function))


def positively_homogeneous(function: Function) -> Truth:
    """Answer whether ``f(t x) = t f(x)`` for all t > 0.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> positively_homogeneous(function("max(x1, -2*x1) + abs(x2)")).value
    'YES'
    """
    return positively(setting(function))


def absolutely(prepared: Setting) -> Truth:
    """Answer the same for a prepared function."""
    return settle(prepared, HOMOGENEITY, _absolute)


def positively(prepared: Setting) -> Truth:
    """Answer the same for a prepared function."""
    return settle(prepared, POSITIVE_HOMOGENEITY, _positive)


def _absolute(prepared: Setting) -> str | None:
    if prepared.gauge is not None:
        return "the rows come in opposite pairs" if is_symmetric(prepared.gauge) else None
    traits = prepared.traits
    proved = traits.degree == 1 and traits.parity == "even"
    return "degree one and even, term by term" if proved else None


def _positive(prepared: Setting) -> str | None:
    if prepared.gauge is not None:
        return "a maximum of linear forms"
    return "degree one, term by term" if prepared.traits.degree == 1 else None
