"""Cyclic coordinate descent on a growing working set of columns.

A step computes the gradient on all coordinates, adds the coordinates that are farthest from
minimising the objective along their axis, and sweeps over the working set.  As long as the set is
small, sweeps run on its Gram matrix; they are extrapolated, with Newton steps between them.

References
----------
Bertrand and Massias, "Anderson acceleration of coordinate descent", AISTATS 2021.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from normcalc.engine.certificate import Measure
from normcalc.engine.design import Implicit, Sparse
from normcalc.engine.methods import support
from normcalc.engine.methods.kernels import score_outside
from normcalc.engine.methods.lazy_gradient import (
    Known,
    Rest,
    at_rest,
    complete,
    renewed,
)
from normcalc.engine.methods.nested import MAX_SWEEPS, NestedSet
from normcalc.engine.methods.residual_sweeps import dense_solve, sparse_solve
from normcalc.engine.methods.working_set import SMALL
from normcalc.errors import SolverError

if TYPE_CHECKING:
    from normcalc.engine.certificate import Posed
    from normcalc.engine.jit import Floats


FEW_SWEEPS = 5  # at once, where the objective falls without end


class Point(NamedTuple):
    """An iterate and what is known there; replaced as a whole, so an interruption keeps it."""

    x: Floats
    residual: Floats
    known: Known

    @property
    def gradient(self) -> Floats:
        """The gradient of the loss, up to what makes no difference."""
        return self.known.values


class CoordinateDescent:
    """One run; see the module for the method."""

    name = "coordinate descent"
    working: Any  # a `NestedSet`, or that of a method made from this one
    rests: Rest | None = None
    sweeps = MAX_SWEEPS

    def __init__(self, posed: Posed, x0: Floats, last: Any = None) -> None:
        """Set the proximal operator up for every column, and look at the starting point.

        What a `last` run found at that point, with the same loss, need not be computed again.
        """
        self.posed = posed
        self.stalled = False
        design, weight = posed.design, posed.loss.weight
        if isinstance(design, Implicit):
            raise SolverError(
                "coordinate descent needs the columns of A; for a linear operator "
                "use method='proximal_gradient'"
            )
        self.design = design
        known = type(last) is type(self) and last.posed.loss is posed.loss
        known = known and np.array_equal(last.x, x0)
        self._prepare(weight * design.squares)
        if known:
            self.point = self._after(last.point)
            self.working = self.working.after(last.working, x0)
        else:
            self.point = self._at(x0)

    def _prepare(self, squares: Floats) -> None:
        """Set up what is kept for every column."""
        exact, penalty = _curvature(squares), self.posed.penalty
        self.curvature = exact.copy()
        self.constants = penalty.rows(self.curvature)
        for column in np.flatnonzero(self.curvature > exact)[:1]:
            if penalty.falls(int(column), exact[column]):
                raise SolverError(
                    f"along column {column} of A the objective falls without end, since "
                    f"{penalty.name} falls faster than the squares rise; see "
                    "method='proximal_gradient' for the direction"
                )
        self.working = NestedSet(self.design, self.posed.loss.weight)
        self.scores = np.empty(squares.size)
        if squares.size > SMALL:
            self.rests = at_rest(self.posed.penalty, self.curvature, self.constants)

    def _score(self, x: Floats, gradient: Floats) -> None:
        element, state = self.posed.penalty.prox_kernel.element, (x, gradient, self.curvature)
        low, high = self.rests.zone if self.rests else (0.0, 0.0)
        score_outside(element, *state, self.constants, low, high, self.scores)

    @property
    def x(self) -> Floats:
        """The best iterate."""
        return self.point.x

    def _at(self, x: Floats) -> Point:
        loss = self.posed.loss
        if not x.any():
            return Point(x, loss.target, complete(loss.gradient_at_zero, self._slope(loss.target)))
        residual = loss.target - self.design.apply(x)
        slope = self._slope(residual)
        return Point(x, residual, complete(self.design.adjoint(slope), slope))

    def _after(self, last: Point) -> Point:
        """Return the point where another run ended: other coordinates may rest there now."""
        known = renewed(last.known, self.design, last.x, self._slope(last.residual), self.rests)
        return Point(last.x, last.residual, known)

    def _slope(self, residual: Floats) -> Floats:
        return np.asarray(residual * -self.posed.loss.weight)

    def measure(self) -> Measure:
        """Return objective, gap and the largest score."""
        x, residual, known = self.point
        posed = self.posed
        self._score(x, known.values)
        fun = posed.objective(x, posed.loss.target - residual)
        gap = posed.gap(fun, self._slope(residual), known.values)
        return Measure(fun, gap, float(self.scores.max()))

    def step(self) -> None:
        """Grow the working set and sweep over it."""
        working, goal = self.working, self.posed.gradient_tol
        worst = float(self.scores.max())
        if worst <= 1e-15 * self.posed.gradient_scale:
            self.stalled = True
            return
        grown = working.grow(self.point.x, self.scores, min(goal, 0.1 * worst))
        early = grown and working.parts < self.scores.size  # the set will grow again
        tol = 0.1 * worst if early else min(0.3 * goal, 0.01 * worst)
        x = self.point.x.copy()
        chosen = working.columns
        swept, residual = self._sweep(x[chosen], tol)
        if not np.isfinite(swept).all():  # it falls without end: slowly, so that this is seen
            self.sweeps = FEW_SWEEPS
            swept, residual = self._sweep(x[chosen], tol)
        x[chosen] = swept
        if not np.isfinite(swept).all():
            self.stalled = True
            return
        self.stalled = bool(np.array_equal(x, self.point.x))
        if residual is None:
            residual = self.posed.loss.target - working.apply(x[chosen])
        known = renewed(self.point.known, self.design, x, self._slope(residual), self.rests)
        self.point = Point(x, residual, known)

    def _sweep(self, x: Floats, tol: float) -> tuple[Floats, Floats | None]:
        """Sweep over the working set; return its coordinates and the residual if it is known."""
        posed, working, chosen = self.posed, self.working, self.working.columns
        weight, prox, value = posed.loss.weight, posed.penalty.prox_kernel, posed.penalty.value
        curvature, constants = self.curvature[chosen], self.constants[chosen]
        x = np.ascontiguousarray(x)
        kernels, values = (prox.element, value.element), value.chosen(chosen)
        if working.uses_gram:
            gradient = working.adjoint(self._slope(self.point.residual))
            model = support.Model(*kernels, working.gram, curvature, constants, values)
            support.solve(model, x, gradient, tol, self.sweeps)
            return x, None
        residual = self.point.residual
        if working.nested and self.sweeps == MAX_SWEEPS:
            around = (curvature, constants, values)
            residual, done = working.descend(kernels, x, residual, around, tol)
            if done:
                return x, residual
        residual = residual.copy()
        state, limits = (residual, x, curvature, constants, values, weight), (tol, self.sweeps)
        if isinstance(self.design, Sparse):
            part = working.part
            columns = (part.data, part.indices, part.indptr, np.empty(0))
            given: Any = (*kernels, *columns, *state, 0.0, *limits)
            sparse_solve(*given)
        else:
            given = (*kernels, working.part, *state, *limits)
            dense_solve(*given)
        return x, residual


def _curvature(squares: Floats) -> Floats:
    """Return the curvature along each axis; a column of zeros gets one that majorises it."""
    largest = float(squares.max()) or 1.0
    return np.where(squares > 0.0, squares, largest)
