"""Theorems about functions of one real variable: four readings of the core operator."""

from __future__ import annotations

from normcalc.forms import Scalar
from normcalc.line.conjugation import conjugate_table
from normcalc.line.core import envelope_table, prox_table, subdifferential_table
from normcalc.line.numeric import CONJUGATE, ENVELOPE, PROX, with_search
from normcalc.line.read import line_of
from normcalc.theorems.registry import Ask, Conclusion, theorem


@theorem(
    "prox",
    Scalar,
    needs=["finitely many smooth pieces", "prox-bounded at the step"],
    source="rockafellarwets1998",
)
def prox_by_hull(form: Scalar, ask: Ask) -> Conclusion:
    """With F(u) = u^2/2 + step f(u), the minimisers of f(u) + (u - v)^2/(2 step) are those of
    F(u) - v u: the inverse of the derivative of the lower convex hull of F, at v.  Where the hull
    has a flat, both ends of the flat are minimisers.
    """
    del ask
    return Conclusion(with_search(prox_table, line_of(form.function), PROX))


@theorem(
    "moreau_envelope",
    Scalar,
    needs=["finitely many smooth pieces", "prox-bounded at the step"],
    source="rockafellarwets1998",
)
def envelope_by_hull(form: Scalar, ask: Ask) -> Conclusion:
    """The envelope at v is (v^2/2 - F*(v))/step with F(u) = u^2/2 + step f(u), and F* is the
    conjugate of F, convex or not.
    """
    del ask
    return Conclusion(with_search(envelope_table, line_of(form.function), ENVELOPE))


@theorem(
    "conjugate",
    Scalar,
    needs=["finitely many smooth pieces", "an affine minorant"],
    source="rockafellar1970, Corollary 12.1.1",
)
def conjugate_by_hull(form: Scalar, ask: Ask) -> Conclusion:
    """The conjugate sup_u v u - f(u) is attained where v is a slope of the lower convex hull of f,
    and the conjugate of f is that of its hull.
    """
    del ask
    return Conclusion(with_search(conjugate_table, line_of(form.function), CONJUGATE))


@theorem(
    "subdifferential",
    Scalar,
    needs=["finitely many smooth pieces"],
    source="clarke1983, Theorem 2.5.1",
)
def subdifferential_by_slopes(form: Scalar, ask: Ask) -> Conclusion:
    """Where f is smooth the subdifferential is the derivative; at a knot it is the interval
    between the one-sided derivatives.  For convex f this is the subdifferential of convex
    analysis, for other f Clarke's.
    """
    del ask
    return Conclusion(subdifferential_table(line_of(form.function)))
