"""Exact search: any loss, and any penalty summed over a few coordinates.

Branch and bound over boxes.  On a box a penalty lies above a convex polygon, and so does the loss
of a row where it is not convex itself, so the least value of their sum is a lower bound.  A box
is left out only if its bound shows that it cannot win; else it is cut where the functions are
farthest above their polygons.  For least squares a part of the curvature of the loss is first
handed to the penalties, which makes most of them convex.

References
----------
Falk and Soland, "An algorithm for separable nonconvex programming problems", Management Science
1969.
"""

from __future__ import annotations

import heapq
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import sympy as sp

from normcalc.engine.certificate import Measure
from normcalc.engine.methods.bent import Bent, Side, bent
from normcalc.engine.methods.best_subset import Searched
from normcalc.engine.methods.box import level_box
from normcalc.engine.methods.counting import element_of, parameter_rows
from normcalc.engine.methods.hulls import Corners, Hulls, lower_hull
from normcalc.engine.methods.relaxation import Relaxation, Relaxed
from normcalc.engine.methods.row_relaxation import MOST, RowRelaxation, rows_of
from normcalc.engine.problem import LeastSquares
from normcalc.errors import SolverError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.engine.jit import Floats
    from normcalc.engine.methods.further import Setting

LARGEST = 30  # coordinates
NODES = 30  # boxes in a step
SLACK = 0.5  # of the tolerance, by which a box may be better and yet left out
EAGER = 50  # of the first boxes the relaxed points are improved, of others only better ones
DESCENT = 20  # steps
HALVINGS = 60
REFINEMENTS = 8
FRUITFUL = 0.2  # of what is missing: new tangents that gain less are not worth another round
MARGIN = 0.1  # of a box, which a cut leaves on both sides
BITS = 64  # of the curvature that is moved: few, so that it stays a short number


def lacks(setting: Setting) -> str:
    """Return the property that is missing; an empty text if none."""
    loss = setting.loss
    if setting.first.ndim != 1 or loss.intercept:
        return "a vector as the unknown, and no constant"
    if setting.first.size > LARGEST:
        return f"at most {LARGEST} coordinates"
    if not (loss.convex and loss.smooth) and not rows_of(loss):
        return f"a loss that is convex and has a derivative, or a formula and at most {MOST} rows"
    if setting.penalty is None or not _separable(setting):
        return "penalties summed over the coordinates, with pieces that can be told apart"
    return ""


def start(setting: Setting) -> tuple[GlobalSearch, Searched]:
    """Return the method at its start, and what it may prove."""
    posed = Searched(setting.loss, setting.penalty, setting.tol)
    plain, loss, size = _separable(setting), setting.loss, setting.first.size
    if not (loss.convex and loss.smooth):
        relaxation: Any = RowRelaxation(loss, rows_of(loss), size)
        return GlobalSearch(posed, setting.first, plain, plain, relaxation), posed
    shift = _shift(loss, size)
    shifted = _bents(setting, shift) if shift else plain
    relaxation = Relaxation(loss, size, shift if shifted else 0.0)
    return GlobalSearch(posed, setting.first, plain, shifted or plain, relaxation), posed


def _separable(setting: Setting) -> list[Bent]:
    return _bents(setting, 0.0)


def _bents(setting: Setting, shift: float) -> list[Bent]:
    """Return the penalty of each coordinate plus ``shift x**2/2``; nothing where it is another."""
    elements = [element_of(formula) for formula in setting.formulas]
    names = sorted({p.name for each in elements if each is not None for p in each.parameters})
    if None in elements:
        return []
    rows, whose = parameter_rows(names, setting.given, setting.first.size)
    made = [bent(setting.formulas, row, sp.Rational(shift)) for row in rows]
    return [] if None in made else [each for k in whose if (each := made[k]) is not None]


