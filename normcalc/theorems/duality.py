"""Theorems about dual norms."""

from __future__ import annotations

from fractions import Fraction

from normcalc.errors import NotDerivable
from normcalc.facts import norm_kind
from normcalc.forms import Lp, Polyhedral, Separable, as_lp, dual, to_function
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Constant, Node, Number, Symbol
from normcalc.language.shapes import Variable
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
    needs=["a positive multiple of the sum of absolute values"],
    source="rockafellar1970, Theorem 15.1",
)
def dual_of_absolute_sum(form: Separable, ask: Ask) -> Conclusion:
    """A weighted sum of absolute values is a 1-norm: Hölder's inequality with p = 1."""
    del ask
    norm = as_lp(form)
    if norm is None:
        raise NotDerivable(f"{form} is not a multiple of the 1-norm, so it has no dual norm here")
    return Conclusion(value=_hoelder(norm))


def _hoelder(form: Lp) -> Function:
    if form.exponent is not None and form.exponent < 1:
        raise NotDerivable(
            f"{form} is not a norm: its order is below 1; its ball's convex hull is a 1-norm ball"
        )
    name = form.function.variable.name
    if form.function.variable.kind != "vector":
        name = "x"
    core: Node = Apply("norm", (Symbol(name), conjugate_order(form.order)))
    body = core if form.weight == _ONE else Apply("div", (core, form.weight))
    used = form.function
    return Function(body, Variable(name, "vector"), used.parameters, used.relations)


def conjugate_order(order: Node) -> Node:
    """Return q with 1/p + 1/q = 1."""
    if order == Constant("oo"):
        return _ONE
    if isinstance(order, Number):
        if order.value == 1:
            return Constant("oo")
        return Number(order.value / (order.value - 1))
    return Apply("div", (order, Apply("sub", (order, _ONE))))
