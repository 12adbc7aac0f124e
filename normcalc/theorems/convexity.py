"""Whether a function of a vector is convex, node by node; what cannot be told counts as no."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.facts import convexity, even
from normcalc.forms import (
    Atomic,
    Blocks,
    Composition,
    ConjugateOf,
    DistanceTo,
    DualNorm,
    Epigraph,
    Extreme,
    GaugeOf,
    LargestBlock,
    LevelSet,
    Lovasz,
    Lp,
    OfNorm,
    OfSum,
    Ordered,
    OrderedImage,
    Quadratic,
    RootOfQuadratic,
    Scalar,
    Separable,
    Sorted,
    Sum,
    SupportFunction,
    Transfer,
    Transformed,
    as_lp,
    lower,
)
from normcalc.forms.degree import degree
from normcalc.forms.terms import Summand, is_at_least, is_positive, summands
from normcalc.language.construct import negate
from normcalc.language.nodes import Apply, Constant, Number, Symbol
from normcalc.language.parameters import Interval
from normcalc.theorems.curvature import reading
from normcalc.theorems.extension import evenly
from normcalc.theorems.homogeneous import degree_of

if TYPE_CHECKING:
    from normcalc.forms import Form
    from normcalc.language.function import Function
    from normcalc.language.nodes import Node


def is_convex(function: Function) -> bool:
    """Tell whether a function is known to be convex.

    Examples
    --------
    >>> from normcalc.language import function
    >>> [is_convex(function(f)) for f in ("norm(A @ x)", "-norm(x)", "sum(group_norms(x, G, 2))")]
    [True, False, True]
    """
    return form_is_convex(lower(function))


def form_is_convex(form: Form) -> bool:
    """Tell whether a function of this form is known to be convex."""
    match form:
        case Scalar(function=f) | Separable(element=f):
            return convexity(f).value == "YES"
        case Transfer(outer=outer, listing=listing):
            return is_convex(evenly(outer, listing))
        case Composition(outer=outer):
            return is_convex(outer)
        case Transformed():
            return _transformed_is_convex(form)
        case LevelSet(level=level, relation=relation):
            return relation == "<=" and is_convex(level)
        case Epigraph(level=level):
            return is_convex(level)
        case Extreme(functions=functions, largest=largest):
            return largest and all(map(is_convex, functions))
        case OfNorm(outer=outer, inner=inner):
            if is_norm(inner):
                return is_convex(evenly(outer, Apply("norm", ())))
            return is_root(outer, inner) and is_convex(inner)
        case OrderedImage(element=f):
            return convexity(f).value == even(f).value == "YES"
        case OfSum():
            return reading(form).is_convex()
        case Sum(terms=terms):
            return all(form_is_convex(term) for term in terms)
        case Lp():
            return has_triangle(form)
        case RootOfQuadratic(function=f, factor=factor) | Atomic(function=f, factor=factor):
            return is_positive(f, factor)
        case Quadratic(function=f):
            return all(_is_convex_quadratic(f, term) for term in summands(f))
        case Lovasz(function=f, factor=factor):  # operators refuse one that is not submodular
            return is_positive(f, factor)
        # the numbers tell whether weights fall, and operators refuse those that do not
        case Ordered(function=f, terms=terms):
            return not any(_rises(f, factor, head) for factor, head, _ in terms)
        case Blocks() | LargestBlock():
            return _of_norms(form)
    return isinstance(form, Sorted)


def _rises(function: Function, factor: Node, head: str) -> bool:
    """Tell whether a function of the sorted entries surely has a weight after a smaller one."""
    if head in ("sum", "mean"):
        return False
    return is_positive(function, factor if head == "amin" else negate(factor))


def _transformed_is_convex(form: Transformed) -> bool:
    """Suprema of affine functions always are; the others, if what they are made from is."""
    always = isinstance(form, ConjugateOf | SupportFunction | DualNorm)
    made = always or all(map(is_convex, form.functions))
    return made and is_positive(form.function, form.factor)


def _is_convex_quadratic(function: Function, term: Summand) -> bool:
    """Tell whether a term is affine, or a positive multiple of a square or of a definite form."""
    name = function.variable.name
    if degree(term.core, name) <= 1:
        return True
    kinds = {p.name: p.kind for p in function.parameters}
    match term.core:
        case Apply("pow", (Apply("norm", (_, order)), power)):
            square = order == power == Number(Fraction(2))
        case Apply("pow", (base, power)):
            square = power == Number(Fraction(2)) and degree(base, name) <= 1
        case Apply("sum", (Apply("pow", (base, power)),)):
            square = power == Number(Fraction(2)) and degree(base, name) <= 1
        case Apply("dot", (left, Apply("image" | "solve", (Symbol(matrix), right)))):
            square = left == right and kinds[matrix].order == "definite"
        case Apply("dot", (left, right)):
            square = left == right
        case _:
            square = False
    return square and is_positive(function, term.factor)


def is_root(outer: Function, inner: Function) -> bool:
    """Tell whether this is the p-th root of a function that is homogeneous of degree p."""
    form = lower(inner)
    if not isinstance(form, OrderedImage):
        return False
    p, root = degree_of(form.element), degree_of(outer, (1,))
    return p is not None and root is not None and sp.simplify(p * root - 1) == 0


def is_norm(function: Function) -> bool:
    """Tell whether a function is convex and nowhere negative by its form: a norm, a distance."""
    form = lower(function)
    if isinstance(form, DualNorm | GaugeOf | DistanceTo):
        return _transformed_is_convex(form)
    if isinstance(form, Separable):
        return as_lp(form) is not None
    if isinstance(form, Lp):
        return has_triangle(form)
    if isinstance(form, Blocks | LargestBlock):
        return _of_norms(form)
    absolute = isinstance(form, Ordered) and form.absolute
    return absolute or isinstance(form, Sorted | RootOfQuadratic)


def _of_norms(form: Blocks | LargestBlock) -> bool:
    """Tell whether the order of the norms of the groups is known to be at least one."""
    if form.listing.head != "group_norms":
        return True
    order = form.listing.args[2]
    return order == Constant("oo") or is_at_least(form.function, order, 1)


def has_triangle(form: Lp) -> bool:
    """Tell whether the order of a p-norm is known to be at least one."""
    return order_bounds(form)[0] >= 1 or is_at_least(form.function, form.order, 1)


def order_bounds(form: Lp) -> tuple[float, float]:
    """Return between which numbers the order of a p-norm is known to lie."""
    if form.exponent is not None:
        return form.exponent, form.exponent
    kinds = {p.name: p.kind for p in form.function.parameters}
    kind = kinds.get(getattr(form.order, "name", ""), Interval(0, None))
    lo, hi = kind.lo, kind.hi
    return -inf if lo is None else lo, inf if hi is None else hi
