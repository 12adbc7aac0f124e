"""Theorems about norms: p-norms, norms of sorted entries, sums of norms of groups."""

from __future__ import annotations

from fractions import Fraction

from normcalc.errors import NotDerivable
from normcalc.forms import (
    Blocks,
    DualNorm,
    GaugeOf,
    LargestBlock,
    Lp,
    OfNorm,
    Ordered,
    RootOfQuadratic,
    Sorted,
    lower,
)
from normcalc.forms.in_coordinates import product_of
from normcalc.forms.terms import about, is_positive
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Number, Symbol, symbols
from normcalc.language.parameters import Interval, Parameter
from normcalc.language.shapes import Variable
from normcalc.operators import (
    Blockwise,
    DualBall,
    Ellipsoidal,
    FunctionOfNorm,
    Isotonic,
    LevelProjection,
    LpBall,
    StackedBlocks,
    Transferred,
)
from normcalc.theorems.convexity import has_triangle, is_convex, is_norm
from normcalc.theorems.duality import dual_listing
from normcalc.theorems.extension import evenly
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem

_ONE, _TWO = Number(Fraction(1)), Number(Fraction(2))


@theorem("prox", Lp, needs=["order 2"], source="beck2017, Example 6.19")
def prox_of_euclidean_norm(form: Lp, ask: Ask) -> Conclusion:
    """The Euclidean norm is a function of itself: its prox shortens v by the prox of
    weight*|s| at the norm of v.
    """
    if form.exponent != 2:
        raise NotDerivable(f"{form} is no multiple of the Euclidean norm")
    s = Symbol("s")
    body = product_of([form.weight, Apply("abs", (s,))])
    used = tuple(p for p in form.function.parameters if p.name in symbols(form.weight))
    answer = ask("prox", Function(body, Variable("s", "scalar"), used))
    listing = Apply("norm", (Symbol(form.function.variable.name), _TWO))
    return Conclusion(operator=Transferred(as_operator(answer), listing), premises=(answer,))


@theorem(
    "prox",
    Lp,
    needs=["order at least 1"],
    source="beck2017, Example 6.47 and Theorem 6.30",
)
def prox_of_p_norm(form: Lp, ask: Ask) -> Conclusion:
    """By Moreau's decomposition the prox is ``v - step*projection(v/step)`` on the ball of the
    dual norm, of order q with 1/p + 1/q = 1.  That is a level set of ``sum(abs(x)**q)``, whose
    multiplier solves one monotone equation in the prox of ``abs(x)**q``.
    """
    if not has_triangle(form):
        raise NotDerivable(f"{form} is not convex: its order is not known to be at least 1")
    order = Symbol("q")
    x = Symbol("x")
    power = Function(
        Apply("pow", (Apply("abs", (x,)), order)),
        Variable("x", "scalar"),
        (Parameter("q", Interval.open(1, None)),),
    )
    size = Function(Apply("abs", (x,)), Variable("x", "scalar"))
    premises = (ask("prox", power), ask("prox", size))
    return Conclusion(operator=LpBall(form.order, form.weight, *premises), premises=premises)


@theorem(
    "prox",
    Sorted,
    needs=["nonincreasing nonnegative weights"],
    source="bogdan2015",
)
def prox_of_sorted_norm(form: Sorted, ask: Ask) -> Conclusion:
    """The entries of the prox keep the order and the signs of v.  On vectors in that order the
    function is linear, so the prox is the isotonic regression of |v| - step*w, or 0 if that is
    negative.
    """
    del ask
    terms = ((form.factor, "sort", Symbol(form.weights)),)
    return Conclusion(operator=Isotonic(terms, absolute=True))


@theorem(
    "prox",
    Ordered,
    needs=["weights that do not rise"],
    source="bogdan2015",
)
def prox_of_order_statistics(form: Ordered, ask: Ask) -> Conclusion:
    """A linear function of the sorted entries with nonincreasing weights is convex, and its prox
    keeps the order of v: it is the isotonic regression of v - step*w in decreasing order.
    """
    del ask
    return Conclusion(operator=Isotonic(form.terms, form.absolute))


@theorem(
    "prox",
    Blocks,
    needs=["disjoint or nested groups for a closed form", "nonnegative factors"],
    source="jenatton2011",
)
def prox_of_sum_of_block_norms(form: Blocks, ask: Ask) -> Conclusion:
    """Disjoint blocks are independent.  For nested groups and the 1-, 2- or infinity-norm the
    prox is the composition of those of the groups, a group after all groups inside it.
    """
    order = form.listing.args[-1]
    x = Symbol("x")
    used = tuple(p for p in form.function.parameters if p.name in symbols(order))
    norm = Function(Apply("norm", (x, order)), Variable("x", "vector"), used)
    answer = ask("prox", norm)
    operator = Blockwise(as_operator(answer), form.factor, form.listing)
    return Conclusion(operator=operator, premises=(answer,))


@theorem(
    "prox",
    LargestBlock,
    needs=["a numerical order", "factor > 0"],
    source="beck2017, Example 6.47",
)
def prox_of_largest_block_norm(form: LargestBlock, ask: Ask) -> Conclusion:
    """The dual of the largest of the norms of disjoint blocks is the sum of their dual norms,
    with inverse factors.  Moreau's decomposition needs the projection on its unit ball.
    """
    listing = dual_listing(form.listing)
    body = Apply("sum", (listing,))
    if form.factor != _ONE:
        body = Apply("sum", (Apply("mul", (Apply("div", (_ONE, form.factor)), listing)),))
    dual = about(form.function, body, form.function.variable)
    answer = ask("prox", dual)
    ball = LevelProjection(as_operator(answer), dual, _ONE)
    operator = StackedBlocks(DualBall(ball, dual), form.listing)
    return Conclusion(operator=operator, premises=(answer,))


@theorem(
    "prox",
    OfNorm,
    needs=["a norm inside", "a convex function outside that does not fall"],
    source="beck2017, Theorem 3.47 and Theorem 6.39",
)
def prox_of_function_of_norm(form: OfNorm, ask: Ask) -> Conclusion:
    """A point u minimises phi(N(u)) + |u - v|^2/(2 step) if it is the prox of mu N with mu/step a
    slope of phi at r = N(u), which says that r is the prox of step phi at r + mu: one equation,
    whose left side grows with mu.
    """
    if not is_norm(form.inner):
        raise NotDerivable(f"{form.inner} is not known to be a norm")
    outer = evenly(form.outer, Apply("norm", ()))
    if not is_convex(outer):
        raise NotDerivable(f"{form.outer} is not known to be convex and nondecreasing for s >= 0")
    inner, answer = ask("prox", form.inner), ask("prox", outer)
    searched = isinstance(lower(form.inner), DualNorm | GaugeOf)
    operator = FunctionOfNorm(as_operator(inner), form.inner, answer, searched)
    return Conclusion(operator=operator, premises=(inner, answer))


@theorem(
    "prox",
    RootOfQuadratic,
    needs=["a quadratic form that is nowhere negative", "a positive factor"],
    source="beck2017, Theorem 6.39 and Lemma 6.68",
)
def prox_of_ellipsoidal_norm(form: RootOfQuadratic, ask: Ask) -> Conclusion:
    """At a point u that is not zero in the norm, optimality reads (I + step*P/s) u = v with
    s = sqrt(u.P.u), which is one falling equation for s in the eigenvectors of P.
    """
    del ask
    if not is_positive(form.function, form.factor):
        raise NotDerivable(f"the factor of {form} is not known to be positive")
    name = form.function.variable.name
    return Conclusion(operator=Ellipsoidal(form.inner.body, form.factor, name))
