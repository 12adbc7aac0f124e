"""Matrices of low rank as products, and such matrices beside one whose entries are few.

References
----------
Mazumder, Hastie and Tibshirani, "Spectral regularization algorithms for learning large incomplete
matrices", JMLR 2010, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse
from scipy.sparse.linalg import svds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from normcalc.engine.jit import Floats

SMALL = 2000  # rows up to which a Gram matrix is decomposed
ROWS = 256  # of a difference that are looked at together
ACCURATE = 1e-4  # squared lengths tell singular values down to this share of the largest


@dataclass(frozen=True)
class Factors:
    """``left @ diag(sizes) @ right.T``, orthonormal columns on both sides."""

    left: Floats
    sizes: Floats
    right: Floats

    @property
    def whole(self) -> Floats:
        """The matrix."""
        return np.asarray((self.left * self.sizes) @ self.right.T)


def inner(a: Factors, b: Factors) -> float:
    """Return the inner product of two matrices.

    Examples
    --------
    >>> one = Factors(np.eye(3)[:, :1], np.array([2.0]), np.eye(4)[:, :1])
    >>> inner(one, one)
    4.0
    """
    turned = (a.left.T @ b.left) * (a.right.T @ b.right)
    return float(a.sizes @ turned @ b.sizes)


def factored(x: Floats) -> Factors:
    """Return a matrix as a product of its rank."""
    if not x.any():
        return Factors(np.empty((len(x), 0)), np.empty(0), np.empty((x.shape[1], 0)))
    left, sizes, right = np.linalg.svd(x, full_matrices=False)
    kept = sizes > 1e-14 * max(float(sizes[0]), 1e-300)
    return Factors(left[:, kept], sizes[kept], np.ascontiguousarray(right[kept].T))


@dataclass(frozen=True)
class Mixture:
    """``sum of c X`` over few matrices X of low rank, plus one more matrix; only products."""

    parts: Sequence[tuple[float, Factors]]
    rest: Any  # an array or a sparse matrix

    def __matmul__(self, block: Floats) -> Floats:
        """Return the product with a block of columns."""
        found = np.asarray(self.rest @ block)
        for share, part in self.parts:
            if share and part.sizes.size:
                found += part.left @ ((share * part.sizes)[:, None] * (part.right.T @ block))
        return found

    @property
    def T(self) -> Mixture:  # noqa: N802  # as arrays have it
        """The transposed matrix."""
        swapped = [(c, Factors(p.right, p.sizes, p.left)) for c, p in self.parts]
        return Mixture(swapped, self.rest.T)


def leading(v: Any, space: Floats) -> Factors:
    """Return the singular values and vectors of ``left left^T v`` for an orthonormal basis.

    They are those of `v` where the basis holds the left singular vectors.  Eigenvalues of the
    Gram matrix are enough, unless some that count are so small that squares lose them.
    """
    image = v.T @ space
    squares, turn = np.linalg.eigh(image.T @ image)
    squares, turn = squares[::-1], turn[:, ::-1]
    sizes = np.sqrt(np.maximum(squares, 0.0))
    if sizes.size and sizes[-1] > ACCURATE * sizes[0]:
        return Factors(space @ turn, sizes, (image @ turn) / sizes)
    right, small = np.linalg.qr(image)
    inner_left, sizes, inner_right = np.linalg.svd(small.T)
    return Factors(space @ inner_left, sizes, right @ inner_right.T)


def distance(a: Factors, b: Factors) -> float:
    """Return the largest entry, in size, of the difference of two products."""
    left = np.hstack([a.left * a.sizes, -b.left * b.sizes])
    right, largest = np.hstack([a.right, b.right]).T, 0.0
    for start in range(0, len(left), ROWS):
        some = left[start : start + ROWS] @ right
        largest = max(largest, float(np.abs(some).max(initial=0.0)))
    return largest


def singular_values(u: Any, ignored: Callable[[float], bool]) -> Floats:
    """Return all singular values; of large sparse matrices zeros instead of those `ignored`.

    Those of sparse matrices are roots of eigenvalues, the small ones therefore less exact.
    """
    if not issparse(u):
        return np.asarray(np.linalg.svd(u, compute_uv=False), dtype=np.float64)
    short = u if u.shape[0] <= u.shape[1] else u.T
    least, count = short.shape[0], 6
    while least > SMALL and 2 * count < least:
        some = svds(u, k=count, tol=1e-12, return_singular_vectors=False, rng=0)
        if ignored(float(some.min())):
            return np.pad(np.sort(some)[::-1], (0, least - count))
        count *= 2
    squares = np.linalg.eigvalsh((short @ short.T).toarray())[::-1]
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)))
