"""Which axes of an array hold the vectors or the matrices: NumPy's ``axis=``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.exceptions import AxisError
from numpy.lib.array_utils import normalize_axis_tuple

from normcalc.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from normcalc.language.function import Function

Axis = int | tuple[int, ...]


def chosen_axis(
    function: Function, axis: Axis | None, params: dict[str, Any]
) -> tuple[Axis | None, dict[str, Any]]:
    """Return the axis and the parameters; a parameter that is itself called axis goes first."""
    if axis is not None and any(p.name == "axis" for p in function.parameters):
        return None, {**params, "axis": axis}
    return axis, params


def core_of(function: Function) -> int | None:
    """Return how many axes the argument has; a function of one number takes any number of them."""
    kind = function.variable.kind
    return None if kind == "scalar" else 2 if kind == "matrix" else 1


def checked_axes(function: Function, axis: Axis, ndim: int) -> tuple[int, ...]:
    """Return the axes counted from the first one, or raise InputError.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> checked_axes(function("norm(x)"), -1, 3)
    (2,)
    """
    asked = f"axis = {axis!r} of {function}"
    try:
        axes = normalize_axis_tuple(axis, ndim)
    except AxisError as error:
        raise InputError(
            f"{asked} is out of bounds: {function.variable.name} has {_counted(ndim)}"
        ) from error
    except (TypeError, ValueError) as error:
        raise InputError(f"{asked}: {error}; give a whole number, or a tuple of them") from None
    core = core_of(function)
    if core is not None and len(axes) != core:
        wanted = "a vector lies along one axis" if core == 1 else "a matrix takes two axes"
        raise InputError(f"{asked}: {wanted}, for example axis={-1 if core == 1 else (-2, -1)}")
    return axes


def _counted(ndim: int) -> str:
    return f"{ndim} axis" if ndim == 1 else f"{ndim} axes"


def to_the_end(function: Function, x: Any, axis: Axis) -> NDArray[Any]:
    """Return the array with the axes of the vectors or the matrices moved to the end.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> to_the_end(function("norm(x)"), np.zeros((3, 5)), 0).shape
    (5, 3)
    """
    array = as_array(x, function.variable.name)
    axes = checked_axes(function, axis, array.ndim)
    return np.moveaxis(array, axes, range(-len(axes), 0))


def from_the_end(function: Function, x: NDArray[Any], axis: Axis) -> NDArray[Any]:
    """Return the array with the axes moved back to where `to_the_end` took them from."""
    axes = checked_axes(function, axis, x.ndim)
    return np.moveaxis(x, range(-len(axes), 0), axes)


def as_array(x: Any, name: str) -> NDArray[Any]:
    """Return an array, or raise InputError for nested lists of unequal lengths."""
    try:
        return np.asarray(x)
    except ValueError as error:
        raise InputError(f"{name} must be an array of real numbers: {error}") from None
