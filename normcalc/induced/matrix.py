"""The matrix that a user hands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from normcalc.errors import InputError
from normcalc.language.calling import as_real

if TYPE_CHECKING:
    from normcalc.induced.vectors.abstract import Array


def as_matrix(given: Any) -> Array:
    """Return a matrix of doubles.

    Raises
    ------
    InputError
        It is not a matrix of finite real numbers, or it is empty.

    Examples
    --------
    >>> as_matrix([1.0, 2.0])
    Traceback (most recent call last):
        ...
    normcalc.errors.InputError: A must be a matrix; got shape (2,). ...
    """
    if isinstance(given, sp.MatrixBase):
        return as_matrix(_numbers(given))
    array = as_real(given, "A")
    if array.ndim != 2:
        raise InputError(
            f"A must be a matrix; got shape {array.shape}. A column is A[:, None]; the norm of a "
            "vector is the vector norm itself: call it"
        )
    if array.size == 0:
        raise InputError(f"A must have an entry; got shape {array.shape}")
    if not np.all(np.isfinite(array)):
        i, j = np.argwhere(~np.isfinite(array))[0]
        raise InputError(f"A must be finite; A[{i}, {j}] is {array[i, j]}")
    return array


def _numbers(matrix: sp.MatrixBase) -> Array:
    if matrix.free_symbols:
        names = ", ".join(sorted(map(str, matrix.free_symbols)))
        raise InputError(f"A holds the symbols {names}; use .symbolic(A) for a formula")
    return np.array(matrix.tolist(), dtype=np.float64)


def as_expressions(given: Any) -> sp.Matrix:
    """Return a SymPy matrix, from one or from nested lists of expressions and exact numbers."""
    if isinstance(given, str):
        raise InputError("a symbolic matrix is a sympy.Matrix or a list of rows, not a str")
    try:
        matrix = sp.Matrix(given)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"a symbolic matrix is a sympy.Matrix or a list of rows: {error}"
        ) from None
    if not matrix.rows or not matrix.cols:
        raise InputError(f"A must have an entry; got shape {matrix.shape}")
    for entry in matrix:
        if entry.is_real is False or entry.has(sp.nan, sp.oo, -sp.oo, sp.zoo):
            raise InputError(f"the entries are read as real numbers, and {entry} is none")
    return matrix
