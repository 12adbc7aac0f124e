"""The heads for matrices, groups and differences, over NumPy: vectors lie on the last axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.language.numeric import norm

if TYPE_CHECKING:
    from collections.abc import Sequence

Group = tuple[int, ...]


def entries(x: Any) -> Any:
    """Return the entries of a matrix as a vector, row after row.

    Examples
    --------
    >>> entries(np.eye(2))
    array([1., 0., 0., 1.])
    """
    return np.reshape(x, (*np.shape(x)[:-2], -1))


def transpose(x: Any) -> Any:
    """Return the matrix with rows and columns exchanged."""
    return np.swapaxes(x, -1, -2)


def diagonal(x: Any) -> Any:
    """Return the entries on the diagonal."""
    return np.diagonal(x, axis1=-2, axis2=-1)


def singular_values(x: Any) -> Any:
    """Return the singular values, the largest first; NaN for a matrix that is not finite.

    A value within the rounding of the largest is zero, so that the rank of a product of factors
    is that of the factors.
    """
    if not np.all(np.isfinite(x)):
        return np.full((*np.shape(x)[:-2], min(np.shape(x)[-2:])), np.nan)
    sizes = np.linalg.svd(x, compute_uv=False)
    least = sizes[..., :1] * max(np.shape(x)[-2:]) * np.finfo(sizes.dtype).eps
    return np.where(sizes > least, sizes, 0)


def eigenvalues(x: Any) -> Any:
    """Return the eigenvalues of a symmetric matrix, the largest first; NaN for any other."""
    size = max(1.0, float(np.max(np.abs(x), initial=0.0)))
    square = np.shape(x)[-1] == np.shape(x)[-2] and bool(np.all(np.isfinite(x)))
    if not square or np.max(np.abs(x - transpose(x))) > 1e-9 * size:
        return np.full(np.shape(x)[:-1], np.nan)
    return np.linalg.eigvalsh((x + transpose(x)) / 2)[..., ::-1]


def row_norms(x: Any, p: Any) -> Any:
    """Return the p-norm of every row."""
    return norm(x, p)[..., 0]


def column_norms(x: Any, p: Any) -> Any:
    """Return the p-norm of every column."""
    return row_norms(transpose(x), p)


def group_norms(x: Any, groups: Sequence[Group], p: Any) -> Any:
    """Return the p-norm of the entries in every group.

    Examples
    --------
    >>> group_norms(np.array([3.0, 4.0, 5.0]), ((0, 1), (2,)), 2)
    array([5., 5.])
    """
    array = np.asarray(x)
    nothing = np.zeros(array.shape[:-1])  # an empty group keeps its place among the weights
    parts = [norm(array[..., list(g)], p)[..., 0] if g else nothing for g in groups]
    return np.stack(parts, axis=-1)


def image(a: Any, x: Any) -> Any:
    """Return the product of a matrix with vectors on the last axis."""
    return np.matmul(x, transpose(a))


def solution(a: Any, x: Any) -> Any:
    """Return the vectors y with ``a @ y = x``, for vectors x on the last axis."""
    return np.linalg.solve(a, np.asarray(x)[..., None])[..., 0]


def partial_sums(x: Any) -> Any:
    """Return the sums of the first entries, of the first two, and so on."""
    return np.cumsum(x, axis=-1)


def product(a: Any, b: Any) -> Any:
    """Return the product of two matrices."""
    return np.matmul(a, b)


def differences(x: Any) -> Any:
    """Return each entry minus the one before it."""
    return np.diff(x, axis=-1)


def mean(x: Any) -> Any:
    """Return the mean over the last axis."""
    return np.mean(x, axis=-1, keepdims=True)


def multiplied(x: Any) -> Any:
    """Return the product over the last axis."""
    return np.prod(x, axis=-1, keepdims=True)


def sum_largest(x: Any, k: Any) -> Any:
    """Return the sum of the k largest entries on the last axis.

    Examples
    --------
    >>> sum_largest(np.array([3.0, 1.0, 2.0]), 2)
    array([5.])
    """
    least = np.sort(x, axis=-1)[..., ::-1]
    return np.sum(least[..., : int(k)], axis=-1, keepdims=True)


def entry(x: Any, i: Any) -> Any:
    """Return one entry on the last axis; a negative index counts from the end."""
    return np.take(x, [int(i)], axis=-1)


def part(x: Any, start: Any, stop: Any) -> Any:
    """Return the entries from `start` up to, and without, `stop`; infinity means to the end."""
    return np.asarray(x)[..., int(start) : _stop(stop)]


def reshaped(x: Any, rows: Any, columns: Any) -> Any:
    """Return the entries on the last axis as a matrix, row by row; -1 stands for "what fits".

    Examples
    --------
    >>> reshaped(np.arange(6.0), 2, -1)
    array([[0., 1., 2.],
           [3., 4., 5.]])
    """
    return np.reshape(x, (*np.shape(x)[:-1], int(rows), int(columns)))


def image_gradient(x: Any) -> Any:
    """Return the differences down and to the right of every entry, in its row of two columns.

    Beyond the last row and the last column the image goes on unchanged: the differences are 0.

    Examples
    --------
    >>> image_gradient(np.array([[0.0, 1.0], [3.0, 5.0]]))
    array([[3., 1.],
           [4., 0.],
           [0., 2.],
           [0., 0.]])
    """
    down = np.diff(x, axis=-2, append=x[..., -1:, :])
    right = np.diff(x, axis=-1, append=x[..., -1:])
    return np.stack([_rows(down), _rows(right)], axis=-1)


def _rows(x: Any) -> Any:
    return np.reshape(x, (*np.shape(x)[:-2], -1))


def block(x: Any, top: Any, bottom: Any, left: Any, right: Any) -> Any:
    """Return the entries of a matrix in a range of rows and a range of columns.

    Examples
    --------
    >>> block(np.arange(6.0).reshape(2, 3), 1, np.inf, 0, -1)
    array([[3., 4.]])
    """
    return part(np.asarray(x)[..., slice(int(top), _stop(bottom)), :], left, right)


def _stop(stop: Any) -> int | None:
    return None if np.isinf(stop) else int(stop)
