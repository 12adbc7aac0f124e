"""Proximal Newton for curved losses: least squares models on a growing working set of columns.

At each point the loss is replaced by its second order model, the model plus the penalty is
minimised over the working set by coordinate descent on the Gram matrix, and the objective is
searched along the way there.  A constant in the predictions is eliminated from every model.

References
----------
Lee, Sun and Saunders, "Proximal Newton-type methods for minimizing composite functions", SIOPT
2014.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from normcalc.engine.certificate import Measure
from normcalc.engine.constant import balanced, best_constant
from normcalc.engine.design import Dense, Implicit
from normcalc.engine.methods import nested, support, weighted_sweeps
from normcalc.engine.methods.kernels import score_outside
from normcalc.engine.methods.lazy_gradient import Known, Rest, at_rest, complete, renewed
from normcalc.engine.methods.weighted_gram import DRIFT, Weighted, following
from normcalc.engine.methods.working_set import GRAM_LIMIT, WorkingSet
from normcalc.errors import SolverError

if TYPE_CHECKING:
    from normcalc.engine.certificate import Posed
    from normcalc.engine.jit import Floats

MODELS = 8  # on one working set, before all columns are looked at again
FIRST_MODELS = 1  # the same, while the set grows
SLOW = 0.5  # of the last move: after one as long a model gets a Gram matrix of its own
SWEEPS = 2000
MATTERS = 0.3  # of the largest score: columns beyond that are kept with those that are not zero
LOOKS = 50  # at the working set, while a model is minimised on few of its columns
FLOOR = 1e-8  # of the largest curvature of a row, so that every model has a minimiser
CAREFUL = 1e-3  # the floor after a model that promised too much; it rises and falls from there
HIGHEST = 1e12  # floor; terms that are not convex may rise on the way to a point that is better
SHORTEST = 2.0**-40
SHORT = 0.2  # a step that is no shorter than this may gain what rounding hides
BETTER = 0.9  # of the largest score: less is a gain
ROUNDING = 1e-14  # changes of the objective below this, relatively, are noise


class Point(NamedTuple):
    """An iterate; replaced as a whole, so an interruption keeps it."""

    x: Floats
    constant: float
    prediction: Floats
    fun: float


class Model(NamedTuple):
    """The second order model on the working set, the constant eliminated."""

    gram: Floats
    gradient: Floats
    means: Floats
    sum_of_slopes: float
    sum_of_curvatures: float


class ProxNewton:
    """One run; see the module for the method."""

    name = "proximal Newton"
    working: WorkingSet
    known: Known | None = None
    rests: Rest | None = None
    quick = False  # whether few columns matter so far, and those are dense
    refused = False  # whether the last model led to no better point, though one may be near

    def __init__(self, posed: Posed, x0: Floats, last: Any = None) -> None:
        """Look at the starting point; a `last` run that ended there, on the same data, helps."""
        if isinstance(posed.design, Implicit):
            raise SolverError(
                "proximal Newton needs the columns of A; for a linear operator "
                "use method='proximal_gradient'"
            )
        self.posed, self.stalled, self.floor, self.drift = posed, False, FLOOR, DRIFT
        self.grams: Weighted | None = None
        self.loss, self.design = posed.loss, posed.design
        self.convex = bool(posed.loss.convex and posed.penalty.convex)
        known = type(last) is type(self) and last.design is self.design
        known = known and last.loss.offset is self.loss.offset and np.array_equal(last.x, x0)
        if known:
            self.point = self._at(x0, last.point.constant, last.point.prediction)
        else:
            image = self.loss.prediction(x0 if x0.any() else None)
            start = best_constant(self.loss, image) if self.loss.intercept else 0.0
            self.point = self._at(x0, start, image + start)
        self._prepare(self.design.squares * (float(self._curvature().max()) or 1.0))
        if known:
            self.working, self.grams = self.working.after(last.working, x0), last.grams
            self.known = last.known

    def _prepare(self, squares: Floats) -> None:
        """Set up what is kept for every column, whose curvature is at most `squares`."""
        self.working = WorkingSet(self.design, 1.0, gram_limit=0)
        self.reference = np.where(squares > 0.0, squares, squares.max() or 1.0)
        self.constants = self.posed.penalty.rows(self.reference)
        self.scores = np.empty(squares.size)
        self.rests = at_rest(self.posed.penalty, self.reference, self.constants)
        self.quick = isinstance(self.design, Dense) and self.design.shape[0] <= nested.SHORT
        if self.quick:
            self.working.first, self.working.growth = (
                nested.NestedSet.first,
                nested.NestedSet.growth,
            )

    def _score(self, x: Floats, gradient: Floats) -> None:
        element, state = self.posed.penalty.prox_kernel.element, (x, gradient, self.reference)
        low, high = self.rests.zone if self.rests else (0.0, 0.0)
        score_outside(element, *state, self.constants, low, high, self.scores)

    @property
    def x(self) -> Floats:
        """The best iterate."""
        return self.point.x

    @property
    def constant(self) -> float:
        """The constant in the predictions."""
        return self.point.constant

    def measure(self) -> Measure:
        """Return objective, gap and the largest score."""
        point, worst = self.point, self._worst(self.point)
        return Measure(point.fun, self.posed.gap(point.fun, self.slope, self.gradient), worst)

    def step(self) -> None:
        """Grow the working set and minimise models over it."""
        worst, before = float(self.scores.max()), self.point.fun
        goal = min(self.posed.gradient_tol, 0.1 * worst)
        grown = self.working.grow(self.point.x, self.scores, goal)
        early = grown and self.working.parts < self.scores.size  # the set will grow again
        target = 0.1 * worst if early else 0.1 * goal
        last = np.inf
        for _ in range(FIRST_MODELS if early else MODELS):
            moved = self._minimise_model(0.3 * target)
            while moved == 0.0 and self.refused and self.floor < HIGHEST:
                moved = self._minimise_model(0.3 * target)
            if moved <= target:
                break
            self.drift = 0.0 if moved > SLOW * last else DRIFT
            last = moved
        self.stalled = not self.point.fun < before and moved == 0.0

    def _at(self, x: Floats, constant: float, prediction: Floats) -> Point:
        return Point(x, constant, prediction, self.posed.objective(x, prediction))

    def _curvature(self) -> Floats:
        """Return the curvature of each row, kept positive."""
        raw = np.abs(self.loss.curvature(self.point.prediction))
        raw = np.where(np.isfinite(raw), raw, 0.0)
        largest = float(raw.max()) or float(np.max(self.loss.weight))
        return np.maximum(raw, self.floor * largest)

    def _block(self) -> tuple[Any, Any]:
        """Return the columns of a model: the working set, or as many of it as memory allows.

        Those farthest from minimising the objective are taken, so that in turn all are.
        """
        columns, part = self.working.columns, self.working.part
        if columns.size <= GRAM_LIMIT:
            return columns, part
        worst = np.argpartition(-self.scores[columns], GRAM_LIMIT)[:GRAM_LIMIT]
        dense = isinstance(self.design, Dense)
        return columns[worst], part[worst] if dense else part[:, worst].tocsc()

    def _model(self, chosen: Any, part: Any) -> Model:
        curvature = self._curvature()
        slope = self.loss.slope(self.point.prediction)
        self.grams = following(self.grams, chosen, part, curvature, self.drift)
        gram, curvature = self.grams.gram, self.grams.weights
        rows = part if isinstance(self.design, Dense) else part.T
        gradient, means = rows @ slope, rows @ curvature
        total = float(curvature.sum())
        if not self.loss.intercept:
            return Model(gram, gradient, np.zeros_like(means), 0.0, total)
        gram = gram - np.outer(means, means / total)
        surplus = float(slope.sum())
        return Model(gram, gradient - means * (surplus / total), means, surplus, total)

    def _solve(self, chosen: Any, model: Model, tol: float) -> tuple[Floats, Floats]:
        """Minimise a model plus the penalty; return the point and the curvature of each column."""
        penalty, diagonal = self.posed.penalty, np.diag(model.gram)
        whole = diagonal + model.means**2 / model.sum_of_curvatures  # before it was centred
        curvature = np.where(diagonal > 1e-12 * whole, diagonal, diagonal.max() or 1.0)
        constants = penalty.rows(curvature, chosen)
        x = np.ascontiguousarray(self.point.x[chosen])
        kernels = (penalty.prox_kernel.element, penalty.value.element)
        around = (curvature, constants, penalty.value.chosen(chosen))
        gram, gradient = (np.ascontiguousarray(a) for a in (model.gram, model.gradient))
        support.solve(support.Model(*kernels, gram, *around), x, gradient, tol, SWEEPS)
        return x, curvature

    def _minimise_model(self, tol: float) -> float:
        """Minimise one model and search along the way; return the largest change of a slope."""
        if self._without_gram():
            return self._sweep(tol)
        if self.quick:
            if (moved := self._descend(tol)) is not None:
                return moved
            self._hand_over()
        chosen, part = self._block()
        model = self._model(chosen, part)
        x, curvature = self._solve(chosen, model, tol)
        move = x - self.point.x[chosen]
        shift = -(model.sum_of_slopes + float(model.means @ move)) / model.sum_of_curvatures
        shift = shift if self.loss.intercept else 0.0
        ahead = np.asarray(move @ part if isinstance(self.design, Dense) else part @ move)
        share = self._search(chosen, move, ahead + shift, shift)
        return self._trusted(share) * float(np.abs(move * curvature).max(initial=0.0))

    def _descend(self, tol: float) -> float | None:
        """Minimise a model of few dense columns as `_minimise_model` does; None if it is another.

        With the constant eliminated the model is least squares: columns less their weighted means,
        times the roots of the weights.
        """
        chosen, part, loss = self.working.columns, self.working.part, self.loss
        weights, slope = self._curvature(), loss.slope(self.point.prediction)
        total, root, rows = weights.sum(), np.sqrt(weights), part
        means, surplus = np.zeros(chosen.size), 0.0
        if loss.intercept:
            means, surplus = part @ weights / total, slope.sum() / total
            rows = part - means[:, None]
        rows = rows * root
        squares = np.vecdot(rows, rows)
        whole = squares + total * means**2  # before it was centred
        curvature = np.where(squares > 1e-12 * whole, squares, squares.max() or 1.0)
        penalty = self.posed.penalty
        constants = penalty.rows(curvature, chosen)
        x, residual = np.ascontiguousarray(self.point.x[chosen]), surplus * root - slope / root
        kernels = (penalty.prox_kernel.element, penalty.value.element)
        around = (curvature, constants, penalty.value.chosen(chosen))
        inner = nested.InnerSet(Dense(rows.T), 1.0)
        self.quick = inner.descend_on(rows, kernels, x, residual, around, tol, LOOKS)
        if not self.quick:
            return None
        move = x - self.point.x[chosen]
        shift = -(surplus + float(means @ move))
        share = self._search(chosen, move, np.asarray(move @ part) + shift, shift)
        return self._trusted(share) * float(np.abs(move * curvature).max(initial=0.0))

    def _hand_over(self) -> None:
        """Go on with a Gram matrix of the columns that matter."""
        used = self.point.x != 0.0
        self.working.keep(used | (self.scores > MATTERS * self.scores.max()))
        self.working.first, self.working.growth = WorkingSet.first, WorkingSet.growth

    def _without_gram(self) -> bool:
        """Tell whether sweeps over the residuals of compressed columns cost less."""
        return not isinstance(self.design, Dense) and weighted_sweeps.pays(self.working.part)

    def _sweep(self, tol: float) -> float:
        """Minimise a model over the whole working set, as `_minimise_model` does over a part."""
        chosen, part = self.working.columns, self.working.part
        state = (self.loss.slope(self.point.prediction), self._curvature(), self.loss.intercept)
        model = weighted_sweeps.scaled(part, *state)
        x = np.ascontiguousarray(self.point.x[chosen])
        curvature = self._solve_scaled(chosen, part, model, x, tol)
        move = x - self.point.x[chosen]
        shift = model.shift(move)
        share = self._search(chosen, move, np.asarray(part @ move) + shift, shift)
        return self._trusted(share) * float(np.abs(move * curvature).max(initial=0.0))

    def _solve_scaled(self, chosen: Any, part: Any, model: Any, x: Floats, tol: float) -> Floats:
        """Minimise a model plus the penalty, in place; return the curvature of each column."""
        penalty = self.posed.penalty
        kernels = (penalty.prox_kernel.element, penalty.value.element)
        values = penalty.value.chosen(chosen)
        around = lambda c: (penalty.rows(c, chosen), values)  # noqa: E731
        return weighted_sweeps.solve(kernels, part, model, x, around, tol, SWEEPS)

    def _trusted(self, share: float) -> float:
        """Keep what a search found of how far models are right; return its share."""
        self.refused = share == 0.0 and not self.convex
        if self.refused:
            self.floor = min(HIGHEST, max(16.0 * self.floor, CAREFUL))
        elif share < 0.5:
            self.floor = min(1.0, max(4.0 * self.floor, CAREFUL))
        elif share == 1.0:
            self.floor = max(FLOOR, 0.5 * self.floor)
        return share

    def _search(self, chosen: Any, move: Floats, ahead: Floats, shift: float) -> float:
        """Go along a move as far as the objective falls; return the share, 0 if it does not.

        `ahead` is the change of the predictions.
        """
        share, point = 1.0, self.point
        while share >= SHORTEST:
            x = point.x.copy()
            x[chosen] += share * move
            there = self._at(x, point.constant + share * shift, point.prediction + share * ahead)
            if there.fun < point.fun or self._hidden(there):
                self.point = there
                return share
            if self._alike(there) and share < SHORT:
                break  # a shorter step would change the objective less
            share *= 0.5
        return 0.0

    def _hidden(self, there: Point) -> bool:
        """Tell whether rounding hides what a step gains, and stationarity shows it.

        Near the minimum the objective changes by the square of a step, so that its digits end
        halfway to those of the point.
        """
        return self._alike(there) and self._worst(there) < BETTER * self._worst(self.point)

    def _alike(self, there: Point) -> bool:
        """Tell whether rounding alone may be why objectives differ."""
        return abs(there.fun - self.point.fun) <= ROUNDING * abs(self.point.fun)

    def _worst(self, point: Point) -> float:
        """Return the largest score at a point, and keep scores and gradient."""
        slope = self.loss.slope(point.prediction)
        if self.loss.intercept:
            slope = balanced(self.loss, slope, point.prediction)
        if self.known is None:
            self.known = complete(self.design.adjoint(slope), slope)
        else:
            self.known = renewed(self.known, self.design, point.x, slope, self.rests)
        self.slope, self.gradient = slope, self.known.values
        self._score(point.x, self.gradient)
        return float(self.scores.max())
