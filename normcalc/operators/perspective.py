"""The prox of a perspective function: one monotone equation for the scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.operators.base import needed, reached
from normcalc.operators.roots import falling_root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from normcalc.language.function import Function
    from normcalc.operators.base import Floats, Operator, Values

_NEAR = 1e-13
_SCALES = 10.0 ** np.arange(-13, 1, 2)
_ROUNDED = 1e-15  # of the products in the slope, which may cancel
_CLEAR = 1e-9
_STILL = 1e-40  # a step that moves nothing, and whose inverse squared is still a number
_REACHES = 2.0 ** np.arange(200, 0, -1)  # the first at which a formula does not overflow
_LEVEL = 1e-20
_GROWS = 1.1
_INSIDE = 1e-300
_FARTHEST = 1e200


@dataclass(frozen=True)
class Perspective:
    """The prox of ``t*phi(y/t)`` at ``(y, t)``, for a convex phi with a prox.

    For a fixed t > 0 the best y is t*r with ``r = prox(y/t, step/t)`` of phi.  What is left is a
    convex function of t, whose slope is ``phi(r) - <q, r> + (t - s)/step`` with the slope q of phi
    at r.
    """

    inner: Operator
    function: Function

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        y, s = v[:-1], float(v[-1])
        own = needed(self.function, values)
        step = max(step, _STILL * max(float(np.abs(v).max()), 1.0))

        def ratio(t: float) -> Floats:
            return self.inner(y / t, step / t, values)

        def fall(t: float, sure: float = 0.0) -> float:
            r = ratio(t)
            q = (y - t * r) / step
            rounded = sure * float(np.abs(y) @ np.abs(r))
            return s - t + step * (float(q @ r) - reached(self.function, r, own)) - rounded

        scale = max(float(np.abs(v).max()), _STILL)
        tries = (scale * _SCALES).tolist()
        tries = [_NEAR * step, *tries] if step < scale else tries
        least = next((t for t in tries if fall(t, _ROUNDED) > 0), None)
        if least is None and not np.isfinite(fall(tries[0])):
            least = _beyond_overflow(fall, tries, s)
        if least is None:
            t = tries[0]
            return np.append(self._flat(t * ratio(t), own), 0.0)
        t = falling_root(fall, least, abs(s) + step)
        return np.append(t * ratio(t), t)

    def _flat(self, y: Floats, own: Values) -> Floats:
        """Return the part of y at which the perspective is finite for t = 0."""
        cleared = np.where(np.abs(y) <= _CLEAR * np.abs(y).max(initial=0.0), 0.0, y)
        options = (y, cleared, np.zeros_like(y))
        return next(o for o in options if np.isfinite(recession(self.function, o, own)))

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("find t > 0 with t = s + step*(<q, r> - phi(r)), q = (y - t*r)/step, and r, at "
                "y/t with the step step/t:", *self.inner.steps(),
                "u = (t*r, t); where there is no such t, it is 0")  # fmt: skip


def _beyond_overflow(
    fall: Callable[[float], float], tries: Sequence[float], s: float
) -> float | None:
    """Return a number at which the slope falls, where phi overflows for the first tries.

    None if there is none.  What falls, but for its part t, has a limit for t to 0, which is
    taken as known where it does not change between the least t without overflow and twice that.
    """
    low = max(t for t in tries if not np.isfinite(fall(t)))
    high = 2 * low
    while not np.isfinite(fall(high)) and high < _FARTHEST:
        high *= 2
    while high > 1.01 * low:
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if np.isfinite(fall(middle)) else (middle, high)
    if fall(high) > 0:
        return high
    limit, twice = fall(high) + high, fall(2 * high) + 2 * high
    if limit <= 0 and abs(limit - twice) <= _CLEAR * (abs(s) + abs(limit)):
        return None
    raise NotDerivable(f"the scale lies below {high:g}, where the formula overflows")


def closed(function: Function, x: Floats, own: Values) -> float:
    """Return the value of a convex function; at an end of its domain the limit.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> closed(function("sum(x*log(x))"), np.array([0.0]), {})
    0.0
    >>> closed(function("-sum(log(x))"), np.array([0.0]), {})
    inf
    """
    found = float(function(x, **own))
    if np.isfinite(found):
        return found
    inside = [float(function(np.where(x == 0, end, x), **own)) for end in (_INSIDE, -_INSIDE)]
    nearer = [float(function(np.where(x == 0, e, x), **own)) for e in (1e-200, -1e-200)]
    settled = [a for a, b in zip(inside, nearer, strict=True) if abs(a - b) <= 1e-9]
    return round(min(settled), 280) + 0.0 if settled else np.inf


def recession(function: Function, y: Floats, own: Values) -> float:
    """Return the limit of ``t*f(y/t)`` for t to 0: the slope of f far out in a direction.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> recession(function("norm(x)"), np.array([3.0, 4.0]), {}).__round__(9)
    5.0
    >>> recession(function("norm(x)**2"), np.array([3.0, 4.0]), {})
    inf
    """
    if not y.any():
        return 0.0
    size = float(np.abs(y).max())

    def slope(reach: float) -> float:
        far = (float(function(y / size * r, **own)) for r in (reach, reach / 2))
        return (next(far) - next(far)) / (reach / 2) * size

    with np.errstate(all="ignore"):
        reach = next((r for r in _REACHES if np.isfinite(slope(r))), None)
        if reach is None:
            return np.inf
        last, before = slope(reach), slope(np.sqrt(reach))
    if abs(last) <= _LEVEL * size:
        return 0.0
    return np.inf if last > _GROWS * max(before, 0.0) else float(last)


def value(function: Function, x: Floats, own: Values) -> float:
    """Return the perspective of a convex function at ``(y, t)``; infinite for t < 0."""
    y, t = x[:-1], float(x[-1])
    if t < 0 or not np.isfinite(x).all():
        return np.inf
    if t == 0:
        return recession(function, y, own)
    return t * closed(function, y / t, own)
