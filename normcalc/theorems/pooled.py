"""Theorems about sorted sums of convex functions of the sizes of the entries."""

from __future__ import annotations

import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.forms import OfNorm, OrderedImage
from normcalc.language.function import Function
from normcalc.language.symbolic import from_sympy, symbolic
from normcalc.operators import Pooled, RootOfHomogeneous
from normcalc.theorems.convexity import form_is_convex, is_root
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem


@theorem(
    "prox",
    OrderedImage,
    needs=["an even convex function of the entries", "nonincreasing nonnegative weights"],
    source="bogdan2015; best2000",
)
def prox_of_sorted_values(form: OrderedImage, ask: Ask) -> Conclusion:
    """An even convex phi rises with the size of its argument, so that the entries of the prox keep
    the order and the signs of v.  For vectors in that order the function is separable, and its
    best nonincreasing argument consists of blocks: on each, the prox of mean(w)*phi at the mean.
    """
    if not form_is_convex(form):
        raise NotDerivable(f"{form.element} is not known to be even and convex")
    answer = ask("prox", form.element)
    return Conclusion(operator=Pooled(form.terms, as_operator(answer)), premises=(answer,))


@theorem(
    "prox",
    OfNorm,
    needs=["a convex function S of degree p, positive but at 0", "a multiple of S**(1/p)"],
    source="rockafellar1970, Corollary 15.3.1; beck2017, Theorem 6.39",
)
def prox_of_root_of_homogeneous(form: OfNorm, ask: Ask) -> Conclusion:
    """The p-th root of a convex function S that is not negative and homogeneous of degree p is
    convex.  A point u with S(u) > 0 minimises h(S(u)) + |u - v|^2/(2 step) if it is the prox of
    step*m*S at v for m = h'(S(u)); m is too small to the left of one root and too large to the
    right of it.  Where it is always too small, the point is 0.
    """
    if not (is_root(form.outer, form.inner) and form_is_convex(form)):
        raise NotDerivable(f"{form} is not known to be the root of a convex homogeneous function")
    answer = ask("prox", form.inner)
    outer = symbolic(form.outer)
    s = sp.Symbol(outer.variable.name, positive=True)
    slope = sp.diff(outer.expr.subs(outer.variable, s), s)
    logarithm = from_sympy(sp.expand_log(sp.log(sp.simplify(slope)), force=True))
    log_slope = Function(logarithm, form.outer.variable, form.outer.parameters)
    operator = RootOfHomogeneous(as_operator(answer), form.inner, log_slope)
    return Conclusion(operator=operator, premises=(answer,))
