"""Products of all columns of a wide matrix, compiled: one stream of memory at a time.

Columns that do not stay in the cache wait for memory.  The linear algebra library reads several
at once, and takes up to twice as long for it as this loop, one after another, does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import types, void

from normcalc.engine.jit import Vector, compiled

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

SHORT = 2048  # rows: what columns are multiplied with stays in the innermost cache
LARGE = 2**20  # entries: less stays in a cache, where the library is as fast
Array = Any  # arrays inside compiled code carry their types in the signature
Rows = types.Array(types.float64, 2, "C", readonly=True)


def pays(array: Floats) -> bool:
    """Tell whether a matrix is one for these loops: wide, and contiguous by columns."""
    flags, (rows, columns) = array.flags, array.shape
    return bool(rows <= SHORT and rows * columns >= LARGE and flags.f_contiguous and flags.aligned)


def adjoint(array: Floats, slope: Floats) -> Floats:
    """Return ``A^T r`` for a matrix and a vector."""
    out = np.empty(array.shape[1])
    _products(array.T, np.ascontiguousarray(slope), out)
    return out


def squares(array: Floats) -> Floats:
    """Return the squared norm of each column."""
    out = np.empty(array.shape[1])
    _squares(array.T, out)
    return out


@compiled(void(Rows, Vector, Vector), fastmath={"reassoc", "contract"})
def _products(rows: Array, slope: Array, out: Array) -> None:
    for j in range(rows.shape[0]):
        total = 0.0
        for i in range(slope.size):
            total += rows[j, i] * slope[i]
        out[j] = total


@compiled(void(Rows, Vector), fastmath={"reassoc", "contract"})
def _squares(rows: Array, out: Array) -> None:
    for j in range(rows.shape[0]):
        total = 0.0
        for i in range(rows.shape[1]):
            total += rows[j, i] * rows[j, i]
        out[j] = total
