"""Checks at forty digits: no tolerance that could hide a wrong formula.

Rounding is 1e-40 here, so a claimed point must beat every rival by plain comparison: the best
points of the global search, and its own neighbours at several distances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mpmath as mp

from normcalc.certify.expressions import MPMATH, evaluate
from normcalc.certify.growth import falls_without_end, reached
from normcalc.certify.interpret import (
    Bound,
    covering,
    formulas_mp,
    minimisers,
    point_mp,
    result_mp,
)
from normcalc.certify.objective import Numbers, objective_mp
from normcalc.certify.witness import refute, refute_point
from normcalc.line.table import Arc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from normcalc.language import Function

DIGITS = 40
FAR = 1e11
_SLACK = mp.mpf(10) ** -25
_FLOOR = mp.mpf(10) ** -30  # rounding inside the user's formula, as in log(1 + exp(-x))
_FARTHEST = (mp.mpf(10) ** 100, mp.mpf(10) ** 200)
_NEAR = (mp.mpf(10) ** -9, mp.mpf(10) ** -4)


@dataclass(frozen=True)
class Setting:
    """One claim at one parameter point: all that a comparison needs."""

    subject: str
    function: Function
    goal: str
    numbers: Numbers
    bound: Bound

    def objective(self, u: Any, v: Any) -> Any:
        """Return the objective at mpmath's precision."""
        return objective_mp(self.function, self.goal, u, v, self.numbers)


def check_argument(at: Setting, v: Any, rivals: Sequence[float]) -> bool:
    """Raise Refuted unless every point named for `v` beats its neighbours and the rivals.

    Where no point is named but a supremum, return whether the check could decide about it.
    """
    w = mirrored(at.bound, v)
    answering = covering(at.bound, w)
    if not answering:
        refute(at.subject, "no case of the table covers this argument", {"v": v, **at.numbers})
    sign = -1 if w != v else 1
    named = [point_mp(at.bound, k, w) for k in answering]
    finite = [u for u in named if mp.isfinite(u)]
    for u in finite:
        check_point(at, v, sign * u, rivals)
    if not finite and at.goal != "conjugate":
        refute(at.subject, "its point is not a number", {"v": v, **at.numbers})
    if finite:
        return True
    if _out_of_reach(at.bound, answering[0], w):
        return False
    return check_supremum(at, v, result_mp(at.bound, answering[0], w, mp.nan), rivals)


def _out_of_reach(bound: Bound, k: int, w: Any) -> bool:
    """Tell whether the point of a case is too far out to be computed, as ``v**(1/(p - 1))`` is.

    The slope then still rises at the farthest points; one that levels off is never that of `w`.
    """
    arc = bound.regime.cases[k].point
    lo, hi = bound.ends[k]
    if not isinstance(arc, Arc) or not lo < w < hi:
        return False
    slopes = [
        evaluate(arc.slope, {**bound.numbers, arc.variable: sign * r}, MPMATH)
        for sign, end in ((-1, arc.lo), (1, arc.hi))
        if end.is_infinite
        for r in _FARTHEST
    ]
    pairs = zip(slopes[::2], slopes[1::2], strict=True)
    return any(abs(far - near) > _SLACK * abs(near) for near, far in pairs)


def claims_infinity(at: Setting, v: Any) -> bool:
    """Tell whether the table claims the value plus infinity at `v`."""
    w = mirrored(at.bound, v)
    return any(result_mp(at.bound, k, w, mp.nan) == mp.inf for k in covering(at.bound, w)[:1])


def mirrored(bound: Bound, v: Any) -> Any:
    """Return the argument at which the cases are read: its size, if the table has a parity."""
    return abs(mp.mpf(v)) if bound.table.parity else mp.mpf(v)


def check_supremum(at: Setting, v: Any, claimed: Any, rivals: Sequence[float]) -> bool:
    """Raise Refuted unless a supremum that no point attains is right; tell whether it is clear.

    A claim of plus infinity is never refuted by a value at one finite radius.
    """
    if claimed == mp.inf:
        endless = falls_without_end(at.function, at.goal, v, at.numbers)
        if endless is not False:
            return endless is True
    found = max((-at.objective(mp.mpf(r), v) for r in rivals), default=-mp.inf)
    found = max(found, reached(at.function, at.goal, v, at.numbers))
    close = abs(claimed - found) <= mp.mpf(10) ** -6 * (1 + abs(found))
    if not (close and claimed >= found - _SLACK * (1 + abs(found))):
        reason = f"its value is {float(claimed):.12g}, the search found {float(found):.12g}"
        refute(at.subject, reason, {"v": v, **at.numbers}, claimed=claimed, right=found)
    return True


