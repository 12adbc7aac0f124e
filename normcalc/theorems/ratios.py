"""Theorems about functions that are sparse by their ratios: powers of norms, quasi-norms."""

from __future__ import annotations

from normcalc.errors import NotDerivable
from normcalc.forms import Lp, NormRatio
from normcalc.forms.terms import is_positive
from normcalc.operators import QuasiNorm, RatioOfNorms
from normcalc.theorems.convexity import order_bounds
from normcalc.theorems.registry import Ask, Conclusion, theorem


@theorem(
    "prox",
    NormRatio,
    needs=["a positive factor", "a positive power of the 1-norm, any power of the 2-norm"],
    source="tao2022",
)
def prox_of_ratio_of_norms(form: NormRatio, ask: Ask) -> Conclusion:
    """With x = r*w and norm(w) = 1 the objective is a*s**p*r**k + r^2/2 - r*M(s), where s is the
    1-norm of w and M(s) the largest <w, v> for it.  M is concave, and is attained at the signs of
    v and sizes in the direction of max(|v| - c, 0) with c = M'(s).  So all critical points have
    as support the t largest |v_i|, for some t; there r = M - (k/p)*s*c, and what is left is
    c = a*p*s**(p - 1)*r**(k - 1), an equation for the angle between w and the diagonal.  It is
    monotone between the roots of a polynomial, so that all its solutions are found.
    """
    del ask
    if not is_positive(form.function, form.factor):
        raise NotDerivable(f"the factor of {form} is not known to be positive")
    return Conclusion(operator=RatioOfNorms(form.factor, form.first, form.second))


@theorem(
    "prox",
    Lp,
    needs=["order between 0 and 1"],
    source="beck2017, Theorem 6.6",
)
def prox_of_quasi_norm(form: Lp, ask: Ask) -> Conclusion:
    """For 0 < p < 1 a minimiser keeps the signs and the order of v, so its support are the t
    largest |v_i|, for some t.  On it u + m*u**(p - 1) = |v| with m = step*weight*S**(1/p - 1) and
    S = sum(u**p).  Were u_t the smaller solution, (1 - p)*m*u_t**(p - 2) > 1, then for t > 1,
    where u_t**p <= S/2, setting u_t to 0 would be better.  So all entries are the larger
    solutions; then S falls as m grows, and there is one m at most for each t.
    """
    del ask
    if order_bounds(form)[1] > 1:
        raise NotDerivable(f"the order of {form} is not known to be below 1")
    return Conclusion(operator=QuasiNorm(form.order, form.weight))
