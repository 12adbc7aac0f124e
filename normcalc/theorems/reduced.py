"""Theorems about functions of one sum over the entries of a vector."""

from __future__ import annotations

from normcalc.errors import NotDerivable
from normcalc.forms import OfSum
from normcalc.operators import OfSumRoot
from normcalc.theorems.curvature import reading
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem
from normcalc.theorems.sums import term_function


@theorem(
    "prox",
    OfSum,
    needs=[
        "an outer function h that rises, or that falls",
        "convex entries where h rises, concave ones where it falls",
        "h convex, or s'**2/s'' = a*s + b and 1 + h''/h'*(a*S + n*b) nowhere negative",
    ],
    source="beck2017, Theorem 6.39",
)
def prox_of_function_of_sum(form: OfSum, ask: Ask) -> Conclusion:
    """A point u minimises h(S(u)) + |u - v|^2/(2 step), with S a sum of s(u_i), if it is the prox
    of step*m*S at v for m = h'(S(u)).  The Hessian h' diag(s'') + h'' s' s'^T is nowhere negative
    if h is convex, or else if 1 + h''/h' sum(s'^2/s'') is nowhere negative.  Then |m| < |h'| to
    the left of one root and |m| > |h'| to the right of it; where there is one side only, the
    point is the limit for m = 0, or for infinite m.
    """
    read = reading(form)
    if not read.is_convex():
        raise NotDerivable(f"{form} is not known to be convex")
    answer = ask("prox", term_function(form.function, read.entries()))
    operator = OfSumRoot(
        as_operator(answer), form.total, read.logarithm(), form.is_mean, read.rate()
    )
    return Conclusion(operator=operator, premises=(answer,))
