"""Passes over an image: steps of the primal-dual or the dual gradient method, whatever h is.

`apply` is the address of a prox kernel that maps rows of numbers, `constants` its constants.  All
loops run along a row, on rows without gaps, so that they use all lanes of the processor; what
divides is taken out of them.  Multipliers of differences beyond the border pull at nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numba
import numpy as np
from numba import float32, float64, int64, types
from numba.extending import intrinsic

from normcalc.engine.jit import Matrix, Vector, _caller, compiled

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.jit import Compiled

ROW = types.boolean(Vector, Vector, Vector)
Planes = types.float64[:, :, ::1]
ROW_SINGLE = types.boolean(float32[::1], float32[::1], float32[::1])
Array = Any  # arrays inside compiled code carry their types in the signature


def _call_row(context: Any, where: Any, v: Any, constants: Any, out: Any) -> Any:
    """Call ``apply(v, constants, out)`` at an address, in the precision of `v`."""
    signature = types.boolean(v, v, v)
    return types.boolean(types.int64, v, v, v), _caller(signature)


call_row: Any = intrinsic(_call_row)


# What the loops below are made of, in the precision of the arrays that they are given: a literal
# would be double, so that none may be met on the way to a number.
_part = cast(
    "Callable[[Compiled], Compiled]",
    numba.njit(
        error_model="numpy",
        nogil=True,
        fastmath={"contract"},
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
    ),
)


@_part
def _climb(
    down: Array, right: Array, here: Array, below: Array, share: float, space: Array
) -> None:
    """Write ``share*y`` plus the differences of a row."""
    last = here.size - 1
    for j in range(last):
        space[0, j] = share * down[j] + (below[j] - here[j])
        space[1, j] = share * right[j] + (here[j + 1] - here[j])
    space[0, last] = share * down[last] + (below[last] - here[last])
    space[1, last] = share * right[last]


@_part
def _measure(space: Array) -> None:
    """Write the lengths of the pairs in the first two rows."""
    for j in range(space.shape[1]):
        space[2, j] = np.sqrt(space[0, j] * space[0, j] + space[1, j] * space[1, j])


@_part
def _shorten(space: Array, sigma: float, down: Array, right: Array) -> None:
    """Write sigma times the pairs whose lengths have become shorter by those in the last row."""
    tiny = space.dtype.type(1e-30)
    for j in range(down.size):
        share = sigma - sigma * space[3, j] / max(space[2, j], tiny)
        down[j], right[j] = share * space[0, j], share * space[1, j]


@_part
def _subtract(v: Array, found: Array, sigma: float, out: Array) -> None:
    """Write ``sigma*(v - found)``."""
    for j in range(v.size):
        out[j] = sigma * (v[j] - found[j])


@_part
def _shrink(
    apply: int,
    constants: Array,
    radial: int,
    sigma: float,
    space: Array,
    down: Array,
    right: Array,
) -> None:
    """Write the prox of the conjugate at sigma times what `_climb` found, by Moreau."""
    if radial:
        _measure(space)
        call_row(apply, space[2], constants, space[3])
        _shorten(space, sigma, down, right)
        return
    call_row(apply, space[0], constants, space[3])
    _subtract(space[0], space[3], sigma, down)
    call_row(apply, space[1], constants, space[3])
    _subtract(space[1], space[3], sigma, right)


@_part
def _move(
    down: Array,
    right: Array,
    above: Array,
    center: Array,
    shares: Array,
    image: Array,
    ahead: Array,
) -> None:
    """Step a row of the image towards the center and against the pull of the multipliers.

    `shares` are those of the row itself, the center, the pull, and of the move once more.
    """
    keep, near, push, more = shares[0], shares[1], shares[2], shares[3]
    last = image.size - 1
    for j in range(1, last):
        pull = (above[j] - down[j]) + (right[j - 1] - right[j])
        new = keep * image[j] + near * center[j] - push * pull
        ahead[j] = new + more * (new - image[j])
        image[j] = new
    for j in range(0, last + 1, max(1, last)):
        pull = above[j] - down[j] + (right[j - 1] if j > 0 else 0.0)
        new = keep * image[j] + near * center[j] - push * (pull - (right[j] if j < last else 0.0))
        ahead[j] = new + more * (new - image[j])
        image[j] = new


def _primal_dual(
    apply: int,
    constants: Array,
    radial: int,
    center: Array,
    steps: Array,
    image: Array,
    ahead: Array,
    duals: Array,
) -> None:
    """Take a step of Chambolle and Pock's method for each row of `steps` and of `constants`.

    A row of `steps` holds sigma, its reciprocal and the shares of `_move`.  Row i of the image
    moves as soon as its multipliers have moved, since those of the next row do not look back at
    it; the next step follows one row behind, so that a few rows of each array are in the cache
    for all steps.
    """
    rows, count = center.shape[0], steps.shape[0]
    space = np.zeros((4, center.shape[1]), center.dtype)
    zeros = np.zeros(center.shape[1], center.dtype)
    for front in range(rows + count - 1):
        for k in range(max(0, front - rows + 1), min(count, front + 1)):
            i, sigma = front - k, steps[k, 0]
            down, right, here = duals[0, i], duals[1, i], ahead[i]
            below = ahead[i + 1] if i < rows - 1 else here
            _climb(down, right, here, below, steps[k, 1], space)
            _shrink(apply, constants[k], radial, sigma, space, down, right)
            above, pulls = duals[0, i - 1] if i > 0 else zeros, down if i < rows - 1 else zeros
            _move(pulls, right, above, center[i], steps[k, 2:], image[i], here)


def _signature(real: Any) -> Any:
    array = real[:, ::1]
    return types.void(int64, array, int64, array, array, array, array, real[:, :, ::1])


primal_dual_sweep = compiled(_signature(float64))(_primal_dual)
primal_dual_sweep_single = compiled(_signature(float32))(_primal_dual)


@compiled(types.void(Matrix, Planes, int64, float64, Vector), fastmath={"contract"})
def _primal_row(center: Array, ahead: Array, i: int, weight: float, out: Array) -> None:
    """Write row i of ``center - K^T ahead / weight``; differences beyond the border are zero."""
    down, right, share, last = ahead[0], ahead[1], 1.0 / weight, center.shape[1] - 1
    for j in range(1, last):
        out[j] = center[i, j] + share * (right[i, j] - right[i, j - 1])
    if last > 0:
        out[last] = center[i, last] - share * right[i, last - 1]
    out[0] = center[i, 0] + (share * right[i, 0] if last > 0 else 0.0)
    if i > 0:
        for j in range(last + 1):
            out[j] -= share * down[i - 1, j]
    if i < center.shape[0] - 1:
        for j in range(last + 1):
            out[j] += share * down[i, j]


@compiled(types.void(Matrix, Planes, float64, Matrix))
def primal_image(center: Array, duals: Array, weight: float, out: Array) -> None:
    """Write ``center - K^T duals / weight``."""
    for i in range(center.shape[0]):
        _primal_row(center, duals, i, weight, out[i])


@compiled(types.void(Matrix, Planes), fastmath={"contract"})
def slopes(image: Array, out: Array) -> None:
    """Write the differences of an image, downwards and to the right."""
    rows, columns = image.shape
    for i in range(rows):
        for j in range(columns):
            out[0, i, j] = image[i + 1, j] - image[i, j] if i < rows - 1 else 0.0
        for j in range(columns - 1):
            out[1, i, j] = image[i, j + 1] - image[i, j]
        out[1, i, columns - 1] = 0.0


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
    space, turn = np.zeros((8, columns)), 0.0
    here, below, down, right = space[4], space[5], space[6], space[7]
    _primal_row(center, ahead, 0, weight, here)
    for i in range(rows):
        if i < rows - 1:
            _primal_row(center, ahead, i + 1, weight, below)
        else:
            below = here
        _climb(ahead[0, i], ahead[1, i], here, below, 1.0 / sigma, space)
        _shrink(apply, constants, radial, sigma, space, down, right)
        turn += _advance(down, duals[0, i], ahead[0, i], momentum)
        turn += _advance(right, duals[1, i], ahead[1, i], momentum)
        here, below = below, here
    return turn
