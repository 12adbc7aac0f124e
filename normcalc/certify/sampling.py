"""Where to look: parameter points in every regime and on its borders, arguments in every case.

A check that samples blindly misses the thin regions in which hand-written operators go wrong, so
the table itself says where to look, and so do the marks of the function.
"""

from __future__ import annotations

import time
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from normcalc.certify.interpret import matching
from normcalc.certify.landmarks import landmarks
from normcalc.certify.objective import Numbers, values
from normcalc.certify.seeking import seek
from normcalc.certify.space import (
    Range,
    closed_ends,
    corners,
    draw,
    extremes,
    legal,
    on_borders,
    on_equalities,
    related,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from normcalc.certify.interpret import Bound
    from normcalc.language import Function
    from normcalc.line.table import CaseTable

    Floats = NDArray[np.float64]

_TRIES = 3000
_WIDEST = 50.0
_SEEKERS = 8


def parameter_points(
    function: Function, space: Sequence[Range], rng: np.random.Generator, count: int
) -> list[dict[str, float]]:
    """Draw legal parameter points at random."""
    found: list[dict[str, float]] = []
    for _ in range(_TRIES):
        point = draw(space, rng)
        if related(function, point):
            found.append(point)
        if len(found) == count or not space:
            break
    return found


def edge_points(
    function: Function, space: Sequence[Range], bases: Sequence[Numbers]
) -> list[dict[str, float]]:
    """Move points to tiny and huge steps, and to the ends that belong to a range."""
    ways = (extremes, closed_ends, corners)
    moved = (p for base in bases for way in ways for p in way(space, base))
    return [p for p in moved if legal(function, space, p)]


def regime_points(
    function: Function,
    table: CaseTable,
    space: Sequence[Range],
    rng: np.random.Generator,
    count: int,
    last: float = np.inf,
) -> list[tuple[dict[str, float], tuple[int, ...]]]:
    """Return legal points with the regimes that hold there, a few times `count` for each regime.

    They lie inside the regimes, at extreme steps, on the borders between regimes and beside them.
    Where a border has no point in floats, the numbers are of mpmath.  After the moment `last` no
    more points are looked for.
    """
    regimes = range(len(table.regimes))
    bases = parameter_points(function, space, rng, max(20, 4 * count * len(regimes)))
    conditions = [c for regime in table.regimes for c in regime.conditions]
    met = {k for base in bases for k in matching(table, base)}
    # a thin regime costs a search, which those that a random draw meets do not need
    sought = {
        k: tuple(seek(function, table.regimes[k].conditions, space, bases[:_SEEKERS], rng))
        for k in regimes
        if k not in met
    }
    borders = (p for base in bases[:6] for p in on_borders(conditions, space, base))
    joints = (
        p
        for k, near in sought.items()
        for base in (*near[:3], *bases[:6])
        for p in on_equalities(table.regimes[k].conditions, space, base)
    )
    groups: list[list[tuple[dict[str, float], tuple[int, ...]]]] = []
    # regimes that nothing else meets come first, and get their points however long that takes
    for candidates, share, until in (
        (bases, count, np.inf),
        ((p for points in sought.values() for p in points), count, np.inf),
        ((p for p in joints if legal(function, space, p)), count, np.inf),
        (edge_points(function, space, bases[:3]), max(4, count // 2), last),
        ((p for p in borders if legal(function, space, p)), count, last),
    ):
        quota = dict.fromkeys(regimes, share)
        groups.append([])
        for point in candidates:
            # all random points are looked at: one may belong to no regime
            enough = candidates is not bases and all(left <= 0 for left in quota.values())
            if enough or time.thread_time() > until:
                break
            _admit(table, point, quota, groups[-1])
    # time may run out, and then points of every sort should have had their turn
    return [one for turn in zip_longest(*groups) for one in turn if one is not None]


def _admit(
    table: CaseTable,
    point: dict[str, float],
    quota: dict[int, int],
    found: list[tuple[dict[str, float], tuple[int, ...]]],
) -> None:
    """Keep the point if no regime holds there, or one that still wants points does."""
    if quota and not any(quota.values()):
        return
    regimes = matching(table, point)
    if not regimes or any(quota[k] > 0 for k in regimes):
        found.append((point, regimes))
    for k in regimes:
        quota[k] -= 1


def arguments(
    bound: Bound, function: Function, goal: str, numbers: Numbers, rng: np.random.Generator
) -> Floats:
    """Return arguments inside every case, on both sides of every border, and far out."""
    own_borders = [float(end) for pair in bound.ends for end in pair if np.isfinite(float(end))]
    inside = [v for pair in bound.ends for v in _inside(float(pair[0]), float(pair[1]), rng)]
    marks = np.concatenate([np.array(own_borders), turning_arguments(function, goal, numbers)])
    found = np.concatenate([_beside(marks), np.array(inside), spread(rng, 6)])
    if bound.table.parity is not None:
        found = np.concatenate([found, -found[::3]])
    return np.unique(found[np.isfinite(found)])


def _inside(lo: float, hi: float, rng: np.random.Generator) -> list[float]:
    if not hi > lo:
        return []
    shares = [0.02, 0.5, 0.98, *rng.uniform(0, 1, 3)]
    if np.isfinite(hi - lo):
        return [lo + share * (hi - lo) for share in shares]
    if np.isinf(lo) and np.isinf(hi):
        return list(rng.uniform(-_WIDEST, _WIDEST, 6))
    end, sign = (lo, 1.0) if np.isfinite(lo) else (hi, -1.0)
    return [end + sign * _WIDEST * share**2 for share in shares] + [end + sign * abs(end)]


def _beside(marks: Floats) -> Floats:
    """Return each mark and its neighbours at three distances."""
    sizes = np.abs(marks)
    around = [marks, marks * (1 - 1e-9), marks * (1 + 1e-9), marks - 1e-3 * sizes]
    return np.concatenate([*around, marks + 1e-3 * sizes])


def spread(rng: np.random.Generator, count: int) -> Floats:
    """Return arguments of every size and both signs, zero among them."""
    sizes = 10.0 ** rng.uniform(-6, np.log10(_WIDEST), count)
    return np.concatenate([[0.0, 1.0, -1.0, _WIDEST, -_WIDEST], sizes, -sizes])


def turning_arguments(function: Function, goal: str, numbers: Numbers) -> Floats:
    """Return arguments at which the minimiser may enter or leave a mark of the function.

    At a mark ``c`` these are ``c + step f'(c)`` from either side (``f'(c)`` for a conjugate), with
    the slopes taken as difference quotients.
    """
    marks = landmarks(function, numbers)
    h = 1e-7 * np.maximum(1e-3, np.abs(marks))
    at, above, below = (values(function, marks + shift, numbers) for shift in (0.0, h, -h))
    with np.errstate(invalid="ignore"):
        slopes = np.concatenate([(above - at) / h, (at - below) / h])
    both = np.concatenate([marks, marks])
    merged = slopes if goal == "conjugate" else both + numbers["step"] * slopes
    merged = merged[np.isfinite(merged) & (np.abs(merged) < 1e6)]
    return np.unique(merged.round(12))[:40]
