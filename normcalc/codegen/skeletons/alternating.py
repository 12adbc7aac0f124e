"""Sums without a closed form: the alternating direction method with a dense matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.skeletons.marks import inner
from normcalc.codegen.skeletons.reductions import image_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.skeletons.marks import Parameters, Vector

    Terms = Callable[[Vector, float, Parameters, Any, Vector], None]


def largest_size(x: Vector) -> float:
    """Return the largest size of an entry."""
    top = 0.0
    for i in range(x.size):
        top = max(top, abs(x[i]))
    return top


def balance(primal: float, other: float) -> float:
    """Return by how much the penalty should change, so that both residuals fall alike."""
    if primal > 10.0 * other:
        return 2.0
    return 0.5 if other > 10.0 * primal else 1.0


def inverse_of(square: Vector, rho: float, pull: Vector) -> Vector:
    """Return the inverse of ``diag(pull) + rho*square``."""
    whole_square = rho * square
    for i in range(pull.size):
        whole_square[i, i] += pull[i]
    return np.linalg.inv(whole_square)


def padded(x: Vector, n: int) -> Vector:
    """Return n numbers: `x`, and zeros behind it."""
    found = np.zeros(n)
    found[: x.size] = x
    return found


def rows_at(indices: Vector, n: int) -> Vector:
    """Return the matrix that reads the entries at the indices from a vector of length n."""
    found = np.zeros((indices.size, n))
    for i in range(indices.size):
        found[i, indices[i]] = 1.0
    return found


def alternating(terms: Terms) -> Callable[..., None]:
    """Return the minimiser of ``|x - v|**2/(2*step)`` plus terms of ``matrix @ x + shift``.

    ``terms(y, t, p, extra, z)`` writes the proxes of all terms at y.  The terms may depend on more
    numbers than v has: those stand after the point.
    """

    @inner
    def minimised(
        v: Vector,
        step: float,
        matrix: Vector,
        shift: Vector,
        p: Parameters,
        extra: Any,
        out: Vector,
    ) -> None:
        turned_matrix = np.ascontiguousarray(matrix.T)
        square = np.dot(turned_matrix, matrix)
        x, pull = padded(v, len(square)), padded(np.full(v.size, 1.0 / step), len(square))
        goal = pull * x
        rho = 1.0 / (step * max(1.0, np.trace(square) / x.size))
        solve = inverse_of(square, rho, pull)
        z, dual = image_of(matrix, x) + shift, np.zeros(shift.size)
        before = z.copy()
        given, gap, scale = largest_size(v) + largest_size(shift), np.inf, 1.0
        for rounds in range(1, 20001):
            x = image_of(solve, goal + rho * image_of(turned_matrix, z - shift - dual))
            image = image_of(matrix, x) + shift
            mixed = 1.6 * image + (1.0 - 1.6) * z
            before[:] = z
            terms(mixed + dual, 1.0 / rho, p, extra, z)
            dual = dual + mixed - z
            primal = largest_size(image - z)
            other = largest_size(step * rho * image_of(turned_matrix, z - before))
            gap, scale = max(primal, other), given + largest_size(z)
            if gap <= 1e-13 * scale:
                break
            factor = balance(primal, other) if rounds % 50 == 0 and rounds < 10000 else 1.0
            if factor != 1.0:
                rho, dual = rho * factor, dual / factor
                solve = inverse_of(square, rho, pull)
        if gap > 1e-8 * scale:
            raise ValueError("the inner solver stopped at a residual that is too large")
        out[:] = x[: v.size]

    return minimised
