"""Small numerical functions that modules for graphics cards carry inside them.

A card has the functions of `math` and few of NumPy's; these are the same methods as in
`primitives`, in double precision.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


def device(function: Any) -> Any:
    """Stand for the decorator of that name in generated modules."""
    return function


def larger(a: float, b: float) -> float:
    """Return the larger of two; the first where they do not compare."""
    return b if b > a else a


def smaller(a: float, b: float) -> float:
    """Return the smaller of two; the first where they do not compare."""
    return b if b < a else a


def sign_of(x: float) -> float:
    """Return -1, 0, 1, or NaN."""
    return 1.0 if x > 0.0 else (-1.0 if x < 0.0 else x)


def cube_root(x: float) -> float:
    """Return the cube root, with the sign of `x`."""
    if x == 0.0 or not math.isfinite(x):
        return x
    r = math.exp(math.log(abs(x)) / 3.0)
    for _ in range(2):
        r = r - (r - abs(x) / (r * r)) / 3.0
    return r if x > 0.0 else -r


def less(a: float, b: float, slack: float) -> bool:
    """Tell whether ``a < b``, up to a relative `slack` that closes holes left by rounding."""
    return a < b or (slack > 0.0 and a - b < slack * larger(abs(a), abs(b)))


def at_most(a: float, b: float, slack: float) -> bool:
    """Tell whether ``a <= b``, up to a relative `slack`."""
    return a <= b or (slack > 0.0 and a - b <= slack * larger(abs(a), abs(b)))


def same(a: float, b: float, slack: float) -> bool:
    """Tell whether ``a == b``, up to a relative `slack`."""
    return a == b or abs(a - b) <= slack * larger(abs(a), abs(b))


def inside(lo: float, hi: float) -> float:
    """Return a finite number between `lo` and `hi`, which may be infinite."""
    if math.isfinite(lo) and math.isfinite(hi):
        return 0.5 * lo + 0.5 * hi
    if math.isfinite(lo):
        return lo + larger(1.0, abs(lo))
    if math.isfinite(hi):
        return hi - larger(1.0, abs(hi))
    return 0.0


def halfway(lo: float, hi: float) -> float:
    """Return a number between: zero, or one whose size is between the sizes of the ends."""
    if lo < 0.0 < hi:
        return 0.0
    small, large = smaller(abs(lo), abs(hi)), larger(abs(lo), abs(hi))
    # From an end at zero or infinity, a hundred decades at a time.
    floor = larger(small, smaller(1e-100, 0.5 * large) if large > 1e-200 else large * 1e-16)
    size = math.sqrt(floor) * math.sqrt(smaller(large, larger(1e100, small * 1e16)))
    return size if hi > 0.0 else -size


def divided(left: float, right: float, turn: int) -> float:
    """Return a number between: at even turns the mean, else `halfway` if that is between."""
    mean = 0.5 * left + 0.5 * right
    if turn % 2 == 0 and math.isfinite(mean):
        return mean
    other = halfway(left, right)
    return other if left < other < right or not math.isfinite(mean) else mean


def rooted(function: Callable[..., tuple[float, float]]) -> Callable[..., float]:
    """Return ``root(target, lo, hi, start, k)``, the `u` with ``function(u, k) = target``.

    Newton steps are taken while they stay in the bracket and shrink; bisection does the rest.
    """

    @device
    def root(target: float, lo: float, hi: float, start: float, k: Any) -> float:
        left: float = np.float64(lo)
        right: float = np.float64(hi)
        if math.isinf(target):
            return right if target > 0.0 else left
        if target != target or left >= right:
            return left + 0.0 * target
        u: float = np.float64(smaller(larger(start, left), right))
        u, last = (u if math.isfinite(u) else halfway(left, right)), math.inf
        for turn in range(200):
            value, derivative = function(u, k)
            gap = value - target
            if gap == 0.0:
                return u
            # A value that is not a number comes from overflow, far from zero on the side of `u`.
            if gap > 0.0 or (gap != gap and u > 0.0):
                right = u if u > lo else right
            else:
                left = u if u < hi else left
            trial: float = u - gap / derivative if derivative != 0.0 else math.inf
            step = abs(trial - u)
            close = step <= 1e-9 * abs(trial) < math.inf and abs(derivative) < math.inf
            narrow = right - left <= 1e-13 * abs(trial)
            small = (step <= 1e-2 * last and last < math.inf) or narrow
            if close and left <= trial <= right and small:
                return trial
            if close and step <= 1e-14 * abs(trial):
                # The root is here, or a pole is: the other side of it will tell.
                trial += 2e-14 * abs(trial) * (1.0 if gap < 0.0 else -1.0)
            if left < trial < right and step <= 0.75 * last and turn < 80:
                last = step
            else:
                trial = np.float64(divided(left, right, turn))
                if trial <= left or trial >= right:
                    return u
                last = math.inf
            u = trial
        return u

    found: Callable[..., float] = root
    return found


def wright_omega(x: float) -> float:
    """Return the `w` with ``w + log(w) = x``, that is ``LambertW(exp(x))`` without overflow."""
    if x != x or x > 1e18:
        return x
    if x < -2.0:
        # Halley's method on w = y*exp(-w) keeps the relative precision of small results.
        y = math.exp(x)
        w = y * (1.0 - y * (1.0 - 1.5 * y))
        for _ in range(2):
            gap = w - y * math.exp(-w)
            w -= gap / (w + 1.0 - gap * (w + 2.0) / (2.0 * w + 2.0))
        return w
    w = math.exp(2.0 * (x - 1.0) / 3.0) if x < 1.0 else x - math.log(x) * (1.0 - 1.0 / x)
    for _ in range(2):
        # Fritsch, Shafer and Crowley (1973): the error goes down to its fourth power.
        gap = x - w - math.log(w)
        t = (w + 1.0) * (w + 1.0 + 2.0 * gap / 3.0)
        w *= 1.0 + gap / (w + 1.0) * (t - 0.5 * gap) / (t - gap)
    return w


def log_wright_omega(x: float) -> float:
    """Return ``log(wright_omega(x)) = x - wright_omega(x)`` without cancellation."""
    w = wright_omega(x)
    return x - w if x < 1.0 else math.log(w)


def lambert_w(z: float) -> float:
    """Return the principal real branch of Lambert's W; NaN below ``-1/e``."""
    if z > 1.0:
        return wright_omega(math.log(z))
    p = 2.0 * (2.718281828459045 * z + 1.0)
    if not p > 0.0:
        return -1.0 if p > -1e-14 else math.nan
    p = math.sqrt(p)
    w = p - 1.0 - p * p / 3.0 + 11.0 / 72.0 * p * p * p if z < -0.2 else z / (1.0 + abs(z))
    for _ in range(20):
        gap = w - z * math.exp(-w)
        step = gap / (w + 1.0 - gap * (w + 2.0) / (2.0 * w + 2.0))
        w -= step
        if not abs(step) > 1e-12 * abs(w):
            break
    return w


