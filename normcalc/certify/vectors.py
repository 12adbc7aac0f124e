"""Operators on vectors and matrices against the functions as their users wrote them."""

from __future__ import annotations

import time
from fractions import Fraction
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from normcalc.certify.certificate import Outcome
from normcalc.certify.conjugates import excess, slope_form, value_excess
from normcalc.certify.draws import SIZES, arguments, parameter_values, shape_of_argument
from normcalc.certify.operators import FOREIGN_ERRORS
from normcalc.certify.rivals import Problem, best_rival
from normcalc.errors import InputError, NormcalcError, NotDerivable, Refuted, Unsettled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from normcalc.forms import Form
    from normcalc.language import Function

_STEPS = (0.5, 1.0, 0.05, 5.0)
_SLACK = Fraction(1, 10**8)
_TOLERANCE = 1e-8
_ROUNDING = 1e-10
_FEWEST = 4  # samples, even where the time for the search is over
_PATIENCE = 8  # times that, after which one sample is enough


def verify_vectors(
    operator: Callable[..., Any],
    function: Function,
    goal: str,
    rng: np.random.Generator,
    deadline: float,
    given: Mapping[str, Any],
) -> Outcome:
    """Search for points that beat those of an operator; parameters in `given` stay fixed.

    Raises
    ------
    Refuted
        One was found; it is in the witness.
    Unsettled
        No legal parameters were found, or the operator refused all arguments, or all but those
        that it keeps or sends to zero.
    """
    start, points, worst, reason = time.thread_time(), 0, 0.0, ""
    telling, refused = False, 0
    for problem in _problems(function, goal, rng, given):
        late = (time.thread_time() - start) / (deadline - start)
        if late > 1 and points >= (_FEWEST if late < _PATIENCE else 1):
            break
        try:
            gap, moved = _sampled(operator, problem, goal, rng)
        except (NotDerivable, InputError) as refusal:
            reason, refused = str(refusal), refused + 1
            continue
        points, worst, telling = points + 1, max(worst, gap), telling or moved
    if not points or (refused and not telling):
        raise Unsettled(f"{goal} of {function}: nothing was checked; {reason or 'no parameters'}")
    seconds = time.thread_time() - start
    claim = "global minimiser" if goal in ("prox", "projection") else "extreme value"
    note = f"refused at {refused} arguments, {reason}" if refused else ""
    return Outcome(claim, "verified", "search", points, worst, seconds=seconds, note=note)


def _problems(
    function: Function, goal: str, rng: np.random.Generator, given: Mapping[str, Any]
) -> Iterator[Problem]:
    """Yield problems of every size in turn, since time may run out after any of them."""
    arrays = [np.shape(value) for value in given.values() if isinstance(value, np.ndarray)]
    sizes = {length for shape in arrays for length in shape}
    turns = (*SIZES, *sorted(sizes - set(SIZES)))
    for round_ in range(6):
        sized = [
            _of_size(function, goal, rng, given, (round_, place, n), sorted(sizes))
            for place, n in enumerate(turns)
        ]
        for together in zip_longest(*sized):
            yield from (problem for problem in together if problem is not None)


def _of_size(
    function: Function,
    goal: str,
    rng: np.random.Generator,
    given: Mapping[str, Any],
    turn: tuple[int, int, int],
    sizes: list[int],
) -> Iterator[Problem]:
    round_, place, n = turn
    shape = shape_of_argument(function, n, rng, sizes)
    values = parameter_values(function, shape, rng, given)
    if values is None:
        return
    listed = list(arguments(function, shape, rng))
    for k in range(round_, len(listed), 3):
        steps = _STEPS if goal in ("prox", "moreau_envelope") else (1.0,)
        yield Problem(function, values, listed[k], steps[(k + place) % len(steps)])


def _sampled(
    operator: Callable[..., Any], problem: Problem, goal: str, rng: np.random.Generator
) -> tuple[float, bool]:
    """Return how far a map is off at one argument, relative to its size, and whether it moves it.

    An argument that is kept, or sent to zero, tells little: many a wrong map is right there.
    """
    if goal in ("prox", "projection"):
        found = _claimed(operator, problem, goal)
        moved = bool(found.any()) and not np.array_equal(found, problem.v)
        return _checked(problem, found, rng), moved
    step = {"step": problem.step} if goal == "moreau_envelope" else {}
    claim = partial(_number, operator, step | dict(problem.values))
    missed, size = value_excess(goal, claim, problem, _SLACK, rng)
    if not missed <= 1e-7 * size:
        witness = {"v": problem.v, **step, **problem.values, "claimed_value": claim(problem.v)}
        raise Refuted(
            f"the {goal} of {problem.function} is wrong at v = {_short(problem.v)}: "
            f"{claim(problem.v):.12g} is off by {missed:.6g}",
            witness,
        )
    return missed / size, True


