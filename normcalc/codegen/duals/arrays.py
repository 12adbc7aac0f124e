"""What dual modules do with whole arrays of dual numbers in place of NumPy.

Sorting looks at values alone.  Factors of matrices move by the formulas of first order; equal
eigenvalues, or singular values, get the basis in which the direction is diagonal.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[Any]


def between(lo: float, hi: float) -> float:
    """Return zero, or a number whose size lies between those of the ends."""
    if lo < 0.0 < hi:
        return 0.0
    small, large = min(abs(lo), abs(hi)), max(abs(lo), abs(hi))
    # From an end at zero or infinity, a hundred decades at a time.
    floor = max(small, min(1e-100, 0.5 * large) if large > 1e-200 else large * 1e-16)
    size = np.sqrt(floor) * np.sqrt(min(large, max(1e100, small * 1e16)))
    found = size if hi > 0.0 else -size
    return found if lo < found < hi else 0.5 * lo + 0.5 * hi


def joined(x: Array, t: Array) -> Array:
    """Return dual numbers from their values and rates."""
    return x + 1j * t


def are_finite(v: Array) -> bool:
    """Tell whether all values are numbers."""
    return bool(np.isfinite(v.real).all())


def separate(v: Array, out: Array) -> bool:
    """Tell whether two blocks are of one size; dual modules make their own."""
    return v.size == out.size


def halfway(lo: complex, hi: complex) -> complex:
    """Return a number far from both ends, in a scale where all floats count alike; it rests."""
    return complex(between(lo.real, hi.real), 0.0)


def in_rising_order(x: Array) -> Array:
    """Return the entries, the least first."""
    return x[np.argsort(x.real, kind="mergesort")]


def sorted_down(v: Array, absolute: bool) -> tuple[Array, Array]:
    """Return the places of the entries, or of their sizes, from the largest on, and these."""
    y = v.copy()
    for i in range(v.size):
        if absolute and v[i].real < 0.0:
            y[i] = -v[i]
    order = np.argsort(-y.real, kind="mergesort")
    return order, y[order]


def largest(x: Array) -> complex:
    """Return the largest entry."""
    flat = np.ascontiguousarray(x).reshape(-1)
    return complex(flat[np.argmax(flat.real)])


def least(x: Array) -> complex:
    """Return the least entry."""
    flat = np.ascontiguousarray(x).reshape(-1)
    return complex(flat[np.argmin(flat.real)])


def matrix_product(a: Array, b: Array) -> Array:
    """Return the product of floats; one place for all, since numba spells each product out."""
    product: Array = np.dot(a, b)
    return product


def turned(a: Array) -> Array:
    """Return the transpose, as rows without gaps."""
    return np.ascontiguousarray(a.T)


def put_into(out: Array, a: Array) -> None:
    """Write the entries of a matrix into another of its shape."""
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = a[i, j]


def product(a: Array, b: Array) -> Array:
    """Return the product of a matrix with a matrix or a vector."""
    x, s = np.ascontiguousarray(a.real), np.ascontiguousarray(a.imag)
    y, t = np.ascontiguousarray(b.real), np.ascontiguousarray(b.imag)
    return joined(matrix_product(x, y), matrix_product(x, t) + matrix_product(s, y))


def put_product(a: Array, b: Array, out: Array) -> None:
    """Write the product of two matrices."""
    put_into(out, product(a, b))


def inverse(a: Array) -> Array:
    """Return the inverse of a matrix."""
    x = np.linalg.inv(np.ascontiguousarray(a.real))
    return joined(x, -matrix_product(matrix_product(x, np.ascontiguousarray(a.imag)), x))


def solved_by(a: Array, b: Array) -> Array:
    """Return x with ``a @ x = b``."""
    x, s = np.ascontiguousarray(a.real), np.ascontiguousarray(a.imag)
    y = np.linalg.solve(x, np.ascontiguousarray(b.real))
    return joined(y, np.linalg.solve(x, np.ascontiguousarray(b.imag) - matrix_product(s, y)))


def turn_of_equals(sizes: Array, change: Array) -> Array:
    """Return the orthogonal matrix that diagonalises a change among equal sizes."""
    n = sizes.size
    turn, start, room = np.eye(n), 0, 1e-12 * np.abs(sizes).max()
    while start < n:
        stop = start + 1
        while stop < n and abs(sizes[stop] - sizes[start]) <= room:
            stop += 1
        if stop > start + 1:
            part = np.ascontiguousarray(change[start:stop, start:stop])
            put_into(turn[start:stop, start:stop], np.linalg.eigh(0.5 * (part + turned(part)))[1])
        start = stop
    return turn


def quotients(change: Array, sizes: Array, sign: float) -> Array:
    """Return ``change[i, j]/(sizes[j] + sign*sizes[i])``, and zero where that is zero."""
    n = sizes.size
    found, room = np.zeros((n, n)), 1e-12 * np.abs(sizes).max()
    for i in range(n):
        for j in range(n):
            gap = sizes[j] + sign * sizes[i]
            if i != j and abs(gap) > room:
                found[i, j] = change[i, j] / gap
    return found


def spectral_parts(a: Array) -> tuple[Array, Array]:
    """Return the eigenvalues of a symmetric matrix, the least first, and its eigenvectors."""
    sizes, vectors = np.linalg.eigh(np.ascontiguousarray(a.real))
    s = np.ascontiguousarray(a.imag)
    s = 0.5 * (s + turned(s))
    if sizes.size == 0 or not np.any(s != 0.0):
        return sizes + 0j, vectors + 0j
    vectors = np.ascontiguousarray(vectors)
    change = matrix_product(matrix_product(turned(vectors), s), vectors)
    turn = turn_of_equals(sizes, change)
    vectors = matrix_product(vectors, turn)
    change = matrix_product(matrix_product(turned(turn), change), turn)
    moved = matrix_product(vectors, quotients(change, sizes, -1.0))
    return joined(sizes, np.diag(change)), joined(vectors, moved)


def away(vectors: Array, moved: Array, sizes: Array) -> Array:
    """Return what leaves the span of some vectors, over their sizes; zero sizes have none."""
    inside = matrix_product(turned(vectors), moved)
    rest: Array = moved - matrix_product(vectors, inside)
    for k in range(sizes.size):
        small = sizes[k] <= 1e-12 * sizes[0]
        for i in range(rest.shape[0]):
            rest[i, k] = 0.0 if small else rest[i, k] / sizes[k]
    return rest


def singular_parts(a: Array) -> tuple[Array, Array, Array]:
    """Return left vectors, singular values, and right vectors as rows, as the thin SVD."""
    left, sizes, right = np.linalg.svd(np.ascontiguousarray(a.real), False)
    s = np.ascontiguousarray(a.imag)
    if sizes.size == 0 or not np.any(s != 0.0):
        return left + 0j, sizes + 0j, right + 0j
    left, across = np.ascontiguousarray(left), turned(right)
    change = matrix_product(matrix_product(turned(left), s), across)
    turn = turn_of_equals(sizes, change)
    left, across = matrix_product(left, turn), matrix_product(across, turn)
    change = matrix_product(matrix_product(turned(turn), change), turn)
    other = turned(change)
    even = quotients(0.5 * (change + other), sizes, -1.0)
    odd = quotients(0.5 * (change - other), sizes, 1.0)
    left_rate = matrix_product(left, even + odd) + away(left, matrix_product(s, across), sizes)
    right_rate = matrix_product(across, even - odd)
    right_rate = right_rate + away(across, matrix_product(turned(s), left), sizes)
    rows, row_rates = turned(across), turned(right_rate)
    return joined(left, left_rate), joined(sizes, np.diag(change)), joined(rows, row_rates)


def leading(a: Array, bound: complex) -> tuple[Array, Array, Array, bool]:
    """Return that no iteration was tried: derivatives come from the full factors."""
    return a, a[0], a, False


def complex_roots(polynomial: Array) -> Array:
    """Return the roots of a polynomial, as values: they tell where to look, no more."""
    found: Array = np.roots(polynomial.real.astype(np.complex128))
    return found


ALL: dict[str, Callable[..., Any]] = {
    name: function
    for name, function in inspect.getmembers(inspect.getmodule(joined), inspect.isfunction)
    if function.__module__ == __name__
}
