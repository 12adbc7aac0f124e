"""Theorems about functions of one real variable: four readings of the core operator."""

from __future__ import annotations

from normcalc.errors import NotDerivable
from normcalc.forms import Scalar
from normcalc.line.core import Line, conjugate_table, envelope_table, prox_table
from normcalc.theorems.registry import Ask, Conclusion, theorem


def line_of(form: Scalar) -> Line:
    """Return the function in the terms of the calculus of the line."""
    if form.function.parameters and "step" in form.symbolic.parameters:
        raise NotDerivable("'step' is the name of the prox's step; give the parameter another")
    lo, hi = form.symbolic.domain
    return Line(
        form.symbolic.expr,
        form.symbolic.variable,
        tuple(form.symbolic.parameters.values()),
        form.symbolic.relations,
        lo,
        hi,
    )


@theorem(
    "prox",
    Scalar,
    needs=["finitely many smooth pieces", "prox-bounded at the step"],
    source="rockafellarwets1998, Example 11.26",
)
def prox_by_hull(form: Scalar, ask: Ask) -> Conclusion:
    """With F(u) = u^2/2 + step f(u), the minimisers of f(u) + (u - v)^2/(2 step) are those of
    F(u) - v u: the inverse of the derivative of the lower convex hull of F, at v.  Where the hull
    has a flat, both ends of the flat are minimisers.
    """
    del ask
    return Conclusion(prox_table(line_of(form)))


@theorem(
    "moreau_envelope",
    Scalar,
    needs=["finitely many smooth pieces", "prox-bounded at the step"],
    source="rockafellarwets1998, Example 11.26",
)
def envelope_by_hull(form: Scalar, ask: Ask) -> Conclusion:
    """The envelope at v is (v^2/2 - F*(v))/step with F(u) = u^2/2 + step f(u), and F* is the
    conjugate of F, convex or not.
    """
    del ask
    return Conclusion(envelope_table(line_of(form)))


@theorem(
    "conjugate",
    Scalar,
    needs=["finitely many smooth pieces", "an affine minorant"],
    source="rockafellarwets1998, Theorem 11.1",
)
def conjugate_by_hull(form: Scalar, ask: Ask) -> Conclusion:
    """The conjugate sup_u v u - f(u) is attained where v is a slope of the lower convex hull of f,
    and the conjugate of f is that of its hull.
    """
    del ask
    return Conclusion(conjugate_table(line_of(form)))
