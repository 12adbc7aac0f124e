"""Minimisers of a linear form over the unit ball of a norm: minus a slope of the dual norm.

Each returns x with ``norm(x) = 1`` and ``<v, x> = -dual_norm(v)``, or zero where v is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog

from normcalc.errors import NotDerivable
from normcalc.language.evaluate import evaluate
from normcalc.operators.affine import quadratic
from normcalc.operators.grouped import are_disjoint, blocks
from normcalc.operators.isotonic import order_weights

if TYPE_CHECKING:
    from normcalc.language.nodes import Apply, Node
    from normcalc.operators.base import Floats, Values


def steepest(v: Floats, p: float) -> Floats:
    """Return the point of p-norm 1 at which ``<v, x>`` is largest: the norm of v of dual order.

    Examples
    --------
    >>> steepest(np.array([3.0, -4.0]), 2.0)
    array([ 0.6, -0.8])
    """
    size = float(np.abs(v).max(initial=0.0))
    if size == 0:
        return np.zeros_like(v)
    if p == 1:
        return _entry(np.abs(v), v)
    if np.isinf(p):
        return np.sign(v)
    powers = np.abs(v / size) ** (1 / (p - 1))
    return np.asarray(np.sign(v) * powers / np.linalg.norm(powers.ravel(), p))


def _entry(gains: Floats, v: Floats) -> Floats:
    """Return the signed unit vector of the largest gain."""
    found = np.zeros_like(v)
    found.flat[int(np.argmax(gains))] = 1.0
    return np.asarray(found * np.sign(v))


@dataclass(frozen=True)
class OverLpBall:
    """The minimiser over ``weight * norm(x, order) <= 1``."""

    order: Node
    weight: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the minimiser."""
        p, weight = (float(evaluate(node, values)) for node in (self.order, self.weight))
        return np.asarray(0.0 - steepest(v, p) / weight)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("x = -sign(v)*abs(v)**(q - 1)/norm(v, q)**(q - 1), with 1/p + 1/q = 1; for p = 1 "
                "the entry of v of largest size alone; over the weight",)  # fmt: skip


@dataclass(frozen=True)
class OverWeightedSum:
    """The minimiser over ``sum(weight*abs(x)) <= 1``."""

    weight: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the minimiser."""
        weights = np.broadcast_to(evaluate(self.weight, values), v.shape).astype(float)
        return np.asarray(0.0 - _entry(np.abs(v) / weights, v) / weights)

    def steps(self) -> tuple[str, ...]:
        """Return the one step."""
        return ("x = -sign(v_i)/w_i at the entry i with the largest abs(v_i)/w_i, and 0 else",)


@dataclass(frozen=True)
class OverSortedBall:
    """The minimiser over ``dot(w, sort(abs(x))) <= 1`` with nonincreasing w; terms as there."""

    terms: tuple[tuple[Node, str, Node | None], ...]

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the minimiser.

        Raises
        ------
        NotDerivable
            The weights rise, or the first one is not positive: the function is no norm.
        """
        weights = order_weights(self.terms, v.size, values)
        if np.any(np.diff(weights) > 0) or np.any(weights < 0) or weights[0] <= 0:
            raise NotDerivable(f"with the weights {weights} the function is not a norm")
        order = np.argsort(-np.abs(v), kind="stable")
        totals = np.cumsum(weights)
        k = int(np.argmax(np.cumsum(np.abs(v)[order]) / totals))
        found = np.zeros_like(v)
        found[order[: k + 1]] = 0.0 - np.sign(v[order[: k + 1]]) / totals[k]
        return found

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("k maximises (sum of the k largest abs(v_i))/(sum of the first k weights)",
                "x = -sign(v_i)/(that sum of weights) at these entries, and 0 else")  # fmt: skip


