"""Theorems about functions of the differences between neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.forms import Composition, Separable, Sum, lower
from normcalc.language.nodes import Apply, Symbol
from normcalc.operators import Chained, TautString
from normcalc.theorems.convexity import form_is_convex
from normcalc.theorems.homogeneous import is_homogeneous
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem
from normcalc.theorems.sums import total

if TYPE_CHECKING:
    from normcalc.forms.total import Term


@theorem(
    "prox",
    Composition,
    needs=["first differences", "a separable convex and positively homogeneous outer function"],
    source="davieskovac2001; condat2013",
)
def prox_of_first_differences(form: Composition, ask: Ask) -> Conclusion:
    """The dual of sum h(x[i+1] - x[i]) bounds the gap between the partial sums of u and of v by
    step*h(1) above and step*h(-1) below: u is the slopes of the shortest path through that tube.
    """
    del ask
    outer = _of_differences(form)
    if outer is None:
        raise NotDerivable(f"{form} is no sum over first differences of one convex function "
                           "that is known to be positively homogeneous")  # fmt: skip
    return Conclusion(operator=TautString(outer.element))


def _of_differences(term: Term) -> Separable | None:
    """Return the outer function where a term is of first differences and fit for the string."""
    if not isinstance(term, Composition):
        return None
    outer = lower(term.outer)
    first = term.inner == Apply("diff", (Symbol(term.function.variable.name),))
    if not first or not isinstance(outer, Separable) or outer.element.domain is not None:
        return None
    return outer if is_homogeneous(outer.element) and form_is_convex(outer) else None


@theorem(
    "prox",
    Sum,
    needs=["a function of first differences as above", "one convex function for all entries"],
    source="friedman2007, Lemma A.1; yu2013",
)
def prox_of_differences_and_entries(form: Sum, ask: Ask) -> Conclusion:
    """The prox of one convex function at all entries does not change which of two entries is the
    larger, so that slopes of the function of the differences stay slopes: it is taken after the
    prox of that function.
    """
    strings = [t for t in form.terms if _of_differences(t)]
    entries = [t for t in form.terms if isinstance(t, Separable) and not t.varying]
    if not (len(form.terms) == 2 and len(strings) == len(entries) == 1):
        raise NotDerivable(f"{form} is not a function of first differences and of single entries")
    if not form_is_convex(entries[0]):
        raise NotDerivable(f"{entries[0]} is not known to be convex")
    first, second = (ask("prox", total(form, part)) for part in (strings, entries))
    operator = Chained(as_operator(first), as_operator(second))
    return Conclusion(operator=operator, premises=(first, second))
