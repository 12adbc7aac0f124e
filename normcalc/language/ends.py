"""Values at the ends of a domain, where a formula such as ``x*log(x)`` has only a limit."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from normcalc.language.function import Function

# distances 10**-(2**k) from the end: at 900 digits even third-order cancellation is resolved
_STEPS = tuple(2**k for k in range(3, 9))
_DIGITS = 900


@lru_cache(maxsize=1024)
def end_value(function: Function, side: str, params: tuple[tuple[str, float], ...]) -> float:
    """Return the one-sided limit of a function at an end of its domain.

    Parameters
    ----------
    function : Function
        With a finite end on that side.
    side : {"lo", "hi"}
        Which end.
    params : tuple of (str, float)
        Values of the parameters.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> end_value(function("x*log(x)", domain=(0, None)), "lo", ())
    0.0
    """
    import mpmath

    end = (function.domain or (None, None))[0 if side == "lo" else 1]
    if end is None:
        raise InputError(f"the domain of {function} has no end on side {side!r}")
    found = _limit_by_numbers(function, side, end, dict(params))
    if found is None:
        found = _limit_by_sympy(function, side, end, dict(params))
    return float(found) if abs(found) > mpmath.mpf(10) ** -60 else 0.0


def _limit_by_numbers(
    function: Function, side: str, end: Fraction, env: Mapping[str, float]
) -> Any | None:
    """Follow the function towards the end; ``None`` if it neither settles nor runs away."""
    import mpmath

    from normcalc.language.precise import evaluate_mp

    with mpmath.workdps(_DIGITS):
        sign = 1 if side == "lo" else -1
        at = mpmath.mpf(end.numerator) / end.denominator
        points = [at + sign * mpmath.mpf(10) ** -step for step in _STEPS]
        values = [evaluate_mp(function.body, {**env, function.variable.name: x}) for x in points]
        last, before, first = values[-1], values[-2], values[-3]
        if mpmath.isinf(last) and last == before:
            return last
        if abs(last - before) <= mpmath.mpf(10) ** -60 * max(1, abs(last)):
            return last
        if abs(last) > 1.5 * abs(before) > 2.25 * abs(first) and last * before > 0:
            return mpmath.inf * mpmath.sign(last)
    return None


def _limit_by_sympy(function: Function, side: str, end: Fraction, env: Mapping[str, float]) -> Any:
    import sympy as sp

    from normcalc.language.symbolic import symbolic_node

    x = sp.Symbol(function.variable.name, real=True)
    exact = {name: sp.Rational(repr(number)) for name, number in env.items()}
    expr = symbolic_node(function.body, {**exact, function.variable.name: x})
    direction = "+" if side == "lo" else "-"
    try:
        found = sp.limit(expr, x, sp.Rational(end.numerator, end.denominator), direction)
    except NotImplementedError:
        found = sp.nan
    found = sp.N(found)
    if not found.is_Number or found is sp.nan:
        raise InputError(
            f"{function} has no limit at {function.variable.name} = {end}; exclude the end, or "
            "give its value with Piecewise"
        )
    return found
