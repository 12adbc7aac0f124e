"""One pass over an image: a step of the dual gradient or the primal-dual method, whatever h is.

`apply` is the address of a prox kernel that maps rows of numbers, `constants` its constants.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int64, types
from numba.extending import intrinsic

from normcalc.engine.jit import Matrix, Vector, _caller, compiled

ROW = types.boolean(Vector, Vector, Vector)
Planes = types.float64[:, :, ::1]
Array = Any  # arrays inside compiled code carry their types in the signature


def _call_row(context: Any, where: Any, v: Any, constants: Any, out: Any) -> Any:
    """Call ``apply(v, constants, out)`` at an address."""
    return types.boolean(types.int64, Vector, Vector, Vector), _caller(ROW)


call_row: Any = intrinsic(_call_row)


@compiled(types.void(Matrix, Planes, int64, float64, Vector), fastmath={"contract"})
def _primal_row(center: Array, ahead: Array, i: int, weight: float, out: Array) -> None:
    """Write row i of ``center - K^T ahead / weight``; differences beyond the border are zero."""
    down, right, columns = ahead[0], ahead[1], center.shape[1]
    for j in range(columns):
        out[j] = down[i, j] + right[i, j]
    for j in range(1, columns):
        out[j] -= right[i, j - 1]
    if i > 0:
        for j in range(columns):
            out[j] -= down[i - 1, j]
    for j in range(columns):
        out[j] = center[i, j] + out[j] / weight


@compiled(types.void(int64, Vector, int64, float64, Vector, Vector, Vector, Vector))
def _shrink(
    apply: int,
    constants: Array,
    radial: int,
    sigma: float,
    down: Array,
    right: Array,
    sizes: Array,
    found: Array,
) -> None:
    """Replace two rows by the prox of the conjugate: of the pairs' lengths, or of each number."""
    if radial:
        for j in range(down.size):
            sizes[j] = np.sqrt(down[j] * down[j] + right[j] * right[j]) / sigma
        call_row(apply, sizes, constants, found)
        for j in range(down.size):
            share = 1.0 - found[j] / max(sizes[j], 1e-300)
            down[j] *= share
            right[j] *= share
        return
    for row in (down, right):
        for j in range(row.size):
            sizes[j] = row[j] / sigma
        call_row(apply, sizes, constants, found)
        for j in range(row.size):
            row[j] -= sigma * found[j]


@compiled(
    types.void(Planes, Matrix, Matrix, int64, float64, float64, float64, Matrix),
    fastmath={"contract"},
)
def _move_row(
    duals: Array,
    image: Array,
    center: Array,
    i: int,
    weight: float,
    tau: float,
    share: float,
    ahead: Array,
) -> None:
    """Step row i of the image towards the center and against the multipliers' pull."""
    down, right, columns, pull = duals[0], duals[1], center.shape[1], tau * weight
    for j in range(columns):
        slope = -down[i, j] - right[i, j]
        slope += down[i - 1, j] if i > 0 else 0.0
        slope += right[i, j - 1] if j > 0 else 0.0
        before = image[i, j]
        new = (before - tau * slope + pull * center[i, j]) / (1.0 + pull)
        image[i, j] = new
        ahead[i, j] = new + share * (new - before)


@compiled(
    types.void(
        int64, Vector, int64, Matrix, float64, float64, float64, float64, Matrix, Matrix, Planes
    )
)
def primal_dual_sweep(
    apply: int,
    constants: Array,
    radial: int,
    center: Array,
    weight: float,
    sigma: float,
    tau: float,
    share: float,
    image: Array,
    ahead: Array,
    duals: Array,
) -> None:
    """Take one step of Chambolle and Pock's method with steps sigma and tau.

    Row i of the image moves as soon as its multipliers have moved, since those of the next row do
    not look back at it.
    """
    rows, columns = center.shape
    space = np.empty((2, columns))
    for i in range(rows):
        down, right, last = duals[0, i], duals[1, i], i == rows - 1
        for j in range(columns):
            down[j] = 0.0 if last else down[j] + sigma * (ahead[i + 1, j] - ahead[i, j])
        for j in range(columns - 1):
            right[j] += sigma * (ahead[i, j + 1] - ahead[i, j])
        _shrink(apply, constants, radial, sigma, down, right, space[0], space[1])
        _move_row(duals, image, center, i, weight, tau, share, ahead)


@compiled(float64(Vector, Vector, Vector, float64), fastmath={"reassoc", "contract"})
def _advance(new: Array, old: Array, ahead: Array, momentum: float) -> float:
    """Write a row of the multipliers and of the point ahead; return how they turned."""
    turn = 0.0
    for j in range(new.size):
        move = new[j] - old[j]
        turn += (ahead[j] - new[j]) * move
        old[j] = new[j]
        ahead[j] = new[j] + momentum * move
    return turn


@compiled(float64(int64, Vector, int64, Matrix, float64, float64, float64, Planes, Planes))
def dual_sweep(
    apply: int,
    constants: Array,
    radial: int,
    center: Array,
    weight: float,
    sigma: float,
    momentum: float,
    duals: Array,
    ahead: Array,
) -> float:
    """Take one accelerated step; return a positive number if the momentum points uphill.

    Row i of the multipliers changes once row i + 1 of the image is known, so that one pass over
    the memory does all.
    """
    rows, columns = center.shape
    space = np.empty((6, columns))
    here, below, down, right, sizes, found = (
        space[0], space[1], space[2], space[3], space[4], space[5],
    )  # fmt: skip
    turn = 0.0
    _primal_row(center, ahead, 0, weight, here)
    for i in range(rows):
        last = i == rows - 1
        if not last:
            _primal_row(center, ahead, i + 1, weight, below)
        for j in range(columns):
            down[j] = 0.0 if last else ahead[0, i, j] + sigma * (below[j] - here[j])
        for j in range(columns - 1):
            right[j] = ahead[1, i, j] + sigma * (here[j + 1] - here[j])
        right[columns - 1] = 0.0
        _shrink(apply, constants, radial, sigma, down, right, sizes, found)
        turn += _advance(down, duals[0, i], ahead[0, i], momentum)
        turn += _advance(right, duals[1, i], ahead[1, i], momentum)
        for j in range(columns):
            here[j] = below[j]
    return turn
