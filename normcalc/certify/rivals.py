"""Competitors of a claimed minimiser: an independent search over vectors or matrices."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import least_squares

from normcalc.certify.draws import is_symmetric
from normcalc.certify.slack import conditions, missed, missed_at
from normcalc.language.slack import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from normcalc.language import Function

    Floats = NDArray[np.float64]

STRICT = Fraction(1, 10**12)
_ROUNDS = 60
_CROWD = 48
_COSTLY = 2e-3  # seconds for a few values, beyond which fewer points are tried
_FEW = 6
_NEWTON = 8
_DIFFERENCE = 1e-7
_RANK = 1e-6
_FAR = 1e6
_PATIENCE = 0.5  # seconds for the search from one start


@dataclass(frozen=True)
class Problem:
    """``f(u) + |u - v|**2/(2*step)`` for numbers, as the user wrote f."""

    function: Function
    values: Mapping[str, Any]
    v: Floats
    step: float

    def cost(self, points: Floats, slack: Fraction = STRICT) -> Floats:
        """Return the objective at points that lie along the first axis."""
        axes = tuple(range(1, points.ndim))
        f = value(self.function, points, self.values, slack)
        return np.asarray(f + np.sum((points - self.v) ** 2, axis=axes) / (2 * self.step))


def best_rival(problem: Problem, near: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    """Return the best point found by searches from elsewhere, and its objective.

    They start at the argument, at zero and at random points, and beside the claimed one; each
    follows random, sparse and paired directions of shrinking length.  Where the function is
    infinite outside a thin set, points are moved into the set first.  Functions that count are low
    on sets that no direction meets: fewer entries and lower ranks are tried by themselves.  Where
    a value takes long, as that of a conjugate without a formula, only the points nearby are tried.
    """
    size = 1.0 + float(np.abs(problem.v).max())
    starts = [problem.v, np.zeros_like(problem.v), problem.v + size * rng.normal(size=near.shape)]
    starts += [near + 0.1 * size * _directions(problem, near.shape, rng)[0]]
    simple = np.array([*_simpler(problem.v), *_simpler(near)])
    costs = problem.cost(simple)
    costly = _seconds(problem, simple) > _COSTLY
    best, least = simple[int(np.argmin(costs))], float(costs.min())
    starts = [*starts[-1:], best] if costly else [*starts, best]
    rounds, crowd = (_ROUNDS // 2, _FEW) if costly else (_ROUNDS, _CROWD)
    for start in starts:
        until = time.thread_time() + _PATIENCE
        found, cost = _searched(problem, _inside(problem, start), size, rng, rounds, crowd, until)
        if cost < least:
            best, least = found, cost
    return best, least


def _seconds(problem: Problem, points: Floats) -> float:
    """Return how long the values at a few points take, the shorter of two times."""
    found = []
    for _ in range(2):
        began = time.thread_time()
        problem.cost(points[:8])
        found.append(time.thread_time() - began)
        if found[-1] < _COSTLY:
            break
    return min(found)


def _simpler(x: Floats) -> list[Floats]:
    """Return a vector with its k largest entries only, a matrix with its first singular values."""
    found = []
    if x.ndim == 1:
        order = np.argsort(-np.abs(x))
        for k in range(x.size + 1):
            kept = np.zeros_like(x)
            kept[order[:k]] = x[order[:k]]
            found.append(kept)
        return found
    left, sizes, right = np.linalg.svd(x, full_matrices=False)
    return [(left[:, :k] * sizes[:k]) @ right[:k] for k in range(sizes.size + 1)]


def _searched(
    problem: Problem,
    start: Floats,
    size: float,
    rng: np.random.Generator,
    rounds: int,
    crowd: int,
    until: float,
) -> tuple[Floats, float]:
    at, cost, reach = start, float(problem.cost(start[None])[0]), size
    thin = bool(conditions(problem.function))
    for turn in range(rounds):
        moves = _directions(problem, start.shape, rng)[: min(crowd, 8) if thin else crowd]
        trials = at + reach * moves
        if time.thread_time() > until:
            break
        if thin and turn % 4 == 3:
            trials = _moved(problem, trials)
        costs = problem.cost(trials)
        k = int(np.argmin(costs))
        if costs[k] < cost:
            at, cost = trials[k], float(costs[k])
        else:
            reach *= 0.6
    return at, cost


def _directions(problem: Problem, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Return random, sparse and paired directions, symmetric where the argument must be."""
    found = rng.normal(size=(_CROWD, *shape))
    sparse = rng.random((_CROWD, *shape)) < rng.random((_CROWD, *([1] * len(shape))))
    found[::2] *= sparse[::2]
    flat = found.reshape(_CROWD, -1)
    if flat.shape[1] > 1:  # pairs keep sums, as many constraints want
        for row in flat[::3]:
            i, j = rng.choice(flat.shape[1], 2, replace=False)
            row[:] = 0.0
            row[i], row[j] = 1.0, -1.0
    found *= 10.0 ** rng.uniform(-3, 0, size=(_CROWD, *([1] * len(shape))))
    rng.shuffle(found)
    return (found + np.swapaxes(found, 1, 2)) / 2 if is_symmetric(problem.function) else found


def _moved(problem: Problem, points: Floats) -> Floats:
    """Return points moved towards the set by Gauss-Newton steps, all at once."""
    shape, units = points.shape[1:], _units(problem)
    with np.errstate(all="ignore"):
        for _ in range(_NEWTON):
            gaps = missed_at(problem.function, points, problem.values)
            if not gaps.any():
                break
            reach = _DIFFERENCE * (1 + np.abs(points).max())
            beside = (points[:, None] + reach * units).reshape(-1, *shape)
            slopes = missed_at(problem.function, beside, problem.values)
            slopes = (slopes.reshape(len(points), len(units), -1) - gaps[:, None]) / reach
            steps = (gaps[:, None] @ np.linalg.pinv(slopes, rcond=_RANK))[:, 0]
            steps = np.clip(np.nan_to_num(steps), -_FAR, _FAR)
            points = points - np.tensordot(steps, units, 1)
    return points


def _units(problem: Problem) -> Floats:
    """Return directions that span the arguments, symmetric ones where the function wants those."""
    units: Floats = np.eye(problem.v.size).reshape(-1, *problem.v.shape)
    if not is_symmetric(problem.function):
        return units
    upper: Floats = units[[bool(np.triu(u).any()) for u in units]]
    both: Floats = (upper + np.swapaxes(upper, 1, 2)) / 2
    return both


def _inside(problem: Problem, start: Floats) -> Floats:
    """Return a point near `start` at which the conditions hold, if there are any to hold."""
    function, values = problem.function, problem.values
    if not conditions(function):
        return start

    def gaps(flat: Floats) -> Floats:
        return missed(function, flat.reshape(start.shape), values)

    moved: Floats = _moved(problem, start[None])[0]
    if not gaps(moved.ravel()).any() or problem.cost(moved[None])[0] < np.inf:
        return moved
    with np.errstate(all="ignore"):
        found = least_squares(gaps, start.ravel(), xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=30)
    point: Floats = np.asarray(found.x, dtype=np.float64).reshape(start.shape)
    return (point + point.T) / 2 if is_symmetric(function) else point
