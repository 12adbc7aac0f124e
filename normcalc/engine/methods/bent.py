"""A function of one variable with numbers: what lies below it on an interval, made of lines.

The function is cut where it has kinks, jumps and inflections, which are derived.  Below a stretch
that is bent downwards or straight lies its chord; below one that is bent upwards lie its tangents.
So the polygon through a few points is below the function everywhere, up to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import sympy as sp

from normcalc.engine.methods.counting import element_of
from normcalc.errors import LanguageError, NotDerivable
from normcalc.language.function import Function
from normcalc.line.bends import bends
from normcalc.line.context import Context, Fork, Refusal
from normcalc.line.curve import curve
from normcalc.line.numbers import value_of
from normcalc.line.read import line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from normcalc.line.bends import Bend
    from normcalc.line.core import Line

Point = tuple[float, float]
FARTHEST = 1e12
NARROW = 1e-9


class Side(NamedTuple):
    """An interval ``[lo, hi]``; without its ends where they are `open`."""

    lo: float
    hi: float
    open: tuple[bool, bool] = (False, False)


@dataclass(frozen=True)
class Bow:
    """A stretch on which a function is bent one way: upwards (1), downwards (-1) or not (0)."""

    lo: float
    hi: float
    sign: int
    values: tuple[float, float]
    slopes: tuple[float, float]
    value: Callable[[float], float]
    slope: Callable[[float], float]

    def at(self, t: float) -> tuple[float, float]:
        """Return value and slope at a point of the closed stretch."""
        if t in (self.lo, self.hi):
            end = int(t == self.hi)
            return self.values[end], self.slopes[end]
        return self.value(t), self.slope(t)

    def moved(self, by: float) -> Bow:
        """Return the stretch of the function of ``t - by``."""
        value, slope = (lambda t: self.value(t - by)), (lambda t: self.slope(t - by))
        return replace(self, lo=self.lo + by, hi=self.hi + by, value=value, slope=slope)

    def below(self, a: float, b: float, touched: Iterable[float]) -> list[Point]:
        """Return corners of a polygon below the function on ``[a, b]``, which touches it."""
        a, b = max(a, self.lo), min(b, self.hi)
        if self.sign <= 0 or a == b:
            return [(t, self.at(t)[0]) for t in (a, b)]
        inner = {a, b, 0.5 * (a + b), *(t for t in touched if a < t < b)}
        lines = [(t, *self.at(t)) for t in sorted(inner)]
        return [corner for pair in pairwise(lines) for corner in _corners(*pair)]


def _corners(left: Sequence[float], right: Sequence[float]) -> list[Point]:
    """Return the polygon of two tangents of a function that is bent upwards."""
    (t0, v0, s0), (t1, v1, s1) = left, right
    if not np.isfinite(s0):
        return [(t0, v1 + s1 * (t0 - t1)), (t1, v1)]
    if not np.isfinite(s1):
        return [(t0, v0), (t1, v0 + s0 * (t1 - t0))]
    if not s1 > s0:
        return [(t0, v0), (t1, v1)]
    at = min(max((v0 - v1 - s0 * t0 + s1 * t1) / (s1 - s0), t0), t1)
    return [(t0, v0), (at, max(v0 + s0 * (at - t0), v1 + s1 * (at - t1))), (t1, v1)]


def _inside(t: float, side: Side) -> bool:
    at_end = (t == side.lo and side.open[0]) or (t == side.hi and side.open[1])
    return side.lo <= t <= side.hi and not at_end


@dataclass(frozen=True, eq=False)
class Bent:
    """A function of one variable as stretches, and its own values where it jumps."""

    bows: tuple[Bow, ...]
    jumps: Mapping[float, float]
    least: float  # a lower bound of all values

    @property
    def kinks(self) -> list[float]:
        """Where stretches meet."""
        return sorted({t for bow in self.bows for t in (bow.lo, bow.hi) if np.isfinite(t)})

    @property
    def domain(self) -> tuple[float, float]:
        """The ends of the domain."""
        return min(bow.lo for bow in self.bows), max(bow.hi for bow in self.bows)

    def below(self, side: Side, touched: Iterable[float]) -> list[Point]:
        """Return points from left to right, whose convex hull is below the function."""
        near = list(touched)
        corners = [(t, w) for t, w in self.jumps.items() if _inside(t, side)]
        for bow in self._met(side):
            corners += bow.below(side.lo, side.hi, near)
        return sorted(corners)

    def upwards(self, t: float) -> bool:
        """Return whether a tangent at a point would raise the polygon."""
        return any(bow.sign > 0 and bow.lo < t < bow.hi for bow in self.bows)

    def worth(self, t: float, side: Side) -> float:
        """Return the least of the value and the one-sided limits at a point of an interval."""
        own = [self.jumps[t]] if t in self.jumps and _inside(t, side) else []
        return min([*own, *(bow.at(t)[0] for bow in self._met(side) if bow.lo <= t <= bow.hi)])

    def _met(self, side: Side) -> list[Bow]:
        """Return the stretches of which an interval has more than an end."""
        if side.lo < side.hi:
            return [bow for bow in self.bows if bow.lo < side.hi and side.lo < bow.hi]
        jumps = side.lo in self.jumps
        return [] if jumps else [bow for bow in self.bows if bow.lo <= side.lo <= bow.hi][:1]

    def moved(self, by: float) -> Bent:
        """Return the function of ``t - by``."""
        bows = tuple(bow.moved(by) for bow in self.bows)
        return Bent(bows, {t + by: value for t, value in self.jumps.items()}, self.least)

    def within(self, limit: float) -> tuple[float, float]:
        """Return the ends, perhaps infinite, of an interval outside which `limit` is exceeded."""
        ends = []
        for bow, way in ((self.bows[0], -1.0), (self.bows[-1], 1.0)):
            end = bow.hi if way > 0.0 else bow.lo
            ends.append(end if np.isfinite(end) else _end(bow, way, limit))
        return ends[0], ends[1]


def _end(bow: Bow, way: float, limit: float) -> float:
    """Return where an endless stretch has risen above a limit for good."""
    start = bow.lo if way > 0.0 else bow.hi
    reach, base = 1.0, start if np.isfinite(start) else 0.0
    while reach < FARTHEST:
        value, slope = bow.at(base + way * reach)
        rising = way * slope > 0.0 or bow.sign < 0
        if rising and value > limit:
            return base + way * reach
        reach *= 2.0
    return way * np.inf


def bent(formulas: Sequence[Any], numbers: Mapping[str, Any], curvature: Any) -> Bent | None:
    """Return the sum of functions of a coordinate and ``curvature x**2/2``.

    Parameters
    ----------
    formulas : sequence of Function
        Of one coordinate, or sums over all.
    numbers : mapping of str to sympy.Rational
        The parameters.
    curvature : sympy.Rational

    Returns
    -------
    Bent or None
        None where a formula is of another kind, or its inflections are not found.
    """
    return _derived(tuple(formulas), tuple(sorted(numbers.items())), curvature)


@lru_cache(maxsize=256)
def _derived(formulas: Any, numbers: Any, curvature: Any) -> Bent | None:
    elements = [element_of(f) if isinstance(f, Function) else None for f in formulas]
    try:
        return _read([line_of(f) for f in elements if f is not None], dict(numbers), curvature)
    except (NotDerivable, LanguageError, Fork, Refusal):
        return None


def _read(lines: Sequence[Line], numbers: Mapping[str, Any], curvature: Any) -> Bent:
    x = sp.Symbol("x", real=True)
    known = {p: numbers[p.name] for line in lines for p in line.parameters}
    expr = sp.Add(*(line.expr.xreplace({line.variable: x}) for line in lines)).xreplace(known)
    lo = sp.Max(-sp.oo, *(line.lo for line in lines)).xreplace(known)
    hi = sp.Min(sp.oo, *(line.hi for line in lines)).xreplace(known)
    context = Context(tuple(r.xreplace(known) for line in lines for r in line.relations))
    found = curve(expr + curvature * x**2 / 2, x, lo, hi, False, context)
    bows = tuple(_bow(bend, context) for bend in bends(found, context))
    jumps = {
        _number(k.at, context): _number(k.value, context)
        for k in found.knots
        if len({k.value, k.left, k.right} - {sp.oo}) > 1
    }
    return Bent(bows, jumps, min([*jumps.values(), *map(_least, bows)]))


def _least(bow: Bow) -> float:
    """Return a lower bound of the values on a stretch."""
    if bow.sign <= 0 or bow.slopes[0] >= 0.0 or bow.slopes[1] <= 0.0:
        return min(bow.values)
    left, right = bow.lo, bow.hi
    while not np.isfinite(left + right) or right - left > NARROW * (1.0 + abs(left)):
        middle = _between(left, right)
        if not left < middle < right:
            break
        left, right = (middle, right) if bow.slope(middle) < 0.0 else (left, middle)
    return min(w for _, w in _corners((left, *bow.at(left)), (right, *bow.at(right))))


def _between(left: float, right: float) -> float:
    if np.isfinite(left + right):
        return 0.5 * (left + right)
    if np.isfinite(left):
        return left + 1.0 + abs(left)
    return right - 1.0 - abs(right) if np.isfinite(right) else 0.0


def _bow(bend: Bend, context: Context) -> Bow:
    piece = bend.piece
    slope = sp.diff(piece.expr, piece.variable)
    ends = (_number(piece.lo, context), _number(piece.hi, context))
    values, slopes = (
        (_number(each[0], context), _number(each[1], context))
        for each in (bend.values, bend.slopes)
    )
    made = [sp.lambdify(piece.variable, e, ["scipy", "math"]) for e in (piece.expr, slope)]
    return Bow(*ends, bend.sign, values, slopes, *made)


def _number(expr: sp.Expr, context: Context) -> float:
    if expr.is_number:
        return float(expr)
    value = value_of(expr, context.roots)
    if value is None:
        raise Refusal(f"{expr} has no number")
    return float(value)
