"""Exact paths: least squares with a penalty that is piecewise quadratic in each coordinate.

Where the slopes of the pieces are affine in one parameter and the kinks between them stay,
solutions are piecewise linear in it.  Coordinates inside a piece follow from linear equations; the
next breakpoint is where one of them reaches a kink, or where the gradient of one that rests at a
kink reaches the slope of a piece beside it.

References
----------
Osborne, Presnell and Turlach, "A new approach to variable selection in least squares problems",
IMA J. Numer. Anal. 2000.
Efron, Hastie, Johnstone and Tibshirani, "Least angle regression", Ann. Stat. 2004.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from normcalc.engine.design import Dense, Implicit
from normcalc.engine.methods.segments import Segments, segments_of
from normcalc.engine.problem import LeastSquares
from normcalc.errors import SolverError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from normcalc.engine.jit import Floats
    from normcalc.engine.problem import Objective

FLAT = 1e-10  # of the size of gradients: margins that change less do not change
SINGULAR = 1e-12  # the least pivot over the largest
STEPS = 100_000
DEPENDENT = "columns of A that are used together depend on each other; leave out exact=True"


class Event(NamedTuple):
    """At a value of the parameter, a coordinate goes to a kink or into a piece, from one side."""

    value: float
    j: int = -1
    place: int = -1
    moves: bool = False  # whether it leaves a kink
    side: int = 0  # of the piece, seen from the kink


START = Event(np.inf)


class Gram:
    """Rows of ``weight A^T A``, each computed when first asked for."""

    def __init__(self, loss: LeastSquares) -> None:
        """Take a loss whose columns are at hand."""
        self.design, self.weight = loss.design, loss.weight
        self.known: dict[int, Floats] = {}

    def times(self, x: Floats) -> Floats:
        """Return the product with a vector, from the design itself."""
        return np.asarray(self.weight * self.design.adjoint(self.design.apply(x)))

    def rows(self, chosen: list[int]) -> Floats:
        """Return some rows, shape (chosen, p)."""
        for j in chosen:
            if j not in self.known:
                self.known[j] = self._row(j)
        return np.array([self.known[j] for j in chosen]).reshape(len(chosen), self.design.shape[1])

    def _row(self, j: int) -> Floats:
        whole: Any = self.design
        dense = isinstance(self.design, Dense)
        column = whole.array[:, j] if dense else whole.matrix[:, [j]].toarray().ravel()
        return np.asarray(self.weight * self.design.adjoint(column))


@dataclass
class State:
    """Where the path is: the parameter, and the kink or the piece of each coordinate."""

    gram: Gram
    right: Floats  # A^T b times the weight
    pieces: Segments
    value: float
    place: Any  # integers: the kink, or the piece of a coordinate that moves
    moving: list[int] = field(default_factory=list)
    last: Event = START
    x: Any = None  # at the last breakpoint
    jumped: bool = False  # whether the path went on from another solution there

    @property
    def resting(self) -> Any:
        """Which coordinates are at kinks."""
        still = np.ones(self.place.size, dtype=np.bool_)
        still[self.moving] = False
        return still

    def points(self) -> Floats:
        """Return the kinks of the coordinates that rest, and zeros."""
        kinks, each = self.pieces.kinks, np.arange(self.place.size)
        rests = self.resting
        return np.where(rests, kinks[np.where(rests, self.place, 0), each], 0.0)

    def line(self) -> tuple[Floats, Floats, Floats]:
        """Return x as ``start + value * rate``, and the gradient's part that the kinks make."""
        start, rate = self.points(), np.zeros(self.place.size)
        pull = self.right - self.gram.times(start) if start.any() else self.right
        if self.moving:
            each, pieces = (self.place[self.moving], self.moving), self.pieces
            factor = _factor(self._matrix())
            if factor is None:
                self._exchange()
                return self.line()
            start[self.moving] = cho_solve(factor, pull[self.moving] - pieces.constant[each])
            rate[self.moving] = -cho_solve(factor, pieces.rate[each])
        return start, rate, pull

    def _matrix(self) -> Floats:
        curvature = self.pieces.curvature[self.place[self.moving], self.moving]
        return np.asarray(self.gram.rows(self.moving)[:, self.moving] + np.diag(curvature))

    def _exchange(self) -> None:
        """Move along solutions, where there are more than one, until a coordinate rests again.

        The last one that left a kink moves on, and those before it so that predictions stay.
        """
        matrix, (*others, _) = self._matrix(), self.moving
        factor = _factor(matrix[:-1, :-1]) if others and self.last.moves else None
        if factor is None:
            raise SolverError(DEPENDENT)
        way = self.last.side * np.append(-cho_solve(factor, matrix[:-1, -1]), 1.0)
        ahead = self.place[self.moving] - (way < 0.0)
        kinks = np.vstack([self.pieces.kinks, np.full(self.place.size, np.nan)])
        goals = kinks[np.where(ahead < 0, -1, ahead), self.moving]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (goals - self.x[self.moving]) / way
        if not np.any(share >= 0.0):
            raise SolverError(DEPENDENT)
        first = int(np.nanargmin(np.where(share >= 0.0, share, np.nan)))
        self.jumped = True
        self.x[self.moving] += share[first] * way
        side = -1 if way[first] > 0.0 else 1
        self._apply(Event(self.value, self.moving[first], int(ahead[first]), side=side), self.x)

    def step(self, stop: float) -> Floats:
        """Go to the next breakpoint, at `stop` the last; return x there."""
        start, rate, pull = self.line()
        found = [Event(stop), *self._arriving(start, rate), *self._leaving(start, rate, pull)]
        event = max(found, key=lambda each: each.value)
        self.value = min(event.value, self.value)
        x = start + self.value * rate
        self._apply(event, x)
        self.x = x.copy()
        return x

    def _apply(self, event: Event, x: Floats) -> None:
        if event.moves:
            self.moving.append(event.j)
        elif event.j >= 0:
            self.moving.remove(event.j)
            x[event.j] = self.pieces.kinks[event.place, event.j]
        if event.j >= 0:
            self.place[event.j] = event.place
        self.last = event

    def _arriving(self, start: Floats, rate: Floats) -> Iterator[Event]:
        """Yield where coordinates reach kinks, while the parameter falls."""
        kinks = self.pieces.kinks
        for j in self.moving:
            side = 1 if rate[j] > 0.0 else -1  # it comes from this side of the kink
            k = self.place[j] - (side > 0)
            fresh = self.last.moves and (self.last.j, self.last.side) == (j, side)
            if rate[j] != 0.0 and 0 <= k < len(kinks) and not fresh:
                yield Event(float((kinks[k, j] - start[j]) / rate[j]), j, int(k), side=side)

    def _leaving(self, start: Floats, rate: Floats, pull: Floats) -> Iterator[Event]:
        """Yield where gradients of coordinates at kinks reach the slope of a piece beside them."""
        rows, chosen, rests = self.gram.rows(self.moving), self.moving, self.resting
        pull, turn = pull - start[chosen] @ rows, -(rate[chosen] @ rows)
        scale = np.abs(pull).max() / (self.value or 1.0)
        for side in (1, -1):
            constant, slope = self.beside(side)
            able = rests.copy()
            if not self.last.moves and self.last.side == side:
                able[self.last.j] = False
            room, closing = side * (constant - pull), side * (slope - turn)
            able &= np.isfinite(room) & (closing > FLAT * scale)
            where = np.full(pull.size, -np.inf)
            np.divide(-room, closing, out=where, where=able)
            j = int(np.argmax(where))
            if able[j]:
                yield Event(float(where[j]), j, self.place[j] + (side > 0), True, side)

    def beside(self, side: int) -> tuple[Floats, Floats]:
        """Return constants and rates of the slopes at the kinks, in the pieces on one side."""
        each = (np.where(self.resting, self.place + (side > 0), 0), np.arange(self.place.size))
        bend = self.pieces.curvature[each] * self.points()
        return self.pieces.constant[each] + bend, self.pieces.rate[each]