@dataclass(frozen=True)
class OverBlockBall:
    """The minimiser over ``sum(factor*norms of blocks) <= 1``, or ``max`` instead of the sum."""

    factor: Node
    listing: Apply
    largest: bool

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the minimiser.

        Raises
        ------
        NotDerivable
            The blocks overlap, or do not cover all entries.
        """
        groups, order = blocks(self.listing, v, values)
        if not are_disjoint(groups) or sum(map(len, groups)) != v.size:
            raise NotDerivable("the groups must be disjoint and cover all entries")
        factors = np.broadcast_to(evaluate(self.factor, values), (len(groups),)).astype(float)
        flat, found = v.ravel(), np.zeros(v.size)
        parts = [0.0 - steepest(flat[g], order) / w for g, w in zip(groups, factors, strict=True)]
        gains = [-flat[g] @ x for g, x in zip(groups, parts, strict=True)]
        chosen = range(len(groups)) if self.largest else [int(np.argmax(gains))]
        for k in chosen:
            found[groups[k]] = parts[k]
        return np.reshape(found, v.shape)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        where = "in every block" if self.largest else "in the block of largest dual norm, 0 else"
        return (f"x = the minimiser over the ball of the block's own norm, {where}",)


@dataclass(frozen=True)
class OverEllipsoid:
    """The minimiser over ``factor*sqrt(q(x)) <= 1`` for a definite quadratic form q."""

    formula: Node
    factor: Node
    name: str

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the minimiser."""
        hessian, *_ = quadratic(self.formula, self.name, v, values)
        if np.linalg.eigvalsh(hessian)[0] <= 0:
            raise NotDerivable("the quadratic form is not positive definite: no minimiser")
        x = np.linalg.solve(hessian / 2, v.ravel())
        size = float(np.sqrt(v.ravel() @ x)) * float(evaluate(self.factor, values))
        return np.zeros_like(v) if size == 0 else np.reshape(-x / size, v.shape)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("solve P y = v", "x = -y/sqrt(<v, y>), over the factor")


@dataclass(frozen=True)
class OverPoints:
    """The minimiser over the hull of finitely many points: the rows of a matrix."""

    points: tuple[tuple[float, ...], ...]

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the point at which the linear form is least."""
        return least_point(np.array(self.points), v)

    def steps(self) -> tuple[str, ...]:
        """Return the one step."""
        return (f"x = the vertex, of {len(self.points)}, with the least <v, x>",)


@dataclass(frozen=True)
class OverAtoms:
    """The minimiser over the hull of atoms and their negatives, divided by a factor."""

    points: Node
    factor: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the atom, or the negative of one, at which the linear form is least."""
        atoms = np.asarray(evaluate(self.points, values))
        factor = float(evaluate(self.factor, values))
        return np.asarray(least_point(np.concatenate([atoms, -atoms]), v) / factor)

    def steps(self) -> tuple[str, ...]:
        """Return the one step."""
        return ("x = the atom a, or its negative, with the least <v, a>; over the factor",)


@dataclass(frozen=True)
class OverSlabs:
    """The minimiser over ``weight*max(abs(matrix @ x)) <= 1``."""

    matrix: Node
    weight: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the minimiser: the solution of a linear programme, its equations solved anew.

        Raises
        ------
        NotDerivable
            The rows of the matrix do not span v, so that the ball is unbounded along it.
        """
        if not v.any():
            return np.zeros_like(v)
        rows = np.asarray(evaluate(self.matrix, values))
        rows = np.concatenate([rows, -rows])
        found = linprog(v / np.abs(v).max(), rows, np.ones(len(rows)), bounds=(None, None))
        if found.x is None:
            raise NotDerivable("the rows of the matrix do not span v: the ball is unbounded")
        tight = rows[rows @ found.x > 1 - _TIGHT]
        x = found.x + np.linalg.lstsq(tight, 1 - tight @ found.x, rcond=None)[0]
        return np.asarray(x / float(evaluate(self.weight, values)))

    def steps(self) -> tuple[str, ...]:
        """Return the one step."""
        return ("x = the vertex of the ball that a linear programme finds",)


_TIGHT = 1e-7


def least_point(points: Any, v: Floats) -> Floats:
    """Return the row with the least inner product with v; zero where v is zero."""
    return np.asarray(points[int(np.argmin(points @ v))]) if v.any() else np.zeros_like(v)
