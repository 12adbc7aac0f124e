"""The largest singular value of a large matrix by products with it: Golub, Kahan and Lanczos.

The bidiagonal matrix of the products has singular values that approach those of the matrix from
below, the largest first.  What this proves: the number found is the length of ``A x``
for a vector x of length one, so no more than the norm, and some singular value lies within the
residual of it.  That no larger one was missed is not proved: it would need a start with no part in
its direction, which a random start has with probability zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from normcalc.induced.vectors.abstract import Array

# Relative to the value: the estimate at which the search ends, and the residual beside it.
_SMALLEST_ERROR = 2.5e-11
_LARGEST_RESIDUAL = 1e-5
# Steps between two looks.
_APART = 4


class Largest(NamedTuple):
    """The largest singular value that was found.

    Parameters
    ----------
    value : float
        The length of ``A x``.
    x : numpy.ndarray, shape (n,)
        Of length one.
    residual : float
        The length of ``A'A x/value - value x``: a singular value is as near as that.
    products : int
        Products with the matrix or its transpose.
    """

    value: float
    x: Array
    residual: float
    products: int


def largest(matrix: Array, rng: np.random.Generator, steps: int = 300) -> Largest | None:
    """Return the largest singular value, or None where it has not settled after so many steps.

    None as well where a number in the matrix is not finite.

    Examples
    --------
    >>> matrix = np.diag(np.arange(1.0, 401.0))
    >>> found = largest(matrix, np.random.default_rng(0))
    >>> abs(found.value - 400.0) < 4e-10, found.residual < 4e-4
    (True, True)
    """
    m, n = matrix.shape
    steps = min(steps, m, n)
    right, left = np.zeros((steps + 1, n)), np.zeros((steps, m))
    alphas, betas = np.zeros(steps), np.zeros(steps)
    start = rng.standard_normal(n)
    right[0] = start / np.linalg.norm(start)
    for k in range(steps):
        u = matrix @ right[k] - (betas[k - 1] * left[k - 1] if k else 0.0)
        alphas[k] = np.linalg.norm(u)
        left[k] = u / alphas[k] if alphas[k] > 0.0 else u
        v = left[k] @ matrix - alphas[k] * right[k]
        betas[k] = _separated(v, right[: k + 1])
        if not np.isfinite(betas[k]):
            return None
        done = betas[k] <= 1e-14 * alphas[: k + 1].max()
        if done or k % _APART == _APART - 1:
            found = _settled(alphas[: k + 1], betas[: k + 1], done)
            if found is not None:
                value, share, residual = found
                return Largest(value, share @ right[: k + 1], residual, 2 * (k + 1))
        right[k + 1] = v / betas[k]
    return None


def _separated(v: Array, directions: Array) -> float:
    """Take out of `v` what rounding left of other directions, and return its length."""
    before = np.linalg.norm(v)
    v -= (directions @ v) @ directions
    length = np.linalg.norm(v)
    if length < 0.7 * before:  # digits were lost: once more
        v -= (directions @ v) @ directions
        length = np.linalg.norm(v)
    return float(length)


def _settled(alphas: Array, betas: Array, done: bool) -> tuple[float, Array, float] | None:
    """Return the value, the shares of the directions, and the residual; None if still moving.

    The error of the value is at most the square of the residual over four times the distance to
    the next singular value, which is taken from the bidiagonal matrix.
    """
    small = np.diag(alphas) + np.diag(betas[:-1], 1)
    us, sizes, vs = np.linalg.svd(small)
    value = float(sizes[0])
    residual = float(betas[-1] * abs(us[-1, 0]))
    gap = value - float(sizes[1]) if sizes.size > 1 else 0.0
    small_error = 0.25 * residual**2 <= _SMALLEST_ERROR * value * gap
    if done or (small_error and residual <= _LARGEST_RESIDUAL * value):
        return value, vs[0], residual
    return None