def exact_path(
    objective: Objective, name: str, ratio: float, given: Mapping[str, Any]
) -> tuple[Floats, Floats]:
    """Return the breakpoints of a path, from the largest down, and the solutions at them.

    The first is the least value at which all coordinates rest at kinks, as at zero for a norm;
    the last is `ratio` times that.

    Raises
    ------
    SolverError
        If the structure is another one, or columns that are used together depend on each other.
    """
    state = _start(objective, name, given)
    stop, values, points = ratio * state.value, [state.value], [state.points()]
    if not (state.pieces.convex(state.value) and state.pieces.convex(stop)):
        raise SolverError(_needs("a convex penalty"))
    state._apply(_first(state), points[0])
    state.x = points[0].copy()
    for _ in range(STEPS):
        if state.value <= stop:
            return np.array(values), np.array(points)
        state.jumped, before = False, state.x
        x = state.step(stop)
        if state.jumped:  # which moved what was before
            values.append(values[-1])
            points.append(before)
        if state.value < values[-1]:
            values.append(state.value)
            points.append(x)
    raise SolverError(f"the path has more than {STEPS} breakpoints; pass values instead")


def _start(objective: Objective, name: str, given: Mapping[str, Any]) -> State:
    loss = objective.loss
    if not isinstance(loss, LeastSquares) or loss.target.ndim != 1:
        raise SolverError(_needs("least squares without a constant"))
    if isinstance(loss.design, Implicit):
        raise SolverError(_needs("the columns of A"))
    pieces = segments_of(objective.penalties, name, given, loss.design.shape[1])
    if pieces is None:
        raise SolverError(
            _needs(
                "a penalty that is piecewise quadratic in each coordinate, with kinks that stay "
                f"and slopes affine in {name}"
            )
        )
    right = loss.weight * loss.design.adjoint(loss.target)
    state = State(Gram(loss), right, pieces, np.inf, _least(pieces))
    state.value = _largest(state)
    return state


