"""Quadratic functions, their square roots, and affine sets: linear algebra."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.language.evaluate import evaluate
from normcalc.operators.affine import affine_map, quadratic
from normcalc.operators.roots import falling_root

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Values


@dataclass(frozen=True)
class LinearSolve:
    """The prox of a polynomial of degree two: one linear system."""

    formula: Node
    name: str

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox.

        Raises
        ------
        NotDerivable
            The objective has no unique minimum: ``I + step*H`` is not positive definite.
        """
        hessian, slope, _ = quadratic(self.formula, self.name, v, values)
        sizes, vectors = np.linalg.eigh(hessian)
        if sizes.size and 1 + step * sizes[0] <= 0:
            raise NotDerivable(
                f"not prox-bounded: the curvature {sizes[0]} needs step < {-1 / sizes[0]}"
            )
        right = vectors.T @ (v.ravel() - step * slope)
        return np.reshape(vectors @ (right / (1 + step * sizes)), v.shape)

    def steps(self) -> tuple[str, ...]:
        """Return the one step."""
        return ("solve (I + step*H) u = v - step*g, with the Hessian H and the gradient g at 0",)


@dataclass(frozen=True)
class Ellipsoidal:
    """The prox of ``factor * sqrt(q(x))`` for a quadratic form q that is not negative.

    With the eigenvalues p of q and ``w = V.T v``, the point is ``w*s/(s + t*p)``, where s is its
    own size in the norm; s solves one equation that falls.
    """

    formula: Node
    factor: Node
    name: str

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        hessian, slope, constant = quadratic(self.formula, self.name, v, values)
        sizes, vectors = np.linalg.eigh(hessian / 2)
        if np.any(slope) or constant or sizes[0] < -1e-13 * np.abs(sizes).max():
            raise NotDerivable("the root is not of a quadratic form that is nowhere negative")
        p, w = np.maximum(sizes, 0.0), vectors.T @ v.ravel()
        t = step * float(evaluate(self.factor, values))
        return np.reshape(vectors @ _scaled(w, p, t), v.shape)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("diagonalise q = V diag(p) V'; w = V' v, t = step*factor",
                "s = sqrt(q(u)) solves sum(p*w**2/(s + t*p)**2) = 1; s = 0 where the sum is less",
                "u = V (w*s/(s + t*p))")  # fmt: skip


def _scaled(w: Floats, p: Floats, t: float) -> Floats:
    held = p > 0

    def excess(s: float) -> float:
        return float(np.sum(p[held] * (w[held] / (s + t * p[held])) ** 2)) - 1.0

    if t <= 0 or not held.any():
        return w
    if excess(0.0) <= 0:
        return np.where(held, 0.0, w)
    s = falling_root(excess, 0.0, float(np.sqrt(np.sum(p * w**2))))
    return w * s / (s + t * p)


@dataclass(frozen=True)
class AffineProjection:
    """The nearest point at which an affine map has a given value."""

    inner: Node
    target: Node
    name: str

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the projection.

        Raises
        ------
        NotDerivable
            The set is empty.
        """
        image = affine_map(self.inner, self.name, v, values)
        target = np.broadcast_to(evaluate(self.target, values), image.shape)
        gap = image(v).ravel() - target.ravel()
        move, *_ = np.linalg.lstsq(image.matrix, gap, rcond=None)
        slack = 1e-9 * (1 + np.abs(gap).max(initial=0.0))
        if not np.allclose(image.matrix @ move, gap, atol=slack):
            raise NotDerivable("the set is empty: the equations contradict each other")
        found: Floats = v - np.reshape(move, v.shape)
        return found

    def steps(self) -> tuple[str, ...]:
        """Return the one step."""
        return ("u = v - M^+ (M v + c - b), with the pseudo-inverse of the map",)
