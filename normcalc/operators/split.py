"""Sums without a closed form: the alternating direction method.

The problem is ``min |x - v|**2/(2*step) + sum of h_i(M_i x + c_i)`` for convex h_i with a prox.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.language.nodes import substitute
from normcalc.language.slack import value
from normcalc.operators.affine import Affine, affine_map
from normcalc.operators.gap import duality_gap
from normcalc.operators.plain import BySize, FirstOf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from normcalc.language.function import Function
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Operator, Values

    Prox = Callable[[Floats, float], Floats]

_ROUNDS = 20_000
_CLOSE = 1e-13
_ENOUGH = 1e-8
_RELAXED = 1.6
_SLACK = Fraction(1, 10**9)  # by how much rounding may miss a constraint


@dataclass(frozen=True)
class SplitTerm:
    """``h(matrix @ x + shift)``, by the prox of h, ``prox(y, t)``, and perhaps its value."""

    matrix: Floats
    shift: Floats
    prox: Prox
    value: Callable[[Floats], float] | None = None


@dataclass(frozen=True)
class Found:
    """A point, its images after their proxes, the residual at the end, and the rounds it took.

    Each of `multipliers` is a subgradient of its term at the image.
    """

    point: Floats
    images: list[Floats]
    residual: float
    rounds: int
    multipliers: list[Floats]


@dataclass(frozen=True)
class Piece:
    """One term of a sum: the proxes of its outer function, and the affine map inside.

    More than one are those of an infimal convolution, which share the image among them.
    """

    parts: tuple[Operator, ...]
    map: Node | None
    function: Function | None = None  # the outer one, where it is known


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
        found = minimised(v.ravel(), step, _terms(self.pieces, self.name, v, values))
        return np.reshape(found.point[: v.size], v.shape)

    def gap(self, v: Floats, step: float, values: Values) -> float:
        """Return by how much the objective at the answer may exceed the least one, at most.

        Raises
        ------
        NotDerivable
            No value of a term is known at the answer, or terms have shares.
        """
        terms = _terms(self.pieces, self.name, v, values)
        return duality_gap(v.ravel(), step, terms, minimised(v.ravel(), step, terms))

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        proxes = (line for piece in self.pieces for op in piece.parts for line in op.steps())
        return ("no closed form: alternating directions until the residuals vanish, with",
                *dict.fromkeys(proxes))  # fmt: skip


def pieces_of(
    operator: Operator, node: Node | None, function: Function | None = None
) -> tuple[Piece, ...]:
    """Return the terms for the solver that stand for ``f(node)``, with the prox of f.

    Where that would itself be left to a solver, its terms are taken, so that one solver does all.
    """
    solver = inner_solver(operator)
    if solver is None:
        return (Piece((operator,), node, function),)
    return tuple(replace(p, map=_composed(p.map, solver.name, node)) for p in solver.pieces)


def inner_solver(operator: Operator) -> Split | None:
    """Return the inner solver that an operator comes down to, if it does."""
    if isinstance(operator, FirstOf):
        return inner_solver(operator.options[-1])
    if isinstance(operator, BySize):
        return inner_solver(operator.many)
    return operator if isinstance(operator, Split) else None


def _composed(outer: Node | None, name: str, inner: Node | None) -> Node | None:
    if outer is None or inner is None:
        return inner if outer is None else outer
    return substitute(outer, {name: inner})


def _terms(pieces: Sequence[Piece], name: str, v: Floats, values: Values) -> list[SplitTerm]:
    """Return the terms of all pieces, in the point and in the shares of infimal convolutions.

    All parts but the first of a piece have a share of their own; the first has what is left.
    """
    images = [_image(piece.map, name, v, values) for piece in pieces]
    shares = [(len(p.parts) - 1) * len(i.shift) for p, i in zip(pieces, images, strict=True)]
    width, at, found = v.size + sum(shares), v.size, []
    for piece, image, share in zip(pieces, images, shares, strict=True):
        size = len(image.shift)
        first = np.zeros((size, width))
        first[:, : v.size] = image.matrix
        matrices = [first]
        for start in range(at, at + share, size):
            own = np.zeros((size, width))
            own[:, start : start + size] = np.eye(size)
            matrices.append(own)
            first -= own
        at += share
        shifts = [image.shift, *(np.zeros(size) for _ in matrices[1:])]
        proxes = (_flat(op, image.shape, values) for op in piece.parts)
        worth = _worth(piece.function, image.shape, values)
        found += [SplitTerm(*term, worth) for term in zip(matrices, shifts, proxes, strict=True)]
    return found


def _image(node: Node | None, name: str, v: Floats, values: Values) -> Affine:
    if node is None:
        return Affine(np.eye(v.size), np.zeros(v.size), v.shape)
    return affine_map(node, name, v, values)


def _worth(
    function: Function | None, shape: tuple[int, ...], values: Values
) -> Callable[[Floats], float] | None:
    if function is None:
        return None

    def worth(y: Floats) -> float:
        return float(np.sum(value(function, np.reshape(y, shape), values, _SLACK)))

    return worth


def _flat(inner: Operator, shape: tuple[int, ...], values: Values) -> Prox:
    return lambda y, t: np.ravel(inner(np.reshape(y, shape), t, values))


def minimised(v: Floats, step: float, terms: Sequence[SplitTerm]) -> Found:
    """Return the minimiser of ``|x - v|**2/(2*step)`` plus the terms.

    The terms may depend on more numbers than v has: those stand after the point.

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
    square = matrix.T @ matrix
    free = len(square) - v.size  # the shares, which only the terms hold back
    pull = np.append(np.full(v.size, 1 / step), np.zeros(free))
    goal = pull * np.append(v, np.zeros(free))
    rho = 1.0 / (step * max(1.0, float(np.trace(square)) / len(square)))
    solve = np.linalg.inv(np.diag(pull) + rho * square)
    x = np.append(v, np.zeros(free))
    z, dual = matrix @ x + shift, np.zeros(len(shift))
    given = float(np.abs(v).max(initial=0.0)) + float(np.abs(shift).max(initial=0.0))
    gap, rounds, scale = np.inf, 0, given
    for rounds in range(1, _ROUNDS + 1):
        x = solve @ (goal + rho * (matrix.T @ (z - shift - dual)))
        image = matrix @ x + shift
        mixed = _RELAXED * image + (1 - _RELAXED) * z
        before, z = z, _proxes(terms, mixed + dual, cuts, 1 / rho)
        dual = dual + mixed - z
        primal = float(np.abs(image - z).max())
        other = float(np.abs(step * rho * (matrix.T @ (z - before))).max())
        gap, scale = max(primal, other), given + float(np.abs(z).max())
        if gap <= _CLOSE * scale:
            break
        if rounds % 50 == 0 and rounds < _ROUNDS // 2:
            factor = _balance(primal, other)
            if factor != 1:
                rho, dual = rho * factor, dual / factor
                solve = np.linalg.inv(np.diag(pull) + rho * square)
    if gap > _ENOUGH * scale:
        raise NotDerivable(f"the inner solver stopped at a residual of {gap:g}")
    return Found(x, np.split(z, cuts), gap, rounds, np.split(rho * dual, cuts))


def _proxes(terms: Sequence[SplitTerm], at: Floats, cuts: Floats, t: float) -> Floats:
    parts = zip(terms, np.split(at, cuts), strict=True)
    return np.concatenate([term.prox(part, t) for term, part in parts])


def _balance(primal: float, other: float) -> float:
    """Return by how much the penalty should change, so that both residuals fall alike."""
    if primal > 10 * other:
        return 2.0
    return 0.5 if other > 10 * primal else 1.0
