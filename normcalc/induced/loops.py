"""Sums of sizes in one reading of a matrix, compiled by numba; imported where that is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba import njit

if TYPE_CHECKING:
    from normcalc.induced.vectors.abstract import Array


def _sums_down(matrix: Array, sums: Array) -> None:
    for i in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):
            sums[j] += abs(matrix[i, j])


def _sums_across(matrix: Array, sums: Array) -> None:
    for i in range(matrix.shape[0]):
        total = 0.0
        for j in range(matrix.shape[1]):
            total += abs(matrix[i, j])
        sums[i] = total


# Sums may be taken in any order; numbers that are none stay so.
_in_any_order = njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc"})
sums_down: Any = _in_any_order(_sums_down)
sums_across: Any = _in_any_order(_sums_across)
