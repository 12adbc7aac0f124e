"""Answers that are maps of vectors: how they print, and how they are applied to numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.errors import InputError, NormcalcError, ParameterError
from normcalc.language.calling import as_real, check_parameters, check_point, shapes_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from normcalc.derive.derivation import Derivation
    from normcalc.language.function import Function
    from normcalc.operators import Operator

_PROBLEMS = {
    "prox": "argmin_u f(u) + |u - v|^2/(2 step)",
    "projection": "the nearest point to v",
    "linear_minimizer": "argmin of <v, x> over f(x) <= 1",
}


def operator_text(goal: str, function: Function, operator: Operator) -> str:
    """Return the problem and the steps of the map, one on each line."""
    lines = (f"    {line}" for line in operator.steps())
    return "\n".join((f"{goal} of {function}: {_PROBLEMS[goal]}", *lines))


def applied(derivation: Derivation, v: Any, given: Mapping[str, Any]) -> NDArray[np.float64]:
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
    core = 2 if function.variable.kind == "matrix" else 1
    flat = point.reshape(-1, *point.shape[-core:])
    found = [_one(operator, one, step, env) for one in flat]
    return np.reshape(np.array(found), point.shape)


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
    step = float(values.pop("step"))
    if not 0 < step < np.inf:
        raise ParameterError(f"step = {step} is not positive and finite")
    return step
