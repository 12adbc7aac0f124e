"""Small numerical functions that generated modules carry inside them.

They are ordinary Python functions, tested as such; `carried` finds the source of those that a
kernel needs, and numba compiles it there.  They use NumPy and each other, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from normcalc.codegen.transcendental import (
    exponential,
    exponential_less_one,
    logarithm,
    logarithm_one_more,
    omega_and_logarithm,
)

Solver = Callable[..., float]
Pair = Callable[..., tuple[float, float]]
Constants = tuple[float, ...]
F = TypeVar("F", bound=Callable[..., object])


def less(a: float, b: float, slack: float) -> bool:
    """Tell whether ``a < b``, up to a relative `slack` that closes holes left by rounding."""
    return a < b or (slack > 0.0 and a - b < slack * max(abs(a), abs(b)))


def at_most(a: float, b: float, slack: float) -> bool:
    """Tell whether ``a <= b``, up to a relative `slack`."""
    return a <= b or (slack > 0.0 and a - b <= slack * max(abs(a), abs(b)))


def same(a: float, b: float, slack: float) -> bool:
    """Tell whether ``a == b``, up to a relative `slack`."""
    return a == b or abs(a - b) <= slack * max(abs(a), abs(b))


def single_below(x: float) -> float:
    """Return the largest float32 up to `x`."""
    y = np.float32(x)
    return float(np.nextafter(y, np.float32(-np.inf)) if y > x else y)


def single_above(x: float) -> float:
    """Return the smallest float32 from `x`."""
    y = np.float32(x)
    return float(np.nextafter(y, np.float32(np.inf)) if y < x else y)


def separate(v: Any, out: Any) -> bool:
    """Tell whether two vectors are of one length, without gaps, and share no memory."""
    end = v.size * v.itemsize
    gap = np.int64(out.ctypes.data) - np.int64(v.ctypes.data)
    distinct = gap >= end or -gap >= end
    packed = v.strides[0] == v.itemsize and out.strides[0] == out.itemsize
    aligned = v.ctypes.data % v.itemsize == 0 and out.ctypes.data % out.itemsize == 0
    return bool(v.size == out.size and distinct and packed and aligned)


def same_row(rows: Any, i: int, j: int) -> bool:
    """Tell whether two rows of a matrix hold the same numbers."""
    equal = True
    for column in range(rows.shape[1]):
        equal = equal and rows[i, column] == rows[j, column]
    return equal


def inside(lo: float, hi: float) -> float:
    """Return a finite number between `lo` and `hi`, which may be infinite."""
    if np.isfinite(lo) and np.isfinite(hi):
        return 0.5 * lo + 0.5 * hi
    if np.isfinite(lo):
        return lo + max(1.0, abs(lo))
    if np.isfinite(hi):
        return hi - max(1.0, abs(hi))
    return 0.0


def halfway(lo: float, hi: float) -> float:
    """Return the float64 with as many floats above `lo` as below `hi`; both may be infinite."""
    # The bits of a float, read as an integer, count the floats up to it; negative ones downwards.
    i = np.float64(lo).view(np.int64)
    j = np.float64(hi).view(np.int64)
    if i < 0:
        i = i ^ np.int64(0x7FFFFFFFFFFFFFFF)
    if j < 0:
        j = j ^ np.int64(0x7FFFFFFFFFFFFFFF)
    middle = (i >> 1) + (j >> 1) + (i & j & 1)
    if middle < 0:
        middle = middle ^ np.int64(0x7FFFFFFFFFFFFFFF)
    return np.int64(middle).view(np.float64)


def split(lo: float, hi: float, turn: int) -> float:
    """Return a number between: at even turns the mean, else, and late, `halfway`."""
    if turn % 2 == 0 and turn < 80 and abs(lo) < np.inf and abs(hi) < np.inf:
        return 0.5 * lo + 0.5 * hi
    return halfway(lo, hi)


def inner(function: F) -> F:
    """Stand for the decorator of that name in generated modules, whose functions melt in."""
    return function


def apart(function: F) -> F:
    """Stand for the decorator of that name, whose functions stay apart from those that call."""
    return function


def rooted(function: Callable[..., tuple[float, float]]) -> Solver:
    """Return ``root(target, lo, hi, start, k)``, the `u` with ``function(u, k) = target``.

    `function` returns its value and derivative; between `lo` and `hi`, which may be infinite, it
    lies below the target left of the root and above it on the right.  Newton steps are taken
    while they stay in the bracket and shrink; bisection, of the interval and of the floats in it,
    does the rest: the search always ends, at worst when no float is left between the ends.
    """

    @apart
    def root(target: float, lo: float, hi: float, start: float, k: tuple[float, ...]) -> float:
        u, left, right, going = begun(target, lo, hi, start)
        last, turn = np.inf, 0
        while going and turn < 200:
            value, derivative = function(u, k)
            gap = value - target
            u, left, right, last, going = narrowed(
                u, gap, derivative, lo, hi, left, right, last, turn
            )
            turn += 1
        return u

    return root


def begun(target: float, lo: float, hi: float, start: float) -> tuple[float, float, float, bool]:
    """Return where a search for a root begins, its bracket, and whether it has to go on."""
    target = np.float64(target)
    left: float = np.float64(lo)
    right: float = np.float64(hi)
    if abs(target) == np.inf:
        return right if target > 0.0 else left, left, right, False
    if target != target or left >= right:
        return left + 0.0 * target, left, right, False
    u: float = np.float64(start)
    u = left if u < left else right if u > right else u
    return u if abs(u) < np.inf else halfway(left, right), left, right, True


def narrowed(
    u: float,
    gap: float,
    derivative: float,
    lo: float,
    hi: float,
    left: float,
    right: float,
    last: float,
    turn: int,
) -> tuple[float, float, float, float, bool]:
    """Return the next point of a search for a root, bracket and step, and whether it goes on.

    The function lies above the target by `gap` at `u`; between `lo` and `hi` it is looked for.
    """
    if gap == 0.0:
        return u, left, right, last, False
    # A value that is not a number comes from overflow, far from zero on the side of `u`.
    # An end that is a pole, rounded to beyond it, has the wrong sign: it stays an end.
    if gap > 0.0 or (gap != gap and u > 0.0):
        right = u if u > lo else right
    else:
        left = u if u < hi else left
    trial: float = u - gap / derivative
    step = abs(trial - u)
    # Convergence is quadratic: once a step this small shrinks a lot, the root is exact.
    close = step <= 1e-9 * abs(trial) < np.inf and derivative < np.inf
    narrow = right - left <= 1e-13 * abs(trial)
    if close and left <= trial <= right and (step <= 1e-2 * last < np.inf or narrow):
        return trial, left, right, step, False
    if close and step <= 1e-14 * abs(trial):
        # The root is here, or a pole is: the other side of it will tell.
        trial += 2e-14 * abs(trial) * (1.0 if gap < 0.0 else -1.0)
    if left < trial < right and step <= 0.75 * last and turn < 80:
        return trial, left, right, step, True
    trial = split(left, right, turn)
    going = left < trial < right
    return trial if going else u, left, right, np.inf, going


def wright_omega(x: float) -> float:
    """Return the `w` with ``w + log(w) = x``, that is ``LambertW(exp(x))`` without overflow."""
    return omega_and_logarithm(x)[0]


def log_wright_omega(x: float) -> float:
    """Return ``log(wright_omega(x)) = x - wright_omega(x)`` without cancellation."""
    return omega_and_logarithm(x)[1]


def lambert_w(z: float) -> float:
    """Return the principal real branch of Lambert's W; NaN below ``-1/e``."""
    if z > 1.0:
        return wright_omega(logarithm(z))
    p = 2.0 * (np.e * z + 1.0)
    if not p > 0.0:
        return -1.0 if p > -1e-14 else np.nan
    p = np.sqrt(p)
    w: float = p - 1.0 - p * p / 3.0 + 11.0 / 72.0 * p * p * p if z < -0.2 else z / (1.0 + abs(z))
    for _ in range(20):
        gap = w - z * np.exp(-w)
        step = gap / (w + 1.0 - gap * (w + 2.0) / (2.0 * w + 2.0))
        w -= step
        if not abs(step) > 1e-12 * abs(w):
            break
    return w