def _shift(loss: Any, size: int) -> float:
    """Return a lower bound of the curvature of least squares in any direction."""
    if not isinstance(loss, LeastSquares):
        return 0.0
    columns = np.column_stack([loss.design.apply(unit) for unit in np.eye(size)])
    values = np.linalg.svd(columns, compute_uv=False)
    if len(values) < size or not values[-1] > 1e-6 * values[0]:
        return 0.0
    mantissa, exponent = np.frexp(loss.weight * values[-1] ** 2)
    return float(np.ldexp(np.floor((1.0 - 1e-9) * mantissa * BITS) / BITS, exponent))


class Node(NamedTuple):
    """A box: a lower bound, a number that tells ties apart, its sides, where polygons touch."""

    bound: float
    number: int
    sides: tuple[Side, ...]
    touched: tuple[tuple[float, ...], ...]
    x: Floats


class GlobalSearch:
    """One run; see the module for the method."""

    name = "spatial branch and bound"
    stalled = False

    def __init__(
        self,
        posed: Searched,
        first: Floats,
        plain: Sequence[Bent],
        shifted: Sequence[Bent],
        relaxation: Relaxation | RowRelaxation,
    ) -> None:
        """Descend from the first point, and find a box that holds every better one."""
        self.posed, self.bents = posed, shifted
        self.relaxation = relaxation
        self.length, self.x = 1.0, posed.penalty.prox(first, 1e-12)
        self.fun = self._value(self.x)
        self._improve(self.x)
        lo, hi = level_box(posed.loss, plain, self.fun, relaxation.floor)
        _check_finite(lo, hi)
        self.numbers, self.closed = count(), np.inf
        sides = tuple(Side(float(a), float(b)) for a, b in zip(lo, hi, strict=True))
        self.heap = [Node(-np.inf, next(self.numbers), sides, ((),) * len(sides), self.x)]

    def _value(self, x: Floats) -> float:
        return self.posed.objective(x, self.posed.loss.prediction(x))

    def _gradient(self, x: Floats) -> Floats:
        loss = self.posed.loss
        return np.asarray(loss.design.adjoint(loss.slope(loss.prediction(x))))

    def _improve(self, x: Floats) -> None:
        """Descend from a point by prox steps, and keep what is better than the best."""
        fun = self._value(x)
        for _ in range(DESCENT if self.posed.loss.smooth else 0):
            slope, before = self._gradient(x), fun
            self.length *= 2.0
            for _ in range(HALVINGS):
                new = self.posed.penalty.prox(x - self.length * slope, self.length)
                if (value := self._value(new)) <= fun:
                    break
                self.length *= 0.5
            else:
                break
            x, fun = new, value
            if not fun < before:
                break
        if fun < self.fun:
            self.x, self.fun = x, fun

    def step(self) -> None:
        """Look at more boxes."""
        self._improve(self.x)
        for _ in range(NODES):
            if not self.heap or self.heap[0].bound >= self._cutoff():
                break
            self._look(heapq.heappop(self.heap))
        self.stalled = not self.heap

    def _cutoff(self) -> float:
        return self.fun - SLACK * self.posed.gap_tol(self.fun)

    def _look(self, node: Node) -> None:
        """Close a box, or cut it in two."""
        relaxed, hulls, touched = self._relaxed(node)
        bound = max(node.bound, relaxed.bound)
        if node.number < EAGER or self._value(relaxed.x) < self.fun:
            self._improve(relaxed.x)
        if bound >= self._cutoff():
            self.closed = min(self.closed, bound)
            return
        above = self._heights(relaxed.x, node.sides) - hulls.worth(relaxed.x) + relaxed.blame
        widths = np.array([side.hi - side.lo for side in node.sides])
        j = int(np.argmax(above if above.max() > 0.0 else widths))
        if not widths[j] > 0.0:
            self.closed = min(self.closed, bound)
            return
        for side in parts(self.bents[j], node.sides[j], float(relaxed.x[j])):
            sides = (*node.sides[:j], side, *node.sides[j + 1 :])
            x = np.clip(relaxed.x, [s.lo for s in sides], [s.hi for s in sides])
            heapq.heappush(self.heap, Node(bound, next(self.numbers), sides, touched, x))

    def _relaxed(self, node: Node) -> tuple[Relaxed, Hulls, tuple[tuple[float, ...], ...]]:
        """Solve the relaxed problem, with polygons that touch where its answers lie."""
        touched, x, cutoff = node.touched, node.x, self._cutoff()
        hulls = self._hulls(node.sides, touched)
        accuracy = 0.1 * SLACK * self.posed.gap_tol(self.fun)
        for _ in range(REFINEMENTS):
            relaxed = self.relaxation.minimise(hulls, x, cutoff, accuracy)
            x = relaxed.x
            if relaxed.bound >= cutoff:
                break
            each = zip(self.bents, touched, x.tolist(), strict=True)
            near = tuple((*at, t) if one.upwards(t) else at for one, at, t in each)
            closer, below = self._hulls(node.sides, near), hulls.worth(x)
            missing = float(np.sum(self._heights(x, node.sides) - below))
            if float(np.sum(closer.worth(x) - below)) <= FRUITFUL * missing:
                break
            hulls, touched = closer, near
        return relaxed, hulls, touched

    def _hulls(self, sides: Sequence[Side], touched: Sequence[Sequence[float]]) -> Hulls:
        each = zip(self.bents, sides, touched, strict=True)
        return Hulls([_polygon(*one) for one in each])

    def _heights(self, x: Floats, sides: Sequence[Side]) -> Floats:
        each = zip(self.bents, x.tolist(), sides, strict=True)
        return np.array([one.worth(t, side) for one, t, side in each])

    def measure(self) -> Measure:
        """Return the objective, its distance from the bound, and how far a prox step moves."""
        bound = min([self.fun, self.closed, *(node.bound for node in self.heap[:1])])
        length = self.length
        if not self.posed.loss.smooth:
            return Measure(self.fun, self.fun - bound, np.nan)
        moved = self.posed.penalty.prox(self.x - length * self._gradient(self.x), length) - self.x
        return Measure(self.fun, self.fun - bound, float(np.abs(moved).max()) / length)


