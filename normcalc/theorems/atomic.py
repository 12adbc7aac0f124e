"""Theorems about atomic norms and gauges of finitely many points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.forms import Atomic, Composition, Lp, lower
from normcalc.forms.in_coordinates import product_of
from normcalc.forms.recognise import indicator
from normcalc.forms.terms import about, is_positive
from normcalc.language.construct import over
from normcalc.language.nodes import Apply, Compare, Node, Number, Symbol
from normcalc.operators import DualBall
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem

if TYPE_CHECKING:
    from normcalc.language.function import Function


def _over(node: Node, factor: Node) -> Node:
    if isinstance(factor, Number):
        return product_of([Number(1 / factor.value), node])
    return over(node, factor)


def _support(form: Atomic) -> Node:
    """Return the support function of the points at the variable."""
    image: Node = Apply("image", (form.points, Symbol(form.function.variable.name)))
    return Apply("amax", (Apply("abs", (image,)) if form.signed else image,))


def _polar_set(form: Atomic) -> Function:
    """Return the indicator of the set on which no point is larger than the factor."""
    if not is_positive(form.function, form.factor):
        raise NotDerivable(f"the factor of {form} is not known to be positive")
    body = indicator(Compare("<=", _support(form), form.factor))
    return about(form.function, body, form.function.variable)


@theorem(
    "prox",
    Atomic,
    needs=["a positive factor"],
    source="chandrasekaran2012, Section 2; beck2017, Theorem 6.46",
)
def prox_of_atomic_norm(form: Atomic, ask: Ask) -> Conclusion:
    """The gauge of the hull of points is the support function of its polar set, on which no point
    is larger than 1.  By Moreau's decomposition the prox is v - step*projection(v/step) on it.
    """
    answer = ask("projection", _polar_set(form))
    dual = about(form.function, _over(_support(form), form.factor), form.function.variable)
    return Conclusion(operator=DualBall(as_operator(answer), dual), premises=(answer,))


@theorem("conjugate", Atomic, needs=["a positive factor"], source="rockafellar1970, Theorem 15.1")
def conjugate_of_atomic_norm(form: Atomic, ask: Ask) -> Conclusion:
    """The conjugate of the gauge of a hull of points is the indicator of its polar set."""
    del ask
    return Conclusion(value=_polar_set(form))


@theorem(
    "dual_norm",
    Atomic,
    needs=["points that come with their negatives", "a positive factor"],
    source="chandrasekaran2012, Section 2; rockafellar1970, Theorem 15.1",
)
def dual_of_atomic_norm(form: Atomic, ask: Ask) -> Conclusion:
    """The unit ball is the hull of the atoms and their negatives, so the dual norm is the largest
    size of an inner product with an atom.
    """
    del ask
    if not form.signed or not is_positive(form.function, form.factor):
        raise NotDerivable(
            f"{form} is a gauge, and only a norm has a dual norm; its conjugate is the indicator "
            f"of its polar set; atomic_norm takes the negatives of the points as well"
        )
    body = _over(_support(form), form.factor)
    return Conclusion(value=about(form.function, body, form.function.variable))


@theorem(
    "dual_norm",
    Composition,
    needs=["a matrix whose rows span the space", "the largest size as the outer norm"],
    source="chandrasekaran2012, Section 2; rockafellar1970, Theorem 15.1",
)
def dual_of_largest_size_of_image(form: Composition, ask: Ask) -> Conclusion:
    """The norm max(abs(V @ x)) is the support function of the rows of V and their negatives, so
    the gauge of their hull, an atomic norm, is its dual.
    """
    del ask
    points, weight = image_of_rows(form)
    x = Symbol(form.function.variable.name)
    body = _over(Apply("atomic_norm", (x, points)), weight)
    return Conclusion(value=about(form.function, body, form.function.variable))


def image_of_rows(form: Composition) -> tuple[Node, Node]:
    """Return V and w of ``w*max(abs(V @ x))``.

    Raises
    ------
    NotDerivable
        The function is another one.
    """
    outer, x = lower(form.outer), Symbol(form.function.variable.name)
    match form.inner:
        case Apply("image", (points, inner)) if inner == x and isinstance(outer, Lp):
            if outer.exponent == float("inf"):
                return points, outer.weight
    raise NotDerivable(f"{form} is not a multiple of max(abs(V @ x))")
