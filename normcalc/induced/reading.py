"""Values of large matrices from few readings of them, without a copy: `InducedNorm.__call__`.

The norm induced by the 1-norm on both sides is the largest sum of sizes in a column, by the
max-norm the largest in a row.  Loops compiled by numba read the matrix once; where numba is not
loaded, which takes longer than the norm, NumPy sums it block by block.  The spectral norm comes
from products with the matrix, see `bidiagonal`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.induced.bidiagonal import largest

if TYPE_CHECKING:
    from normcalc.induced.vectors.abstract import Array

# Numbers in a block, and in a matrix that is not small.
_BLOCK = 65_536
_LARGE = 10_000
# Numbers from which on compiled loops gain more than it takes to load them from the disk.
_LOADED = 500_000
# Sides from which on products are faster than a decomposition.
_WIDE = 400
# Sums within these are neither rounded to zero nor too large, and hold finite numbers alone.
_SAFE = (1e-280, 1e300)


def largest_sum(given: Any, axis: int) -> float | None:
    """Return the largest sum of sizes over an axis of a large matrix.

    None where the matrix is small or no array of doubles, or where a number in it is not finite or
    too small or too large for this.

    Examples
    --------
    >>> matrix = np.arange(20_000.0).reshape(100, 200) - 10_000
    >>> bool(largest_sum(matrix, 0) == np.abs(matrix).sum(axis=0).max())
    True
    """
    fitting = type(given) is np.ndarray and given.ndim == 2 and given.dtype == np.float64
    if not fitting or given.size < _LARGE:
        return None
    # Rows of the block lie side by side in memory: a matrix by columns is read as its transpose.
    matrix, axis = (given, axis) if given.flags.c_contiguous else (given.T, 1 - axis)
    if not matrix.flags.c_contiguous:
        return None
    compiled = "numba" in sys.modules and given.size >= _LOADED
    value = float((_compiled_largest if compiled else _largest_of)(matrix, axis))
    return value if _SAFE[0] < value < _SAFE[1] else None


def _compiled_largest(matrix: Array, axis: int) -> float:
    from normcalc.induced.loops import sums_across, sums_down

    sums = np.zeros(matrix.shape[1 - axis])
    (sums_across if axis else sums_down)(matrix, sums)
    return float(sums.max())


def _largest_of(matrix: Array, axis: int) -> float:
    m, n = matrix.shape
    rows = max(1, _BLOCK // n)
    sizes, ones = np.empty((rows, n)), np.ones(n if axis else rows)
    sums = np.zeros(n)
    best = 0.0
    for first in range(0, m, rows):
        block = np.abs(matrix[first : first + rows], out=sizes[: min(rows, m - first)])
        if axis == 0:
            sums += ones[: len(block)] @ block
        else:
            # A maximum passes NaN on, and a comparison does not.
            best = np.maximum(best, (block @ ones).max())
    return float(sums.max() if axis == 0 else best)


def spectral(matrix: Array) -> float | None:
    """Return the largest singular value of a wide and high matrix to ten digits, else None.

    None as well where a number is not finite, or squares would be too small or too large.
    """
    if min(matrix.shape) < _WIDE:
        return None
    with np.errstate(all="ignore"):
        found = largest(matrix, np.random.default_rng(0))
    safe = found is not None and _SAFE[0] ** 0.5 < found.value < _SAFE[1] ** 0.5
    return found.value if found is not None and safe else None


def quick_value(orders: tuple[str | None, str | None], given: Any) -> float | None:
    """Return the norm between p-norms of these orders where it takes few readings, else None."""
    if orders in (("1", "1"), ("inf", "inf")):
        return largest_sum(given, 0 if orders[0] == "1" else 1)
    doubles = type(given) is np.ndarray and given.ndim == 2 and given.dtype == np.float64
    return spectral(given) if doubles and orders == ("2", "2") else None
