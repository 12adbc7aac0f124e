"""Small numerical functions on whole arrays, for modules of JAX and PyTorch to carry inside them.

They use the names that the prologue of a target gives (`where`, `exp`, `until`, ...), for which
NumPy's stand here; every branch is computed everywhere, and chosen afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import (
    abs,  # noqa: A004 - what the targets call it
    exp,
    inf,
    isfinite,
    isnan,
    log,
    log1p,
    sign,
    sinh,
    sqrt,
    where,
    zeros_like,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Array = Any


def until(going: Callable[..., Any], turn: Callable[..., Any], state: tuple[Any, ...]) -> Any:
    """Return the state at which `going` first fails."""
    while going(state):
        state = turn(state)
    return state


def precision(x: Array) -> float:
    """Return the spacing of the numbers at 1."""
    return float(np.finfo(np.asarray(x).dtype).eps)


def maximum(a: Array, b: Array) -> Array:
    """Return the larger of two; the first where they do not compare."""
    return where(b > a, b, a)


def minimum(a: Array, b: Array) -> Array:
    """Return the smaller of two; the first where they do not compare."""
    return where(b < a, b, a)


def less(a: Array, b: Array, slack: float) -> Array:
    """Tell where ``a < b``, up to a relative `slack` that closes holes left by rounding."""
    return (a < b) | (a - b < slack * maximum(abs(a), abs(b)))


def at_most(a: Array, b: Array, slack: float) -> Array:
    """Tell where ``a <= b``, up to a relative `slack`."""
    return (a <= b) | (a - b < slack * maximum(abs(a), abs(b)))


def same(a: Array, b: Array, slack: float) -> Array:
    """Tell where ``a == b``, up to a relative `slack`."""
    return (a == b) | (abs(a - b) < slack * maximum(abs(a), abs(b)))


def first(strict: tuple[Array, ...], loose: tuple[Array, ...]) -> tuple[Array, ...]:
    """Return which regime holds, as masks: the first strict one, else the first loose one."""
    found = strict[0] & ~strict[0]
    chosen = []
    for test in strict:
        chosen.append(test & ~found)
        found = found | test
    for place, test in enumerate(loose):
        chosen[place] = chosen[place] | (test & ~found)
        found = found | test
    return tuple(chosen)


def pick(test: Array, new: tuple[Array, ...], old: tuple[Array, ...]) -> tuple[Array, ...]:
    """Return `new` where the test holds, else `old`, entry by entry."""
    return tuple(where(test, a, b) for a, b in zip(new, old, strict=True))


def inside(lo: Array, hi: Array) -> Array:
    """Return a finite number between `lo` and `hi`, which may be infinite."""
    left, right = isfinite(lo), isfinite(hi)
    above = lo + maximum(1.0 + zeros_like(lo), abs(lo))
    below = hi - maximum(1.0 + zeros_like(hi), abs(hi))
    both = where(left, above, where(right, below, zeros_like(lo)))
    return where(left & right, 0.5 * lo + 0.5 * hi, both)


def halfway(lo: Array, hi: Array) -> Array:
    """Return a number between: zero, or one whose size is between the sizes of the ends."""
    across = (lo < 0.0) & (hi > 0.0)
    small, large = minimum(abs(lo), abs(hi)), maximum(abs(lo), abs(hi))
    floor = minimum(1e-30 + zeros_like(lo), 0.5 * large)
    ceiling = maximum(1e30 + zeros_like(lo), 2.0 * small)
    size = sqrt(maximum(small, floor)) * sqrt(minimum(large, ceiling))
    return where(across, zeros_like(lo), where(hi > 0.0, size, -size))


def divided(left: Array, right: Array, turn: Any) -> tuple[Array, Array]:
    """Return a number between, at even turns the mean, and whether there is none."""
    mean = 0.5 * left + 0.5 * right
    other = halfway(left, right)
    use = isfinite(mean) & ((turn % 2 == 0) | ~((left < other) & (other < right)))
    between = where(use, mean, other)
    return between, ~((left < between) & (between < right))


def root(
    function: Callable[[Array], tuple[Array, Array]],
    target: Array,
    lo: Array,
    hi: Array,
    start: Array,
    active: Array,
) -> Array:
    """Return the `u` with ``function(u) = target``, which rises through it between the ends.

    Newton steps are taken while they stay in the bracket and shrink, else bisection; where
    `active` is false the result is any number.
    """
    zero: Array = zeros_like(target + start)
    lo, hi, target = lo + zero, hi + zero, target + zero
    eps = precision(zero)
    start = minimum(maximum(start + zero, lo), hi)
    start = where(isfinite(start), start, halfway(lo, hi))
    done = isnan(target) | (lo >= hi) | (abs(target) == inf) | ~(active & (zero == zero))

    def going(state: tuple[Array, ...]) -> Array:
        return (state[0] < 200) & ~state[5].all()

    def step(state: Any) -> Any:
        turn, u, left, right, last, done = state
        value, derivative = function(u)
        gap = value - target
        # A value that is not a number comes from overflow, far from zero on the side of `u`.
        up = (gap > 0.0) | (isnan(gap) & (u > 0.0))
        right = where(up & (u > lo) & ~done, u, right)
        left = where(~up & (u < hi) & ~done, u, left)
        trial: Array = u - gap / derivative
        size: Array = abs(trial - u)
        close = (size <= 0.0625 * sqrt(eps + zero) * abs(trial)) & isfinite(trial / derivative)
        narrow = (size <= 1e-2 * last) & (last < inf) | (right - left <= 450.0 * eps * abs(trial))
        ends = close & (left <= trial) & (trial <= right) & narrow
        newton = (left < trial) & (trial < right) & (size <= 0.75 * last) & (turn < 80)
        between, stuck = divided(left, right, turn)
        stuck = stuck & ~newton & ~ends
        moved = where(newton | ends, trial, where(stuck, u, between))
        last = where(newton, size, inf + zero)
        finished = (gap == 0.0) | ends | stuck
        return turn + 1, where(done | (gap == 0.0), u, moved), left, right, last, done | finished

    u = until(going, step, (0, start, lo, hi, inf + zero, done))[1]
    u = where(isnan(target), target, where(lo >= hi, lo, u))
    return where(abs(target) == inf, where(target > 0.0, hi, lo), u)


def wright_omega(x: Array) -> Array:
    """Return the `w` with ``w + log(w) = x``, that is ``LambertW(exp(x))`` without overflow."""
    # Halley's method on w = y*exp(-w) keeps the relative precision of small results.
    y = exp(minimum(x, -2.0 + zeros_like(x)))
    small = y * (1.0 - y * (1.0 - 1.5 * y))
    for _ in range(2):
        gap = small - y * exp(-small)
        small = small - gap / (small + 1.0 - gap * (small + 2.0) / (2.0 * small + 2.0))
    z = maximum(x, -2.0 + zeros_like(x))
    above = maximum(z, 1.0 + zeros_like(x))
    below = exp(2.0 * (minimum(z, 1.0 + zeros_like(x)) - 1.0) / 3.0)
    w = where(z < 1.0, below, above - log(above) * (1.0 - 1.0 / above))
    for _ in range(2):
        # Fritsch, Shafer and Crowley (1973): the error goes down to its fourth power.
        gap = z - w - log(w)
        t = (w + 1.0) * (w + 1.0 + 2.0 * gap / 3.0)
        w = w * (1.0 + gap / (w + 1.0) * (t - 0.5 * gap) / (t - gap))
    return where(isnan(x) | (x > 1e18), x, where(x < -2.0, small, w))


def log_wright_omega(x: Array) -> Array:
    """Return ``log(wright_omega(x)) = x - wright_omega(x)`` without cancellation."""
    w = wright_omega(x)
    return where(x < 1.0, x - w, log(w))


def lambert_w(z: Array) -> Array:
    """Return the principal real branch of Lambert's W; NaN below ``-1/e``."""
    p = sqrt(maximum(2.0 * (2.718281828459045 * z + 1.0), zeros_like(z)))
    w = where(z < -0.2, p - 1.0 - p * p / 3.0 + 11.0 / 72.0 * p * p * p, z / (1.0 + abs(z)))
    for _ in range(8):
        gap = w - z * exp(-w)
        w = w - gap / (w + 1.0 - gap * (w + 2.0) / (2.0 * w + 2.0))
    w = where(p > 0.0, w, where(2.718281828459045 * z + 1.0 > -1e-14, -1.0, inf - inf + z))
    return where(z > 1.0, wright_omega(log(maximum(z, 1.0 + zeros_like(z)))), w)


def softplus(x: Array) -> Array:
    """Return ``log(1 + exp(x))`` without overflow."""
    return maximum(x, zeros_like(x)) + log1p(exp(-abs(x)))


def log_cosh(x: Array) -> Array:
    """Return ``log(cosh(x))`` without overflow, and without cancellation near zero."""
    a = abs(x)
    half = sinh(0.5 * minimum(a, 1.0 + zeros_like(a)))
    far = a + log1p(exp(-2.0 * a)) - 0.6931471805599453
    return where(a < 1.0, log1p(2.0 * half * half), far)


def xlogy(x: Array, y: Array) -> Array:
    """Return ``x*log(y)``, and its limit 0 at ``x = 0``."""
    return where(x == 0.0, 0.0 * y, x * log(where(x == 0.0, 1.0 + zeros_like(y), y)))


def cbrt(x: Array) -> Array:
    """Return the cube root, with the sign of `x`."""
    size = abs(x)
    safe = where((size > 0.0) & (size < inf), size, 1.0 + zeros_like(size))
    r = exp(log(safe) / 3.0)
    for _ in range(2):
        r = r - (r - safe / (r * r)) / 3.0
    return where((size > 0.0) & (size < inf), sign(x) * r, x)
