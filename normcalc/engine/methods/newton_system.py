"""Systems ``(G_SS + diag(bend)) move = right`` for sets S that change little from one to the next.

The factors of the first system are kept.  Of a later one, coordinates that have left S, those
whose bend has changed and those that have joined make a border of the first matrix: with U their
columns, the unit vectors of the former and those of G for the latter,

    [[M, U], [U^T, N]] [z, t] = [right of the first set, right of those that joined or 0]

is solved through the Schur complement ``N - U^T M^-1 U``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from normcalc.engine.methods.sweeps import principal

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

BORDER = 8  # a border may have one coordinate for so many of the first set
SMALL = 100  # coordinates: systems of no more are factored anew
SAME = 1e-6  # relative changes of the diagonal below this are none


class Linearised(NamedTuple):
    """One system: its coordinates, what is added on the diagonal, and the right hand side."""

    chosen: Any
    bend: Floats
    right: Floats


class Factored:
    """A Gram matrix with the factors of a part of it."""

    def __init__(self, gram: Floats) -> None:
        """Factor nothing yet."""
        self.gram = gram
        self.diagonal = np.diag(gram)
        self.first: Any = None

    def solve(self, system: Linearised) -> Floats | None:
        """Return the solution; None if the matrix is not positive definite."""
        if self.first is None:
            return self._anew(system)
        border = self._border(system)
        if border.size and (self.first.size <= SMALL or BORDER * border.size > self.first.size):
            return self._anew(system)
        move = self._bordered(system, border)
        return move if np.isfinite(move).all() and move @ system.right > 0.0 else None

    def _anew(self, system: Linearised) -> Floats | None:
        """Factor the matrix of a system, and solve it."""
        chosen = system.chosen
        matrix = principal(self.gram, chosen)
        matrix[np.diag_indices(chosen.size)] += system.bend
        try:
            self.factors = cho_factor(matrix, overwrite_a=True, check_finite=False)
        except LinAlgError:
            self.first = None
            return None
        self.first, self.bend = chosen, system.bend
        self.place = np.full(len(self.gram), -1)
        self.place[chosen] = np.arange(chosen.size)
        self.known: dict[int, Floats] = {}
        return np.asarray(cho_solve(self.factors, system.right, check_finite=False))

    def _border(self, system: Linearised) -> Any:
        """Return the coordinates for which the matrix is not the first one."""
        places = self.place[system.chosen]
        inside = places >= 0
        change = np.abs(system.bend[inside] - self.bend[places[inside]])
        bent = change > SAME * self.diagonal[system.chosen[inside]]
        left = np.setdiff1d(self.first, system.chosen, assume_unique=True)
        return np.concatenate([left, system.chosen[inside][bent], system.chosen[~inside]])

    def _bordered(self, system: Linearised, border: Any) -> Floats:
        right, bend = np.zeros(len(self.gram)), np.full(len(self.gram), np.inf)
        right[system.chosen], bend[system.chosen] = system.right, system.bend
        move = np.zeros(len(self.gram))
        start = cho_solve(self.factors, right[self.first], check_finite=False)
        if border.size:
            columns, images = self._columns(border)
            outside = self.place[border] < 0
            corner = self._corner(border, outside, bend)
            goal = np.where(outside, right[border], 0.0) - columns.T @ start
            with np.errstate(all="ignore"):
                joined = _least(corner - columns.T @ images, goal)
            start = start - images @ joined
            move[border[outside]] = joined[outside]
        move[self.first] = start
        return np.asarray(move[system.chosen])

    def _corner(self, border: Any, outside: Any, bend: Floats) -> Floats:
        """Return N: the Gram matrix of those that joined, minus one over each change of bend."""
        corner = np.zeros((border.size, border.size))
        joined = border[outside]
        corner[np.ix_(outside, outside)] = self.gram[joined[:, None], joined]
        change = bend[border] - np.where(outside, 0.0, self.bend[self.place[border]])
        corner[np.diag_indices(border.size)] += np.where(outside, bend[border], -1.0 / change)
        return corner

    def _columns(self, border: Any) -> tuple[Floats, Floats]:
        """Return U and ``M^-1 U``; columns that were needed before are known."""
        columns = np.zeros((self.first.size, border.size))
        places = self.place[border]
        inside = np.flatnonzero(places >= 0)
        columns[places[inside], inside] = 1.0
        outside = np.flatnonzero(places < 0)
        columns[:, outside] = self.gram[self.first[:, None], border[outside]]
        new = [k for k, j in enumerate(border.tolist()) if j not in self.known]
        if new:
            solved = cho_solve(self.factors, columns[:, new], check_finite=False)
            self.known |= zip(border[new].tolist(), solved.T, strict=True)
        return columns, np.array([self.known[j] for j in border.tolist()]).T


def _least(matrix: Floats, right: Floats) -> Floats:
    """Solve a small symmetric system; of a singular one, infinities."""
    try:
        return np.asarray(np.linalg.solve(matrix, right))
    except np.linalg.LinAlgError:
        return np.full(right.size, np.inf)
