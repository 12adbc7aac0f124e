"""Is f(-x) = f(x)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.facts.axioms import EVENNESS
from normcalc.facts.setting import Setting, setting
from normcalc.facts.settle import settle
from normcalc.forms.polyhedral import is_symmetric

if TYPE_CHECKING:
    from normcalc.facts.truth import Truth
    from normcalc.language.function import Function


def even(function: Function) -> Truth:
    """Answer whether ``f(-x) = f(x)``.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(even(function("abs(x1) + x2**2")))
    YES: even, term by term
    >>> print(even(function("max(x1, -2*x1)")))
    NO: x = 1: f(-x) = f(x) fails: 2.0 against 1.0
    """
    return symmetric(setting(function))


def symmetric(prepared: Setting) -> Truth:
    """Answer the same for a prepared function."""
    return settle(prepared, EVENNESS, _proof)


def _proof(prepared: Setting) -> str | None:
    if prepared.gauge is not None:
        return "the rows come in opposite pairs" if is_symmetric(prepared.gauge) else None
    return "even, term by term" if prepared.traits.parity == "even" else None
