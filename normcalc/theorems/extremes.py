"""Theorems about the largest and the least of several functions."""

from __future__ import annotations

from normcalc.errors import NotDerivable
from normcalc.forms import Extreme
from normcalc.forms.terms import about
from normcalc.language.construct import minus, number, plus, times
from normcalc.language.function import Function
from normcalc.language.nodes import Symbol
from normcalc.language.parameters import Interval, Parameter
from normcalc.operators import LargerOfTwo, LeastOf
from normcalc.theorems.convexity import is_convex
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem

_SHARE = "share"


@theorem(
    "prox",
    Extreme,
    needs=["two convex functions"],
    source="beck2017, Theorem 3.50",
)
def prox_of_larger_of_two(form: Extreme, ask: Ask) -> Conclusion:
    """The subdifferential of max(f, g) where f = g holds the mixtures of those of f and g.  So
    the point is the prox of a mixture at which both are equal, or of one function that is the
    larger at its own prox.
    """
    if not form.largest or len(form.functions) != 2 or not all(map(is_convex, form.functions)):
        raise NotDerivable(f"{form} is not the larger of two functions known to be convex")
    f, g = form.functions
    share = Symbol(_SHARE)
    if any(p.name == _SHARE for p in form.function.parameters):
        raise NotDerivable(f"{form} has a parameter named {_SHARE}")
    body = plus(times(minus(number(1), share), f.body), times(share, g.body))
    plain = about(form.function, body, form.function.variable)
    own = (*plain.parameters, Parameter(_SHARE, Interval.open(0, 1)))
    mixture = ask("prox", Function(body, plain.variable, own, plain.relations))
    first, second = (ask("prox", h) for h in (f, g))
    operator = LargerOfTwo(
        as_operator(mixture), _SHARE, (as_operator(first), as_operator(second)), (f, g)
    )
    return Conclusion(operator=operator, premises=(mixture, first, second))


@theorem(
    "prox",
    Extreme,
    needs=["a minimum of functions"],
    source="rockafellarwets1998",
)
def prox_of_least(form: Extreme, ask: Ask) -> Conclusion:
    """The envelope of min(f, g) is the least of the envelopes, so the prox is that of a function
    whose envelope is the least.
    """
    if form.largest:
        raise NotDerivable(f"{form} is a maximum")
    answers = tuple(ask("prox", h) for h in form.functions)
    operator = LeastOf(tuple(as_operator(a) for a in answers), form.functions)
    return Conclusion(operator=operator, premises=answers)
