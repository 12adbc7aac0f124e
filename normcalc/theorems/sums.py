"""Theorems about sums of functions of different forms."""

from __future__ import annotations

from functools import reduce
from itertools import chain
from typing import TYPE_CHECKING, Literal

from normcalc.errors import NotDerivable
from normcalc.forms import Composition, Lp, Separable, Sorted, Sum, Transfer
from normcalc.forms.degree import degree, replaced
from normcalc.forms.recognise import condition_of
from normcalc.forms.terms import about
from normcalc.language.construct import negate, plus
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Compare, Node, Relation, Symbol
from normcalc.language.parameters import Parameter
from normcalc.operators import Chained, FirstOf, LinearlyConstrained, Split, Tilted, exact_or
from normcalc.operators.split import pieces_of
from normcalc.theorems.convexity import form_is_convex
from normcalc.theorems.homogeneous import is_homogeneous
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.forms.total import Term
    from normcalc.operators import Operator
    from normcalc.operators.split import Piece
    from normcalc.theorems.registry import Answer


def term_function(whole: Function, term: Term) -> Function:
    """Return a term of a sum as a function of the same vector as the sum."""
    x = Symbol(whole.variable.name)
    if isinstance(term, Separable):
        inside = replaced(term.element.body, Symbol(term.element.variable.name), x)
        kinds = {p.name: p.kind for p in whole.parameters}
        used = tuple(Parameter(p.name, kinds[p.name]) for p in term.element.parameters)
        return Function(Apply("sum", (inside,)), whole.variable, used, term.element.relations)
    if isinstance(term, Lp):
        norm = Apply("norm", (x, term.order))
        return about(whole, Apply("mul", (term.weight, norm)), whole.variable)
    if isinstance(term, Sorted):
        sizes = Apply("sort", (Apply("abs", (x,)),))
        body = Apply("mul", (term.factor, Apply("dot", (Symbol(term.weights), sizes))))
        return about(whole, body, whole.variable)
    return term.function


def total(form: Sum, terms: Sequence[Term]) -> Function:
    """Return the sum of some of the terms."""
    functions = [term_function(form.function, term) for term in terms]
    if len(functions) == 1:
        return functions[0]
    return about(form.function, reduce(plus, (f.body for f in functions)), form.function.variable)


@theorem(
    "prox",
    Sum,
    needs=["a separable part", "one linear constraint"],
    source="beck2017, Theorem 6.27 and Example 6.32",
)
def prox_under_linear_constraint(form: Sum, ask: Ask) -> Conclusion:
    """The prox of g + indicator(<a, x> = b) is the prox of g at v - mu*a, with the multiplier at
    which the constraint holds; the linear form at that point falls as mu grows.  With <= the
    multiplier is 0 where that already meets the constraint.
    """
    parts = [t for t in form.terms if isinstance(t, Separable)]
    others = [t for t in form.terms if not isinstance(t, Separable)]
    found = _linear_constraint(others[0]) if len(parts) == len(others) == 1 else None
    if found is None:
        raise NotDerivable(f"{form} is not a separable function and one linear constraint")
    if not form_is_convex(parts[0]):
        raise NotDerivable(f"{parts[0]} is not known to be convex")
    answer = ask("prox", total(form, parts))
    name = form.function.variable.name
    operator = LinearlyConstrained(as_operator(answer), *found, name)
    return Conclusion(operator=operator, premises=(answer,))


def _linear_constraint(term: Term) -> tuple[Node, Node, Literal["==", "<="]] | None:
    """Return ``<a, x> + c``, its bound and the relation "==" or "<="; None for other terms."""
    if not isinstance(term, Composition) or term.outer.variable.kind != "scalar":
        return None
    condition, y = condition_of(term.outer.body), Symbol(term.outer.variable.name)
    if not isinstance(condition, Compare) or y not in (condition.left, condition.right):
        return None
    turned = condition.right == y
    bound = condition.left if turned else condition.right
    relation = _TURNED.get(condition.relation, "!=") if turned else condition.relation
    if relation == ">=":
        return negate(term.inner), negate(bound), "<="
    if relation == "==" or relation == "<=":
        return term.inner, bound, relation
    return None


_TURNED: dict[str, Relation] = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "==": "=="}


@theorem(
    "prox",
    Sum,
    needs=["a positively homogeneous convex part", "a nondecreasing function of the norm"],
    source="yu2013",
)
def prox_of_homogeneous_and_radial(form: Sum, ask: Ask) -> Conclusion:
    """If f is convex and positively homogeneous and g a nondecreasing convex function of the
    Euclidean norm, the prox of f + g is the prox of g after the prox of f.
    """
    radial = [t for t in form.terms if is_radial(t)]
    others = [t for t in form.terms if not is_radial(t)]
    if len(radial) != 1 or len(others) != 1 or not isinstance(others[0], Separable):
        raise NotDerivable(f"{form} is not a separable and a radial function")
    if not (is_homogeneous(others[0].element) and all(form_is_convex(t) for t in form.terms)):
        raise NotDerivable(f"{others[0]} is not known to be convex and positively homogeneous")
    first, second = (ask("prox", total(form, part)) for part in (others, radial))
    operator = Chained(as_operator(first), as_operator(second))
    return Conclusion(operator=operator, premises=(first, second))


def is_radial(term: Term) -> bool:
    """Tell whether a term is a function of the Euclidean norm."""
    if isinstance(term, Lp):
        return term.exponent == 2
    return isinstance(term, Transfer) and getattr(term.listing, "head", "") == "norm"


@theorem(
    "prox",
    Sum,
    needs=["a linear or quadratic part of constant curvature, or convex terms"],
    source="beck2017, Theorem 6.13; boyd2011, Section 3; goldfarbidnani1983",
)
def prox_of_tilted_or_split_sum(form: Sum, ask: Ask) -> Conclusion:
    """Adding <g, x> + r/2 |x|^2 to f moves v to (v - step*g)/(1 + step*r) and the step to
    step/(1 + step*r).  A sum of convex functions that no theorem covers is left to an active
    set, if it is polyhedral, or to an inner solver, which takes one prox at a time.
    """
    name = form.function.variable.name
    tilts = [t for t in form.terms if _is_quadratic(form, t)]
    others = [t for t in form.terms if not _is_quadratic(form, t)]
    options: list[Operator] = []
    premises: list[Answer] = []
    if tilts and others:
        rest = ask("prox", total(form, others))
        premises.append(rest)
        options.append(Tilted(as_operator(rest), total(form, tilts).body, name))
    if all(form_is_convex(t) for t in form.terms):
        pieces, answers = zip(*(_pieces(form, t, ask) for t in form.terms), strict=True)
        premises += answers
        split = Split(tuple(chain.from_iterable(pieces)), name)
        options.append(exact_or(split, form.function))
    if not options:
        raise NotDerivable(f"{form} is a sum of which not every term is known to be convex")
    operator = options[0] if len(options) == 1 else FirstOf(tuple(options))
    return Conclusion(operator=operator, premises=tuple(premises))


def _is_quadratic(form: Sum, term: Term) -> bool:
    return degree(term_function(form.function, term).body, form.function.variable.name) <= 2


def _pieces(form: Sum, term: Term, ask: Ask) -> tuple[tuple[Piece, ...], Answer]:
    """Return a term for the solver; of a composition the outer function and the map."""
    function, inner = term_function(form.function, term), None
    if isinstance(term, Composition):
        function, inner = term.outer, term.inner
    answer = ask("prox", function)
    return pieces_of(as_operator(answer), inner, function), answer
