"""Problems without a solution: constraints that exclude each other, objectives without a bound.

Multipliers ``v_i`` with ``e = sum K_i^T v_i`` and the margin ``sum <v_i, s_i> - sigma_i(v_i)``,
where ``sigma_i`` is the support function of the set that holds ``K_i x + s_i``, prove that no x of
a norm below ``margin/|e|`` meets all constraints.

References
----------
Banjac, Goulart, Stellato and Boyd, "Infeasibility detection in the alternating direction method of
multipliers for convex optimization", JOTA 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.maps import NormalEquations
from normcalc.engine.penalties import JointPenalty
from normcalc.forms.recognise import condition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from normcalc.engine.composite import Term
    from normcalc.engine.jit import Floats

FAR = 1e10  # from there the projection on a set tells its directions without end
RADIUS = 1e8  # times the size of the point: no solution is looked for beyond
LINEAR = 0.99  # how constant the slopes along a ray must be
SMALL = 1e-6  # a falling slope below this, of the first, is rounding


@dataclass(frozen=True)
class Ray:
    """Why there is no solution: multipliers of the constraints, or a direction.

    `size` is a radius in which no point is feasible, or the slope along the direction.
    """

    vectors: tuple[Floats, ...]
    size: float


def constraints(terms: Sequence[Term]) -> list[int]:
    """Return the places of the terms that are indicators of sets."""
    return [
        k
        for k, term in enumerate(terms)
        if isinstance(term.penalty, JointPenalty)
        and condition_of(term.penalty.function.body) is not None
    ]


def conflict(terms: Sequence[Term], multipliers: Sequence[Floats], x: Floats) -> Ray | None:
    """Return multipliers that prove that constraints exclude each other, if those given do."""
    size = max((float(np.abs(v).max(initial=0.0)) for v in multipliers), default=0.0)
    if not 0.0 < size < np.inf or not all(t.penalty.has_conjugate for t in terms):
        return None
    vectors = [v / size for v in multipliers]
    excess = _solved([t.map for t in terms], _sum(terms, vectors))
    if excess is not None:
        vectors = [v - t.map.apply(excess) for t, v in zip(terms, vectors, strict=True)]
    vectors = [_into_barrier(t.penalty, v) for t, v in zip(terms, vectors, strict=True)]
    margin = sum(
        float(np.sum(v * t.shift)) - t.penalty.dual(v) for t, v in zip(terms, vectors, strict=True)
    )
    missed = float(np.linalg.norm(_sum(terms, vectors)))
    if not margin > 0.0 or margin < RADIUS * (1.0 + float(np.linalg.norm(x))) * missed:
        return None
    return Ray(tuple(vectors), margin / missed if missed > 0.0 else np.inf)


def _sum(terms: Sequence[Term], vectors: Sequence[Floats]) -> Floats:
    return np.asarray(sum(t.map.adjoint(v) for t, v in zip(terms, vectors, strict=True)))


def _solved(maps: Sequence[Any], right: Floats) -> Floats | None:
    try:
        return NormalEquations(maps, np.zeros_like(right)).solve(right)
    except np.linalg.LinAlgError:
        return None


def _into_barrier(penalty: JointPenalty, v: Floats) -> Floats:
    """Return the part of `v` in which the set is bounded: less its directions without end."""
    return np.asarray(v - penalty.prox(FAR * v, 1.0) / FAR)


def recession(value: Callable[[Floats], float], x: Floats, direction: Floats) -> Ray | None:
    """Return a direction if the objective falls along it, in the end by as much for each unit."""
    length = float(np.linalg.norm(direction))
    if not 0.0 < length < np.inf:
        return None
    unit, base = direction / length, value(x)
    unit = np.where(np.abs(unit) < SMALL, 0.0, unit)
    scale = 1.0 + float(np.linalg.norm(x))
    with np.errstate(all="ignore"):
        if not value(x + 1e9 * scale * unit) < base:  # the common case, told by two values
            return None
        falls = [(value(x + t * unit) - base) / t for t in scale * 10.0 ** np.arange(0, 10, 3)]
    if not np.isfinite([base, *falls]).all() or not falls[-1] < 0.0:
        return None
    steady = falls[-1] <= LINEAR * falls[-2] and falls[-1] <= SMALL * falls[0]
    return Ray((unit,), falls[-1]) if steady else None
