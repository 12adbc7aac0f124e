"""Subdifferentials of norms and maxima at a point, as convex sets in numbers.

A face can project a point on itself, and find its farthest point in a direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Face:
    """A bounded closed convex set.

    Parameters
    ----------
    project : callable
        The nearest point of the set.
    farthest : callable
        A point of the set with the largest inner product with a direction.
    single : bool
        Whether the set is one point.
    bound : callable, optional
        An upper bound of the largest inner product with a direction, where the farthest point is
        not known.
    """

    project: Callable[[Array], Array]
    farthest: Callable[[Array], Array]
    single: bool = False
    bound: Callable[[Array], float] | None = None

    def height(self, d: Array) -> float:
        """Return the largest inner product with a direction, or an upper bound."""
        return self.bound(d) if self.bound else float(np.sum(d * self.farthest(d)))


def box(lo: Array, hi: Array) -> Face:
    """Return the set of vectors between two vectors.

    Examples
    --------
    >>> box(np.zeros(2), np.ones(2)).project(np.array([-1.0, 0.5]))
    array([0. , 0.5])
    """
    return Face(
        lambda s: np.clip(s, lo, hi),
        lambda d: np.where(d > 0, hi, lo),
        bool(np.all(lo == hi)),
    )


def ball(p: float, shape: tuple[int, ...]) -> Face:
    """Return the unit ball of the p-norm."""
    if np.isinf(p):
        return box(-np.ones(shape), np.ones(shape))
    return Face(lambda s: _on_ball(s, p), lambda d: _dual_point(d, p))


def _on_ball(s: Array, p: float) -> Array:
    if np.linalg.norm(s, p) <= 1:
        return s
    if p == 1:
        return np.sign(s) * on_simplex(np.abs(s))
    return s / np.linalg.norm(s) if p == 2 else _on_curved_ball(s, p)


def _on_curved_ball(s: Array, p: float) -> Array:
    """Project by a root for the multiplier, and a bisection on each entry for a multiplier."""
    from scipy.optimize import brentq

    size = np.abs(s)

    def shrunk(multiplier: float) -> Array:
        lo, hi = np.zeros_like(size), size
        for _ in range(60):
            middle = (lo + hi) / 2
            high = middle + multiplier * p * middle ** (p - 1) > size
            lo, hi = np.where(high, lo, middle), np.where(high, middle, hi)
        return hi

    def excess(multiplier: float) -> float:
        return float(np.linalg.norm(shrunk(multiplier), p)) - 1

    high = 1.0
    while excess(high) > 0:
        high *= 2
    return np.sign(s) * shrunk(float(brentq(excess, 0.0, high, xtol=1e-15, rtol=1e-14)))


def _dual_point(d: Array, p: float) -> Array:
    if not np.any(d):
        return np.zeros_like(d)
    if p == 1:
        at = np.argmax(np.abs(d))
        return np.where(np.arange(d.size) == at, np.sign(d), 0.0)
    q = p / (p - 1)
    return norm_slope(d, q)


def norm_slope(u: Array, p: float) -> Array:
    """Return the gradient of the p-norm away from zero, for finite p > 1."""
    scaled = u / np.max(np.abs(u))
    powers = np.abs(scaled) ** (p - 1)
    return np.asarray(np.sign(u) * powers / np.linalg.norm(scaled, p) ** (p - 1))


def on_simplex(s: Array) -> Array:
    """Return the nearest point with nonnegative entries that sum to one.

    Examples
    --------
    >>> on_simplex(np.array([0.5, 2.0, 0.1]))
    array([0., 1., 0.])
    """
    falling = np.sort(s)[::-1]
    levels = (np.cumsum(falling) - 1) / np.arange(1, s.size + 1)
    return np.asarray(np.maximum(s - levels[falling > levels][-1], 0))


def corners(signs: Array) -> Face:
    """Return the convex hull of the unit vectors with the given signs; sign 0 is left out."""
    active = np.flatnonzero(signs)

    def project(s: Array) -> Array:
        found = np.zeros_like(signs)
        found[active] = signs[active] * on_simplex((signs * s)[active])
        return found

    def farthest(d: Array) -> Array:
        found = np.zeros_like(signs)
        best = active[np.argmax((signs * d)[active])]
        found[best] = signs[best]
        return found

    return Face(project, farthest, active.size == 1)


def norm_face(u: Array, p: float, tolerance: float) -> Face:
    """Return the subdifferential of the p-norm at a vector; entries below tolerance are zero."""
    zero = np.abs(u) <= tolerance
    if p == 1:
        signs = np.where(zero, 0.0, np.sign(u))
        return box(np.where(zero, -1.0, signs), np.where(zero, 1.0, signs))
    if np.all(zero):
        return ball(1.0 if np.isinf(p) else p / (p - 1), u.shape)
    if np.isinf(p):
        largest = np.abs(u) >= np.max(np.abs(u)) - tolerance
        return corners(np.where(largest, np.sign(u), 0.0))
    slope = norm_slope(u, p)
    return box(slope, slope)


def largest_face(u: Array, tolerance: float) -> Face:
    """Return the subdifferential of the largest entry."""
    return corners((u >= np.max(u) - tolerance).astype(float))


def positive_face(u: Array, tolerance: float) -> Face:
    """Return the subdifferential of the sum of positive parts."""
    zero = np.abs(u) <= tolerance
    return box(np.where(zero, 0.0, u > 0), np.where(zero, 1.0, u > 0))


def nuclear_face(x: Array, tolerance: float) -> Face:
    """Return the subdifferential of the sum of singular values."""
    u, s, vt = np.linalg.svd(x)
    rank = int(np.sum(s > tolerance))
    sure = u[:, :rank] @ vt[:rank]
    left, right = u[:, rank:], vt[rank:]

    def within(s: Array, change: Callable[[Array], Array]) -> Array:
        inner = left.T @ s @ right.T
        a, values, bt = np.linalg.svd(inner, full_matrices=False)
        return np.asarray(sure + left @ (a * change(values)) @ bt @ right)

    return Face(
        lambda s: within(s, lambda values: np.minimum(values, 1.0)),
        lambda d: within(d, lambda values: (values > 0).astype(float)),
        left.shape[1] == 0 or right.shape[0] == 0,
    )


def spectral_face(x: Array, tolerance: float) -> Face:
    """Return the subdifferential of the largest singular value."""
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    if s[0] <= tolerance:
        return _nuclear_ball()
    top = s >= s[0] - tolerance
    return _traced(u[:, top], vt[top].T)


def eigenvalue_face(x: Array, tolerance: float) -> Face:
    """Return the subdifferential of the largest eigenvalue of a symmetric matrix."""
    values, q = np.linalg.eigh((x + x.T) / 2)
    top = values >= values[-1] - tolerance
    return _traced(q[:, top], q[:, top])


def _traced(left: Array, right: Array) -> Face:
    """Return ``left S right^T`` for positive semidefinite S of trace one."""

    def within(s: Array, change: Callable[[Array], Array]) -> Array:
        inner = left.T @ s @ right
        values, q = np.linalg.eigh((inner + inner.T) / 2)
        return np.asarray(left @ (q * change(values)) @ q.T @ right.T)

    def last(values: Array) -> Array:
        return np.asarray(np.eye(values.size)[-1])

    return Face(lambda s: within(s, on_simplex), lambda d: within(d, last), left.shape[1] == 1)


def _nuclear_ball() -> Face:
    def within(s: Array, change: Callable[[Array], Array]) -> Array:
        u, values, vt = np.linalg.svd(s, full_matrices=False)
        return np.asarray((u * change(values)) @ vt)

    return Face(
        lambda s: within(s, lambda values: _on_ball(values, 1.0)),
        lambda d: within(d, lambda values: (np.arange(values.size) == 0).astype(float)),
    )
