"""Singular values in closed form, where a matrix has at most two rows or columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Sequence


def gram(matrix: sp.Matrix) -> sp.Matrix:
    """Return the smaller of ``A' A`` and ``A A'``: its eigenvalues are the squares."""
    return matrix.T * matrix if matrix.cols <= matrix.rows else matrix * matrix.T


def largest_singular_value(square: sp.Matrix) -> sp.Expr:
    """Return the root of the largest eigenvalue of a 1 by 1 or 2 by 2 matrix.

    Examples
    --------
    >>> largest_singular_value(gram(sp.Matrix([[1, -2], [3, 4]])))
    sqrt(5*sqrt(5) + 15)
    """
    return singular_values(square)[0]


def singular_values(square: sp.Matrix) -> Sequence[sp.Expr]:
    """Return the roots of the eigenvalues, the largest first."""
    if square.rows == 1:
        return (sp.sqrt(sp.expand(square[0])),)
    if square.rows != 2:
        raise NotDerivable(
            "singular values have a short closed form for matrices with at most two rows or "
            f"columns; here the smaller side is {square.rows}"
        )
    trace, det = sp.expand(square.trace()), sp.expand(square.det())
    split = sp.sqrt(sp.expand(trace**2 - 4 * det))
    return tuple(sp.sqrt(sp.expand((trace + sign * split) / 2)) for sign in (1, -1))


def sum_of_singular_values(square: sp.Matrix) -> sp.Expr:
    """Return the sum, which for two of them needs no nested root of a difference.

    Examples
    --------
    >>> sum_of_singular_values(gram(sp.Matrix([[1, -2], [3, 4]])))
    5*sqrt(2)
    """
    if square.rows != 2:
        return sp.Add(*singular_values(square))
    det = sp.factor(square.det())
    return sp.sqrt(sp.expand(square.trace()) + 2 * sp.sqrt(det))