def _needs(what: str) -> str:
    return f"an exact path needs {what}; leave out exact=True"


def _least(pieces: Segments) -> Any:
    """Return the kinks at which the part of the penalty that grows with the parameter is least."""
    falls = (pieces.rate[:-1] <= 0.0) | (pieces.constant[:-1] == -np.inf)
    rises = (pieces.rate[1:] >= 0.0) | (pieces.constant[1:] == np.inf)
    if not np.all(np.any(falls & rises, axis=0)):
        raise SolverError("the penalty has no least point for large values of the parameter")
    return np.argmax(falls & rises, axis=0)


def _margins(state: State) -> Iterator[tuple[int, Floats, Floats]]:
    """Yield, for each side, by how much gradients are beyond the slopes, and how these move."""
    x = state.points()
    pull = state.right - state.gram.times(x) if x.any() else state.right
    for side in (1, -1):
        constant, rate = state.beside(side)
        yield side, side * (pull - constant), side * rate


def _largest(state: State) -> float:
    """Return the least value of the parameter from which on all coordinates rest."""
    needed = [0.0]
    for _, beyond, rate in _margins(state):
        if np.any((beyond > 0.0) & (rate <= 0.0)):
            raise SolverError(
                "the least points of the penalty are no solution for any value of the parameter"
            )
        needed += list(beyond[rate > 0.0] / rate[rate > 0.0])
    if max(needed) <= 0.0:
        raise SolverError(
            "the least points of the penalty are a solution for every value of the parameter"
        )
    return float(max(needed))


def _first(state: State) -> Event:
    """Return which coordinate leaves its kink first, and to which side."""
    room = {side: state.value * rate - beyond for side, beyond, rate in _margins(state)}
    side = min(room, key=lambda each: float(room[each].min()))
    j = int(np.argmin(room[side]))
    return Event(state.value, j, int(state.place[j]) + (side > 0), True, side)


def _factor(matrix: Floats) -> Any:
    """Return the Cholesky factor of the equations of what moves, if they have one."""
    try:
        factor = cho_factor(matrix)
    except LinAlgError:
        return None
    pivots = np.abs(np.diag(factor[0]))
    return factor if pivots.min() > SINGULAR * np.sqrt(np.abs(matrix).max()) else None
