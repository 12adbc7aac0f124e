"""The objective of a prox, minimised by SciPy from many starts, as the user wrote the function."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import differential_evolution, least_squares, minimize

from normcalc.certify.draws import is_symmetric
from normcalc.certify.slack import conditions, missed
from normcalc.language import evaluate
from normcalc.language.construct import minus
from normcalc.language.slack import value

if TYPE_CHECKING:
    from normcalc.language import Function

STRICT, LOOSE, NONE = Fraction(1, 10**12), Fraction(1, 10**8), Fraction(10**9)
HUGE = 1e100
CROWD, GENERATIONS = 24, 12


@dataclass(frozen=True)
class Case:
    """``f(u) + |u - v|**2/(2*step)`` for numbers."""

    function: Function
    values: dict[str, Any]
    v: Any
    step: float

    def at(self, points: Any, slack: Fraction = STRICT) -> Any:
        """Return the objective at points along the first axis; a slack widens the conditions."""
        axes = tuple(range(1, np.ndim(points)))
        with np.errstate(all="ignore"):
            f = value(self.function, points, self.values, slack)
            return f + np.sum((points - self.v) ** 2, axis=axes) / (2 * self.step)


def excess(case: Case, u: Any, best: float) -> float:
    """Return by how much a claimed point lies above the best value, relative to the numbers."""
    u = np.asarray(u)
    force = float(np.abs(u - case.v).max(initial=0.0)) / case.step
    size = 1.0 + abs(best) + force * (1.0 + float(np.abs(u).max(initial=0.0)))
    return (float(case.at(u[None], LOOSE)[0]) - best) / size


def best_value(case: Case, rng: np.random.Generator, starts: int = 1) -> float:
    """Return the least value that any minimiser finds; the local ones begin at the best starts."""
    basis = _basis(case)

    def cost(z: Any, slack: Fraction = STRICT) -> Any:
        found = case.at(np.tensordot(np.atleast_2d(z), basis, 1), slack)
        return np.where(np.isfinite(found), found, HUGE)

    thin = bool(conditions(case.function))
    crowd = _crowd(case, basis, rng)
    if thin:
        few = crowd[: 4 + 2 * starts]
        crowd = np.array([_inside(case, z, cost, basis) for z in few])
    else:
        crowd = np.vstack([crowd, _evolved(cost, crowd, rng)])
    least = float(cost(crowd).min())
    for z in crowd[np.argsort(cost(crowd))[:starts]]:
        least = min(least, float(cost(_refined(case, z, cost, basis)).min()))
    return least


def _basis(case: Case) -> Any:
    """Return matrices that span the arguments, symmetric ones where the function wants those."""
    units = np.eye(case.v.size).reshape(-1, *case.v.shape)
    if not is_symmetric(case.function):
        return units
    pairs = np.array([u for u in units if np.triu(u).any()])
    return (pairs + np.swapaxes(pairs, 1, 2)) / 2


def _crowd(case: Case, basis: Any, rng: np.random.Generator) -> Any:
    """Return coordinates of the argument, and of points with ties, zeros, low rank, at random."""
    v, size = case.v, 0.5 + float(np.abs(case.v).max(initial=0.0))
    found = [v, np.full_like(v, v.mean()), np.zeros_like(v), np.full_like(v, 1 / len(v))]
    found += [x for x in case.values.values() if getattr(x, "shape", None) == v.shape]
    if v.ndim == 1:
        ranks = np.argsort(np.argsort(-np.abs(v)))
        found += [np.where(ranks < k, v, 0.0) for k in range(1, v.size)]
        found += [np.round(np.clip(v, 0, 1)), np.maximum(v, 0.0)]
    else:
        left, s, right = np.linalg.svd(v, full_matrices=False)
        found += [(left[:, :k] * s[:k]) @ right[:k] for k in range(1, s.size)]
        found += [left @ right, np.eye(*v.shape)]
    found += list(v + size * rng.normal(size=(CROWD - len(found), *v.shape)) * 0.7)
    flat = np.array(found).reshape(len(found), -1)
    return flat @ np.linalg.pinv(basis.reshape(len(basis), -1))


def _evolved(cost: Any, crowd: Any, rng: np.random.Generator) -> Any:
    """Return where differential evolution ends."""
    lo, hi = crowd.min(axis=0) - 1e-3, crowd.max(axis=0) + 1e-3
    found = differential_evolution(
        lambda z: cost(z.T), list(zip(lo, hi, strict=True)), init=crowd, maxiter=GENERATIONS,
        vectorized=True, updating="deferred", polish=False, seed=rng, tol=0.0,
    )  # fmt: skip
    return found.x[None]


def _refined(case: Case, z: Any, cost: Any, basis: Any) -> Any:
    """Return where a local method ends: one for ragged functions, or one that takes conditions.

    The latter ends outside by a rounding, so points a little towards its start come along.
    """
    if not conditions(case.function):
        options = {"xatol": 1e-10, "fatol": 1e-15, "maxfev": 60 * z.size}
        found = minimize(lambda z: cost(z)[0], z, method="Nelder-Mead", options=options)
        return found.x
    constraints = [_constraint(case, c, basis) for c in conditions(case.function)]
    found = minimize(
        lambda z: cost(z, NONE)[0], z, method="SLSQP", constraints=constraints,
        options={"ftol": 1e-13, "maxiter": 30},
    )  # fmt: skip
    back = np.array([0.0, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2])[:, None]
    return np.vstack([(1 - back) * found.x + back * z, _inside(case, found.x, cost, basis)])


def _constraint(case: Case, condition: Any, basis: Any) -> dict[str, Any]:
    sign = -1.0 if condition.relation in ("<=", "<") else 1.0
    difference = minus(condition.left, condition.right)

    def gap(z: Any) -> Any:
        point = np.tensordot(z, basis, 1)
        with np.errstate(all="ignore"):
            found = evaluate(difference, {**case.values, case.function.variable.name: point})
        return sign * np.nan_to_num(np.ravel(found), nan=-1e6, posinf=1e6, neginf=-1e6)

    return {"type": "eq" if condition.relation == "==" else "ineq", "fun": gap}


def _inside(case: Case, z: Any, cost: Any, basis: Any) -> Any:
    """Return coordinates near z at which the conditions hold."""

    def gaps(z: Any) -> Any:
        with np.errstate(all="ignore"):
            return missed(case.function, np.tensordot(z, basis, 1), case.values)

    if cost(z)[0] < HUGE:
        return z
    with np.errstate(all="ignore"):
        return least_squares(gaps, z, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=20).x