def _number(operator: Callable[..., Any], values: Mapping[str, Any], v: Any) -> float:
    return float(operator(v, **values))


def _claimed(operator: Callable[..., Any], problem: Problem, goal: str) -> Any:
    step = {"step": problem.step} if goal == "prox" else {}
    before = problem.v.copy()
    try:
        found = np.asarray(operator(problem.v, **step, **problem.values), dtype=float)
    except NormcalcError:
        raise
    except FOREIGN_ERRORS as error:
        witness = {"v": before, **step, **problem.values}
        raise Refuted(f"the operator raises {type(error).__name__}: {error}", witness) from error
    if not np.array_equal(before, problem.v):
        raise Refuted("the operator changed its argument", {"v": before})
    if found.shape != problem.v.shape:
        raise Refuted(f"the operator answers shape {found.shape} to {before.shape}", {})
    return found


def _checked(problem: Problem, claimed: Any, rng: np.random.Generator) -> float:
    """Return how far the claimed point lies above the best rival, or raise Refuted."""
    form = slope_form(problem.function)
    if form is not None:
        return _checked_slope(form, problem, claimed, rng)
    cost = float(problem.cost(claimed[None], _SLACK)[0])
    rival, least = best_rival(problem, claimed, rng)
    if cost == np.inf:
        cost = _beside(problem, claimed, rival)
    distance = float(np.linalg.norm(claimed - problem.v)) / problem.step
    size = 1.0 + abs(least) + distance * (1.0 + float(np.abs(claimed).max()))
    if not cost <= least + _TOLERANCE * size:
        _refute(problem, (claimed, cost), (rival, least))
    return max(0.0, (cost - least) / size)


def _beside(problem: Problem, claimed: Any, rival: Any) -> float:
    """Return the objective a rounding's width from a point, towards another.

    A point of a domain's border may be rounded to one outside, where the function is infinite.
    """
    way = rival - claimed
    width = _ROUNDING * (1.0 + float(np.abs(problem.v).max()))
    share = min(1.0, width / max(float(np.abs(way).max()), np.finfo(float).tiny))
    return float(problem.cost((claimed + share * way)[None], _SLACK)[0])


def _checked_slope(form: Form, problem: Problem, claimed: Any, rng: np.random.Generator) -> float:
    """Return by how much the equality of Fenchel and Young is missed, or raise Refuted."""
    found = excess(form, problem, claimed, _SLACK, rng)
    length = float(np.linalg.norm(claimed - problem.v)) / problem.step
    size = 1.0 + (1.0 + length) * (1.0 + float(np.linalg.norm(claimed)))
    if not found <= _TOLERANCE * size:
        asked = {"v": problem.v, "step": problem.step, **problem.values}
        witness = {**asked, "claimed_point": claimed, "claimed_value": found, "better_value": 0.0}
        raise Refuted(
            f"the prox of {problem.function} is wrong at v = {_short(problem.v)}, step = "
            f"{problem.step}: for u = {_short(claimed)} the slope (v - u)/step misses the "
            f"equality of Fenchel and Young by {found:.6g}",
            witness,
        )
    return max(0.0, found / size)


def _refute(problem: Problem, claimed: tuple[Any, float], better: tuple[Any, float]) -> NoReturn:
    witness: dict[str, Any] = {
        "v": problem.v, "step": problem.step, **problem.values,
        "claimed_point": claimed[0], "claimed_value": claimed[1],
        "better_point": better[0], "better_value": better[1],
    }  # fmt: skip
    numbers = ", ".join(f"{k} = {_short(x)}" for k, x in {"v": problem.v, "step": problem.step,
                                                         **problem.values}.items())  # fmt: skip
    raise Refuted(
        f"the prox of {problem.function} is wrong at {numbers}: it gives u = {_short(claimed[0])} "
        f"with objective {claimed[1]:.12g}, but u = {_short(better[0])} has {better[1]:.12g}",
        witness,
    )


def _short(x: Any) -> str:
    if not isinstance(x, np.ndarray):
        return str(x)
    return np.array2string(x, precision=6, separator=", ")
