"""Counterexamples to what a function of one variable does not do, as numbers of its formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np

from normcalc.facts.places import Sample, sample
from normcalc.facts.truth import Truth

if TYPE_CHECKING:
    from normcalc.facts.regimes import Counterexample
    from normcalc.language.function import Function
    from normcalc.line.shape import Verdict

Found = tuple[dict[str, float], str]
Search = Callable[[Sample], "Found | None"]
_MARGIN = 1e-9
_FAR = (10.0, 1e3, 1e6)
_H = (1e-2, 1e-4)


def showing(search: Search) -> Counterexample:
    """Return the counterexample that runs a search with numbers of the regime of a verdict."""

    def counterexample(function: Function, verdict: Verdict) -> Truth | None:
        numbers = sample(function, verdict)
        found = None if numbers is None else search(numbers)
        if numbers is None or found is None:
            return None
        points, words = found
        return Truth("NO", f"{verdict.reason}: {words}", numbers.shown(**points))

    return counterexample


def _ordered(points: Any) -> Iterator[tuple[float, float]]:
    """Yield pairs in increasing order, simple numbers first."""
    pairs = sorted(combinations(range(len(points)), 2), key=sum)
    for i, j in pairs:
        x, y = float(points[i]), float(points[j])
        yield (x, y) if x < y else (y, x)


def bent(s: Sample) -> Found | None:
    """Find x and y whose middle lies above the chord."""
    for x, y in _ordered(s.points):
        ends, middle = s.at(np.array([x, y])), s.at((x + y) / 2)
        chord = float(ends.sum()) / 2
        if middle > chord + _MARGIN * (1 + abs(chord)):
            return {"x": x, "y": y}, f"f((x + y)/2) = {middle:.6g} > (f(x) + f(y))/2 = {chord:.6g}"
    return None


def falling(s: Sample) -> Found | None:
    """Find ``x < y`` with ``f(x) > f(y)``."""
    return _step(s, -1)


def rising(s: Sample) -> Found | None:
    """Find ``x < y`` with ``f(x) < f(y)``."""
    return _step(s, 1)


def _step(s: Sample, sign: int) -> Found | None:
    for x, y in _ordered(s.points):
        first, second = map(float, s.at(np.array([x, y])))
        gap = sign * (second - first) if first != second else 0.0
        size = min(abs(first), abs(second))
        if gap > _MARGIN * (1 + size):
            return {"x": x, "y": y}, f"f(x) = {first:.6g} {'>=<'[sign + 1]} f(y) = {second:.6g}"
    return None


def both_ways(s: Sample) -> Found | None:
    """Find three points at which the function rises and falls."""
    down, up = falling(s), rising(s)
    if down is None or up is None:
        return None
    points = sorted({*down[0].values(), *up[0].values()})
    values = s.at(np.array(points))
    names = ("x", "y", "z", "w")[: len(points)]
    shown = ", ".join(f"f({n}) = {v:.6g}" for n, v in zip(names, values, strict=True))
    return dict(zip(names, points, strict=True)), shown


def bounded(s: Sample) -> Found | None:
    """Find a far point at which the function is not larger than at a nearer one."""
    for sign in (1.0, -1.0):
        values = s.at(sign * np.array(_FAR))
        if np.isfinite(values[-1]) and values[-1] < 10 * (1 + abs(values[0])):
            words = f"f({sign * _FAR[0]:g}) = {values[0]:.6g}, f(x) = {values[-1]:.6g}"
            return {"x": sign * _FAR[-1]}, words
    return None


def biased(s: Sample) -> Found | None:
    """Find a far point at which the slope is not small."""
    for sign in (1.0, -1.0):
        x = sign * _FAR[1]
        if s.outside(x):
            return {"x": x}, "f(x) = oo"
        rise = s.precise(x + sign) - s.precise(x)
        if abs(rise) > 1e-2:
            return {"x": x}, f"f({x + sign:g}) - f(x) = {mpmath.nstr(rise, 6)}"
    return None


def steep(s: Sample) -> Found | None:
    """Find a pair of points with a large difference quotient, or a point outside the domain."""
    outside = next((float(x) for x in s.points if s.outside(float(x))), None)
    if outside is not None:
        return {"x": outside}, "f(x) = oo"
    best = max(_quotients(s), default=None)
    if best is None or best[0] < 30:
        return None
    quotient, x, y = best
    return {"x": x, "y": y}, f"|f(x) - f(y)|/|x - y| = {quotient:.6g}"


def _quotients(s: Sample) -> Iterator[tuple[float, float, float]]:
    pairs = [(x, x + h) for x in s.breaks for h in (1e-6, -1e-6)]
    pairs += [(sign * x, sign * x * 1.001) for x in _FAR for sign in (1, -1)]
    for x, y in pairs:
        first, second = map(float, s.at(np.array([x, y])))
        if np.isfinite(first) and np.isfinite(second):
            yield abs(first - second) / abs(x - y), x, y


def concave(s: Sample) -> Found | None:
    """Find a point at which second differences tend to minus infinity."""
    for x in s.breaks:
        for shift in (0, 1, -1):
            # At an isolated value or a jump the break itself is not the middle of the bend.
            bends = [_second(s, x + shift * h, h) for h in _H]
            if bends[1] < -10 and bends[1] < 5 * min(bends[0], 0.0):
                words = ", ".join(f"{b:.6g} for h = {h:g}" for b, h in zip(bends, _H, strict=True))
                middle = {0: "x", 1: "x + h", -1: "x - h"}[shift]
                return {"x": x}, f"second differences of f around {middle} with step h: {words}"
    return _ever_more_concave(s)


def _ever_more_concave(s: Sample) -> Found | None:
    for sign in (1.0, -1.0):
        near, far = (_second(s, sign * x, x / 100) for x in (10.0, 100.0))
        if far < -10 and far < 5 * min(near, 0.0):
            words = f"second differences of f: {near:.6g} at {sign * 10:g}, {far:.6g} at x"
            return {"x": sign * 100}, words
    return None


def _second(s: Sample, x: float, h: float) -> float:
    left, middle, right = map(float, s.at(np.array([x - h, x, x + h])))
    return (left - 2 * middle + right) / h**2 if np.isfinite(left + middle + right) else np.nan


def kinked(s: Sample) -> Found | None:
    """Find a break with different difference quotients on its two sides."""
    for x in s.breaks:
        h = 1e-5 * max(1.0, abs(x))
        left, middle, right = map(float, s.at(np.array([x - h, x, x + h])))
        if not np.isfinite(left + middle + right):
            continue
        slopes = (middle - left) / h, (right - middle) / h
        if abs(slopes[0] - slopes[1]) > 1e-3 or abs(slopes[0]) > 1e3:
            words = f"{slopes[0]:.6g} on the left, {slopes[1]:.6g} on the right"
            return {"x": x, "h": h}, f"difference quotients {words}"
    return None


def jumping(s: Sample) -> Found | None:
    """Find a break across which the value changes by more than a small step explains."""
    for x in s.breaks:
        h = 1e-9 * max(1.0, abs(x))
        values = s.at(np.array([x - h, x, x + h]))
        finite = values[np.isfinite(values)]
        if finite.size > 1 and np.ptp(finite) > 1e-3:
            return {"x": x, "h": h}, "f(x - h), f(x), f(x + h) = " + ", ".join(
                f"{v:.6g}" for v in values
            )
    return None