def softplus(x: float) -> float:
    """Return ``log(1 + exp(x))`` without overflow."""
    value: float = (0.0 if x < 0.0 else x) + logarithm_one_more(exponential(-abs(x)))
    return value


def log_cosh(x: float) -> float:
    """Return ``log(cosh(x))`` without overflow, and without cancellation near zero."""
    a = abs(x)
    # 2*sinh(a/2)**2 = (exp(a) - 1)**2/(2*exp(a))
    part = exponential_less_one(a if a < 1.0 else 1.0)
    near = logarithm_one_more(part * part / (2.0 * part + 2.0))
    far = a + logarithm_one_more(exponential(-2.0 * a)) - 0.6931471805599453
    return near if a < 1.0 else far


def xlogy(x: float, y: float) -> float:
    """Return ``x*log(y)``, and its limit 0 at ``x = 0``."""
    value: float = x * logarithm(y)
    return 0.0 * y if x == 0.0 else value


def digamma(x: float) -> float:
    """Return the derivative of ``loggamma`` at a positive `x`."""
    shift = 0.0
    while x < 16.0:
        shift -= 1.0 / x
        x += 1.0
    y = 1.0 / (x * x)
    tail = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132)))))
    value: float = shift + np.log(x) - 0.5 / x - tail
    return value


def trigamma(x: float) -> float:
    """Return the second derivative of ``loggamma`` at a positive `x`."""
    shift = 0.0
    while x < 16.0:
        shift += 1.0 / (x * x)
        x += 1.0
    y = 1.0 / (x * x)
    tail = y * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - y * (5 / 66)))))
    return shift + (1.0 + 0.5 / x + tail) / x
