"""Numbers from a case table: pick the regime, find its roots, evaluate its cases on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import NotDerivable, ParameterError
from normcalc.language.evaluate import evaluate
from normcalc.language.symbolic import from_sympy
from normcalc.line.table import Arc, Case, CaseTable, Regime, Root
from normcalc.plot.geometry.bracket import bracketed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sympy as sp

Array = NDArray[np.float64]
Values = dict[str, Any]


def numeric(expression: sp.Basic, values: Mapping[str, Any]) -> Any:
    """Return the value of a SymPy expression, on arrays as well as numbers.

    Examples
    --------
    >>> import sympy as sp
    >>> v = sp.Symbol("v", real=True)
    >>> numeric(sp.Max(v - 1, 0), {"v": 3.0})
    2.0
    """
    return evaluate(from_sympy(expression), values)


def regime_at(table: CaseTable, values: Mapping[str, float]) -> tuple[Regime, Values]:
    """Return the regime that holds at these parameter values, and the values with its roots.

    Raises
    ------
    ParameterError
        When a parameter has no value.
    NotDerivable
        When the table says that the object does not exist there.
    """
    missing = [p.name for p in table.parameters if p.name not in values]
    if missing:
        raise ParameterError(f"No value for {', '.join(missing)}.")
    for regime in table.regimes:
        known: Values = dict(values)
        for root in regime.roots:
            known[root.symbol.name] = solve_root(root, known)
        if all(bool(numeric(c, known)) for c in regime.conditions):
            if regime.refusal is not None:
                raise NotDerivable(regime.refusal)
            return regime, known
    raise ParameterError(f"No regime of the table holds at {dict(values)}.")


def solve_root(root: Root, values: Mapping[str, Any]) -> float:
    """Return the only zero of a root's equation in its interval."""
    sign = 1.0 if root.rising else -1.0
    name = root.variable.name

    def f(t: Array) -> Array:
        known = {**values, name: t}
        for symbol, arc in root.inner:
            known[symbol.name] = _on_arc(arc, root.variable, t, values)
        return sign * _array(numeric(root.equation, known), t)

    low, high = (float(numeric(end, values)) for end in (root.lo, root.hi))
    return float(_increasing_root(f, np.array([low]), np.array([high]))[0])


def point_at(case: Case, argument: sp.Symbol, v: Array, values: Mapping[str, Any]) -> Array:
    """Return the point of one case at arguments inside its interval."""
    if isinstance(case.point, Arc):
        return _on_arc(case.point, argument, v, values)
    return _array(numeric(case.point, {**values, argument.name: v}), v)


def _on_arc(arc: Arc, argument: sp.Symbol, v: Array, values: Mapping[str, Any]) -> Array:
    """Return where the slope of an arc equals `v`, in closed form or by a bracketed root."""
    if arc.closed is not None:
        return _array(numeric(arc.closed, {**values, argument.name: v}), v)
    name = arc.variable.name
    low, high = (float(numeric(end, values)) for end in (arc.lo, arc.hi))

    def f(u: Array) -> Array:
        return _array(numeric(arc.slope, {**values, name: u}), u) - v

    return _increasing_root(f, np.full(len(v), low), np.full(len(v), high))


def _increasing_root(f: Any, low: Array, high: Array) -> Array:
    """Return the zeros of increasing functions on open, possibly unbounded intervals."""
    inner_low = np.where(np.isfinite(low), low, np.where(np.isfinite(high), high, 1.0) - 1.0)
    inner_high = np.where(np.isfinite(high), high, inner_low + 1.0)
    for k in range(1, 200):
        too_high = ~np.isfinite(low) & (f(inner_low) > 0)
        too_low = ~np.isfinite(high) & (f(inner_high) < 0)
        if not (np.any(too_high) or np.any(too_low)):
            break
        inner_low = np.where(too_high, inner_low - 2.0**k, inner_low)
        inner_high = np.where(too_low, inner_high + 2.0**k, inner_high)
    # At an open end the function may be infinite or undefined: step inside by one rounding.
    width = inner_high - inner_low
    inner_low = np.where(np.isfinite(f(inner_low)), inner_low, inner_low + 1e-15 * width)
    inner_high = np.where(np.isfinite(f(inner_high)), inner_high, inner_high - 1e-15 * width)
    below, above = bracketed(f, inner_low, inner_high)
    # A root closer to the end than that is the end, as far as a figure can tell.
    root = np.where(f(inner_low) >= 0, inner_low, (below + above) / 2)
    return np.asarray(np.where(f(inner_high) <= 0, inner_high, root))


def _array(value: Any, like: Array) -> Array:
    return np.broadcast_to(np.asarray(value, dtype=np.float64), like.shape).copy()
