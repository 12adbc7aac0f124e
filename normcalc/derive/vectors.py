"""Answers that are maps of vectors: how they print, and how they are applied to numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.derive.phases import MAPS
from normcalc.errors import InputError, NormcalcError, NotDerivable, ParameterError
from normcalc.language.axes import checked_axes, core_of, from_the_end, to_the_end
from normcalc.language.calling import (
    as_real,
    check_parameters,
    check_point,
    checked_step,
    shapes_in_words,
)
from normcalc.operators.split import inner_solver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from normcalc.derive.derivation import Derivation
    from normcalc.language.axes import Axis
    from normcalc.language.function import Function
    from normcalc.operators import Operator

_PROBLEMS = {
    "prox": "argmin_u f(u) + |u - v|^2/(2 step)",
    "projection": "the nearest point to v",
    "linear_minimizer": "argmin of <v, x> over f(x) <= 1",
    "gradient": "the slopes of the envelope at v",
}


def operator_text(goal: str, function: Function, operator: Operator) -> str:
    """Return the problem and the steps of the map, one on each line."""
    lines = (f"    {line}" for line in operator.steps())
    return "\n".join((f"{goal} of {function}: {_PROBLEMS[goal]}", *lines))


def applied(derivation: Derivation, v: Any, given: Mapping[str, Any]) -> NDArray[np.floating[Any]]:
    """Return the map at ``v``; vectors lie on the last axis, matrices on the last two.

    Raises
    ------
    InputError
        If `v` is no array of real numbers of the right shape.
    ParameterError
        If the step or a parameter is missing, unknown or not of its kind.
    NotDerivable
        If the object does not exist for these values.
    """
    function, operator = derivation.function, derivation.operator
    assert operator is not None
    point = as_real(v, "v")
    check_point(function, point)
    values = dict(given)
    step = _step(derivation.goal, values)
    env = check_parameters(function, values)
    core = core_of(function) or 1
    flat = point.reshape(-1, *point.shape[-core:])
    found = [_one(operator, one, step, env) for one in flat]
    single = getattr(v, "dtype", None) == np.float32
    whole = np.reshape(np.array(found), point.shape)
    return whole.astype(np.float32) if single else whole


def gap_of(derivation: Derivation, v: Any, given: Mapping[str, Any]) -> float:
    """Return the inner solver's bound of how far the objective at its answer is from the least.

    Raises
    ------
    NotDerivable
        There is no inner solver, or it knows no bound.
    """
    solver = None if derivation.operator is None else inner_solver(derivation.operator)
    if solver is None:
        raise NotDerivable(f"{derivation.function}: no inner solver is used, so there is no gap")
    point, values = as_real(v, "v"), dict(given)
    check_point(derivation.function, point)
    step = _step(derivation.goal, values)
    return solver.gap(point, step, check_parameters(derivation.function, values))


def along(
    derivation: Derivation, v: Any, args: Sequence[Any], axis: Axis, given: Mapping[str, Any]
) -> Any:
    """Return a map, or values, for the vectors that lie along other axes than the last ones.

    Raises
    ------
    InputError
        If there is no such axis, or the answer is a value at every entry.
    """
    function = derivation.function
    is_map = derivation.goal.partition(" of ")[0] in MAPS
    entrywise = derivation.operator is None and derivation.table is not None
    if entrywise and not is_map:
        raise InputError(
            f"axis: the {derivation.goal} of {function} has a value at every entry; sum those"
        )
    if entrywise:  # the same along every axis
        checked_axes(function, axis, np.ndim(v))
        return derivation(v, *args, **given)
    found = derivation(to_the_end(function, v, axis), *args, **given)
    return from_the_end(function, found, axis) if is_map else found


def _one(
    operator: Operator, v: NDArray[np.float64], step: float, env: Mapping[str, Any]
) -> NDArray[np.float64]:
    if np.isnan(v).any():
        return np.full_like(v, np.nan)
    if not np.isfinite(v).all():
        raise InputError("v must be finite")
    try:
        with np.errstate(all="ignore"):  # equations are looked at far from their zeros
            return operator(v, step, env)
    except NormcalcError:
        raise
    except (ValueError, IndexError) as error:
        raise InputError(f"shapes do not fit: {shapes_in_words({'v': v, **env})}") from error


def _step(goal: str, values: dict[str, Any]) -> float:
    if goal != "prox":
        return 1.0
    if "step" not in values:
        raise ParameterError("a value for step is needed")
    return checked_step(values.pop("step"))
