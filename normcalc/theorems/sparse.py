"""Theorems about the vectors of a symmetric set that have few entries other than zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.forms import Composition, LevelSet, Lp, Separable, Sum, Transfer, lower
from normcalc.language.nodes import Apply, Number, Symbol
from normcalc.language.symbolic import symbolic
from normcalc.operators import SparseSymmetric
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem
from normcalc.theorems.sets import is_set
from normcalc.theorems.sums import is_radial, total

if TYPE_CHECKING:
    from normcalc.forms import Form
    from normcalc.forms.total import Term


@theorem(
    "prox",
    Sum,
    needs=["a bound on the number of nonzero entries", "a set that ignores order and added zeros"],
    source="beckhallak2016",
)
def projection_on_sparse_symmetric_set(form: Sum, ask: Ask) -> Conclusion:
    """Of the rearrangements of a point of a symmetric set, the nearest to v has the order of v:
    its positive entries stand where v is largest, its negative ones where v is smallest.  So with
    k entries at most, it lies in the set restricted to the k - i largest and the i smallest
    entries of v, for one i.
    """
    bounds = [t for t in form.terms if _counts(t)]
    others = [t for t in form.terms if not _counts(t)]
    if len(bounds) != 1 or not others:
        raise NotDerivable(f"{form} has no bound on the number of nonzero entries")
    for term in others:
        if not _is_symmetric_set(term):
            raise NotDerivable(f"{term} is not known to ignore the order of entries and zeros")
    rest = total(form, others)
    answer = ask("prox", rest)
    assert isinstance(bounds[0], LevelSet)
    operator = SparseSymmetric(bounds[0].bound, as_operator(answer), rest)
    return Conclusion(operator=operator, premises=(answer,))


def _counts(term: Term) -> bool:
    """Tell whether a term bounds the number of nonzero entries."""
    if not isinstance(term, LevelSet) or term.relation != "<=":
        return False
    match term.level.body:
        case Apply("norm", (Symbol(), Number(order))):
            return order == 0
    return False


def _is_symmetric_set(term: Term) -> bool:
    """Tell whether a term is the indicator of a set that ignores order and added zeros."""
    match term:
        case Separable(element=f):
            return is_set(f) and _ignores_zeros(term)
        case Transfer(outer=f):
            return is_set(f) and is_radial(term)
        case Composition(inner=Apply("sum", (Symbol(x),)), outer=f):
            return x == term.function.variable.name and is_set(f)
        case LevelSet(level=level):
            return _ignores_zeros(lower(level))
    return False


def _ignores_zeros(form: Form) -> bool:
    """Tell whether a function of a vector keeps its value when zeros are added."""
    if isinstance(form, Separable):
        element = symbolic(form.element)
        return not form.varying and element.expr.subs(element.variable, 0) == 0
    return isinstance(form, Lp)