def check_point(at: Setting, v: Any, u: Any, rivals: Iterable[float]) -> None:
    """Raise Refuted if some rival or some neighbour of `u` has a smaller objective."""
    value = feasible_value(at, u, v)
    size = abs(value) if mp.isfinite(value) else mp.mpf(1)
    near = (
        [u + sign * h * max(abs(u), h) for h in _NEAR for sign in (-1, 1)]
        if value < mp.inf
        else []
    )
    for rival in [*(mp.mpf(r) for r in rivals), *near]:
        other = at.objective(rival, v)
        scale = size + abs(other) + abs(rival - mp.mpf(v)) * _SLACK
        if not value <= other + _SLACK * scale + _FLOOR + _rounding(at, v, u, rival):
            refute_point(at.subject, v, at.numbers, (u, value), (rival, other))


def _rounding(at: Setting, v: Any, u: Any, rival: Any) -> Any:
    """Return the rounding of two objectives whose terms may be far larger than they are."""
    if not (mp.isfinite(u) and mp.isfinite(rival)):
        return mp.mpf(0)
    reach = max(abs(u), abs(rival), abs(mp.mpf(v)))
    return mp.mpf(10) ** (5 - DIGITS) * reach**2 / at.numbers.get("step", 1)


def feasible_value(at: Setting, u: Any, v: Any) -> Any:
    """Return the objective at `u`, forgiving a rounding step over the end of the domain."""
    value = at.objective(u, v)
    if mp.isfinite(value) or not mp.isfinite(u):
        return value
    step = max(abs(u), 1) * mp.mpf(10) ** -35
    return min(at.objective(u - step, v), at.objective(u + step, v))


def check_result(at: Setting, v: Any) -> None:
    """Raise Refuted unless the claimed value is the objective at the claimed point."""
    w = mirrored(at.bound, v)
    for k in covering(at.bound, w):
        u = point_mp(at.bound, k, w)
        claimed = result_mp(at.bound, k, w, u)
        value = u if at.goal == "prox" else at.objective(u, w)
        value = -value if at.goal == "conjugate" else value
        # The terms of an objective are of the size of its squares, and so is their rounding.
        reach = abs(u) if mp.isfinite(u) else 0
        size = 1 + abs(value) + reach**2 + abs(w) ** 2
        if mp.isfinite(value) and not abs(claimed - value) <= _SLACK * size:
            reason = f"its value is {float(claimed):.12g}, but should be {float(value):.12g}"
            refute(at.subject, reason, {"v": w, **at.numbers}, claimed=claimed, right=value)


def check_formulas(at: Setting, v: Any) -> None:
    """Raise Refuted unless closed and shown formulas solve the equation they stand for."""
    w = mirrored(at.bound, v)
    for k in covering(at.bound, w):
        formulas = formulas_mp(at.bound, k, w)
        solved = point_mp(at.bound, k, w) if formulas else mp.nan
        for formula in formulas:
            if mp.isinf(formula) and w in at.bound.ends[k]:
                continue  # a slope that the arc reaches only in the limit
            if mp.isnan(solved) and _out_of_reach(at.bound, k, w):
                continue
            if not abs(formula - solved) <= mp.mpf(10) ** -12 * (1 + abs(solved)):
                reason = f"a formula gives {float(formula):.12g}, its slope {float(solved):.12g}"
                refute(at.subject, reason, {"v": w, **at.numbers}, claimed=formula, right=solved)


def check_ties(at: Setting) -> None:
    """Raise Refuted where the point jumps between two cases and the table does not say so."""
    flats = [evaluate(flat.at, at.bound.numbers, MPMATH) for flat in at.bound.regime.flats]
    cases = at.bound.regime.cases
    for k in range(len(cases) - 1):
        border = at.bound.ends[k][1]
        here = mp.isfinite(border) and at.bound.ends[k][0] < border < at.bound.ends[k + 1][1]
        if cases[k].tie_above or not here or any(abs(border - f) < _SLACK for f in flats):
            continue
        left, right = point_mp(at.bound, k, border), point_mp(at.bound, k + 1, border)
        if abs(left - right) > mp.mpf(10) ** -15 * (1 + abs(left) + abs(right)):
            reason = (
                f"the point jumps from {float(left):.12g} to {float(right):.12g}, "
                "and the table marks no tie"
            )
            refute(at.subject, reason, {"v": border, **at.numbers})


def check_flats(at: Setting) -> None:
    """Raise Refuted unless every point of a flat stretch is as good as the named ones."""
    for flat in at.bound.regime.flats:
        values = at.bound.numbers
        if not evaluate(flat.condition, values, MPMATH):
            continue
        v, lo, hi = (evaluate(end, values, MPMATH) for end in (flat.at, flat.lo, flat.hi))
        ends = [u for u in (lo, hi) if mp.isfinite(u)]
        named = minimisers(at.bound, v)
        for u in [*ends, mp.fsum(ends) / max(1, len(ends))]:
            check_point(at, v, u, [])
            best = min((at.objective(w, v) for w in named if mp.isfinite(w)), default=mp.inf)
            if at.objective(u, v) > best + _SLACK * (1 + abs(best)):
                refute_point(at.subject, v, at.numbers, (u, at.objective(u, v)), (named[0], best))
