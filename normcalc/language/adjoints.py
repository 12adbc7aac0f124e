"""The heads that only derivatives need, over NumPy: transposes of linear heads, and matrices.

Vectors lie on the last axis.  What a docstring calls the transpose of a head is the transpose of
the linear map that the head is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.language.matrices import transpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from normcalc.language.matrices import Group


def trigamma(x: Any) -> Any:
    """Return the second derivative of the logarithm of the gamma function."""
    from scipy.special import polygamma

    return polygamma(1, x)


def size(x: Any) -> Any:
    """Return the number of entries on the last axis."""
    return np.array([float(np.shape(x)[-1])])


def _order(x: Any) -> NDArray[np.intp]:
    return np.flip(np.argsort(x, axis=-1, kind="stable"), axis=-1)


def ranks(x: Any) -> Any:
    """Return 1 for the largest entry, 2 for the next, and so on.

    Examples
    --------
    >>> ranks(np.array([5.0, 7.0, 6.0]))
    array([3., 1., 2.])
    """
    return np.argsort(_order(x), axis=-1) + 1.0


def ranked(a: Any, x: Any) -> Any:
    """Return the entries of `a` at the ranks of the entries of `x`; the transpose of `sorted_by`.

    Examples
    --------
    >>> ranked(np.array([30.0, 20.0, 10.0]), np.array([5.0, 7.0, 6.0]))
    array([10., 30., 20.])
    """
    a, places = np.broadcast_arrays(a, np.argsort(_order(x), axis=-1))
    return np.take_along_axis(a, places, axis=-1)


def sorted_by(a: Any, x: Any) -> Any:
    """Return the entries of `a` in the order in which `sort` puts `x`."""
    a, places = np.broadcast_arrays(a, _order(x))
    return np.take_along_axis(a, places, axis=-1)


def embedded(a: Any, start: Any, stop: Any, x: Any) -> Any:
    """Return `a` in the places from `start` to `stop` of a vector as long as `x`, zero elsewhere.

    Examples
    --------
    >>> embedded(np.array([4.0]), 1, 2, np.zeros(3))
    array([0., 4., 0.])
    """
    value = np.zeros((*np.shape(a)[:-1], np.shape(x)[-1]))
    value[..., int(start) : None if np.isinf(stop) else int(stop)] = a
    return value


def embedded_block(a: Any, top: Any, bottom: Any, left: Any, right: Any, x: Any) -> Any:
    """Return `a` in a range of rows and of columns of a matrix like `x`, zero elsewhere.

    Examples
    --------
    >>> embedded_block(np.array([[4.0]]), 1, np.inf, 0, 1, np.zeros((2, 2)))
    array([[0., 0.],
           [4., 0.]])
    """
    value = np.zeros((*np.shape(a)[:-2], *np.shape(x)[-2:]))
    rows, columns = (
        slice(int(start), None if np.isinf(stop) else int(stop))
        for start, stop in ((top, bottom), (left, right))
    )
    value[..., rows, columns] = a
    return value


def diff_adjoint(y: Any) -> Any:
    """Return the transpose of `diff` at `y`.

    Examples
    --------
    >>> diff_adjoint(np.array([1.0, 5.0]))
    array([-1., -4.,  5.])
    """
    nothing = np.zeros((*np.shape(y)[:-1], 1))
    return np.concatenate([nothing, y], axis=-1) - np.concatenate([y, nothing], axis=-1)


def image_gradient_adjoint(y: Any, x: Any) -> Any:
    """Return the transpose of `image_gradient` at `y`, a matrix in the shape of `x`.

    Examples
    --------
    >>> image_gradient_adjoint(np.array([[1.0, 2], [3, 4], [5, 6], [7, 8]]), np.zeros((2, 2)))
    array([[-3., -1.],
           [-5.,  9.]])
    """
    down, right = np.reshape(np.moveaxis(y, -1, 0), (2, *np.shape(x))).copy()
    down[..., -1, :], right[..., -1] = 0.0, 0.0
    found = -down - right
    found[..., 1:, :] += down[..., :-1, :]
    found[..., 1:] += right[..., :-1]
    return found


def cumsum_adjoint(y: Any) -> Any:
    """Return the transpose of `cumsum` at `y`: the sums from each entry to the end."""
    return np.flip(np.cumsum(np.flip(y, axis=-1), axis=-1), axis=-1)


def _membership(groups: Sequence[Group], length: int) -> NDArray[np.float64]:
    found = np.zeros((len(groups), length))
    for row, group in zip(found, groups, strict=True):
        row[list(group)] = 1.0
    return found


def spread(a: Any, groups: Sequence[Group], x: Any) -> Any:
    """Return for every entry of `x` the sum of `a` over the groups that hold it.

    Examples
    --------
    >>> spread(np.array([2.0, 3.0]), ((0, 1), (1, 2)), np.zeros(3))
    array([2., 5., 3.])
    """
    return np.asarray(a) @ _membership(groups, np.shape(x)[-1])


def group_sums(x: Any, groups: Sequence[Group]) -> Any:
    """Return the sum of the entries in every group; the transpose of `spread`."""
    return np.asarray(x) @ _membership(groups, np.shape(x)[-1]).T


def outer(u: Any, v: Any) -> Any:
    """Return the matrix of all products of an entry of `u` with an entry of `v`."""
    return np.asarray(u)[..., :, None] * np.asarray(v)[..., None, :]


def diag(v: Any) -> Any:
    """Return the square matrix with `v` on its diagonal."""
    return np.asarray(v)[..., None] * np.eye(np.shape(v)[-1])


def identity(v: Any) -> Any:
    """Return the identity matrix for vectors such as `v`."""
    return np.eye(np.shape(v)[-1])


def as_matrix(v: Any, x: Any) -> Any:
    """Return the matrix of the shape of `x` whose entries, row after row, are `v`."""
    return np.reshape(v, np.shape(x))


def polar_factor(x: Any) -> Any:
    """Return the nearest matrix with orthonormal columns or rows, ``U V^T``."""
    return with_singular_values(np.ones(min(np.shape(x)[-2:])), x)


def with_singular_values(a: Any, x: Any) -> Any:
    """Return ``U diag(a) V^T`` with the singular vectors of `x`."""
    u, _, vt = np.linalg.svd(x, full_matrices=False)
    return (u * np.asarray(a)[..., None, :]) @ vt


def singular_rates(t: Any, x: Any) -> Any:
    """Return how fast the singular values of `x` move in direction `t`."""
    u, _, vt = np.linalg.svd(x, full_matrices=False)
    return np.einsum("...ji,...jk,...ik->...i", u, t, vt)


def _eigenvectors(x: Any) -> tuple[Any, Any]:
    """Return eigenvalues, the largest first, and eigenvectors."""
    values, vectors = np.linalg.eigh((x + transpose(x)) / 2)
    return values[..., ::-1], vectors[..., ::-1]


def with_eigenvalues(a: Any, x: Any) -> Any:
    """Return ``Q diag(a) Q^T`` with the eigenvectors of a symmetric `x`."""
    q = _eigenvectors(x)[1]
    return (q * np.asarray(a)[..., None, :]) @ transpose(q)


def eigen_rates(t: Any, x: Any) -> Any:
    """Return how fast the eigenvalues of a symmetric `x` move in the symmetric direction `t`."""
    q = _eigenvectors(x)[1]
    return np.einsum("...ji,...jk,...ki->...i", q, t, q)


def eigen_turn(t: Any, a: Any, x: Any) -> Any:
    """Return how fast ``Q diag(a) Q^T`` moves, with fixed `a`, when `x` moves in direction `t`.

    NaN where `x` has an eigenvalue twice: there the eigenvectors have no derivative.
    """
    values, q = _eigenvectors(x)
    return _turned(t, np.broadcast_to(a, values.shape), values, q, len(values))


def singular_turn(t: Any, a: Any, x: Any) -> Any:
    """Return how fast ``U diag(a) V^T`` moves, with fixed `a`, when `x` moves in direction `t`.

    The singular values of `x` and their negatives are eigenvalues of the symmetric matrix with
    the blocks 0, x, x^T, 0; the directions that `x` sends to zero move nothing.
    """
    rows, columns = np.shape(x)
    u, s, vt = np.linalg.svd(x)
    k, gap = len(s), abs(rows - columns)
    q = np.zeros((rows + columns, rows + columns))
    q[:rows, :k] = q[:rows, k : 2 * k] = u[:, :k] / np.sqrt(2)
    q[rows:, :k], q[rows:, k : 2 * k] = vt[:k].T / np.sqrt(2), -vt[:k].T / np.sqrt(2)
    if rows > columns:
        q[:rows, 2 * k :] = u[:, k:]
    else:
        q[rows:, 2 * k :] = vt[k:].T
    # null directions lie on one side, where the blocks of t are zero: they move nothing
    values = np.concatenate([s, -s, np.zeros(gap)])
    a = np.broadcast_to(a, s.shape)
    weights = np.concatenate([a, -a, np.zeros(gap)])
    blocks = np.zeros((rows + columns, rows + columns))
    blocks[:rows, rows:], blocks[rows:, :rows] = t, np.transpose(t)
    return _turned(blocks, weights, values, q, 2 * k)[:rows, rows:]


def _turned(t: Any, a: Any, values: Any, q: Any, known: int) -> Any:
    """Return the motion of ``q diag(a) q^T``; from `known` on the values are zero for certain."""
    gaps = values[:, None] - values[None, :]
    tied = np.abs(gaps) <= 1e-12 * np.max(np.abs(values))
    slopes = np.where(tied, np.nan, (a[:, None] - a[None, :]) / np.where(tied, 1.0, gaps))
    np.fill_diagonal(slopes, 0.0)
    slopes[known:, known:] = 0.0
    return q @ (slopes * (q.T @ t @ q)) @ q.T
