"""Theorems about sums of functions of orthogonal parts."""

from __future__ import annotations

from itertools import chain

from normcalc.errors import NotDerivable
from normcalc.forms import Composition, Sum
from normcalc.operators import FirstOf, Orthogonal, PreComposed, Split, exact_or
from normcalc.operators.split import pieces_of
from normcalc.theorems.convexity import form_is_convex
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem


@theorem(
    "prox",
    Sum,
    needs=["affine maps whose rows are orthogonal, within a term and between two terms"],
    source="beck2017, Theorem 6.6 and Theorem 6.15",
)
def prox_of_orthogonal_parts(form: Sum, ask: Ask) -> Conclusion:
    """Where M N' = 0 and M M' = mu I, N N' = nu I, the space is a sum of orthogonal subspaces, and
    f(M x) + g(N x) is a separable sum over them: the proxes of the terms follow one another, in
    any order.  For other maps and convex terms an inner solver is used.
    """
    terms = [t for t in form.terms if isinstance(t, Composition)]
    if len(terms) != len(form.terms):
        raise NotDerivable(f"{form} is not a sum of functions of affine images")
    name = form.function.variable.name
    answers = tuple(ask("prox", t.outer) for t in terms)
    pairs = [(as_operator(a), t.inner) for a, t in zip(answers, terms, strict=True)]
    direct = Orthogonal(tuple(PreComposed(op, inner, name) for op, inner in pairs))
    if not form_is_convex(form):
        return Conclusion(operator=direct, premises=answers)
    pieces = (pieces_of(*pair, t.outer) for pair, t in zip(pairs, terms, strict=True))
    split = Split(tuple(chain.from_iterable(pieces)), name)
    return Conclusion(operator=FirstOf((direct, exact_or(split, form.function))), premises=answers)
