"""Theorems about dual norms."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from normcalc.errors import NotDerivable
from normcalc.facts import norm_kind
from normcalc.forms import (
    Blocks,
    LargestBlock,
    Lp,
    Ordered,
    Polyhedral,
    RootOfQuadratic,
    Separable,
    Sorted,
    Transfer,
    dual,
    to_function,
)
from normcalc.forms.degree import replaced
from normcalc.forms.terms import about, is_positive, summands
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Constant, Node, Number, Symbol, symbols
from normcalc.language.parameters import Parameter, Partition
from normcalc.language.shapes import Variable
from normcalc.theorems.convexity import has_triangle
from normcalc.theorems.extension import evenly
from normcalc.theorems.registry import Ask, Conclusion, theorem

_ONE = Number(Fraction(1))


@theorem(
    "dual_norm",
    Polyhedral,
    needs=["a norm: the rows span the space and come in pairs of opposite sign"],
    source="rockafellar1970, Theorem 15.1",
)
def dual_by_polarity(form: Polyhedral, ask: Ask) -> Conclusion:
    """The dual norm is the support function of the unit ball.  For a polytope that is the largest
    of the inner products with its vertices: the ball's vertices are the dual's rows.
    """
    del ask
    kind = norm_kind(to_function(form))
    if kind.kind != "norm":
        raise NotDerivable(f"{form} is a {kind.kind}, and only a norm has a dual norm")
    return Conclusion(value=to_function(dual(form)))


@theorem(
    "dual_norm",
    Lp,
    needs=["order at least 1", "positive weight"],
    source="rockafellar1970, Theorem 15.1",
)
def dual_by_hoelder(form: Lp, ask: Ask) -> Conclusion:
    """The dual of the p-norm is the q-norm with 1/p + 1/q = 1, by Hölder's inequality, which is
    attained; a weight goes over into its inverse.
    """
    del ask
    return Conclusion(value=_hoelder(form))


@theorem(
    "dual_norm",
    Separable,
    needs=["a sum of absolute values with positive weights"],
    source="rockafellar1970, Theorem 15.1",
)
def dual_of_absolute_sum(form: Separable, ask: Ask) -> Conclusion:
    """A weighted sum of absolute values is a 1-norm: Hölder's inequality with p = 1.  Weights
    become divisors, entry by entry.
    """
    del ask
    weight = weight_of_size(form)
    if weight is None:
        raise NotDerivable(f"{form} is not a multiple of the 1-norm, so it has no dual norm here")
    x = Symbol(form.element.variable.name)
    size: Node = Apply("abs", (x,))
    if set(symbols(weight)) & set(form.varying):
        body: Node = Apply("amax", (Apply("div", (size, weight)),))
    else:
        body = _over(Apply("amax", (size,)), weight)
    parameters = tuple(
        Parameter(p.name, p.kind.vector if p.name in form.varying else p.kind)
        for p in form.element.parameters
    )
    return Conclusion(value=Function(body, Variable(x.name, "vector"), parameters))


def weight_of_size(form: Separable) -> Node | None:
    """Return the positive factor of ``abs(x)`` if the element is that and nothing else."""
    terms = summands(form.element)
    size = Apply("abs", (Symbol(form.element.variable.name),))
    if len(terms) != 1 or terms[0].core != size or not is_positive(form.element, terms[0].factor):
        return None
    return terms[0].factor


def _over(node: Node, factor: Node) -> Node:
    match factor:
        case Apply("div", (top, bottom)) if top == _ONE:
            return Apply("mul", (bottom, node))
    return node if factor == _ONE else Apply("div", (node, factor))


@theorem(
    "dual_norm",
    Sorted,
    needs=["nonincreasing weights, the first one positive"],
    source="zengfigueiredo2014",
)
def dual_of_sorted_norm(form: Sorted, ask: Ask) -> Conclusion:
    """The unit ball is the hull of the signed vectors with k equal sizes that have norm 1, so the
    dual norm is the largest, over k, of the sum of the k largest sizes by that of the first k
    weights.
    """
    del ask
    x = Symbol(form.function.variable.name)
    sizes = Apply("cumsum", (Apply("sort", (Apply("abs", (x,)),)),))
    ratios = Apply("div", (sizes, Apply("cumsum", (Symbol(form.weights),))))
    body = _over(Apply("amax", (ratios,)), form.factor)
    return Conclusion(value=about(form.function, body, form.function.variable))


@theorem(
    "dual_norm",
    Ordered,
    needs=["the sum of the k largest sizes"],
    source="beck2017, Example 6.51; overtonwomersley1993",
)
def dual_of_largest_sizes(form: Ordered, ask: Ask) -> Conclusion:
    """The dual of the sum of the k largest sizes is max(|v|_oo, |v|_1/k)."""
    del ask
    if not form.absolute or len(form.terms) != 1 or form.terms[0][1] != "sum_largest":
        raise NotDerivable(f"{form} is not the sum of the largest sizes")
    factor, _, count = form.terms[0]
    assert count is not None
    size = Apply("abs", (Symbol(form.function.variable.name),))
    both = (Apply("amax", (size,)), Apply("div", (Apply("sum", (size,)), count)))
    body = _over(Apply("max", both), factor)
    return Conclusion(value=about(form.function, body, form.function.variable))


@theorem(
    "dual_norm",
    Blocks,
    needs=["blocks that are disjoint and cover all entries", "positive factors"],
    source="rockafellar1970, Theorem 15.1",
)
def dual_of_sum_of_blocks(form: Blocks, ask: Ask) -> Conclusion:
    """Over disjoint blocks the dual of a sum of norms is the largest of their dual norms."""
    del ask
    return Conclusion(value=_of_blocks(form, "amax"))


@theorem(
    "dual_norm",
    LargestBlock,
    needs=["blocks that are disjoint and cover all entries", "positive factors"],
    source="rockafellar1970, Theorem 15.1",
)
def dual_of_largest_block(form: LargestBlock, ask: Ask) -> Conclusion:
    """Over disjoint blocks the dual of the largest of norms is the sum of their dual norms."""
    del ask
    return Conclusion(value=_of_blocks(form, "sum"))


def _of_blocks(form: Blocks | LargestBlock, reduction: str) -> Function:
    if not is_positive(form.function, form.factor):
        raise NotDerivable(f"the factor of {form} is not known to be positive")
    listing = dual_listing(form.listing)
    body = Apply(reduction, (_over(listing, form.factor),))
    return _disjointly(about(form.function, body, form.function.variable))


def _disjointly(function: Function) -> Function:
    """Return a function whose groups must be disjoint, as the theorem assumes."""
    parameters = tuple(
        Parameter(p.name, Partition if p.kind.order == "groups" else p.kind)
        for p in function.parameters
    )
    return replace(function, parameters=parameters)


@theorem(
    "dual_norm",
    RootOfQuadratic,
    needs=["a positive definite matrix, or positive weights"],
    source="rockafellar1970, Theorem 15.1",
)
def dual_of_ellipsoidal_norm(form: RootOfQuadratic, ask: Ask) -> Conclusion:
    """The dual of sqrt(x.P.x) is sqrt(x.P^-1.x)."""
    del ask
    x, q = Symbol(form.function.variable.name), form.inner
    kinds = {p.name: p.kind for p in q.parameters}
    match q.body:
        case Apply("dot", (left, Apply("image", (Symbol(name), right)))) if left == right == x:
            definite = kinds[name].order == "definite"
            inverse: Node = Apply("dot", (x, Apply("solve", (Symbol(name), x))))
        case Apply("sum", (Apply("mul", (Symbol(name), Apply("pow", (base, two)))),)):
            definite = base == x and two == Number(Fraction(2)) and kinds[name].lo_open
            inverse = Apply("sum", (Apply("div", (Apply("pow", (x, two)), Symbol(name))),))
        case _:
            raise NotDerivable(f"{q} is not written as dot(x, P @ x) or sum(w*x**2)")
    if not definite:
        raise NotDerivable(f"{name} is not known to be positive definite: declare its kind")
    body = _over(Apply("sqrt", (inverse,)), form.factor)
    return Conclusion(value=about(form.function, body, form.function.variable))


@theorem(
    "dual_norm",
    Transfer,
    needs=["a norm of singular values, of entries, or of norms of disjoint blocks"],
    source="lewis1995",
)
def dual_of_norm_of_sizes(form: Transfer, ask: Ask) -> Conclusion:
    """The dual of a norm of the singular values is the dual norm of the singular values (von
    Neumann); likewise for entries, and for the Euclidean norms of disjoint blocks.
    """
    if form.listing.head in ("eigenvalues", "norm"):
        raise NotDerivable(f"{form} is no norm of singular values, entries or blocks")
    outer = evenly(form.outer, form.listing)
    answer = ask("dual_norm", outer)
    assert answer.value is not None
    body = replaced(answer.value.body, Symbol(answer.value.variable.name), form.listing)
    lists = tuple(p for p in form.function.parameters if p.name in symbols(form.listing))
    own = {p.name: p for p in (*answer.value.parameters, *lists)}
    found = Function(body, form.function.variable, tuple(own.values()))
    return Conclusion(value=_disjointly(found), premises=(answer,))


def _hoelder(form: Lp) -> Function:
    if not has_triangle(form):
        raise NotDerivable(
            f"{form} is not known to be a norm: its order may be below 1, where the convex hull "
            "of its ball is a 1-norm ball; declare the order, as in p=Interval(1, None)"
        )
    name = form.function.variable.name
    if form.function.variable.kind != "vector":
        name = "x"
    core: Node = Apply("norm", (Symbol(name), conjugate_order(form.order)))
    body = core if form.weight == _ONE else Apply("div", (core, form.weight))
    used = form.function
    return Function(body, Variable(name, "vector"), used.parameters, used.relations)


def dual_listing(listing: Apply) -> Apply:
    """Return the list of the dual norms of blocks; blocks of one entry have one norm only."""
    if listing.head == "abs":
        return listing
    *others, order = listing.args
    return Apply(listing.head, (*others, conjugate_order(order)))


def conjugate_order(order: Node) -> Node:
    """Return q with 1/p + 1/q = 1."""
    if order == Constant("oo"):
        return _ONE
    if isinstance(order, Number):
        if order.value == 1:
            return Constant("oo")
        return Number(order.value / (order.value - 1))
    return Apply("div", (order, Apply("sub", (order, _ONE))))