def softplus(x: float) -> float:
    """Return ``log(1 + exp(x))`` without overflow."""
    return larger(x, 0.0) + math.log1p(math.exp(-abs(x)))


def log_cosh(x: float) -> float:
    """Return ``log(cosh(x))`` without overflow, and without cancellation near zero."""
    a = abs(x)
    if a < 1.0:
        half = math.sinh(0.5 * a)
        return math.log1p(2.0 * half * half)
    return a + math.log1p(math.exp(-2.0 * a)) - 0.6931471805599453


def xlogy(x: float, y: float) -> float:
    """Return ``x*log(y)``, and its limit 0 at ``x = 0``."""
    return 0.0 * y if x == 0.0 else x * math.log(y)


def digamma(x: float) -> float:
    """Return the derivative of ``lgamma`` at a positive `x`."""
    shift = 0.0
    while x < 16.0:
        shift -= 1.0 / x
        x += 1.0
    y = 1.0 / (x * x)
    tail = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132)))))
    return shift + math.log(x) - 0.5 / x - tail


def trigamma(x: float) -> float:
    """Return the second derivative of ``lgamma`` at a positive `x`."""
    shift = 0.0
    while x < 16.0:
        shift += 1.0 / (x * x)
        x += 1.0
    y = 1.0 / (x * x)
    tail = y * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - y * (5 / 66)))))
    return shift + (1.0 + 0.5 / x + tail) / x
