"""The point of a set at which a linear form is least, whatever way the set is typed.

Boxes and balls of norms have derived minimisers.  A set of affine equations and inequalities is a
linear programme, of which the simplex method returns a vertex.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, vstack

from normcalc.engine.balls import size_and_radius
from normcalc.engine.methods.kernels import domain_end
from normcalc.engine.operators import BoundPenalty
from normcalc.errors import InputError, NotDerivable
from normcalc.forms.constants import depends
from normcalc.forms.degree import degree
from normcalc.forms.recognise import condition_of
from normcalc.forms.terms import about
from normcalc.language.evaluate import evaluate
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Compare, Logic, Node, Symbol
from normcalc.operators.affine import affine_map
from normcalc.theorems.sets import is_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from normcalc.engine.jit import Floats
    from normcalc.engine.methods.further import Setting

    Minimizer = Callable[[Floats], Floats]

NEEDED = (
    "one penalty, the indicator of a bounded set: a norm ball such as indicator(norm(x, 1) <= r) "
    "or indicator(sum(singular_values(X)) <= r), a box, or affine equations and inequalities "
    "such as indicator((x >= 0) & (sum(x) == r)); write a term beside it into the loss, or as "
    "a bound"
)


class System(NamedTuple):
    """``A x <= b`` or ``A x == b``, and whether it is the latter for each row."""

    matrix: Any
    bound: Floats
    equal: Any


def least_point(setting: Setting) -> Minimizer | None:
    """Return what finds the point of the set at which a linear form is least."""
    if len(setting.formulas) != 1 or not isinstance(setting.formulas[0], Function):
        return None
    formula = setting.formulas[0]
    if not is_set(formula):
        return None
    if isinstance(setting.penalty, BoundPenalty):
        return _over_intervals(setting.penalty)
    given = {p.name: setting.given[p.name] for p in formula.parameters}
    return _over_ball(formula, given) or _over_polyhedron(formula, given, setting.first)


def _over_intervals(penalty: BoundPenalty) -> Minimizer | None:
    """Return the minimiser over a product of intervals around zero: an end of each."""
    element, rows = penalty.value.element, penalty.value.constants
    low = np.array([-domain_end(element, row, -1.0) for row in rows])
    high = np.array([domain_end(element, row, 1.0) for row in rows])
    around = np.all(low <= 0.0) and np.all(high >= 0.0)
    if not (penalty.convex and around and np.isfinite([low, high]).all()):
        return None
    if low.size == 1:
        low, high = low[0], high[0]
    return lambda v: np.where(v > 0.0, low, np.where(v < 0.0, high, 0.0))


def _over_ball(formula: Function, given: Mapping[str, Any]) -> Minimizer | None:
    """Return the minimiser over the ball of a norm, by the one that is derived for radius 1."""
    from normcalc.derive import linear_minimizer

    sides = size_and_radius(formula)
    if sides is None:
        return None
    norm = about(formula, sides[0], formula.variable)
    try:
        found = linear_minimizer(norm)
    except (NotDerivable, InputError):
        return None
    values = {p.name: given[p.name] for p in norm.parameters}
    bound = float(evaluate(sides[1], {k: given[k] for k in given}))
    return lambda v: bound * np.asarray(found(v, **values))


def _over_polyhedron(
    formula: Function, given: Mapping[str, Any], like: Floats
) -> Minimizer | None:
    """Return the minimiser over affine equations and inequalities; None if it is unbounded."""
    condition = condition_of(formula.body)
    listed = None if condition is None else _comparisons(condition, formula.variable.name)
    if listed is None:
        return None
    parts = [_read(each, formula.variable.name, like, given) for each in listed]
    matrix = vstack([part.matrix for part in parts], format="csr")
    bound = np.concatenate([part.bound for part in parts])
    equal = np.concatenate([part.equal for part in parts])
    least = _solver(System(matrix, bound, equal), like)
    direction = np.random.default_rng(0).standard_normal(like.shape)
    bounded = all(least(sign * direction) is not None for sign in (1.0, -1.0))
    return least if bounded else None


def _solver(system: System, like: Floats) -> Any:
    matrix, bound, equal = system
    rows: dict[str, Any] = {}
    if not equal.all():
        rows |= {"A_ub": matrix[~equal], "b_ub": bound[~equal]}
    if equal.any():
        rows |= {"A_eq": matrix[equal], "b_eq": bound[equal]}

    def least(v: Floats) -> Floats | None:
        found = linprog(v.ravel(), **rows, bounds=(None, None), method="highs-ds")
        return None if found.x is None else np.asarray(found.x).reshape(like.shape)

    return least


def _comparisons(condition: Node, name: str) -> list[Compare] | None:
    """Return the comparisons that all hold, if both sides of each are affine."""
    found = list(_held(condition))
    affine = all(
        isinstance(c, Compare)
        and c.relation in ("<=", ">=", "==")
        and max(degree(c.left, name), degree(c.right, name)) == 1
        for c in found
    )
    return [c for c in found if isinstance(c, Compare)] if found and affine else None


def _held(condition: Node) -> Iterator[Node]:
    if isinstance(condition, Logic) and condition.head in ("and", "all"):
        for arg in condition.args:
            yield from _held(arg)
    else:
        yield condition


def _read(comparison: Compare, name: str, like: Floats, given: Mapping[str, Any]) -> System:
    """Return a comparison as rows of a system."""
    left, right = comparison.left, comparison.right
    low, high = (right, left) if comparison.relation == ">=" else (left, right)
    for sign, side, other in ((1.0, low, high), (-1.0, high, low)):
        if side == Symbol(name) and not depends(
            other, (name,)
        ):  # too many rows for a dense matrix
            ends = np.broadcast_to(evaluate(other, dict(given)), like.shape).ravel()
            equal = np.full(like.size, comparison.relation == "==")
            return System(sign * eye_array(like.size, format="csr"), sign * ends, equal)
    image = affine_map(Apply("sub", (low, high)), name, like, given)
    equal = np.full(len(image.shift), comparison.relation == "==")
    return System(csr_array(image.matrix), -image.shift, equal)
