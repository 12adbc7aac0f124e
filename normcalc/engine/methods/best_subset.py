"""Exact search: least squares with a cost or a limit for the number of nonzero coordinates.

Branch and bound over sets of columns.  A set is left out only if a lower bound shows that it
cannot win: the squares that remain with all columns that it may still have, what the columns that
it must have cost, and for each other column the smaller of its cost and what leaving it out costs
at least.  So the answer is a global minimiser, whatever the number of local ones.

References
----------
Furnival and Wilson, "Regressions by leaps and bounds", Technometrics 1974.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from normcalc.engine.certificate import Certificate, Measure, Posed
from normcalc.engine.design import Dense, Implicit
from normcalc.engine.methods.counting import Count, count_of
from normcalc.engine.methods.subsets import BEST, BOUND, SINGULAR, explore
from normcalc.engine.problem import LeastSquares

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats
    from normcalc.engine.methods.further import Setting

LARGEST = 100  # columns
NODES = 200_000  # of the tree, in a step
SLACK = 0.5  # of the tolerance, by which a set may be better and yet left out


def lacks(setting: Setting) -> str:
    """Return the property that is missing; an empty text if none."""
    if not isinstance(setting.loss, LeastSquares) or setting.first.ndim != 1:
        return "least squares without a constant"
    if isinstance(setting.loss.design, Implicit):
        return "the columns of A"
    if setting.first.size > LARGEST:
        return f"at most {LARGEST} columns"
    return "" if _count(setting) else "a penalty that counts the coordinates that are not zero"


def start(setting: Setting) -> tuple[BestSubset, Searched]:
    """Return the method at its start, and what it may prove."""
    count = _count(setting)
    assert count is not None  # as `lacks` found
    posed = Searched(setting.loss, setting.penalty, setting.tol)
    return BestSubset(posed, count), posed


def _count(setting: Setting) -> Count | None:
    if len(setting.formulas) != 1:
        return None
    return count_of(setting.formulas[0], setting.given, setting.first.size)


class Searched(Posed):
    """A problem whose lower bounds come from a search."""

    def verdict(self, measured: Measure) -> Literal["optimal"] | None:
        """Return what the numbers prove."""
        return "optimal" if measured.gap <= self.gap_tol(measured.fun) else None

    def certificate(self, status: str, measured: Measure) -> Certificate:
        """Return what was proved, and the numbers that prove it."""
        limit, bound = self.gap_tol(measured.fun), measured.fun - measured.gap
        kind: Literal["branch and bound gap", "none"]
        kind = "branch and bound gap" if status == "optimal" else "none"
        return Certificate(kind, measured.gap, limit, bound)


class Tree(NamedTuple):
    """The arrays of the search, with a row for each level."""

    factors: Floats
    rights: Floats
    columns: Any
    places: Any
    drops: Floats


class BestSubset:
    """One run; see the module for the method."""

    name = "branch and bound"
    stalled = False

    def __init__(self, posed: Searched, count: Count) -> None:
        """Order the columns, factor them, and start at the model of all."""
        self.posed, self.half = posed, 0.5 * posed.loss.weight
        self.rows, self.target = _rows(posed, count.curvature)
        lengths = np.linalg.norm(self.rows, axis=0)
        self.used = np.flatnonzero(lengths > 0.0)
        unit = self.rows[:, self.used] / lengths[self.used]
        self.costs = np.ascontiguousarray(count.costs[self.used])
        self.most = int(min(count.most, len(self.used)))
        self.sharp = self.half * _least_eigenvalue(unit)
        self.tree = _tree(unit, self.target)
        self.found = np.array([np.inf, np.inf])
        self.support = np.zeros(len(self.used), dtype=np.bool_)
        self.level, self.floor = 0, 1e-8 * posed.loss.at_zero
        self._search(1)

    def _search(self, nodes: int) -> None:
        state: Any = (self.costs, self.half, self.sharp, self.most, self.found, self.support)
        limits = (self.level, SLACK * self.posed.tol, self.floor, nodes)
        arguments: Any = (*self.tree, *state, *limits)
        self.level = explore(*arguments)
        self.x = np.zeros(self.rows.shape[1])
        chosen = self.used[self.support]
        self.x[chosen] = np.linalg.lstsq(self.rows[:, chosen], self.target, rcond=None)[0]

    def step(self) -> None:
        """Look at more models."""
        self._search(NODES)

    def _open(self) -> float:
        """Return a lower bound of all models that have not been looked at."""
        tree, bounds = self.tree, [np.inf]
        for level in range(self.level + 1):
            size, fixed = tree.places[level, :2]
            rest = float(np.sum(tree.rights[level, size:] ** 2))
            kept = self.costs[tree.columns[level, :fixed]].sum()
            bounds.append(self.half * rest + float(kept))
        return min(bounds)

    def measure(self) -> Measure:
        """Return the objective, its distance from the bound, and the gradient on the support."""
        prediction = self.posed.loss.prediction(self.x)
        fun = self.posed.objective(self.x, prediction)
        bound = min(fun, self._open(), float(self.found[BEST]), float(self.found[BOUND]))
        residual = self.rows.T @ (self.rows @ self.x - self.target)
        kkt = float(np.abs(residual[self.x != 0.0]).max(initial=0.0))
        return Measure(fun, fun - bound, 2.0 * self.half * kkt)


def _rows(posed: Posed, curvature: Floats) -> tuple[Floats, Floats]:
    """Return matrix and target, with rows for the curvature of the penalty."""
    design = posed.design
    whole: Any = design
    matrix = whole.array if isinstance(design, Dense) else whole.matrix.toarray()
    if not curvature.any():
        return matrix, posed.loss.target
    added = np.diag(np.sqrt(curvature / posed.loss.weight))
    target = np.concatenate([posed.loss.target, np.zeros(len(added))])
    return np.vstack([matrix, added]), target


def _least_eigenvalue(unit: Floats) -> float:
    """Return a lower bound of the least eigenvalue of the Gram matrix."""
    if unit.shape[0] < unit.shape[1] or not unit.size:
        return 0.0
    found = np.linalg.eigvalsh(unit.T @ unit)
    return max(0.0, float(found[0] - 1e-13 * found.size * found[-1]))


def _tree(unit: Floats, target: Floats) -> Tree:
    """Return the tree at its root: columns in the order in which each lowers the squares most."""
    columns = unit.shape[1]
    order = _forward(unit, target)
    factor, right = np.zeros((columns + 1, columns + 1)), np.zeros(columns + 1)
    whole: Any = np.linalg.qr(np.column_stack([unit[:, order], target]), mode="r")
    factor[: len(whole)], right[: len(whole)] = whole, whole[:, -1]
    levels = columns + 1
    tree = Tree(
        np.zeros((levels, levels, levels)),
        np.zeros((levels, levels)),
        np.zeros((levels, columns), dtype=np.int64),
        np.zeros((levels, 4), dtype=np.int64),
        np.zeros((levels, columns)),
    )
    tree.factors[0], tree.rights[0], tree.columns[0] = factor, right, order
    tree.places[0] = columns, 0, 0, 0
    return tree


def _forward(unit: Floats, target: Floats) -> list[int]:
    """Return the columns in the order of forward selection."""
    rest: Floats = target
    parts: Floats = unit
    order: list[int] = []
    left = list(range(unit.shape[1]))
    while left:
        lengths = np.linalg.norm(parts[:, left], axis=0)
        free = lengths > SINGULAR
        gains = np.abs(rest @ parts[:, left]) / np.where(free, lengths, np.inf)
        chosen = left.pop(int(np.argmax(gains)))
        order.append(chosen)
        length = float(np.linalg.norm(parts[:, chosen]))
        if length > SINGULAR:
            direction = parts[:, chosen] / length
            rest = rest - (rest @ direction) * direction
            parts = parts - np.outer(direction, direction @ parts)
    return order
