"""Exact paths: least squares with a penalty of two slopes for each coordinate.

With ``f_j(x) = high_j x`` for x > 0 and ``low_j x`` for x < 0, both ends affine in one parameter,
solutions are piecewise linear in it.  Coordinates off zero follow from linear equations; the next
breakpoint is where one of them reaches zero, or where the gradient of one that is zero reaches an
end of ``[low_j, high_j]``.

References
----------
Osborne, Presnell and Turlach, "A new approach to variable selection in least squares problems",
IMA J. Numer. Anal. 2000.
Efron, Hastie, Johnstone and Tibshirani, "Least angle regression", Ann. Stat. 2004.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from normcalc.engine.design import Dense, Implicit
from normcalc.engine.methods.counting import coefficients, element_of, number_of, sides_of
from normcalc.engine.problem import LeastSquares
from normcalc.errors import SolverError
from normcalc.language.function import Function

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.engine.jit import Floats
    from normcalc.engine.problem import Objective

FLAT = 1e-10  # of the size of gradients: margins that change less do not change
SINGULAR = 1e-12  # the least pivot over the largest
STEPS = 100_000


@dataclass(frozen=True)
class Ends:
    """One end of the interval for each coordinate: ``constant + rate * value``."""

    constant: Floats
    rate: Floats

    def at(self, value: float) -> Floats:
        """Return the ends for a value of the parameter."""
        return self.constant + self.rate * value


class Gram:
    """Rows of ``weight A^T A`` plus a diagonal, each computed when first asked for."""

    def __init__(self, loss: LeastSquares, diagonal: Floats) -> None:
        """Take a loss whose columns are at hand."""
        self.design, self.weight, self.diagonal = loss.design, loss.weight, diagonal
        self.known: dict[int, Floats] = {}

    def rows(self, chosen: list[int]) -> Floats:
        """Return some rows, shape (chosen, p)."""
        for j in chosen:
            if j not in self.known:
                self.known[j] = self._row(j)
        return np.array([self.known[j] for j in chosen]).reshape(len(chosen), self.diagonal.size)

    def _row(self, j: int) -> Floats:
        whole: Any = self.design
        dense = isinstance(self.design, Dense)
        column = whole.array[:, j] if dense else whole.matrix[:, [j]].toarray().ravel()
        row = np.asarray(self.weight * self.design.adjoint(column))
        row[j] += self.diagonal[j]
        return row


@dataclass
class State:
    """Where the path is: the parameter, the coordinates off zero and on which side they are."""

    gram: Gram
    right: Floats  # A^T b times the weight
    ends: dict[int, Ends]  # by side: 1 for high, -1 for low
    value: float
    active: list[int] = field(default_factory=list)
    sides: list[int] = field(default_factory=list)
    last: int = -1  # the coordinate that entered or left at the breakpoint

    def line(self) -> tuple[Floats, Floats]:
        """Return x as ``start + value * rate``, shape (p,) each."""
        start, rate = np.zeros((2, self.right.size))
        if self.active:
            ends = [self.ends[side] for side in self.sides]
            fixed = [end.constant[j] for end, j in zip(ends, self.active, strict=True)]
            moving = [end.rate[j] for end, j in zip(ends, self.active, strict=True)]
            factor = _factor(self.gram.rows(self.active)[:, self.active])
            start[self.active] = cho_solve(factor, self.right[self.active] - fixed)
            rate[self.active] = -cho_solve(factor, np.array(moving))
        return start, rate

    def step(self, stop: float) -> Floats:
        """Go to the next breakpoint, at `stop` the last; return x there."""
        start, rate = self.line()
        found = [(stop, -1, 0), *self._leaving(start, rate), *self._entering(start, rate)]
        value, j, side = max(found)
        self.value = min(value, self.value)
        x = start + self.value * rate
        if side:
            self.active.append(j)
            self.sides.append(side)
        elif j >= 0:
            place = self.active.index(j)
            x[j] = 0.0
            del self.active[place], self.sides[place]
        self.last = j
        return x

    def _leaving(self, start: Floats, rate: Floats) -> list[tuple[float, int, int]]:
        """Return where coordinates reach zero."""
        pairs = zip(self.active, self.sides, strict=True)
        falling = [j for j, side in pairs if side * rate[j] > 0.0 and j != self.last]
        return [(float(-start[j] / rate[j]), j, 0) for j in falling]

    def _entering(self, start: Floats, rate: Floats) -> list[tuple[float, int, int]]:
        """Return where gradients of coordinates at zero reach an end of their interval."""
        rows, chosen = self.gram.rows(self.active), self.active
        pull, turn = self.right - start[chosen] @ rows, -(rate[chosen] @ rows)
        still = np.ones(pull.size, dtype=np.bool_)
        still[self.active] = False
        if self.last >= 0:
            still[self.last] = False
        scale = np.abs(pull).max() / (self.value or 1.0)
        found = []
        for side, end in self.ends.items():
            room, closing = side * (end.constant - pull), side * (end.rate - turn)
            able = still & np.isfinite(room) & (closing > FLAT * scale)
            where = np.full(pull.size, -np.inf)
            np.divide(-room, closing, out=where, where=able)
            j = int(np.argmax(where))
            found.append((float(where[j]), j, side if np.isfinite(where[j]) else 0))
        return [event for event in found if event[2]]


def exact_path(
    objective: Objective, name: str, ratio: float, given: Mapping[str, Any]
) -> tuple[Floats, Floats]:
    """Return the breakpoints of a path, from the largest down, and the solutions at them.

    The first is the least value at which zero is a solution, the last `ratio` times that.

    Raises
    ------
    SolverError
        If the structure is another one, or columns off zero depend on each other.
    """
    state = _start(objective, name, given)
    stop, values, points = ratio * state.value, [state.value], [np.zeros(state.right.size)]
    state.active, state.sides, state.last = _first(state)
    for _ in range(STEPS):
        if state.value <= stop:
            return np.array(values), np.array(points)
        x = state.step(stop)
        if state.value < values[-1]:
            values.append(state.value)
            points.append(x)
    raise SolverError(f"the path has more than {STEPS} breakpoints; pass values instead")


def _start(objective: Objective, name: str, given: Mapping[str, Any]) -> State:
    loss, penalties = objective.loss, objective.penalties
    if not isinstance(loss, LeastSquares) or loss.target.ndim != 1:
        raise SolverError(_needs("least squares without a constant"))
    if isinstance(loss.design, Implicit):
        raise SolverError(_needs("the columns of A"))
    size = loss.design.shape[1]
    read = _ends(penalties[0], name, given, size) if len(penalties) == 1 else None
    if read is None:
        raise SolverError(
            _needs(f"a penalty with one slope on each side of zero, both affine in {name}")
        )
    ends, curvature = read
    right = loss.weight * loss.design.adjoint(loss.target)
    return State(Gram(loss, curvature), right, ends, _largest(right, ends))


def _needs(what: str) -> str:
    return f"an exact path needs {what}; leave out exact=True"


def _ends(
    penalty: Any, name: str, given: Mapping[str, Any], size: int
) -> tuple[dict[int, Ends], Floats] | None:
    """Return the ends of the intervals and the curvature, None for another kind of penalty."""
    element = element_of(penalty) if isinstance(penalty, Function) else None
    sides = None if element is None else sides_of(element)
    if sides is None:
        return None
    found, curvatures = {}, []
    for side, formula in zip((1, -1), sides[:2], strict=True):
        if formula == sp.oo:
            found[side] = Ends(np.full(size, side * np.inf), np.zeros(size))
            continue
        parts = coefficients(formula, sides[2])
        rates = None if parts is None or parts[0] != 0 else _affine(parts[1], name)
        if parts is None or rates is None or name in map(str, parts[2].free_symbols):
            return None
        numbers = [np.broadcast_to(number_of(each, given), (size,)) for each in rates]
        found[side] = Ends(side * numbers[0], side * numbers[1])
        curvatures.append(np.broadcast_to(2.0 * number_of(parts[2], given), (size,)))
    if not curvatures or np.any(curvatures[0] != curvatures[-1]) or np.any(curvatures[0] < 0.0):
        return None
    return found, curvatures[0]


def _affine(formula: sp.Expr, name: str) -> tuple[sp.Expr, sp.Expr] | None:
    """Return constant and rate of a formula in one parameter."""
    symbol = next((s for s in formula.free_symbols if s.name == name), sp.Symbol(name))
    found = coefficients(formula, symbol)
    return (found[0], found[1]) if found and found[2] == 0 else None


def _largest(right: Floats, ends: Mapping[int, Ends]) -> float:
    """Return the least value of the parameter from which on zero is a solution."""
    needed = [0.0]
    for side, end in ends.items():
        beyond, rate = side * (right - end.constant), side * end.rate
        if np.any((beyond > 0.0) & (rate <= 0.0)):
            raise SolverError("zero is no solution for any value of the parameter")
        needed += list(beyond[rate > 0.0] / rate[rate > 0.0])
    if max(needed) <= 0.0:
        raise SolverError("zero is a solution for every value of the parameter")
    return float(max(needed))


def _first(state: State) -> tuple[list[int], list[int], int]:
    """Return the coordinate that leaves zero first, and its side."""
    room = {side: side * (end.at(state.value) - state.right) for side, end in state.ends.items()}
    side = min(room, key=lambda each: float(room[each].min()))
    j = int(np.argmin(room[side]))
    return [j], [side], j


def _factor(matrix: Floats) -> Any:
    """Return the Cholesky factor of the equations of the coordinates off zero."""
    try:
        factor = cho_factor(matrix)
    except LinAlgError:
        factor = None
    diagonal = np.zeros(1) if factor is None else np.abs(np.diag(factor[0]))
    if not diagonal.min() > SINGULAR * np.sqrt(np.abs(matrix).max()):
        raise SolverError(
            "columns of A that are used together depend on each other; leave out exact=True"
        )
    return factor
