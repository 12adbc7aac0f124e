"""Theorems about the minimiser of a linear form over the unit ball of a norm."""

from __future__ import annotations

from normcalc.errors import NotDerivable
from normcalc.facts import norm_kind
from normcalc.forms import (
    Atomic,
    Blocks,
    Composition,
    LargestBlock,
    Lp,
    Ordered,
    Polyhedral,
    RootOfQuadratic,
    Separable,
    Sorted,
    Transfer,
    to_function,
    vertices,
)
from normcalc.forms.terms import is_positive
from normcalc.language.nodes import Symbol
from normcalc.operators import Transferred
from normcalc.operators.minimizers import (
    OverAtoms,
    OverBlockBall,
    OverEllipsoid,
    OverLpBall,
    OverPoints,
    OverSlabs,
    OverSortedBall,
    OverWeightedSum,
)
from normcalc.theorems.atomic import image_of_rows
from normcalc.theorems.convexity import has_triangle
from normcalc.theorems.duality import weight_of_size
from normcalc.theorems.extension import evenly
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem

_GOAL = "linear_minimizer"
_SOURCE = "rockafellar1970, Section 23"


def _check_factor(form: Atomic | Blocks | LargestBlock | RootOfQuadratic) -> None:
    if not is_positive(form.function, form.factor):
        raise NotDerivable(f"the factor of {form} is not known to be positive")


@theorem(_GOAL, Lp, needs=["order at least 1", "positive weight"], source=_SOURCE)
def minimizer_over_p_norm_ball(form: Lp, ask: Ask) -> Conclusion:
    """Equality in Hölder's inequality: abs(x)**p is proportional to abs(v)**q with opposite
    signs; for p = 1 a largest entry of v alone, for p = oo the signs.
    """
    del ask
    if not has_triangle(form):
        raise NotDerivable(f"{form} is not a norm: its order is not known to be at least 1")
    return Conclusion(operator=OverLpBall(form.order, form.weight))


@theorem(_GOAL, Separable, needs=["a sum of sizes with positive weights"], source=_SOURCE)
def minimizer_over_weighted_sum(form: Separable, ask: Ask) -> Conclusion:
    """The ball of a weighted sum of sizes is the hull of the signed unit vectors over weights."""
    del ask
    weight = weight_of_size(form)
    if weight is None:
        raise NotDerivable(f"{form} is not a multiple of the 1-norm")
    return Conclusion(operator=OverWeightedSum(weight))


@theorem(_GOAL, Polyhedral, needs=["a norm"], source=_SOURCE)
def minimizer_over_polytope(form: Polyhedral, ask: Ask) -> Conclusion:
    """A linear form has its minimum over a polytope at a vertex; the vertices are exact."""
    del ask
    kind = norm_kind(to_function(form)).kind
    if kind != "norm":
        raise NotDerivable(f"{form} is a {kind}, and only a norm has a bounded unit ball")
    corners = tuple(tuple(float(x) for x in corner) for corner in vertices(form))
    return Conclusion(operator=OverPoints(corners))


@theorem(_GOAL, Sorted, needs=["nonincreasing weights"], source="zengfigueiredo2014")
def minimizer_over_sorted_norm_ball(form: Sorted, ask: Ask) -> Conclusion:
    """The ball is the hull of the signed vectors with k equal sizes that have norm 1."""
    del ask
    terms = ((form.factor, "sort", Symbol(form.weights)),)
    return Conclusion(operator=OverSortedBall(terms))


@theorem(_GOAL, Ordered, needs=["weights that do not rise"], source="zengfigueiredo2014")
def minimizer_over_ordered_ball(form: Ordered, ask: Ask) -> Conclusion:
    """A linear function of the sorted sizes with nonincreasing weights is a sorted norm, whose
    ball is the hull of the signed vectors with k equal sizes that have norm 1.
    """
    del ask
    if not form.absolute:
        raise NotDerivable(f"{form} is not a function of sizes, so it is no norm")
    return Conclusion(operator=OverSortedBall(form.terms))


@theorem(_GOAL, Blocks, needs=["blocks that partition the entries"], source=_SOURCE)
def minimizer_over_sum_of_blocks(form: Blocks, ask: Ask) -> Conclusion:
    """The ball of a sum of norms of disjoint blocks is the hull of the balls in single blocks."""
    del ask
    _check_factor(form)
    return Conclusion(operator=OverBlockBall(form.factor, form.listing, largest=False))


@theorem(_GOAL, LargestBlock, needs=["blocks that partition the entries"], source=_SOURCE)
def minimizer_over_largest_block(form: LargestBlock, ask: Ask) -> Conclusion:
    """The ball of the largest of norms of disjoint blocks is the product of the balls."""
    del ask
    _check_factor(form)
    return Conclusion(operator=OverBlockBall(form.factor, form.listing, largest=True))


@theorem(_GOAL, RootOfQuadratic, needs=["a positive definite form"], source=_SOURCE)
def minimizer_over_ellipsoid(form: RootOfQuadratic, ask: Ask) -> Conclusion:
    """Minus the gradient of the dual norm sqrt(v.P^-1.v), which is P^-1 v over that norm."""
    del ask
    _check_factor(form)
    name = form.function.variable.name
    return Conclusion(operator=OverEllipsoid(form.inner.body, form.factor, name))


@theorem(
    _GOAL, Atomic, needs=["atoms with their negatives"], source="chandrasekaran2012, Section 2"
)
def minimizer_over_atoms(form: Atomic, ask: Ask) -> Conclusion:
    """The unit ball is the hull of the atoms and their negatives: one of them is a minimiser."""
    del ask
    _check_factor(form)
    if not form.signed:
        raise NotDerivable(f"{form} is a gauge and no norm; atomic_norm is symmetric")
    return Conclusion(operator=OverAtoms(form.points, form.factor))


@theorem(_GOAL, Composition, needs=["the largest size as the outer norm"], source=_SOURCE)
def minimizer_over_slabs(form: Composition, ask: Ask) -> Conclusion:
    """The ball of max(abs(V @ x)) is a polytope if the rows of V span the space; a linear
    programme has a solution at a vertex of it.
    """
    del ask
    matrix, weight = image_of_rows(form)
    return Conclusion(operator=OverSlabs(matrix, weight))


@theorem(
    _GOAL,
    Transfer,
    needs=["a norm of singular values, of entries, or of norms of disjoint blocks"],
    source="lewis1995",
)
def minimizer_over_ball_of_sizes(form: Transfer, ask: Ask) -> Conclusion:
    """By von Neumann's inequality a minimiser has the singular vectors of v, and for singular
    values a minimiser over the ball of the outer norm; likewise for entries, and for the
    Euclidean norms of disjoint blocks.
    """
    if form.listing.head in ("eigenvalues", "norm"):
        raise NotDerivable(f"{form} is no norm of singular values, entries or blocks")
    answer = ask(_GOAL, evenly(form.outer, form.listing))
    operator = Transferred(as_operator(answer), form.listing)
    return Conclusion(operator=operator, premises=(answer,))
