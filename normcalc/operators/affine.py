"""Affine maps and quadratic functions, read off from the values of a formula at unit vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.language.evaluate import evaluate

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Values


@dataclass(frozen=True)
class Affine:
    """``x -> matrix @ x + shift``, for a point with all its entries in one row.

    `shape` is the shape of the image.
    """

    matrix: Floats
    shift: Floats
    shape: tuple[int, ...]

    def __call__(self, x: Floats) -> Floats:
        """Return the image."""
        return np.reshape(self.matrix @ x.ravel() + self.shift, self.shape)

    def isometry(self) -> float | None:
        """Return mu where ``matrix @ matrix.T`` is mu times the identity, else None."""
        square = self.matrix @ self.matrix.T
        mu = float(square[0, 0]) if square.size else 0.0
        size = np.abs(square).max(initial=0.0)
        return mu if np.allclose(square, mu * np.eye(len(square)), atol=1e-13 * size) else None


def affine_map(node: Node, name: str, like: Floats, values: Values) -> Affine:
    """Return the map that a tree of degree one is, for points of the shape of `like`.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> affine_map(parse("x[1:] - 1"), "x", np.zeros(3), {}).matrix
    array([[0., 1., 0.],
           [0., 0., 1.]])
    """

    def at(x: Floats) -> Floats:
        return np.asarray(evaluate(node, {**values, name: x}), dtype=float)

    shift = at(np.zeros_like(like))
    # far out the shift is small against the slope, which it would round otherwise
    far = _far(shift)
    columns = [(at(far * unit) - shift) / far for unit in units(like)]
    return Affine(np.stack([c.ravel() for c in columns], axis=1), shift.ravel(), shift.shape)


def _far(shift: Floats) -> float:
    size = float(np.abs(shift).max(initial=0.0))
    return 2.0 ** (np.ceil(np.log2(size)) + 60) if 0 < size < np.inf else 1.0


def units(like: Floats) -> list[Floats]:
    """Return the points with a single one, and zeros elsewhere."""
    found = []
    for k in range(like.size):
        unit = np.zeros(like.shape)
        unit.flat[k] = 1.0
        found.append(unit)
    return found


def quadratic(node: Node, name: str, like: Floats, values: Values) -> tuple[Floats, Floats, float]:
    """Return ``H, g, c`` with ``node = x.H.x/2 + g.x + c``.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> quadratic(parse("x[0]*x[1] + 3*x[0]"), "x", np.zeros(2), {})[0]
    array([[0., 1.],
           [1., 0.]])
    """

    def at(x: Floats) -> float:
        return float(np.asarray(evaluate(node, {**values, name: x})).item())

    basis = units(like)
    c = at(np.zeros_like(like))
    plus, minus = (np.array([at(sign * e) for e in basis]) for sign in (1.0, -1.0))
    g = (plus - minus) / 2
    hessian = np.diag(plus + minus - 2 * c)
    for i in range(len(basis)):
        for j in range(i):
            hessian[i, j] = hessian[j, i] = at(basis[i] + basis[j]) - plus[i] - plus[j] + c
    return hessian, g, c
