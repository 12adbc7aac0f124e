"""The matrix of a problem behind four products, and everything that is checked about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from normcalc.engine import products
from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.jit import Floats


WIDE = 1000  # columns: with fewer, it is not asked which entries are zero
TOGETHER = 256  # columns that are centred at once
ROUNDING = 1e-13  # relatively: what is left of a constant column is less


@dataclass(frozen=True, eq=False)
class Dense:
    """An explicit matrix; never copied once it is float64 and contiguous."""

    array: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.array.shape
        return rows, columns

    @property
    def entries(self) -> int:
        """How many entries are stored."""
        return int(self.array.size)

    @cached_property
    def squares(self) -> Floats:
        """Return the squared norm of each column, shape (columns,)."""
        if products.pays(self.array):
            return products.squares(self.array)
        if self.array.flags.f_contiguous:
            return np.asarray(np.vecdot(self.array.T, self.array.T))
        return np.asarray(np.einsum("ij,ij->j", self.array, self.array))

    @cached_property
    def lengths(self) -> Floats:
        """Return the norm of each column, shape (columns,)."""
        return np.sqrt(self.squares)

    def apply(self, x: Floats) -> Floats:
        """Return ``A x``; of columns that are contiguous only those that matter are read."""
        if x.ndim == 1 and x.size >= WIDE and self.array.flags.f_contiguous:
            used = np.flatnonzero(x)
            if 4 * used.size < x.size:
                return self.array[:, used] @ x[used]
        return self.array @ x

    def adjoint(self, r: Floats) -> Floats:
        """Return ``A^T r``."""
        if r.ndim == 1 and products.pays(self.array):
            return products.adjoint(self.array, r)
        return self.array.T @ r

    def rows(self, columns: Any) -> Floats:
        """Return chosen columns as contiguous rows, without a copy where that is possible."""
        return np.ascontiguousarray(self.array.T[columns])


@dataclass(frozen=True, eq=False)
class Centred(Dense):
    """An explicit matrix less the mean of each of its columns, which is not formed as a whole."""

    @cached_property
    def means(self) -> Floats:
        """Return the mean of each column, shape (columns,)."""
        return np.asarray(self.array.mean(axis=0))

    @cached_property
    def squares(self) -> Floats:
        """Return the squared norm of each column, shape (columns,); 0 where it is rounding."""
        places = range(0, self.shape[1], TOGETHER)
        parts = (self.rows(slice(j, j + TOGETHER)) for j in places)
        found = np.concatenate([np.vecdot(part, part) for part in parts])
        return np.where(found > self.shape[0] * (ROUNDING * self.means) ** 2, found, 0.0)

    def apply(self, x: Floats) -> Floats:
        """Return ``A x`` less its mean."""
        image = super().apply(x)
        return np.asarray(image - image.mean(axis=0))

    def adjoint(self, r: Floats) -> Floats:
        """Return ``A^T r``, for `r` less its mean."""
        return np.asarray(super().adjoint(r - r.mean(axis=0)))

    def rows(self, columns: Any) -> Floats:
        """Return chosen columns as contiguous rows."""
        return np.ascontiguousarray(self.array.T[columns] - self.means[columns, None])


@dataclass(frozen=True, eq=False)
class Sparse:
    """A matrix in compressed columns."""

    matrix: Any

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.matrix.shape
        return rows, columns

    @property
    def entries(self) -> int:
        """How many entries are stored."""
        return int(self.matrix.nnz)

    @cached_property
    def squares(self) -> Floats:
        """Return the squared norm of each column, shape (columns,)."""
        squared = self.matrix.copy()
        squared.data **= 2
        return np.asarray(squared.sum(axis=0), dtype=np.float64).ravel()

    @cached_property
    def lengths(self) -> Floats:
        """Return the norm of each column, shape (columns,)."""
        return np.sqrt(self.squares)

    def apply(self, x: Floats) -> Floats:
        """Return ``A x``."""
        return np.asarray(self.matrix @ x)

    def adjoint(self, r: Floats) -> Floats:
        """Return ``A^T r``."""
        return np.asarray(self.matrix.T @ r)


@dataclass(frozen=True, eq=False)
class Implicit:
    """A linear operator known through its products only."""

    operator: Any

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.operator.shape
        return rows, columns

    def apply(self, x: Floats) -> Floats:
        """Return ``A x``."""
        return _each_column(self.operator.matvec, x, "A x")

    def adjoint(self, r: Floats) -> Floats:
        """Return ``A^T r``."""
        try:
            return _each_column(self.operator.rmatvec, r, "A^T r")
        except NotImplementedError:
            raise InputError("A has no rmatvec, and products with A^T are needed") from None


def _each_column(product: Callable[[Floats], Any], x: Floats, name: str) -> Floats:
    columns = [x] if x.ndim == 1 else list(x.T)
    images = [_finite(np.asarray(product(c), dtype=np.float64), name).ravel() for c in columns]
    return images[0] if x.ndim == 1 else np.stack(images, axis=1)


Design = Dense | Sparse | Implicit


def check_design(A: object) -> Design:
    """Return the matrix behind its four products, or say what is wrong with it."""
    design: Design
    if sparse.issparse(A):
        design = Sparse(_compressed(A))
    elif hasattr(A, "matvec") and hasattr(A, "rmatvec"):
        design = Implicit(A)
    else:
        design = Dense(_contiguous(_real(A, "A", 2)))
    if 0 in design.shape:
        raise InputError(f"A is empty: its shape is {design.shape}")
    if not isinstance(design, Implicit) and not np.isfinite(design.squares).all():
        entries = design.array if isinstance(design, Dense) else design.matrix.data
        _finite(entries, "A")
        raise InputError("A has a column whose squared norm overflows; rescale it")
    return design


def check_vector(b: object, name: str, size: int) -> Floats:
    """Return a finite float64 vector of the given size; float64 input is not copied."""
    vector = np.ascontiguousarray(_real(b, name, 1), dtype=np.float64)
    if vector.size != size:
        raise InputError(f"{name} has {vector.size} entries, but A asks for {size}")
    return _finite(vector, name)


def check_array(b: object, name: str, shape: tuple[int, ...]) -> Floats:
    """Return a finite float64 array of the given shape."""
    if len(shape) == 1:
        return check_vector(b, name, shape[0])
    array = np.ascontiguousarray(_real(b, name, len(shape)), dtype=np.float64)
    if array.shape != shape:
        raise InputError(f"{name} must have the shape {shape}, not {array.shape}")
    return _finite(array, name)


def check_target(b: object, name: str, size: int) -> Floats:
    """Return finite float64 targets, one row for each row of the design."""
    shape: Any = getattr(b, "shape", np.shape(b) if isinstance(b, list | tuple) else ())
    if len(shape) != 2 or shape[1] == 1:
        return check_vector(b, name, size)
    table = np.ascontiguousarray(_real(b, name, 2), dtype=np.float64)
    if len(table) != size:
        raise InputError(f"{name} has {len(table)} rows, but A asks for {size}")
    return _finite(table, name)


def _compressed(A: Any) -> Any:
    if A.dtype.kind not in "fiub":
        raise InputError(f"A must hold real numbers, not {A.dtype}")
    matrix = sparse.csc_array(A, dtype=np.float64)
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    return matrix


def _contiguous(array: Any) -> Floats:
    if array.flags.c_contiguous:
        return np.ascontiguousarray(array, dtype=np.float64)
    return np.asfortranarray(array, dtype=np.float64)


def _real(value: object, name: str, ndim: int) -> Any:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise InputError(f"{name} is not an array of numbers: {error}") from None
    if array.dtype.kind not in "fiub":
        raise InputError(f"{name} must hold real numbers, not {array.dtype}")
    if np.ma.is_masked(value):
        raise InputError(f"{name} has masked entries; fill them in, or leave their rows out")
    if array.ndim != ndim:
        hint = "; use b.ravel()" if ndim == 1 and array.ndim == 2 else ""
        raise InputError(f"{name} must have {ndim} axes, but its shape is {array.shape}{hint}")
    return array


def _finite(array: Floats, name: str) -> Floats:
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        where = tuple(int(i) for i in bad[0])
        raise InputError(
            f"{name} has {len(bad)} entries that are NaN or infinite, first at {where}"
        )
    return array
