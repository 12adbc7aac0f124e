"""Theorems about functions made from others: conjugates, envelopes, gauges, distances, ..."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.forms import (
    ConjugateOf,
    DistanceTo,
    DualNorm,
    EnvelopeOf,
    GaugeOf,
    InfimalConvolution,
    OfNorm,
    PerspectiveOf,
    SupportFunction,
    lower,
)
from normcalc.forms.terms import ONE, is_positive
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Number, Symbol
from normcalc.language.shapes import Variable
from normcalc.operators import (
    Decomposed,
    LevelProjection,
    OfDistance,
    OfEnvelope,
    OfGauge,
    Perspective,
    Scaled,
    SlopeOfEnvelope,
    Split,
)
from normcalc.operators.split import Piece
from normcalc.theorems.convexity import is_convex
from normcalc.theorems.extension import evenly
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem

if TYPE_CHECKING:
    from normcalc.forms import Transformed
    from normcalc.operators import Operator
    from normcalc.theorems.registry import Answer


def _scaled(form: Transformed, operator: Operator, *premises: Answer) -> Conclusion:
    """Conclude with the prox of the transform, times its factor."""
    if form.factor == ONE:
        return Conclusion(operator=operator, premises=premises)
    if not is_positive(form.function, form.factor):
        raise NotDerivable(f"the factor of {form} is not known to be positive")
    return Conclusion(operator=Scaled(operator, form.factor), premises=premises)


def _convex(function: Function) -> Function:
    if not is_convex(function):
        raise NotDerivable(f"{function} is not known to be convex")
    return function


@theorem("prox", ConjugateOf, needs=["a closed convex function"], source="beck2017, Theorem 6.45")
def prox_of_conjugate(form: ConjugateOf, ask: Ask) -> Conclusion:
    """For closed convex f, prox_{step f*}(v) = v - step prox_{f/step}(v/step)."""
    answer = ask("prox", _convex(form.functions[0]))
    return _scaled(form, Decomposed(as_operator(answer)), answer)


@theorem("prox", SupportFunction, needs=["a convex set"], source="beck2017, Theorem 6.46")
def prox_of_support_function(form: SupportFunction, ask: Ask) -> Conclusion:
    """The support function of a closed convex set is the conjugate of its indicator, so that its
    prox is v minus step times the projection of v/step.
    """
    answer = ask("projection", _convex(form.functions[0]))
    return _scaled(form, Decomposed(as_operator(answer)), answer)


@theorem("prox", DualNorm, needs=["a convex gauge"], source="beck2017, Theorem 6.46")
def prox_of_dual_norm(form: DualNorm, ask: Ask) -> Conclusion:
    """The dual of a norm is the support function of its unit ball, on which the projection is the
    prox of the norm with the step at which the norm is 1.
    """
    norm = _convex(form.functions[0])
    answer = ask("prox", norm)
    ball = LevelProjection(as_operator(answer), norm, Number(Fraction(1)))
    return _scaled(form, Decomposed(ball), answer)


@theorem(
    "prox",
    GaugeOf,
    needs=["a convex set that holds 0"],
    source="rockafellar1970, Theorem 14.5; beck2017, Theorem 6.46",
)
def prox_of_gauge(form: GaugeOf, ask: Ask) -> Conclusion:
    """The best point of gauge r is the projection of v on r*C.  The slope of half its squared
    distance to v is -<v - r*c, c> with c the projection of v/r on C, and must be -step.
    """
    answer = ask("projection", _convex(form.functions[0]))
    return _scaled(form, OfGauge(as_operator(answer)), answer)


@theorem("prox", DistanceTo, needs=["a set with a projection"], source="beck2017, Lemma 6.43")
def prox_of_distance(form: DistanceTo, ask: Ask) -> Conclusion:
    """The distance is the function s of itself: its prox says how much of the way from v to the
    projection is left, which is the whole way less the step.
    """
    answer = ask("projection", form.functions[0])
    size = ask("prox", Function(Apply("abs", (Symbol("s"),)), Variable("s", "scalar")))
    operator = OfDistance(as_operator(answer), as_operator(size))
    return _scaled(form, operator, answer, size)


@theorem(
    "prox",
    OfNorm,
    needs=["the distance to a set with a projection inside", "a function that does not fall"],
    source="bauschkecombettes2017",
)
def prox_of_function_of_distance(form: OfNorm, ask: Ask) -> Conclusion:
    """Of the points at one distance from the set, the nearest to v lies on the way from v to its
    projection; how far is left is the prox of the outer function at the distance of v.
    """
    inner = lower(form.inner)
    if not isinstance(inner, DistanceTo):
        raise NotDerivable(f"{form.inner} is not the distance to a set")
    outer = evenly(form.outer, Apply("norm", ()))
    _convex(outer)
    projection, answer = ask("projection", inner.functions[0]), ask("prox", outer)
    operator = OfDistance(as_operator(projection), as_operator(answer))
    return Conclusion(operator=operator, premises=(projection, answer))


@theorem("prox", EnvelopeOf, needs=["a prox"], source="beck2017, Corollary 6.64")
def prox_of_envelope(form: EnvelopeOf, ask: Ask) -> Conclusion:
    """To minimise an envelope with parameter g and |u - v|^2/(2 step), minimise over u first: the
    inner minimiser is the prox of v with the step g + step, and u lies between it and v.
    """
    answer = ask("prox", form.functions[0])
    return _scaled(form, OfEnvelope(as_operator(answer), form.numbers[0]), answer)


@theorem(
    "gradient",
    EnvelopeOf,
    needs=["a convex function with a prox"],
    source="beck2017, Theorem 6.60",
)
def gradient_of_envelope_of_vectors(form: EnvelopeOf, ask: Ask) -> Conclusion:
    """The gradient of the envelope of a convex function is (v - prox(v))/g everywhere."""
    answer = ask("prox", _convex(form.functions[0]))
    if form.factor != ONE:
        raise NotDerivable(f"{form} has a factor: take it out of the gradient")
    operator = SlopeOfEnvelope(as_operator(answer), form.numbers[0])
    return Conclusion(operator=operator, premises=(answer,))


@theorem(
    "prox",
    PerspectiveOf,
    needs=["a closed convex function"],
    source="combettesmuller2018",
)
def prox_of_perspective(form: PerspectiveOf, ask: Ask) -> Conclusion:
    """At a point with scale t > 0, y = t*r with r the prox of v/t with the step step/t.  The
    slope in t of what is left grows, and its zero is the scale; if it has none the scale is 0.
    """
    function = _convex(form.functions[0])
    answer = ask("prox", function)
    return _scaled(form, Perspective(as_operator(answer), function), answer)


@theorem(
    "prox",
    InfimalConvolution,
    needs=["convex functions"],
    source="rockafellar1970, Theorem 5.4; boyd2011, Section 3",
)
def prox_of_infimal_convolution(form: InfimalConvolution, ask: Ask) -> Conclusion:
    """The prox is the sum of the points that minimise the sum of the functions and the squared
    distance of their sum to v: an inner solver finds them, one prox at a time.
    """
    operators, premises = shares(form, ask)
    split = Split((Piece(operators, None),), form.function.variable.name)
    return Conclusion(operator=split, premises=premises)


def shares(form: InfimalConvolution, ask: Ask) -> tuple[tuple[Operator, ...], tuple[Answer, ...]]:
    """Return the proxes of the functions in an infimal convolution, times its factor."""
    answers = tuple(ask("prox", _convex(f)) for f in form.functions)
    operators = tuple(_times(form, as_operator(answer)) for answer in answers)
    return operators, answers


def _times(form: InfimalConvolution, operator: Operator) -> Operator:
    return operator if form.factor == ONE else Scaled(operator, form.factor)
