"""Other people's operators: a callable against the global search.

Nothing is known about how the callable was made, so the arguments come from the function's own
marks: where its minimiser can enter or leave a kink, a jump or an end of the domain.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import mpmath as mp
import numpy as np

from normcalc.certify.certificate import Outcome
from normcalc.certify.objective import (
    Numbers,
    coupling,
    objective,
    objective_mp,
    relative_excess,
)
from normcalc.certify.sampling import edge_points, parameter_points, spread, turning_arguments
from normcalc.certify.search import minimum
from normcalc.certify.witness import refute, refute_point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from normcalc.certify.space import Range
    from normcalc.language import Function

    Floats = NDArray[np.float64]

Operator = Callable[..., Any]

_TINY = mp.mpf(10) ** -300
_ULP = mp.mpf(2) ** -53

# what code written by others may raise; anything else is not an answer to the input
FOREIGN_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)


def verify_operator(
    op: Operator,
    function: Function,
    goal: str,
    subject: str,
    space: Sequence[Range],
    rng: np.random.Generator,
    deadline: float,
    tolerance: float,
) -> Outcome:
    """Compare an operator with the global search; raise Refuted at the worst disagreement."""
    start = time.thread_time()
    points, worst = 0, -np.inf
    drawn = parameter_points(function, space, rng, 40)
    edges = edge_points(function, space, drawn[:3])  # many mistakes need a tiny or a huge step
    for count, numbers in enumerate([*drawn[:5], *edges, *drawn[5:]]):
        if count >= 5 and time.thread_time() > deadline:
            break
        v = operator_arguments(function, goal, numbers, rng)
        u = call(op, v, numbers, subject)
        found, best = minimum(function, goal, v, numbers)
        u = _nearest_feasible(function, goal, u, v, numbers)
        excess = relative_excess(function, goal, u, v, best, numbers)
        for k in _worst_first(excess, tolerance):
            _convict(function, goal, subject, numbers, (v[k], u[k], found[k]), tolerance)
        good = excess[excess <= tolerance]
        points, worst = points + v.size, max(worst, float(good.max(initial=-np.inf)))
    seconds = time.thread_time() - start
    return Outcome("global minimiser", "verified", "search", points, worst, seconds=seconds)


def operator_arguments(
    function: Function, goal: str, numbers: Numbers, rng: np.random.Generator
) -> Floats:
    """Return arguments of every size, and a fine sweep across all turning arguments."""
    turning = turning_arguments(function, goal, numbers)
    reach = 2.0 * float(np.max(np.abs(turning), initial=1.0))
    sweep = np.linspace(-reach, reach, 61)
    beside = [turning * (1 + shift) for shift in (0.0, -1e-9, 1e-9, -1e-3, 1e-3)]
    between = np.concatenate([turning[:-1] + np.diff(turning) / 2, turning * 0.5, turning * 0.9])
    return np.unique(np.concatenate([sweep, *beside, between, spread(rng, 10)]))


def call(op: Operator, v: Floats, numbers: Numbers, subject: str) -> Floats:
    """Return the operator's answers: from one call if it takes arrays, else one by one.

    Raises
    ------
    Refuted
        If the operator raises on a single number, with that number.
    """
    try:
        with np.errstate(all="ignore"):  # what comes out is judged, not how
            answer = np.asarray(op(v.copy(), **numbers), dtype=float)
    except FOREIGN_ERRORS:
        answer = np.zeros(0)
    if answer.shape == v.shape:
        return answer
    return np.array([_call_one(op, float(x), numbers, subject) for x in v])


def _call_one(op: Operator, v: float, numbers: Numbers, subject: str) -> float:
    try:
        with np.errstate(all="ignore"):
            return float(op(v, **numbers))
    except FOREIGN_ERRORS as error:
        reason = f"it raises {type(error).__name__}: {error}"
        refute(subject, reason, {"v": v, **numbers})


def _nearest_feasible(
    function: Function, goal: str, u: Floats, v: Floats, numbers: Numbers
) -> Floats:
    """Forgive a few rounding steps over the end of the domain."""
    tries = np.stack([u, u * (1 + 1e-15), u * (1 - 1e-15), u + 1e-300, u - 1e-300])
    with np.errstate(invalid="ignore"):
        total = objective(function, goal, tries, v, numbers)
    infeasible = ~np.isfinite(total[0])
    pick = np.where(infeasible, np.argmin(total, axis=0), 0)
    return np.asarray(np.take_along_axis(tries, pick[None, :], 0)[0])


def _worst_first(excess: Floats, tolerance: float) -> NDArray[np.intp]:
    """Return the failing samples, the plainest failures first."""
    failing = np.flatnonzero(~(excess <= tolerance))
    return failing[np.argsort(-np.nan_to_num(excess[failing], nan=np.inf), kind="stable")]


def _convict(
    function: Function,
    goal: str,
    subject: str,
    numbers: Numbers,
    at: tuple[float, float, float],
    tolerance: float,
) -> None:
    """Raise Refuted if the disagreement persists at forty digits.

    Rounding inside the user's formula, as in ``log(1 + x)`` for a tiny ``x``, is not the
    operator's fault, and neither is that its answer is rounded itself.
    """
    v, u, rival = (mp.mpf(float(x)) for x in at)
    claimed, better = (objective_mp(function, goal, x, v, numbers) for x in (u, rival))
    if mp.isfinite(claimed):
        near = [u * (1 + k * _ULP) for k in (-4, -2, -1, 1, 2, 4)]
        reached = min(claimed, *(objective_mp(function, goal, x, v, numbers) for x in near))
        tie = coupling(goal, u, v, {name: mp.mpf(x) for name, x in numbers.items()})
        size = abs(claimed - tie) + abs(tie) + abs(better) + _TINY
        if reached - better <= tolerance * size:
            return
    refute_point(subject, v, numbers, (u, claimed), (rival, better))
