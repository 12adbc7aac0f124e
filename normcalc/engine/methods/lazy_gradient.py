"""Gradients ``A^T s`` at changing slopes s, without the columns whose coordinate stays at rest.

A partial derivative changes by at most the length of its column times the distance between the
slopes.  Where the coordinate is zero and every value within that reach leaves it at zero, the old
value serves as well as the new one: its score is zero, and so is the conjugate of the penalty
there, up to the penalty's value at zero.  What is computed from such a gradient, lower bounds
included, is exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import float64, int8, int64, types, void

from normcalc.engine.design import Centred, Dense
from normcalc.engine.jit import Vector, call_element, compiled
from normcalc.engine.methods.kernels import rest

if TYPE_CHECKING:
    from normcalc.engine.design import Sparse
    from normcalc.engine.jit import Floats
    from normcalc.engine.penalties import Penalty

MOST = 0.5  # of the columns: when more are needed all are computed, by the linear algebra library
KEPT = 16  # slopes, before all columns are computed at once
ROUNDING = 1e-12  # of the length of the slopes: what is added to distances
Array = Any  # arrays inside compiled code carry their types in the signature
Rows = types.Array(types.float64, 2, "C", readonly=True)
Entries = types.Array(types.float64, 1, "C", readonly=True)
Index = types.Array(types.int32, 1, "C", readonly=True)


class Known(NamedTuple):
    """A gradient; entry ``j`` was computed at ``slopes[when[j]]``.  Replaced as a whole."""

    values: Floats
    when: Any
    slopes: tuple[Floats, ...]


class Rest(NamedTuple):
    """What tells whether a coordinate stays at zero: the prox, and all slopes that it ignores."""

    element: int
    curvature: Floats
    constants: Floats
    zone: tuple[float, float]  # partial derivatives that leave every coordinate at zero


def complete(values: Floats, slope: Floats) -> Known:
    """Return a gradient of which all entries were computed at the same slopes."""
    return Known(values, np.zeros(len(values), dtype=np.int8), (slope,))


def at_rest(penalty: Penalty, curvature: Floats, constants: Floats) -> Rest:
    """Return what is needed of a penalty with a prox that was set up for every column.

    The slopes at zero of a convex penalty are the same for all curvatures.
    """
    kernel: Any = penalty
    element, zone = kernel.prox_kernel.element, (0.0, 0.0)
    if penalty.convex and len(kernel.prox_kernel.values) == 1:
        low, high = (rest(element, curvature[0], constants[0], sign) for sign in (-1.0, 1.0))
        zone = low, high
    return Rest(element, curvature, constants, zone)


def renewed(
    known: Known, design: Dense | Sparse, x: Floats, slope: Floats, rests: Rest | None
) -> Known:
    """Return the gradient at other slopes, and at a point `x`; all of it without `rests`."""
    columns: Any = _columns(design)
    if rests is None or columns is None or len(known.slopes) == KEPT:
        return complete(np.asarray(design.adjoint(slope)), slope)
    room = ROUNDING * float(np.linalg.norm(slope))
    reaches = np.array([np.linalg.norm(slope - each) + room for each in known.slopes])
    needed = np.empty(x.size, dtype=np.int64)
    state = (x, known.values, design.lengths, known.when, reaches)
    count = moving(*state, *rests[:3], *rests.zone, needed)
    if count > MOST * x.size:
        return complete(np.asarray(design.adjoint(slope)), slope)
    values, when = known.values.copy(), known.when.copy()
    needed = needed[:count]
    when[needed] = len(known.slopes)
    if isinstance(design, Dense):
        centred = slope - slope.mean() if isinstance(design, Centred) else slope
        dense_products(columns, centred, needed, values)
    else:
        data, indices, starts = columns
        sparse_products(data, indices, starts, slope, needed, values)
    return Known(values, when, (*known.slopes, slope))


def _columns(design: Dense | Sparse) -> Any:
    """Return the arrays that the compiled products take; None if columns are not contiguous."""
    if isinstance(design, Dense):
        rows = design.array.T
        return rows if rows.flags.c_contiguous and rows.flags.aligned else None
    matrix = design.matrix
    if matrix.indices.dtype != np.int32 or matrix.indptr.dtype != np.int32:
        return None
    return matrix.data, matrix.indices, matrix.indptr


@compiled(
    int64(
        Vector, Vector, Vector, int8[::1], Vector, int64, Vector, types.float64[:, ::1], float64,
        float64, int64[::1],
    )
)  # fmt: skip
def moving(
    x: Array,
    gradient: Array,
    lengths: Array,
    when: Array,
    reaches: Array,
    element: int,
    curvature: Array,
    constants: Array,
    low: float,
    high: float,
    out: Array,
) -> int:
    """List the coordinates that are not zero, or may not stay there; return how many there are.

    Proximal operators are monotone: what the ends of an interval leave at zero, it all does.
    """
    count = 0
    for j in range(x.size):
        if x[j] == 0.0:
            reach = lengths[j] * reaches[when[j]]
            least, most = gradient[j] - reach, gradient[j] + reach
            if low <= least and most <= high:
                continue
            if low == high:
                first, last = -min(least, 0.0) / curvature[j], -max(most, 0.0) / curvature[j]
                row = constants[j]
                if call_element(element, first, row) == 0.0 == call_element(element, last, row):
                    continue
        out[count] = j
        count += 1
    return count


@compiled(void(Rows, Vector, int64[::1], Vector), fastmath={"reassoc", "contract"})
def dense_products(rows: Array, slope: Array, chosen: Array, out: Array) -> None:
    """Write the products of chosen columns, which are `rows`, with the slopes."""
    for j in chosen:
        total = 0.0
        for i in range(slope.size):
            total += rows[j, i] * slope[i]
        out[j] = total


@compiled(
    void(Entries, Index, Index, Vector, int64[::1], Vector), fastmath={"reassoc", "contract"}
)
def sparse_products(
    data: Array, indices: Array, starts: Array, slope: Array, chosen: Array, out: Array
) -> None:
    """Do as `dense_products`, for compressed columns."""
    for j in chosen:
        total = 0.0
        for k in range(starts[j], starts[j + 1]):
            total += data[k] * slope[indices[k]]
        out[j] = total
