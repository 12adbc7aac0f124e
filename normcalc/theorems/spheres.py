"""Theorems about the points at which a norm has a given value: sets that are not convex."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.forms import LevelSet, Lp, Ordered, Separable, Sorted, as_lp, lower
from normcalc.language.nodes import Symbol
from normcalc.operators import LevelProjection, SortedSphere
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem

if TYPE_CHECKING:
    from normcalc.forms import Form
    from normcalc.language.nodes import Node

    Terms = tuple[tuple[Node, str, Node | None], ...]


@theorem(
    "prox",
    LevelSet,
    needs=["a norm of the sorted sizes, equal to a bound"],
    source="rockafellarwets1998",
)
def projection_on_sorted_sphere(form: LevelSet, ask: Ask) -> Conclusion:
    """With nonincreasing w >= 0, dot(w, sort(|x|)) is the largest <a, x> over the signed
    permutations a of w, which all have one length.  From where it is too large, the nearest point
    lies on the border of the ball; from where it is too small, on the nearest of the half-spaces
    <a, x> >= bound, that of the a with the order and the signs of v.
    """
    terms = _sorted_terms(lower(form.level)) if form.relation == "==" else None
    if terms is None:
        raise NotDerivable(f"{form} does not say that a norm of the sorted sizes has a value")
    answer = ask("prox", form.level)
    ball = LevelProjection(as_operator(answer), form.level, form.bound)
    return Conclusion(operator=SortedSphere(terms, form.bound, ball), premises=(answer,))


def _sorted_terms(form: Form) -> Terms | None:
    """Return the weights of the sizes in decreasing order, as in `Ordered`."""
    if isinstance(form, Separable) and (one := as_lp(form)) is not None:
        form = one
    match form:
        case Lp(weight=weight):
            head = {1.0: "sum", float("inf"): "amax"}.get(form.exponent or 0.0)
            return ((weight, head, None),) if head else None
        case Sorted(weights=weights, factor=factor):
            return ((factor, "sort", Symbol(weights)),)
        case Ordered(terms=terms, absolute=True):
            return terms
    return None
