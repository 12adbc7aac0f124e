"""Sums without a closed form: the alternating direction method.

The problem is ``min |x - v|**2/(2*step) + sum of h_i(M_i x + c_i)`` for convex h_i with a prox.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.operators.affine import affine_map

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Operator, Values

_ROUNDS = 20_000
_CLOSE = 1e-13
_ENOUGH = 1e-8
_RELAXED = 1.6


@dataclass(frozen=True)
class SplitTerm:
    """``h(matrix @ x + shift)``, by the prox of h, ``prox(y, t)``."""

    matrix: Floats
    shift: Floats
    prox: Callable[[Floats, float], Floats]


@dataclass(frozen=True)
class Found:
    """A point, the residual at which the method stopped, and the rounds it took."""

    point: Floats
    residual: float
    rounds: int


@dataclass(frozen=True)
class Piece:
    """One term of a sum: the prox of its outer function, and the affine map inside."""

    inner: Operator
    map: Node | None


@dataclass(frozen=True)
class Split:
    """The prox of a sum of convex functions of affine images, by an inner solver."""

    pieces: tuple[Piece, ...]
    name: str

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox.

        Raises
        ------
        NotDerivable
            The solver did not come close enough; the message says how close.
        """
        terms = [_term(piece, self.name, v, values) for piece in self.pieces]
        found = minimised(v.ravel(), step, terms)
        return np.reshape(found.point, v.shape)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        proxes = (line for piece in self.pieces for line in piece.inner.steps())
        return ("no closed form: alternating directions until the residuals vanish, with",
                *dict.fromkeys(proxes))  # fmt: skip


def _term(piece: Piece, name: str, v: Floats, values: Values) -> SplitTerm:
    if piece.map is None:
        matrix, shift, shape = np.eye(v.size), np.zeros(v.size), v.shape
    else:
        image = affine_map(piece.map, name, v, values)
        matrix, shift, shape = image.matrix, image.shift, image.shape

    def prox(y: Floats, t: float) -> Floats:
        return np.ravel(piece.inner(np.reshape(y, shape), t, values))

    return SplitTerm(matrix, shift, prox)


def minimised(v: Floats, step: float, terms: Sequence[SplitTerm]) -> Found:
    """Return the minimiser of ``|x - v|**2/(2*step)`` plus the terms.

    Raises
    ------
    NotDerivable
        After all rounds the residuals are still large.

    Examples
    --------
    >>> ball = SplitTerm(np.eye(1), np.zeros(1), lambda y, t: np.clip(y, -1, 1))
    >>> minimised(np.array([3.0]), 0.5, [ball]).point.round(9)
    array([1.])
    """
    matrix = np.concatenate([t.matrix for t in terms])
    shift = np.concatenate([t.shift for t in terms])
    cuts = np.cumsum([len(t.shift) for t in terms])[:-1]
    sizes, basis = np.linalg.eigh(matrix.T @ matrix)
    rho = 1.0 / (step * max(1.0, float(np.mean(sizes))))
    z, dual = matrix @ v + shift, np.zeros(len(shift))
    scale = 1.0 + float(np.abs(v).max()) + float(np.abs(shift).max(initial=0.0))
    x, gap, rounds = v, np.inf, 0
    for rounds in range(1, _ROUNDS + 1):
        right = v / step + rho * (matrix.T @ (z - shift - dual))
        x = basis @ ((basis.T @ right) / (1 / step + rho * sizes))
        image = matrix @ x + shift
        mixed = _RELAXED * image + (1 - _RELAXED) * z
        before, z = z, _proxes(terms, mixed + dual, cuts, 1 / rho)
        dual = dual + mixed - z
        primal = float(np.abs(image - z).max())
        other = float(np.abs(step * rho * (matrix.T @ (z - before))).max())
        gap = max(primal, other)
        if gap <= _CLOSE * scale:
            break
        if rounds % 50 == 0 and rounds < _ROUNDS // 2:
            factor = _balance(primal, other)
            rho, dual = rho * factor, dual / factor
    if gap > _ENOUGH * scale:
        raise NotDerivable(f"the inner solver stopped at a residual of {gap:g}")
    return Found(x, gap, rounds)


def _proxes(terms: Sequence[SplitTerm], at: Floats, cuts: Floats, t: float) -> Floats:
    parts = zip(terms, np.split(at, cuts), strict=True)
    return np.concatenate([term.prox(part, t) for term, part in parts])


def _balance(primal: float, other: float) -> float:
    """Return by how much the penalty should change, so that both residuals fall alike."""
    if primal > 10 * other:
        return 2.0
    return 0.5 if other > 10 * primal else 1.0
