"""Roots and minima of many functions at once, each inside its own bracket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[np.float64]
Bracket = tuple[Array, Array]


def bracketed(
    f: Callable[[Array], Array], low: Array, high: Array, width: float = 4e-16
) -> Bracket:
    """Shrink brackets until they are as narrow as wanted: a few units in the last place.

    Chandrupatla's method, elementwise: inverse quadratic interpolation where it is trusted,
    bisection elsewhere.  A jump across zero is narrowed down like a root.

    Parameters
    ----------
    f : callable
        Maps one argument per bracket to one value per bracket.
    low, high : ndarray of shape (n,)
        The brackets; the values there must not be both positive.
    width : float
        When to stop, relative to the arguments.

    Returns
    -------
    below, above : ndarray
        Neighbouring arguments, the value being at most zero at the first and positive at the
        second; equal where the root was hit exactly.

    Examples
    --------
    >>> below, above = bracketed(lambda t: t**2 - 2, np.array([0.0]), np.array([2.0]))
    >>> bool(below[0] <= 2**0.5 <= above[0]), bool(above[0] - below[0] < 1e-15)
    (True, True)
    """
    x1, x2, f1, f2 = high, low, f(high), f(low)
    t = np.full(len(low), 0.5)
    for _ in range(120):
        x = x1 + t * (x2 - x1)
        fx = f(x)
        same = np.sign(fx) == np.sign(f1)
        x3, f3 = np.where(same, x1, x2), np.where(same, f1, f2)
        x2, f2 = np.where(same, x2, x1), np.where(same, f2, f1)
        x1, f1 = x, fx
        gap = np.abs(x2 - x1)
        smallest = width * np.maximum(np.abs(x1), np.abs(x2)) + 1e-300
        if np.all((gap <= smallest) | (f1 == 0)):
            break
        share = np.minimum(smallest / np.maximum(gap, 1e-300), 0.5)
        t = np.clip(_next_share((x1, x2, x3), (f1, f2, f3)), share, 1 - share)
    x2 = np.where(f1 == 0, x1, x2)
    first = f1 <= 0
    return np.where(first, x1, x2), np.where(first, x2, x1)


def _next_share(x: tuple[Array, Array, Array], f: tuple[Array, Array, Array]) -> Array:
    """Return where to try next, as a share of the way from the first point to the second."""
    (x1, x2, x3), (f1, f2, f3) = x, f
    with np.errstate(all="ignore"):
        xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
        guess = f1 / (f2 - f1) * f3 / (f2 - f3)
        guess = guess + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
        trusted = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi) & np.isfinite(guess)
    share: Array = np.where(trusted, guess, 0.5)
    return share


_GOLDEN = (np.sqrt(5.0) - 1) / 2


def minimised(f: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """Return the minimisers of functions with one dip per bracket, by golden section.

    Examples
    --------
    >>> minimised(lambda t: np.abs(t - 0.3), np.array([0.0]), np.array([1.0])).round(12)
    array([0.3])
    """
    a, b = low, high
    left, right = b - _GOLDEN * (b - a), a + _GOLDEN * (b - a)
    f_left, f_right = f(left), f(right)
    for _ in range(76):
        lower = f_left <= f_right
        a, b = np.where(lower, a, left), np.where(lower, right, b)
        fresh = np.where(lower, b - _GOLDEN * (b - a), a + _GOLDEN * (b - a))
        value = f(fresh)
        left, right = np.where(lower, fresh, right), np.where(lower, left, fresh)
        f_left, f_right = np.where(lower, value, f_right), np.where(lower, f_left, value)
    return np.asarray(np.where(f_left <= f_right, left, right))
