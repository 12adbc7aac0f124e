"""Numbers into derivatives: the trees evaluated at points, with shapes checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.forms.constants import depends
from normcalc.language.calling import as_real, check_parameters, check_point, shapes_in_words
from normcalc.language.evaluate import array_of, evaluate
from normcalc.language.nodes import Apply, Node, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.calculus.derive import Second
    from normcalc.language.function import Function

Array = NDArray[np.float64]


def checked(f: Function, x: Any, params: Mapping[str, Any]) -> tuple[Array, dict[str, Any]]:
    """Return the point and the parameters as arrays.

    Raises
    ------
    InputError
        The point has a shape that the function does not take.
    ParameterError
        A parameter is missing, unknown or not of its kind.
    """
    point = as_real(x, f.variable.name)
    if f.variable.kind != "scalar":
        check_point(f, point)
    return point, check_parameters(f, params)


def each_point(f: Function, point: Array) -> tuple[tuple[int, ...], Array]:
    """Return the leading axes of an array of points, and the points in a row."""
    axes = 2 if f.variable.kind == "matrix" else 1
    lead = point.shape[: point.ndim - axes]
    return lead, point.reshape(-1, *point.shape[point.ndim - axes :])


def check_single(f: Function, point: Array) -> None:
    """Raise InputError for several points at once."""
    axes = {"scalar": point.ndim, "matrix": 2}.get(f.variable.kind, 1)
    if point.ndim != axes:
        raise InputError(f"{f}: one point at a time here; got shape {point.shape}")


def named(f: Function, point: Array) -> dict[str, Any]:
    """Return the values of the names that stand for one point."""
    if f.variable.kind == "coordinates":
        return dict(zip(f.variable.names, point, strict=True))
    return {f.variable.name: point}


def evaluated(f: Function, tree: Node, env: Mapping[str, Any], shape: tuple[int, ...]) -> Array:
    """Return the value of a tree that broadcasts to a shape.

    Raises
    ------
    InputError
        The shapes of the point and of the parameters do not fit together.
    """
    try:
        return np.array(np.broadcast_to(array_of(tree, env), shape), dtype=np.float64)
    except (ValueError, IndexError) as error:
        raise InputError(f"shapes do not fit in {f}: {shapes_in_words(env)}") from error


def has_value(f: Function, env: Mapping[str, Any]) -> bool:
    """Tell whether the function is finite, so that it can have a derivative."""
    for part in walk(f.body):
        if not isinstance(part, Apply) or part.head != "diagonal":
            continue
        if depends(part, f.variable.names):
            rows, columns = np.shape(array_of(part.args[0], env))[-2:]
            if rows != columns:
                raise InputError(f"{f} takes the diagonal of a matrix of {rows} x {columns}; its "
                                 "derivatives need a square one")  # fmt: skip
    try:
        return bool(np.all(np.isfinite(evaluate(f.body, env))))
    except (ValueError, IndexError) as error:
        raise InputError(f"shapes do not fit in {f}: {shapes_in_words(env)}") from error


def gradient_at(
    f: Function, trees: tuple[Node, ...], point: Array, params: Mapping[str, Any]
) -> Array:
    """Return the gradient at one point; NaN where the function is not finite."""
    env = {**named(f, point), **params}
    if not has_value(f, env):
        return np.full(point.shape, np.nan)
    if f.variable.kind == "coordinates":
        return np.array([evaluated(f, tree, env, ()) for tree in trees])
    return evaluated(f, trees[0], env, point.shape)


def entrywise(f: Function, tree: Node, point: Array, params: Mapping[str, Any]) -> Array:
    """Return a tree in one real variable at every entry, NaN outside the open domain."""
    known = f.elementwise(point, **params)
    found = evaluated(f, tree, {f.variable.name: point, **params}, np.shape(known))
    lo, hi = f.domain or (None, None)
    outside = ~np.isfinite(known)
    if lo is not None:
        outside |= point <= float(lo)
    if hi is not None:
        outside |= point >= float(hi)
    return np.where(outside, np.nan, found)


def hessian_at(f: Function, found: Second, point: Array, params: Mapping[str, Any]) -> Array:
    """Return the matrix of second derivatives at a vector, or at a matrix taken row by row."""
    count = point.size
    env = {**named(f, point), **params}
    if not has_value(f, env):
        return np.full((count, count), np.nan)
    if found.matrix is not None:
        return evaluated(f, found.matrix, env, (count, count))
    columns = []
    for direction in np.eye(count):
        moved = {**env, found.direction.name: direction.reshape(point.shape)}
        columns.append(evaluated(f, found.along, moved, point.shape).reshape(-1))
    return np.stack(columns, axis=1)
