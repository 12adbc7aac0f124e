"""Numbers into functions: arguments are checked first, then the formula is evaluated."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError, NormcalcError, ParameterError
from normcalc.language.axes import as_array, checked_axes, chosen_axis, to_the_end
from normcalc.language.ends import end_value
from normcalc.language.evaluate import evaluate
from normcalc.language.moduli import check_complex
from normcalc.language.parameters import to_float
from normcalc.language.relations import check_relations
from normcalc.language.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.language.axes import Axis
    from normcalc.language.function import Function

Array = NDArray[np.float64]


def value(function: Function, x: Any, params: dict[str, Any], axis: Axis | None = None) -> Any:
    """Return the value; a function of one real variable sums over the entries of an array."""
    axis, params = chosen_axis(function, axis, params)
    if function.variable.kind == "scalar":
        return _separable_sum(function, x, params, axis)
    if axis is not None:
        x = to_the_end(function, x, axis)
    point = _point(function, x)
    check_point(function, point)
    env = check_parameters(function, params)
    axes = (-2, -1) if function.variable.kind == "matrix" else (-1,)
    _check_partitions(function, env, point.shape[-1])
    named = named_point(function, point)
    try:
        result = evaluate(function.body, {**named, **env})
        result = np.broadcast_to(result, point.shape[: -len(axes)])
    except NormcalcError:
        raise  # a transform refuses, with a reason
    except (ValueError, IndexError) as error:
        raise InputError(
            f"shapes do not fit in {function}: {shapes_in_words(named | env)}"
        ) from error
    lost = np.isnan(point).any(axis=axes)
    if function.variable.kind != "coordinates":  # beyond its natural domain it is infinite
        result = np.where(np.isnan(result), np.inf, result)
    result = np.where(lost, np.nan, result)
    return float(result) if result.ndim == 0 else result


def _separable_sum(
    function: Function, x: Any, params: Mapping[str, Any], axis: Axis | None
) -> Any:
    if axis is None:
        return float(np.sum(elementwise(function, x, params)))
    ndim = as_array(x, function.variable.name).ndim
    # counted from the last axis, to which arrays among the parameters are aligned
    axes = tuple(one - ndim for one in checked_axes(function, axis, ndim))
    sums = np.sum(elementwise(function, x, params), axis=axes)
    return float(sums) if sums.ndim == 0 else sums


def _point(function: Function, x: Any) -> NDArray[Any]:
    """Return real numbers, or complex ones where the formula has a value there."""
    name = function.variable.name
    if not is_complex(x):
        return as_real(x, name)
    check_complex(function)
    return np.asarray(x, dtype=np.complex128)


def is_complex(x: Any) -> bool:
    """Tell whether an argument holds complex numbers, by its type: ``1 + 0j`` is one.

    Examples
    --------
    >>> is_complex([1.0, 2j]), is_complex(3.0)
    (True, False)
    """
    if isinstance(x, float | int):
        return False
    try:
        return np.asarray(x).dtype.kind == "c"
    except ValueError:  # lists of unequal lengths: whoever reads the numbers says so
        return False


def _check_partitions(function: Function, env: Mapping[str, Any], length: int) -> None:
    for p in function.parameters:
        if p.kind.order == "partition":
            listed = sorted(i for group in env[p.name] for i in group)
            if listed != list(range(length)):
                raise InputError(f"the groups in {p.name} must hold each of the {length} indices")


def shapes_in_words(values: Mapping[str, Any]) -> str:
    """Return the shapes of arrays, and the numbers of groups.

    Examples
    --------
    >>> shapes_in_words({"v": np.zeros(3), "g": ((0, 1), (2,)), "lam": 1.0})
    'v has shape (3,), g has 2 groups'
    """
    arrays = {name: x for name, x in values.items() if isinstance(x, np.ndarray) and x.ndim}
    groups = {name: x for name, x in values.items() if isinstance(x, tuple)}
    found = [f"{name} has shape {x.shape}" for name, x in arrays.items()]
    return ", ".join([*found, *(f"{name} has {len(x)} groups" for name, x in groups.items())])


def elementwise(function: Function, x: Any, params: Mapping[str, Any]) -> Any:
    """Return the value of a function of one real variable at every entry of `x`."""
    if function.variable.kind != "scalar":
        raise InputError(f"{function} has a {function.variable.kind} variable; call it instead")
    point = _point(function, x)
    env = check_parameters(function, params)
    scalars = {p.name: env[p.name] for p in function.parameters if p.kind.shape == "scalar"}
    point = np.broadcast_to(point, _common_shape(function, point, scalars))
    result = evaluate(function.body, {**env, function.variable.name: point})
    result = np.array(np.broadcast_to(result, point.shape), dtype=np.float64)
    _apply_domain(function, point, result, env)
    result[np.isnan(point)] = np.nan
    return float(result) if result.ndim == 0 else result


def as_real(x: Any, name: str) -> Array:
    """Return an array of doubles, or raise InputError for what is not real numbers.

    Examples
    --------
    >>> as_real([1j], "x")
    Traceback (most recent call last):
        ...
    normcalc.errors.InputError: x must be real numbers; got dtype complex128
    """
    array = as_array(x, name)
    if isinstance(x, Real) and array.dtype == object:
        array = np.asarray(to_float(x))  # a huge integer or a fraction
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name} must be real numbers; got dtype {array.dtype}")
    return array.astype(np.float64)


def check_point(function: Function, point: NDArray[Any]) -> None:
    """Raise InputError unless the last axis holds the coordinates of a point."""
    name, size = function.variable.name, function.variable.size
    if function.variable.kind == "matrix":
        if point.ndim < 2 or 0 in point.shape[-2:]:
            raise InputError(f"{function} takes a matrix {name}; got shape {point.shape}")
        return
    wanted = f"{size} coordinates" if size else "a vector"
    if point.ndim == 0:
        raise InputError(f"{function} takes {wanted} on the last axis of {name}; got one number")
    if size is not None and point.shape[-1] != size:
        raise InputError(
            f"{function} takes {wanted} on the last axis of {name}, or on axis=; got "
            f"a shape with {point.shape[-1]} there"
        )
    if point.shape[-1] == 0:
        raise InputError(f"{function} takes {wanted}; got an empty one")


def check_parameters(function: Function, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the parameters as floats and arrays, each of its kind.

    Raises
    ------
    ParameterError
        If one is missing, unknown, not of its kind or against a relation.
    """
    known = [parameter.name for parameter in function.parameters]
    for name in params:
        if name not in known:
            raise ParameterError(
                f"{function} has no parameter {name!r}; {did_you_mean(name, known)}"
            )
    missing = [name for name in known if name not in params]
    if missing:
        raise ParameterError(f"{function} needs a value for {', '.join(missing)}")
    env: dict[str, Any] = {
        p.name: p.kind.check(p.name, params[p.name]) for p in function.parameters
    }
    for parameter in function.parameters:
        only_number = function.variable.kind != "scalar" and parameter.kind.shape == "scalar"
        if only_number and np.ndim(env[parameter.name]):
            raise ParameterError(
                f"{parameter.name} is one number here; declare it {parameter.kind.vector} to "
                "pass a vector"
            )
    check_relations(function.relations, env)
    return env


