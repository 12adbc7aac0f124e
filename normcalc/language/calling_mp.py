"""Points into functions at high precision, with the same meaning as in `calling`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np

from normcalc.errors import InputError
from normcalc.language.calling import check_parameters, check_point
from normcalc.language.ends import end_value
from normcalc.language.precise import evaluate_mp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.language.function import Function


def precise(function: Function, x: Any, params: Mapping[str, Any]) -> Any:
    """Return the value at one point in mpmath arithmetic, at the current working precision."""
    check_parameters(function, {name: _rounded(number) for name, number in params.items()})
    point = _point(function, x)
    if any(isinstance(number, mpmath.mpc) for number in point.values()):
        raise InputError("high precision is for real numbers; evaluate the function instead")
    if any(mpmath.isnan(number) for number in point.values()):
        return mpmath.nan
    inside = evaluate_mp(function.body, {**params, **point})
    if function.domain is None:
        return inside
    return _in_domain(function, next(iter(point.values())), inside, params)


def _rounded(number: Any) -> Any:
    return float(number) if isinstance(number, mpmath.mpf | Fraction) else number


def _point(function: Function, x: Any) -> dict[str, Any]:
    if function.variable.kind == "vector":
        raise InputError("high precision is for functions of one variable or of coordinates")
    if function.variable.kind == "scalar":
        return {function.variable.name: mpmath.mpmathify(x)}
    check_point(function, np.empty(len(x)))
    return dict(zip(function.variable.names, map(mpmath.mpmathify, x), strict=True))


def _in_domain(function: Function, x: Any, inside: Any, params: Mapping[str, Any]) -> Any:
    for side, end in zip(("lo", "hi"), function.domain or (), strict=True):
        if end is None:
            continue
        at = mpmath.mpf(end.numerator) / end.denominator
        if x < at if side == "lo" else x > at:
            return mpmath.inf
        if x == at and not mpmath.isfinite(inside):
            rounded = tuple((name, float(number)) for name, number in params.items())
            return mpmath.mpf(end_value(function, side, rounded))
    return inside
