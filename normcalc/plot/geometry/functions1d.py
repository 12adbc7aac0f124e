"""The graph of a function of one variable, kinks and jumps exact."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.language.evaluate import evaluate
from normcalc.plot.geometry.curves1d import Curve, Jump, Segment, bends, thinned
from normcalc.plot.geometry.switching import switching
from normcalc.plot.geometry.zeros import column_zeros
from normcalc.plot.taking import takes_formulas

if TYPE_CHECKING:
    from normcalc.language.function import Function

Array = NDArray[np.float64]
OnLine = Callable[[Array], Array]

_SAMPLES = 257


@takes_formulas
def function_curve(function: Function, lo: float, hi: float, /, **parameters: Any) -> Curve:
    """Return the graph of a function of one variable on ``[lo, hi]``, inside its domain.

    Kinks are solved from the formula and are points of the graph.  At a jump the segments end at
    the one-sided limits, and the value there is kept in the jump.

    Examples
    --------
    >>> import normcalc as nc
    >>> curve = function_curve(nc.function("lam*abs(x)"), -2.0, 1.0, lam=2.0)
    >>> curve.segments
    ((array([-2.,  0.,  1.]), array([4., 0., 2.])),)
    """
    if function.variable.kind != "scalar":
        raise InputError(f"A curve needs a function of one variable, not {function}.")
    if not (np.isfinite(lo) and np.isfinite(hi) and lo < hi):
        raise InputError(f"The range must satisfy lo < hi, got {lo!r} and {hi!r}.")

    def f(x: Array) -> Array:
        return np.asarray(function.elementwise(x, **parameters), dtype=np.float64)

    low, high = _domain(function, lo, hi)
    f(np.array([low, high]))  # a missing or impossible parameter is reported here
    kinks = _kinks(function, parameters, low, high)
    stops = np.unique(np.concatenate([[low], kinks, [high]]))
    return _assembled(f, stops, 1e-12 * (high - low))


def _domain(function: Function, lo: float, hi: float) -> tuple[float, float]:
    """Return the part of the range that lies in the function's domain."""
    ends = function.domain or (None, None)
    low = lo if ends[0] is None else max(lo, float(ends[0]))
    high = hi if ends[1] is None else min(hi, float(ends[1]))
    if not low < high:
        raise InputError(f"The range [{lo}, {hi}] lies outside the domain of {function}.")
    return low, high


def _kinks(function: Function, parameters: dict[str, Any], low: float, high: float) -> Array:
    """Return where any switch of the formula vanishes."""
    name = function.variable.name
    nodes = switching(function.body, frozenset({name}))

    def columns(x: Array) -> Array:
        env = {**parameters, name: x}
        values = [np.broadcast_to(evaluate(n, env), x.shape) for n in nodes]
        return np.stack(values, axis=1) if values else np.empty((len(x), 0))

    found = column_zeros(columns, np.union1d(np.linspace(low, high, 2001), [0.0]))
    size = max(abs(low), abs(high))
    snapped = np.where(np.abs(found) < 1e-14 * size, 0.0, found)
    return snapped[(snapped > low) & (snapped < high)]


def _assembled(f: OnLine, stops: Array, gap: float) -> Curve:
    """Return the pieces between stops, joined where the function is continuous."""
    segments: list[Segment] = []
    jumps, kinks = [], []
    pieces = [_piece(f, a, b, gap) for a, b in pairwise(stops)]
    for k, (x, y) in enumerate(pieces):
        value = float(f(stops[k : k + 1])[0])
        ends = _end(pieces[k - 1], stops[k], -1), _end((x, y), stops[k], 0)
        if k and _same(ends, value):
            if bends(pieces[k - 1], (x, y)):
                kinks.append(float(stops[k]))
            x0, y0 = segments[-1]
            segments[-1] = np.concatenate([x0, x[1:]]), np.concatenate([y0, y[1:]])
            continue
        if k and np.any(np.isfinite([*ends, value])):
            jumps.append(Jump(float(stops[k]), *ends, value=value, tie=False))
        segments.append((x, y))
    return Curve(tuple(s for s in segments if len(s[0]) > 1), tuple(jumps), np.array(kinks))


def _same(ends: tuple[float, float], value: float) -> bool:
    """Tell whether both limits are finite and equal to the value."""
    if not np.all(np.isfinite([*ends, value])):
        return False
    return max(abs(end - value) for end in ends) <= 1e-9 * (1 + abs(value))


def _end(piece: Segment, at: float, index: int) -> float:
    """Return the limit of a piece at one of its ends; infinite if it has none there."""
    x, y = piece
    return float(y[index]) if len(x) and x[index] == at else float("inf")


def _piece(f: OnLine, a: float, b: float, gap: float) -> Segment:
    """Return samples between two stops, crowded towards both, with one-sided limits at them."""
    x = a + (b - a) * (1 - np.cos(np.linspace(0, np.pi, _SAMPLES))) / 2
    y = f(x)
    y[0], y[-1] = _limit(f, a, gap, y[0]), _limit(f, b, -gap, y[-1])
    finite = np.isfinite(y)
    return thinned(x[finite], y[finite]) if np.sum(finite) > 1 else (x[:0], y[:0])


def _limit(f: OnLine, at: float, gap: float, value: float) -> float:
    """Return the one-sided limit: the value itself unless the difference stays for small gaps."""
    near, nearer = f(np.array([at + 1e6 * gap, at + gap]))
    if not np.isfinite(nearer):
        return float(value)
    if not np.isfinite(value):
        # An open end: the limit is there if the last steps hardly change the value.
        settled = abs(nearer - near) <= 1e-2 * (1 + abs(nearer))
        return float(nearer) if settled else float(value)
    if abs(nearer - value) <= 0.9 * abs(near - value) or abs(nearer - value) < 1e-9:
        return float(value)
    return float(nearer)
