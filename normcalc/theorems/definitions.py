"""Conjugates, envelopes and dual norms of vectors: by formulas, or else by their definitions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from normcalc.errors import NotDerivable
from normcalc.facts import norm_kind
from normcalc.forms import Lp, OfNorm, Sorted, Sum, Transfer, Whole
from normcalc.forms.degree import replaced
from normcalc.forms.recognise import indicator
from normcalc.language.combinations import made
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Compare, Node, Number, Symbol
from normcalc.language.parameters import Parameter, Positive
from normcalc.theorems.convexity import is_convex, is_norm
from normcalc.theorems.extension import evenly
from normcalc.theorems.registry import Ask, Conclusion, theorem
from normcalc.theorems.sets import is_set

_ONE = Number(Fraction(1))


@theorem("conjugate", Lp, needs=["a norm"], source="rockafellar1970, Theorem 15.1")
def conjugate_of_p_norm(form: Lp, ask: Ask) -> Conclusion:
    """The conjugate of a norm is the indicator of the unit ball of the dual norm."""
    return _dual_ball(form.function, ask)


@theorem("conjugate", Sorted, needs=["a norm"], source="rockafellar1970, Theorem 15.1")
def conjugate_of_sorted_norm(form: Sorted, ask: Ask) -> Conclusion:
    """The conjugate of a sorted norm is the indicator of the unit ball of the dual norm."""
    return _dual_ball(form.function, ask)


@theorem("conjugate", Whole, needs=["a norm with a dual"], source="rockafellar1970, Theorem 15.1")
def conjugate_of_norm(form: Whole, ask: Ask) -> Conclusion:
    """The conjugate of any norm is the indicator of the unit ball of the dual norm."""
    return _dual_ball(form.function, ask)


def _dual_ball(function: Function, ask: Ask) -> Conclusion:
    if norm_kind(function).kind != "norm":
        raise NotDerivable(f"{function} is not known to be a norm")
    answer = ask("dual_norm", function)
    dual = answer.value
    assert dual is not None
    body = indicator(Compare("<=", dual.body, _ONE))
    return Conclusion(value=replace(dual, body=body, text=""), premises=(answer,))


@theorem(
    "conjugate",
    OfNorm,
    needs=["a norm inside", "a convex function outside that does not fall"],
    source="rockafellar1970, Theorem 15.3",
)
def conjugate_of_function_of_norm(form: OfNorm, ask: Ask) -> Conclusion:
    """The conjugate of phi(N(x)) is phi*(N*(x)), with the dual norm and with phi extended evenly:
    of all points of one norm, the one along which <v, x> is largest is best.
    """
    if not is_norm(form.inner):
        raise NotDerivable(f"{form.inner} is not known to be a norm")
    outer, inner = evenly(form.outer, Apply("norm", ())), ask("dual_norm", form.inner)
    answer = ask("conjugate", outer)
    assert inner.value is not None
    body = _composed(answer.value, inner.value.body, f"the conjugate of {outer}")
    return Conclusion(value=_of_both(form.function, inner.value, body), premises=(inner, answer))


@theorem(
    "conjugate",
    Transfer,
    needs=["a convex function of sizes that an isometry cannot change"],
    source="lewis1995",
)
def conjugate_of_function_of_sizes(form: Transfer, ask: Ask) -> Conclusion:
    """The conjugate of a function of the norm, of the norms of blocks, or of singular values is
    the conjugate of that function at the sizes.
    """
    outer = evenly(form.outer, form.listing)
    if not is_convex(outer):
        raise NotDerivable(f"{outer} is not known to be convex and nondecreasing in the sizes")
    answer = ask("conjugate", outer)
    body = _composed(answer.value, form.listing, f"the conjugate of {outer}")
    if form.listing.head != "norm" and answer.value is not None:
        body = Apply("sum", (body,)) if answer.value.variable.kind == "scalar" else body
    return Conclusion(value=_of_both(form.function, form.function, body), premises=(answer,))


def _composed(outer: Function | None, inner: Node, what: str) -> Node:
    if outer is None or outer.domain is not None:
        raise NotDerivable(f"{what} has no formula")
    return replaced(outer.body, Symbol(outer.variable.name), inner)


def _of_both(f: Function, g: Function, body: Node) -> Function:
    own = {p.name: p for p in (*f.parameters, *g.parameters)}
    return Function(body, f.variable, tuple(own.values()), f.relations)


@theorem("conjugate", Whole, needs=["a convex function"], source="rockafellar1970, Section 12")
def conjugate_by_definition(form: Whole, ask: Ask) -> Conclusion:
    """Where no formula is known the conjugate is the supremum that defines it, and the proximal
    point method finds its values.
    """
    return _by_supremum(form.function, ask)


@theorem("conjugate", Sum, needs=["convex functions"], source="rockafellar1970, Section 12")
def conjugate_of_sum_by_definition(form: Sum, ask: Ask) -> Conclusion:
    """The conjugate of a sum is the supremum that defines it: there is no formula in general."""
    return _by_supremum(form.function, ask)


def _by_supremum(function: Function, ask: Ask) -> Conclusion:
    if not is_convex(function):
        raise NotDerivable(f"{function} is not known to be convex")
    premise = ask("prox", function)
    head = "support_function" if is_set(function) else "conjugate"
    return Conclusion(value=made(head, function), premises=(premise,))


@theorem("dual_norm", Whole, needs=["a norm with a prox"], source="rockafellar1970, Theorem 15.1")
def dual_by_definition(form: Whole, ask: Ask) -> Conclusion:
    """Where no formula is known the dual norm is the maximum that defines it, over the unit ball,
    on which there is a projection.
    """
    return _by_maximum(form.function, ask)


@theorem("dual_norm", Sum, needs=["a norm with a prox"], source="rockafellar1970, Theorem 15.1")
def dual_of_sum_by_definition(form: Sum, ask: Ask) -> Conclusion:
    """The dual of a sum of norms is the maximum that defines it: no formula in general."""
    return _by_maximum(form.function, ask)


def _by_maximum(function: Function, ask: Ask) -> Conclusion:
    kind = norm_kind(function)
    if kind.kind != "norm":
        raise NotDerivable(f"{function} is not known to be a norm: {kind}")
    premise = ask("prox", function)
    return Conclusion(value=made("dual_norm", function), premises=(premise,))


@theorem("moreau_envelope", Whole, needs=["a prox"], source="beck2017, Section 6.7")
def envelope_by_definition(form: Whole, ask: Ask) -> Conclusion:
    """The Moreau envelope is the least value of the problem that the prox solves."""
    return _envelope(form.function, ask)


@theorem("moreau_envelope", Sum, needs=["a prox"], source="beck2017, Section 6.7")
def envelope_of_sum(form: Sum, ask: Ask) -> Conclusion:
    """The Moreau envelope of a sum is the least value of the problem that its prox solves."""
    return _envelope(form.function, ask)


@theorem("moreau_envelope", Lp, needs=["a prox"], source="beck2017, Section 6.7")
def envelope_of_p_norm(form: Lp, ask: Ask) -> Conclusion:
    """The Moreau envelope of a p-norm is the least value of the problem that its prox solves."""
    return _envelope(form.function, ask)


@theorem("moreau_envelope", Sorted, needs=["a prox"], source="beck2017, Section 6.7")
def envelope_of_sorted_norm(form: Sorted, ask: Ask) -> Conclusion:
    """The envelope of a sorted norm is the least value of the problem that its prox solves."""
    return _envelope(form.function, ask)


def _envelope(function: Function, ask: Ask) -> Conclusion:
    if any(p.name == "step" for p in function.parameters):
        raise NotDerivable(f"{function} has a parameter named step already: rename it")
    premise = ask("prox", function)
    found = made("moreau_envelope", function, numbers=(Symbol("step"),))
    parameters = (*found.parameters, Parameter("step", Positive))
    return Conclusion(value=replace(found, parameters=parameters), premises=(premise,))