@lru_cache(maxsize=4096)
def _polygon(function: Bent, side: Side, touched: tuple[float, ...]) -> Corners:
    """Return the polygon of one coordinate; most are those of the box that was cut."""
    return lower_hull(function.below(side, touched))


def parts(function: Bent, side: Side, near: float) -> list[Side]:
    """Return the intervals into which a side is cut.

    At a jump the point stands alone, since its value tells nothing of what lies beside it; then
    at kinks; and else near to where the function is farthest above its polygon.
    """
    lo, hi = side.lo, side.hi
    jumps = [t for t in function.jumps if lo <= t <= hi and t not in _excluded(side)]
    if jumps:
        at = min(jumps, key=lambda t: abs(t - near))
        around = [Side(lo, at, (side.open[0], True)), Side(at, hi, (True, side.open[1]))]
        return [each for each in around if each.lo < each.hi] + [Side(at, at)]
    kinks = [t for t in function.kinks if lo < t < hi]
    margin = MARGIN * (hi - lo)
    at = min(max(near, lo + margin), hi - margin)
    at = min(kinks, key=lambda t: abs(t - near)) if kinks else at
    return [Side(lo, at, (side.open[0], False)), Side(at, hi, (False, side.open[1]))]


def _excluded(side: Side) -> set[float]:
    return {end for end, away in zip((side.lo, side.hi), side.open, strict=True) if away}


def _check_finite(lo: Floats, hi: Floats) -> None:
    endless = np.flatnonzero(~np.isfinite(hi - lo))
    if endless.size:
        raise SolverError(
            f"method 'global_search' needs bounds for coordinate {endless[0]}: neither its "
            "penalty nor the loss is seen to grow along it; add a bound that you know, such as "
            "+ nc.function('indicator(abs(x) <= 10)')"
        )