def _common_shape(
    function: Function, point: NDArray[Any], env: Mapping[str, Any]
) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(point.shape, *(np.shape(entry) for entry in env.values()))
    except ValueError:
        shapes = ", ".join(f"{name}: {np.shape(entry)}" for name, entry in env.items())
        raise InputError(
            f"shapes do not broadcast: {function.variable.name}: {point.shape}, {shapes}"
        ) from None


def named_point(function: Function, point: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return the values of the names that stand for the argument in the formula."""
    if function.variable.kind in ("vector", "matrix"):
        return {function.variable.name: point}
    return {name: point[..., i] for i, name in enumerate(function.variable.names)}


def _apply_domain(
    function: Function, point: NDArray[Any], result: Array, env: Mapping[str, Any]
) -> None:
    """Write plus infinity outside the domain, and the limit at its ends where needed."""
    if function.domain is None:
        return
    lo, hi = (None if end is None else float(end) for end in function.domain)
    for side, end in (("lo", lo), ("hi", hi)):
        if end is None:
            continue
        result[point < end if side == "lo" else point > end] = np.inf
        for index in map(tuple, np.argwhere((point == end) & ~np.isfinite(result))):
            scalars = {k: _entry(entry, point.shape, index) for k, entry in env.items()}
            result[index] = end_value(function, side, tuple(scalars.items()))


def _entry(value: Any, shape: tuple[int, ...], index: tuple[int, ...]) -> float:
    return float(np.broadcast_to(value, shape)[index])


def checked_step(given: Any) -> float:
    """Return a step as a float.

    Raises
    ------
    ParameterError
        If it is not one positive and finite real number.
    """
    if is_complex(given) or np.ndim(given):
        raise ParameterError(f"step must be one real number, not {given!r}")
    try:
        step = float(given)
    except (TypeError, ValueError):
        raise ParameterError(f"step must be a real number, not {given!r}") from None
    if not 0 < step < np.inf:
        raise ParameterError(f"step = {step} is not positive and finite")
    return step
