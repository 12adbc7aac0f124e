"""Bring a function into its canonical form: the first stage that looks at structure."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from normcalc.forms.bregman import BregmanPair
from normcalc.forms.derived import Conjugate, Envelope
from normcalc.forms.general import Coordinates, General
from normcalc.forms.in_coordinates import entry_kind, product_of
from normcalc.forms.lp import Lp
from normcalc.forms.natural import on_natural_domain
from normcalc.forms.polyhedral import Polyhedral
from normcalc.forms.polyhedral_read import polyhedral
from normcalc.forms.recognise import VectorForm, condition_of, indicator, part_of, vector_form
from normcalc.forms.reduced import OfSum, OrderedImage, of_sum, ordered_values
from normcalc.forms.scalar import Scalar
from normcalc.forms.separable import Separable
from normcalc.forms.sorted import Sorted
from normcalc.forms.terms import ONE, Summand, is_at_least, is_positive, summands
from normcalc.forms.total import Sum, Term
from normcalc.forms.vectors import OfNorm
from normcalc.language.construct import minus, plus
from normcalc.language.function import Function
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    symbols,
    walk,
)
from normcalc.language.parameters import Parameter
from normcalc.language.shapes import Variable
from normcalc.language.symbolic import symbolic
from normcalc.language.vocabulary import VECTOR_HEADS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


Form = (
    Scalar | Separable | Lp | Sorted | Polyhedral | Coordinates | Sum | VectorForm | OfSum
    | OrderedImage
    | Conjugate | Envelope | BregmanPair
)  # fmt: skip


def lower(function: Function) -> Form:
    """Return the canonical form of a function.

    One real variable gives `Scalar`.  Named coordinates give `Polyhedral` where the function is a
    maximum of linear forms, else `Coordinates`.  For a vector, sums and multiples of
    ``sum(g(x))`` collapse into one `Separable`; norms give `Lp`, sorted norms `Sorted`, several
    kinds of terms a `Sum`, anything else `General`.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(lower(function("lam*sum(abs(x)) + mu*sum(x**2)")))
    sum(lam*abs(x) + mu*x**2)
    >>> print(lower(function("3*norm(x, 2) + sum(abs(x))")))
    sum(abs(x)) + 3*norm(x)
    """
    if function.variable.kind == "scalar":
        return Scalar(function, symbolic(function))
    if function.variable.kind == "coordinates":
        return polyhedral(function) or Coordinates(function)
    terms = [one for term in summands(function) for one in _conjuncts(term)]
    read = [(term, _element(function, term)) for term in terms]
    elements = [element for _, element in read if element is not None]
    rest = [term for term, element in read if element is None]
    if rest and len(terms) > 1 and not isinstance(whole := vector_form(function), General):
        return whole
    if rest and (ordered := _ordered_image(function)) is not None:
        return ordered
    if len(rest) == 1 and (reduced := _reduced(function, rest[0], elements)) is not None:
        return reduced
    found: list[Term] = [separable(function, elements)] if elements else []
    found += [_other(function, term) for term in rest]
    return found[0] if len(found) == 1 else Sum(tuple(found), function)


def _conjuncts(term: Summand) -> list[Summand]:
    """Split the indicator of several conditions into a sum of indicators."""
    condition = condition_of(term.core)
    if isinstance(condition, Logic) and condition.head == "and":
        return [Summand(term.factor, indicator(part)) for part in condition.args]
    return [term]


def as_lp(form: Form) -> Lp | None:
    """Return a separable sum of absolute values, ``weight * sum(abs(x))``, as a 1-norm.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> as_lp(lower(function("2*sum(abs(x))"))).weight
    Number(value=Fraction(2, 1))
    """
    if isinstance(form, Lp):
        return form
    if not isinstance(form, Separable) or form.varying:
        return None
    element = form.element
    size = Apply("abs", (Symbol(element.variable.name),))
    terms = summands(element)
    if len(terms) != 1 or terms[0].core != size or not is_positive(element, terms[0].factor):
        return None
    return Lp(ONE, terms[0].factor, element)


def separable(function: Function, bodies: Sequence[Node]) -> Separable:
    """Return the separable sum of the given bodies, with entries in the place of vectors."""
    body = on_natural_domain(reduce(_joined, bodies), function.variable.name)
    used = set(symbols(body))
    kept = [p for p in function.parameters if p.name in used]
    relations = tuple(r for r in function.relations if set(symbols(r)) <= used)
    element = Function(
        body,
        Variable(function.variable.name, "scalar"),
        tuple(Parameter(p.name, entry_kind(p.kind)) for p in kept),
        relations,
    )
    return Separable(element, tuple(p.name for p in kept if p.kind.shape == "vector"))


def _joined(left: Node, right: Node) -> Node:
    """Return the sum, with a minus sign before a term whose factor is negative."""
    match right:
        case Apply("neg", (positive,)):
            return minus(left, positive)
        case Apply("mul", (Number(value), *others)) if value < 0:
            return minus(left, product_of([Number(-value), *others]))
    return plus(left, right)


def _element(function: Function, term: Summand) -> Node | None:
    """Return the body of g if the term is ``factor * sum(g(x))`` in any spelling."""
    core = term.core
    if function.variable.kind == "matrix":
        return None
    condition = condition_of(core)
    if isinstance(condition, Logic) and condition.head == "all":
        inside = indicator(condition.args[0])
        return None if _has_vector_head(inside) else inside
    if not isinstance(core, Apply):
        return None
    entry = _ENTRIES[core.head](core.args) if core.head in _ENTRIES else None
    if entry is None or _has_vector_head(entry):
        return None
    return product_of([term.factor, entry])


def _of_sum(args: Sequence[Node]) -> Node | None:
    return args[0]


def _of_dot(args: Sequence[Node]) -> Node | None:
    return (
        Apply("pow", (args[0], Number(_TWO))) if args[0] == args[1] else Apply("mul", tuple(args))
    )


def _of_norm(args: Sequence[Node]) -> Node | None:
    if args[1] == _ZERO:
        return Piecewise(((_ZERO, Compare("==", args[0], _ZERO)), (ONE, None)))
    return Apply("abs", (args[0],)) if args[1] == ONE else None


def _of_power(args: Sequence[Node]) -> Node | None:
    """``norm(x, p)**p`` is the sum of the powers."""
    base, exponent = args
    if not isinstance(base, Apply) or base.head != "norm" or base.args[1] != exponent:
        return None
    size = base.args[0] if exponent == Number(_TWO) else Apply("abs", (base.args[0],))
    return Apply("pow", (size, exponent))


_TWO = ONE.value + 1
_ZERO = Number(ONE.value - 1)
_ENTRIES: dict[str, Callable[[Sequence[Node]], Node | None]] = {
    "sum": _of_sum,
    "dot": _of_dot,
    "norm": _of_norm,
    "pow": _of_power,
}


def _has_vector_head(node: Node) -> bool:
    return any(isinstance(part, Apply) and part.head in VECTOR_HEADS for part in walk(node))


def _other(function: Function, term: Summand) -> Term:
    """Return a norm or a sorted norm with a positive factor, or what is left."""
    whole = part_of(function, product_of([term.factor, term.core]))
    if is_positive(function, term.factor) and function.variable.kind != "matrix":
        if (order := _order(function, term.core)) is not None:
            return Lp(order, term.factor, function)
        if (weights := _sorted_weights(function, term.core)) is not None:
            return Sorted(weights, term.factor, function)
    return _reduced(whole, term, ()) or _ordered_image(whole) or vector_form(whole)


def _reduced(function: Function, term: Summand, conditions: Sequence[Node]) -> OfSum | None:
    """Return a function of one sum over entries that no other form describes better."""
    body = product_of([term.factor, term.core])
    if not isinstance(vector_form(part_of(function, body)), General | OfNorm):
        return None
    return of_sum(function, body, conditions)


def _ordered_image(function: Function) -> OrderedImage | None:
    """Return a sum of sorted values, all of one function of the entries and not of their sizes."""
    found = ordered_values(function) if function.variable.kind == "vector" else None
    if found is None or not isinstance(vector_form(function), General | OfNorm):
        return None
    image = separable(function, [found[1]])
    return None if image.varying else OrderedImage(function, found[0], image.element)


def _order(function: Function, core: Node) -> Node | None:
    """Return p if the core is the p-norm of the variable, in any spelling."""
    vector = Symbol(function.variable.name)
    size = Apply("abs", (vector,))
    match core:
        case Apply("norm", (base, order)) if base in (vector, size):
            return order if _is_order(function, order) else None
        case Apply("amax", (base,)) if base == size:
            return Constant("oo")
        case Apply("sqrt", (Apply("sum", (Apply("pow", (base, Number(two))),)),)):
            return Number(two) if base in (vector, size) and two == _TWO else None
        case Apply("sqrt", (Apply("dot", (left, right)),)) if left == right == vector:
            return Number(_TWO)
        case Apply("pow", (Apply("sum", (Apply("pow", (base, order)),)), root)) if base == size:
            return order if _inverse(order) == root and is_positive(function, order) else None
    return None


def _is_order(function: Function, order: Node) -> bool:
    """Tell whether a formula is positive or plus infinity for all parameters."""
    known = is_positive(function, order) or order == Constant("oo")
    return known or is_at_least(function, order, 1)


def _inverse(order: Node) -> Node:
    if isinstance(order, Number) and order.value:
        return Number(1 / order.value)
    return Apply("div", (ONE, order))


def _sorted_weights(function: Function, core: Node) -> str | None:
    sizes = Apply("sort", (Apply("abs", (Symbol(function.variable.name),)),))
    kinds = {p.name: p.kind for p in function.parameters}
    if not isinstance(core, Apply) or core.head != "dot":
        return None
    for weights, entries in (core.args, core.args[::-1]):
        if entries == sizes and isinstance(weights, Symbol) and weights.name in kinds:
            return weights.name if kinds[weights.name].order == "nonincreasing" else None
    return None
