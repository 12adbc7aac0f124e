"""Polyhedral functions and polyhedra: the exact minimum by a dual active-set method.

The problem is ``min |u - v|**2/(2*step) + sum of maxima of rows`` under linear constraints; a row
is an affine form.  Its dual asks for weights of the rows: those of a maximum are a convex
combination, those of an inequality are not negative, those of an equation are free.  The method
of Goldfarb and Idnani adds the row that is missed most, keeps the weights legal on the way, and
drops the rows whose weight becomes zero.  The dual objective rises with every row, so no set of
rows comes twice and the end is reached after finitely many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import qr, solve_triangular

from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from normcalc.operators.base import Floats

BELOW, EQUAL = -1, -2  # blocks of the rows that are inequalities and equations
_ROUNDING = 1e-14
_DEPENDENT = 1e-11
_ENOUGH = 1e-9
_NOTHING = 1e-13
_LEAST = 1e-300
_SHOWN = 6


@dataclass(frozen=True)
class Rows:
    """Affine forms ``matrix @ u + shift``, each with the number of the maximum it belongs to.

    In the block `BELOW` a row must not be positive, in the block `EQUAL` it must be zero.
    """

    matrix: Floats
    shift: Floats
    block: NDArray[np.intp]

    def joined(self, other: Rows) -> Rows:
        """Return the rows of both; the blocks of both count alike."""
        return Rows(
            np.concatenate([self.matrix, other.matrix]),
            np.concatenate([self.shift, other.shift]),
            np.concatenate([self.block, other.block]),
        )


def minimised(
    v: Floats, step: float, rows: Rows, more: Callable[[Floats], Rows] | None = None
) -> Floats:
    """Return the minimiser of ``|u - v|**2/(2*step)`` plus the maxima, under the constraints.

    Parameters
    ----------
    v : ndarray of shape (n,)
    step : float
    rows : Rows
        Of every maximum at least one row.
    more : callable, optional
        ``more(u)`` returns rows that are largest at u, where there are too many to list.

    Raises
    ------
    NotDerivable
        No point meets the constraints; the message holds weights that prove it.

    Examples
    --------
    >>> below = Rows(np.array([[1.0, 1.0]]), np.array([-1.0]), np.array([BELOW]))
    >>> minimised(np.array([1.0, 2.0]), 1.0, below).round(15)
    array([0., 1.])
    """
    search = _Search(v, step, rows)
    for equation in np.flatnonzero(rows.block == EQUAL).tolist():
        search.insert(equation)
    seen: set[frozenset[int]] = set()
    while True:
        if more is not None:
            search.rows = search.rows.joined(more(search.u))
        j, missed = search.worst()
        held = frozenset(search.held)
        if missed <= _ROUNDING or held in seen:  # only rounding brings a set of rows back
            break
        seen.add(held)
        search.insert(j)
    if (missed := float(search.missed().max(initial=0.0))) > _ENOUGH:
        raise NotDerivable(f"rounding hides which rows are active; one is missed by {missed:g}")
    return search.u


def _scales(rows: Rows) -> Floats:
    """Return powers of two that bring the largest coefficient of each constraint close to 1."""
    size = np.abs(rows.matrix).max(axis=1, initial=0.0)
    plain = (rows.block >= 0) | (size == 0)
    return np.where(plain, 1.0, 2.0 ** -np.ceil(np.log2(np.where(plain, 1.0, size))))


class _Search:
    """The rows that are held, their weights, and the point that they define."""

    def __init__(self, v: Floats, step: float, rows: Rows) -> None:
        self.v, self.step = v, step
        self.scale = _scales(rows)
        self.rows = Rows(rows.matrix * self.scale[:, None], rows.shift * self.scale, rows.block)
        self.passed: set[int] = set()  # rows that only rounding tells from the held ones
        values = rows.matrix @ v + rows.shift
        blocks = range(int(rows.block.max(initial=BELOW)) + 1)
        self.held = [int(np.argmax(np.where(rows.block == k, values, -np.inf))) for k in blocks]
        self.settle()

    def settle(self) -> None:
        """Find the point and the weights for the rows that are held."""
        self._factorise()
        matrix, shift = self.rows.matrix[self.held], self.rows.shift[self.held]
        first = np.zeros(len(self.held))
        first[list(self._references().values())] = 1.0
        u = self.v - self.step * (matrix.T @ first)
        y = np.zeros(len(self.others))
        for _ in range(3 if len(y) else 0):  # the second time takes the rounding away
            missed = self._along(matrix @ u + shift)
            inner = solve_triangular(self.r, missed, trans="T")
            u, y = u - self.q @ inner, y + solve_triangular(self.r, inner) / self.step
        free = self.rows.block[self.held] == EQUAL
        weights = first + self._spread(y)
        self.u, self.weights = u, np.where(free, weights, np.maximum(weights, 0.0))

    def worst(self) -> tuple[int, float]:
        """Return the row that is missed most, of those that may enter, and by how much."""
        missed = np.where(self.rows.block == EQUAL, -np.inf, self.missed())
        missed[[*self.held, *self.passed]] = -np.inf
        j = int(np.argmax(missed)) if len(missed) else 0
        return j, float(missed[j]) if len(missed) else -np.inf

    def missed(self) -> Floats:
        """Return by how much each row is missed, relative to its terms and its reference's."""
        rows, size = self.rows, float(np.abs(self.u).max() + np.abs(self.v).max())
        scale = np.abs(rows.matrix).sum(axis=1) * size + np.abs(rows.shift)
        missed = self._excess() / (scale + self._levels(scale) + _LEAST)
        return np.asarray(np.where(rows.block == EQUAL, np.abs(missed), missed))

    def insert(self, j: int) -> None:
        """Give the row j a weight and hold it; rows whose weight vanishes go."""
        excess = float(self._excess()[j])
        if self.rows.block[j] == EQUAL and excess < 0:
            self.rows.matrix[j] *= -1
            self.rows.shift[j] *= -1
            excess = -excess
        while True:
            change, square = self._direction(j)
            full = excess / (self.step * square) if square else np.inf
            bound, i = self._blocking(change)
            if full == bound == np.inf:
                if self._contradicts(j, change):
                    raise NotDerivable(self._proof(j, change))
                self.passed.add(j)
                return
            move = min(full, bound)
            self.weights = self.weights + move * change
            excess -= move * self.step * square
            if full <= bound:
                break
            self._drop(i)
            if self.rows.block[j] >= 0 and self.rows.block[j] not in self._references():
                break  # the row is alone in its maximum
        self.held.append(j)
        self.passed.clear()
        self.settle()

    def _excess(self) -> Floats:
        """Return by how much each row exceeds the held row of its maximum, or zero."""
        values = self.rows.matrix @ self.u + self.rows.shift
        return np.asarray(values - self._levels(values))

    def _levels(self, values: Floats) -> Floats:
        """Return for each row the number of the held row of its maximum; zero for constraints."""
        levels = np.zeros(int(self.rows.block.max(initial=BELOW)) + 3)  # the last two for those
        held = [i for i in self.held if self.rows.block[i] >= 0]
        levels[self.rows.block[held]] = values[held]
        return np.asarray(levels[self.rows.block])

    def _references(self) -> dict[int, int]:
        """Return the position of the last held row of every maximum."""
        blocks = self.rows.block[self.held].tolist()
        return {k: p for p, k in enumerate(blocks) if k >= 0}

    def _factorise(self) -> None:
        """Find the changes of weights that keep the sum of each maximum, and their QR factors.

        One change belongs to each held row that is no reference: its weight grows, and that of
        the reference of its maximum, if it is in one, falls.
        """
        blocks, first = self.rows.block[self.held].tolist(), self._references()
        self.others = [p for p, k in enumerate(blocks) if first.get(k) != p]
        self.anchors = [first.get(blocks[p], len(blocks)) for p in self.others]
        self.q, self.r = qr(self._along(self.rows.matrix[self.held]).T, mode="economic")

    def _along(self, values: Floats) -> Floats:
        """Return by how much values of held rows differ from those of their references."""
        padded = np.concatenate([values, np.zeros((1, *values.shape[1:]))])
        return np.asarray(padded[self.others] - padded[self.anchors])

    def _spread(self, y: Floats) -> Floats:
        """Return the change of all held weights that so much of each change makes."""
        found = np.zeros(len(self.held) + 1)
        found[self.others] = y
        np.subtract.at(found, self.anchors, y)
        return found[:-1]

    def _direction(self, j: int) -> tuple[Floats, float]:
        """Return how the held weights follow that of row j, and how fast its excess falls."""
        matrix = self.rows.matrix[self.held]
        change = np.zeros(len(self.held))
        reference = self._references().get(int(self.rows.block[j]))
        if reference is not None:
            change[reference] = -1.0
        towards = self.rows.matrix[j] + matrix.T @ change
        size = np.abs(self.rows.matrix[j]).max() + np.abs(matrix.T @ change).max(initial=0.0)
        inside = self.q.T @ towards
        rest = towards - self.q @ inside
        rest = rest - self.q @ (self.q.T @ rest)
        if len(inside):
            change = change - self._spread(solve_triangular(self.r, inside))
        dependent = np.linalg.norm(rest) <= _DEPENDENT * size
        return change, 0.0 if dependent else float(rest @ rest)

    def _blocking(self, change: Floats) -> tuple[float, int]:
        """Return how far the weights may follow, and the position of the one that vanishes."""
        free = self.rows.block[self.held] == EQUAL
        falling = ~free & (change < -_NOTHING * max(1.0, np.abs(change).max(initial=0.0)))
        reach = np.full(len(change), np.inf)
        reach[falling] = self.weights[falling] / -change[falling]
        i = int(np.argmin(reach)) if len(reach) else 0
        return (float(reach[i]), i) if len(reach) else (np.inf, 0)

    def _drop(self, i: int) -> None:
        del self.held[i]
        self.weights = np.delete(self.weights, i)
        self._factorise()

    def _contradicts(self, j: int, change: Floats) -> bool:
        """Tell whether the weighted constraints add up to a false inequality, beyond rounding."""
        shift = self.rows.shift[self.held]
        total = self.rows.shift[j] + shift @ change
        size = np.abs(self.rows.shift[j]) + np.abs(shift) @ np.abs(change)
        return bool(total > _ROUNDING * 100 * size)

    def _proof(self, j: int, change: Floats) -> str:
        """Write the constraints that contradict each other, with their weights."""
        weights = [(1.0, j), *zip(change.tolist(), self.held, strict=True)]
        used = [(w * self.scale[i] / self.scale[j], i) for w, i in weights if abs(w) > _NOTHING]
        total = -sum(w * self.rows.shift[i] / self.scale[i] for w, i in used)
        parts = [f"{w:.6g} times {self._constraint(i)}" for w, i in used[:_SHOWN]]
        others = [f"{len(used) - _SHOWN} more"] if len(used) > _SHOWN else []
        return f"the set is empty: {' plus '.join([*parts, *others])} reads 0 <= {total:.6g}"

    def _constraint(self, i: int) -> str:
        relation = "==" if self.rows.block[i] == EQUAL else "<="
        row = ", ".join(f"{x:.6g}" for x in self.rows.matrix[i] / self.scale[i])
        return f"([{row}] @ x {relation} {-self.rows.shift[i] / self.scale[i]:.6g})"
