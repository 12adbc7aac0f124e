"""Functions of a whole vector that formulas name, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from normcalc.codegen.skeletons.marks import Vector


def norm_of(x: Vector, p: float) -> float:
    """Return the p-norm, scaled by the largest entry; order 0 counts what is not zero."""
    top, count = 0.0, 0
    for i in range(x.size):
        top = max(top, abs(x[i]))
        count += x[i] != 0.0
    if p == 0.0:
        return float(count)
    if top == 0.0 or np.isinf(p) or not np.isfinite(top):
        return top
    total = 0.0
    for i in range(x.size):
        share = abs(x[i]) / top
        total += share if p == 1.0 else share * share if p == 2.0 else share**p
    return top * (total if p == 1.0 else np.sqrt(total) if p == 2.0 else total ** (1.0 / p))


def falling(x: Vector) -> Vector:
    """Return the entries, the largest first."""
    return np.sort(x)[::-1].copy()


def falls(x: Vector) -> bool:
    """Tell whether no entry is larger than the one before."""
    rises = 0
    for i in range(1, x.size):
        rises += not x[i] <= x[i - 1]
    return rises == 0


def sum_of_largest(x: Vector, count: float) -> float:
    """Return the sum of the largest entries."""
    top = x if falls(x) else falling(x)
    total = 0.0
    for i in range(min(int(count), x.size)):
        total += top[i]
    return total


def inner_product(a: Vector, b: Vector) -> float:
    """Return the sum of the products."""
    if a.size != b.size:
        raise IndexError("vectors of different lengths")
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total


def image_of(matrix: Vector, x: Vector) -> Vector:
    """Return ``matrix @ x``."""
    if matrix.shape[1] != x.size:
        raise IndexError("a matrix and a vector that do not fit")
    found = np.zeros(matrix.shape[0])
    for i in range(matrix.shape[0]):
        total = 0.0
        for j in range(x.size):
            total += matrix[i, j] * x[j]
        found[i] = total
    return found


def part_of(x: Vector, first: float, last: float) -> Vector:
    """Return the entries from one place to another, as slices count them."""
    n = x.size
    a, b = max(min(first, n), -n), max(min(last, n), -n)
    start, stop = int(a + n if a < 0 else a), int(b + n if b < 0 else b)
    return x[start:stop].copy()


def norms_of_groups(
    x: Vector, groups: tuple[Vector, Vector, Vector, int, int], p: float
) -> Vector:
    """Return the norm of the entries of each group."""
    indices, starts = groups[0], groups[1]
    found = np.empty(starts.size - 1)
    for j in range(starts.size - 1):
        one = np.empty(starts[j + 1] - starts[j])
        for i in range(one.size):
            one[i] = x[indices[starts[j] + i]]
        found[j] = norm_of(one, p)
    return found


def norms_of_rows(x: Vector, p: float) -> Vector:
    """Return the norm of each row."""
    found = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        found[i] = norm_of(x[i], p)
    return found


def differences(x: Vector) -> Vector:
    """Return what each entry has more than the one before."""
    return x[1:] - x[:-1]


def spread(w: Vector, n: int) -> Vector:
    """Return one number for each of n entries, from n or from one."""
    if w.size == n:
        return w
    if w.size != 1:
        raise IndexError("a vector does not fit the number of entries")
    return np.full(n, w[0])


def or_infinite(value: float) -> float:
    """Return a value, and plus infinity where it is not a number."""
    return value if value == value else np.inf


def whole(x: Vector) -> Vector:
    """Return a matrix as one block of memory."""
    return np.ascontiguousarray(x)


def turned(x: Vector) -> Vector:
    """Return the matrix with rows and columns exchanged."""
    return np.ascontiguousarray(x.T)


def entries_of(x: Vector) -> Vector:
    """Return the entries of a matrix, row after row."""
    return np.ascontiguousarray(x).reshape(-1)


def product_of(a: Vector, b: Vector) -> Vector:
    """Return the product of two matrices."""
    if a.shape[1] != b.shape[0]:
        raise IndexError("two matrices that do not fit")
    found: Vector = np.dot(np.ascontiguousarray(a), np.ascontiguousarray(b))
    return found


def spectrum_of(x: Vector) -> Vector:
    """Return the singular values, the largest first; those within the rounding are zeros."""
    if x.size == 0:
        return np.empty(0, x.dtype)
    found = np.linalg.svd(np.ascontiguousarray(x), False)[1]
    least = found[0] * max(x.shape[0], x.shape[1]) * np.finfo(x.dtype).eps
    for i in range(found.size):
        if found[i] <= least:
            found[i] = 0.0
    return found


def eigenvalues_of(x: Vector) -> Vector:
    """Return the eigenvalues of a symmetric matrix, the largest first; NaN for any other."""
    n = x.shape[0]
    if x.shape[1] != n or np.abs(x - x.T).max() > 1e-9 * max(1.0, np.abs(x).max()):
        return np.full(n, np.nan)
    return np.linalg.eigvalsh((x + x.T) / 2.0)[::-1].copy()


def block_of(x: Vector, top: float, bottom: float, left: float, right: float) -> Vector:
    """Return the entries of a matrix in a range of rows and a range of columns."""
    m, n = x.shape
    rows, columns = part_of(np.arange(m), top, bottom), part_of(np.arange(n), left, right)
    found = np.empty((rows.size, columns.size))
    for i in range(rows.size):
        for j in range(columns.size):
            found[i, j] = x[rows[i], columns[j]]
    return found


def reshaped(x: Vector, rows: float, columns: float) -> Vector:
    """Return the entries as a matrix, row by row; -1 stands for what fits."""
    m, n = int(rows), int(columns)
    if m < 0:
        m = x.size // n
    if n < 0:
        n = x.size // m
    if m * n != x.size:
        raise IndexError("the entries do not fill the matrix")
    found: Vector = np.ascontiguousarray(x).reshape((m, n))
    return found


def slopes_of_image(x: Vector) -> Vector:
    """Return the differences down and to the right of every entry, zero at the borders."""
    m, n = x.shape
    found = np.zeros((m * n, 2))
    for i in range(m):
        for j in range(n):
            if i < m - 1:
                found[i * n + j, 0] = x[i + 1, j] - x[i, j]
            if j < n - 1:
                found[i * n + j, 1] = x[i, j + 1] - x[i, j]
    return found


def are_finite(v: Vector) -> bool:
    """Tell whether no entry is infinite or not a number, by the bits of the exponents."""
    bits = v.view(np.int64)
    exponent, strange = np.int64(0x7FF0000000000000), 0
    for i in range(bits.size):
        strange += (bits[i] & exponent) == exponent
    return strange == 0
