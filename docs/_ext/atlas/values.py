"""Numbers for the pictures: parameter values that satisfy every relation, two telling steps."""

from __future__ import annotations

from itertools import combinations, product
from math import inf, log2
from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable, ParameterError
from normcalc.plot.geometry.tables import numeric, regime_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.language import Function, Kind
    from normcalc.line.table import CaseTable, Regime

SIZES = (1.0, 1.5, 3.0, 0.5, 2.0, 0.25, 4.0)
STEPS = tuple(2.0**k for k in range(-5, 6))
NARROW, WIDE = 2.5, 8.0


def example(function: Function) -> dict[str, object]:
    """Return values for the parameters: different ones, where the relations allow it."""
    names = [p.name for p in function.parameters]
    choices = [_choices(p.kind) for p in function.parameters]
    legal = [c for c in product(*choices) if _legal(function, dict(zip(names, c, strict=True)))]
    if not legal:
        raise ParameterError(f"no example values found for the parameters of {function}")
    best = min(legal, key=lambda values: len(values) - len(set(map(str, values))))
    return dict(zip(names, best, strict=True))


def _choices(kind: Kind) -> list[object]:
    """Return values inside a kind's interval, ends excluded."""
    if kind.shape == "vector":
        return [(2.0, 1.0)]
    low, high = -inf if kind.lo is None else kind.lo, inf if kind.hi is None else kind.hi
    sizes = (-1.0, *SIZES) if low == -inf else SIZES
    return [s for s in sizes if low < s < high and (not kind.integer or s == int(s))]


def _legal(function: Function, values: Mapping[str, object]) -> bool:
    try:
        function(1.0 if function.variable.kind == "scalar" else [1.0, 0.5], **values)
    except ParameterError:
        return False
    return True


def telling_steps(table: CaseTable, values: Mapping[str, float]) -> tuple[float, ...]:
    """Return two steps near one at which the operator exists, in two regimes if there are two."""
    if not scalable(table):
        return (1.0,)
    regimes = {s: r for s in STEPS if (r := regime_of(table, values, s)) is not None}
    pairs = sorted(combinations(regimes, 2), key=lambda p: (abs(log2(p[0] * p[1])), p[1] / p[0]))
    telling = [p for p in pairs if regimes[p[0]] is not regimes[p[1]]]
    near = [p for p in pairs if p[1] / p[0] >= 4]
    return next(iter([*telling, *near]), tuple(regimes)[:1])


def scalable(table: CaseTable) -> bool:
    """Tell whether the step matters; it does not for the indicator of a set."""
    expressions = [
        getattr(e, "slope", getattr(e, "value", e))  # of an arc, and of what a search finds
        for regime in table.regimes
        for e in (*regime.conditions, *(p for c in regime.cases for p in (c.lo, c.hi, c.point)))
    ]
    return any(symbol.name == "step" for e in expressions for symbol in e.free_symbols)


def regime_of(table: CaseTable, values: Mapping[str, float], step: float) -> Regime | None:
    """Return the regime at a step, or None where the operator does not exist."""
    try:
        return regime_at(table, {**values, "step": step})[0]
    except NotDerivable:
        return None


def borders(table: CaseTable, values: Mapping[str, float]) -> list[float]:
    """Return the finite ends of the cases that hold at these values."""
    try:
        regime, known = regime_at(table, values)
    except NotDerivable:
        return []
    ends = [float(numeric(end, known)) for case in regime.cases for end in (case.lo, case.hi)]
    return sorted({end for end in ends if abs(end) < inf})


def window(ends: list[float]) -> float:
    """Return the half width of a view that shows these places and something beyond them."""
    return min(max(NARROW, 1.5 * max(map(abs, ends), default=0.0)), WIDE)
