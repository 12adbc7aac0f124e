"""Theorems about Lovasz extensions of submodular functions."""

from __future__ import annotations

from normcalc.errors import NotDerivable
from normcalc.forms import Lovasz
from normcalc.forms.terms import is_positive
from normcalc.operators.submodular import BasePolytope
from normcalc.theorems.registry import Ask, Conclusion, theorem


@theorem(
    "prox",
    Lovasz,
    needs=["a submodular function, which the numbers tell", "a positive factor"],
    source="bach2013, Section 4.1; goldfarbidnani1983",
)
def prox_of_lovasz_extension(form: Lovasz, ask: Ask) -> Conclusion:
    """The Lovasz extension of a submodular function is the support function of its base polytope,
    whose vertex in a direction the greedy algorithm finds.  So v - u is step times a convex
    combination of vertices that are largest along u.
    """
    del ask
    if not is_positive(form.function, form.factor):
        raise NotDerivable(f"the factor of {form} is not known to be positive")
    return Conclusion(operator=BasePolytope(form.factor, form.table))
