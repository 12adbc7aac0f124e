"""NumPy implementations of the heads that NumPy itself lacks or spells otherwise.

Reductions work on the last axis and keep it with length one, so that their results broadcast
against the vector they came from.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np


def plus(*terms: Any) -> Any:
    """Return the sum of the terms, from left to right."""
    return reduce(np.add, terms)


def times(*factors: Any) -> Any:
    """Return the product of the factors, from left to right."""
    return reduce(np.multiply, factors)


def maximum(*values: Any) -> Any:
    """Return the largest of the values, entry by entry."""
    return reduce(np.maximum, values)


def minimum(*values: Any) -> Any:
    """Return the smallest of the values, entry by entry."""
    return reduce(np.minimum, values)


def heaviside(x: Any) -> Any:
    """Return 1 where ``x >= 0`` and 0 where ``x < 0``."""
    return np.heaviside(x, 1.0)


def lambertw(x: Any) -> Any:
    """Return the principal real branch of Lambert's W, NaN below ``-1/e``."""
    from scipy.special import lambertw as complex_lambertw

    value = np.asarray(complex_lambertw(x))
    # scipy answers inf + nan j at infinity: there the real part is what is meant
    return np.where((value.imag == 0) | np.isposinf(x), value.real, np.nan)


def total(x: Any) -> Any:
    """Return the sum over the last axis."""
    return np.sum(x, axis=-1, keepdims=True)


def largest(x: Any) -> Any:
    """Return the largest entry on the last axis."""
    return np.max(x, axis=-1, keepdims=True)


def smallest(x: Any) -> Any:
    """Return the smallest entry on the last axis."""
    return np.min(x, axis=-1, keepdims=True)


def inner(a: Any, b: Any) -> Any:
    """Return the inner product over the last axis; both sides have the same length there."""
    if np.ndim(a) and np.ndim(b) and np.shape(a)[-1] != np.shape(b)[-1]:
        raise ValueError(f"vectors of {np.shape(a)[-1]} and {np.shape(b)[-1]} entries")
    return np.sum(np.multiply(a, b), axis=-1, keepdims=True)


def descending(x: Any) -> Any:
    """Return the entries on the last axis, the largest first."""
    return np.flip(np.sort(x, axis=-1), axis=-1)


def norm(x: Any, p: Any) -> Any:
    """Return the p-norm over the last axis; order 0 counts the entries that are not zero.

    The norm of no entries is 0.

    Examples
    --------
    >>> norm(np.array([3.0, -4.0]), 2.0), norm(np.array([3.0, -4.0]), np.inf)
    (array([5.]), array([4.]))
    """
    size = np.abs(x)
    if np.any(np.asarray(p) == 0):
        return np.sum(size != 0, axis=-1, keepdims=True).astype(float)
    scale = np.max(size, axis=-1, keepdims=True, initial=0.0)
    if np.all(np.isinf(p)):
        return scale
    # scaled by the largest entry, so that squares neither overflow nor vanish
    safe = np.where((scale > 0) & np.isfinite(scale), scale, 1.0)
    return safe * np.float_power(total(np.float_power(size / safe, p)), np.true_divide(1.0, p))
