"""Theorems about affine arguments, quadratic functions, level sets and epigraphs."""

from __future__ import annotations

from normcalc.errors import NotDerivable
from normcalc.forms import Composition, DualNorm, Epigraph, LevelSet, Quadratic, lower
from normcalc.forms.recognise import condition_of
from normcalc.forms.terms import is_positive
from normcalc.language.nodes import Apply, Compare, Logic, Number, Symbol
from normcalc.operators import (
    AffineProjection,
    EpigraphProjection,
    FirstOf,
    KeepLargest,
    LevelProjection,
    LinearSolve,
    PolarBall,
    PreComposed,
    Split,
    exact_or,
)
from normcalc.operators.split import pieces_of
from normcalc.theorems.convexity import is_convex
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem


@theorem(
    "prox",
    Quadratic,
    needs=["curvature above -1/step"],
    source="beck2017, Section 6.2.3",
)
def prox_of_quadratic(form: Quadratic, ask: Ask) -> Conclusion:
    """The gradient of x.H.x/2 + g.x + c + |x - v|**2/(2 step) vanishes where
    (I + step*H) u = v - step*g.
    """
    del ask
    return Conclusion(operator=LinearSolve(form.function.body, form.function.variable.name))


@theorem(
    "prox",
    Composition,
    needs=["the indicator of one point as the outer function"],
    source="beck2017, Lemma 6.26",
)
def projection_on_affine_set(form: Composition, ask: Ask) -> Conclusion:
    """The nearest point with M x + c = b is v - M^+ (M v + c - b)."""
    del ask
    condition = condition_of(form.outer.body)
    if isinstance(condition, Logic) and condition.head == "all":
        condition = condition.args[0]
    y = Symbol(form.outer.variable.name)
    if not isinstance(condition, Compare) or condition.relation != "==":
        raise NotDerivable("the outer function is not the indicator of a point")
    sides = (condition.left, condition.right)
    if y not in sides:
        raise NotDerivable("the outer function is not the indicator of a point")
    target = sides[1] if sides[0] == y else sides[0]
    name = form.function.variable.name
    return Conclusion(operator=AffineProjection(form.inner, target, name))


@theorem(
    "prox",
    Composition,
    needs=["rows that are orthogonal and of one length, or a convex outer function"],
    source="beck2017, Theorem 6.15; goldfarbidnani1983",
)
def prox_of_composition(form: Composition, ask: Ask) -> Conclusion:
    """Where M M' = mu I, the prox of f(M x + c) is v + M'(prox_{mu step f}(y) - y)/mu with
    y = M v + c.  For other maps an active set is used where f is polyhedral, and an inner
    solver for other convex f.
    """
    answer = ask("prox", form.outer)
    name = form.function.variable.name
    inner = as_operator(answer)
    direct = PreComposed(inner, form.inner, name)
    if not is_convex(form.outer):
        return Conclusion(operator=direct, premises=(answer,))
    split = Split(pieces_of(inner, form.inner, form.outer), name)
    operator = FirstOf((direct, exact_or(split, form.function)))
    return Conclusion(operator=operator, premises=(answer,))


@theorem(
    "prox",
    LevelSet,
    needs=["a bound on the number of nonzero entries"],
    source="beckeldar2013",
)
def projection_on_sparse_vectors(form: LevelSet, ask: Ask) -> Conclusion:
    """Of the vectors with at most k nonzero entries the nearest keeps the k largest of v."""
    del ask
    x = Symbol(form.function.variable.name)
    match form.level.body:
        case Apply("norm", (inner, Number(order))) if order == 0 and form.relation == "<=":
            if inner in (x, Apply("abs", (x,))):
                return Conclusion(operator=KeepLargest(form.bound))
    raise NotDerivable(f"{form} does not bound the number of nonzero entries")


@theorem(
    "prox",
    LevelSet,
    needs=["the dual norm of a convex norm or gauge, below a bound"],
    source="beck2017, Theorem 6.46",
)
def projection_on_dual_ball(form: LevelSet, ask: Ask) -> Conclusion:
    """The support function of the ball of radius r of a dual norm is r times the norm, so that
    the projection is v minus the prox of the norm with step r.
    """
    level = lower(form.level)
    if form.relation != "<=" or not isinstance(level, DualNorm):
        raise NotDerivable(f"{form} is not a ball of a dual norm")
    norm = level.functions[0]
    if not (is_convex(norm) and is_positive(level.function, level.factor)):
        raise NotDerivable(f"{norm} is not known to be convex, with a positive factor")
    answer = ask("prox", norm)
    operator = PolarBall(as_operator(answer), level.factor, form.bound)
    return Conclusion(operator=operator, premises=(answer,))


@theorem(
    "prox",
    LevelSet,
    needs=["a convex function below a bound"],
    source="beck2017, Theorem 6.30",
)
def projection_on_level_set(form: LevelSet, ask: Ask) -> Conclusion:
    """The projection on f(x) <= r is v where that holds, and else the prox of mu f for the
    multiplier mu > 0 at which f of it is r: one monotone equation.
    """
    if form.relation != "<=" or not is_convex(form.level):
        raise NotDerivable(f"{form} is not known to be a level set of a convex function")
    answer = ask("prox", form.level)
    operator = LevelProjection(as_operator(answer), form.level, form.bound)
    return Conclusion(operator=operator, premises=(answer,))


@theorem(
    "prox",
    Epigraph,
    needs=["a convex function"],
    source="beck2017, Theorem 6.36",
)
def projection_on_epigraph(form: Epigraph, ask: Ask) -> Conclusion:
    """The projection of (x, t) on f(x) <= t is the point itself where that holds, and else
    (prox of mu f at x, t + mu) with the multiplier mu at which the two sides agree.
    """
    if not is_convex(form.level):
        raise NotDerivable(f"{form.level} is not known to be convex")
    answer = ask("prox", form.level)
    operator = EpigraphProjection(as_operator(answer), form.level)
    return Conclusion(operator=operator, premises=(answer,))
