"""What kernels accept: checks and layouts of arguments and results."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError

Array = NDArray[Any]


def as_floats(v: object, name: str) -> Array:
    """Return `v` as a float64 or float32 array in native byte order; whole numbers are promoted.

    Raises
    ------
    InputError
        If `v` is masked, or its numbers are not real numbers of a precision that kernels have.
    """
    if isinstance(v, np.ma.MaskedArray):
        raise InputError(f"{name} is a masked array, and a kernel sees no masks: fill it first")
    try:
        array = np.asarray(v)
    except ValueError as error:
        raise InputError(f"{name} is not a rectangular array of numbers ({error})") from error
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind == "f" and size in (4, 8):
        return array.astype(array.dtype.newbyteorder("="), copy=False)
    if kind in "iu":
        return array.astype(np.float64)
    raise InputError(
        f"{name} has dtype {array.dtype}; a kernel takes float64, float32, or integers "
        "(promoted to float64)"
    )


def checked_out(out: object, like: Array) -> Array:
    """Return `out`, which must be a writable array of the shape and dtype of `like`."""
    if not isinstance(out, np.ndarray) or isinstance(out, np.ma.MaskedArray):
        raise InputError(f"out must be a NumPy array, not {type(out).__name__}")
    if out.shape != like.shape or out.dtype != like.dtype:
        raise InputError(
            f"out must have shape {like.shape} and dtype {like.dtype}, "
            f"not shape {out.shape} and dtype {out.dtype}"
        )
    if not out.flags.writeable:
        raise InputError("out is read-only")
    if out.size and any(s == 0 and n > 1 for s, n in zip(out.strides, out.shape, strict=True)):
        raise InputError("out is a broadcast array whose entries share memory")
    return out


def flat(array: Array) -> Array | None:
    """Return a one-dimensional view that a compiled loop takes, or None if there is none."""
    flags = array.flags
    if flags.carray:
        return array if array.ndim == 1 else array.reshape(-1)
    if flags.f_contiguous and flags.behaved:
        return array.T.reshape(-1)
    return None
