"""Theorems about polyhedral functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.forms import Polyhedral, Sum, Whole, to_function
from normcalc.forms.entries import as_vector
from normcalc.forms.polyhedral_terms import polyhedral_terms
from normcalc.operators import PolyhedralProx
from normcalc.theorems.registry import Ask, Conclusion, theorem

if TYPE_CHECKING:
    from normcalc.language.function import Function

_SOURCE = "beck2017, Theorem 3.50; goldfarbidnani1983"


def _exact(function: Function) -> Conclusion:
    vector = as_vector(function)
    return Conclusion(operator=PolyhedralProx(polyhedral_terms(vector), vector.variable.name))


@theorem("prox", Polyhedral, needs=["a maximum of linear forms"], source=_SOURCE)
def prox_of_polyhedral_gauge(form: Polyhedral, ask: Ask) -> Conclusion:
    """The subdifferential of a maximum of linear forms is the hull of those that are largest, so
    v - u is step times a convex combination of them.  The active set finds which ones.
    """
    del ask
    return _exact(to_function(form))


@theorem("prox", Whole, needs=["sums of maxima of affine forms"], source=_SOURCE)
def prox_of_polyhedral_function(form: Whole, ask: Ask) -> Conclusion:
    """The subdifferential of a polyhedral function is spanned by the affine forms that are
    largest and the constraints that are equalities: v - u is step times a combination of their
    slopes, which the active set finds.
    """
    del ask
    return _exact(form.function)


@theorem("prox", Sum, needs=["sums of maxima of affine forms"], source=_SOURCE)
def prox_of_polyhedral_sum(form: Sum, ask: Ask) -> Conclusion:
    """A sum of polyhedral functions is polyhedral: v - u is step times a combination of the
    slopes of the forms that are largest, and of the constraints that are equalities.
    """
    del ask
    return _exact(form.function)
