"""Exponentials, logarithms and roots that a compiler turns into vector code.

The functions of the C library are called for one number at a time.  These are polynomials and
moves of bits, without branches: a loop over them runs on all lanes of the processor.  Errors are
below two units in the last place, subnormal numbers, infinities and NaN included.
"""

from __future__ import annotations

import numpy as np


def power_of_two(k: float) -> float:
    """Return ``2**k`` for a whole `k` from -1022 to 1023."""
    # Added to a whole number, 1.5*2**52 leaves the number in the lowest bits of the sum.
    bits = np.float64(k + 6755399441055744.0).view(np.int64)
    return np.int64((bits + 1023) << 52).view(np.float64)


def exponential(x: float) -> float:
    """Return ``exp(x)``."""
    y = 710.0 if x > 710.0 else x if x > -746.0 else -746.0
    k = (y * 1.4426950408889634 + 6755399441055744.0) - 6755399441055744.0
    e = 1.0 + growth((y - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10)
    # In two steps: neither factor overflows before the result does.
    half = (0.5 * k + 6755399441055744.0) - 6755399441055744.0
    value: float = e * power_of_two(half) * power_of_two(k - half)
    return value if x == x else x


def growth(r: float) -> float:
    """Return ``exp(r) - 1`` for `r` from ``-log(2)/2`` to ``log(2)/2``."""
    # The polynomial is (exp(r) - 1 - r)/r**2 at Chebyshev nodes, within 2e-19.
    z = r * r
    a = 0.5 + r * 0.1666666666666667 + z * (0.04166666666666667 + r * 0.008333333333326136)
    b = 0.0013888888888883748 + r * 0.00019841269874820627
    b += z * (2.4801587325547743e-05 + r * 2.7557255400206422e-06)
    c = 2.75572736431103e-07 + r * 2.5105217004720745e-08 + z * 2.0914686968086876e-09
    return r + z * (a + z * z * (b + z * z * c))


def exponential_less_one(x: float) -> float:
    """Return ``exp(x) - 1`` without cancellation."""
    y = 710.0 if x > 710.0 else x if x > -40.0 else -40.0
    k = (y * 1.4426950408889634 + 6755399441055744.0) - 6755399441055744.0
    part = growth((y - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10)
    half = (0.5 * k + 6755399441055744.0) - 6755399441055744.0
    scale = power_of_two(k - half)
    value: float = (scale * part + (scale - power_of_two(-half))) * power_of_two(half)
    return value if x == x and x != 0.0 else x


def parted(x: float) -> tuple[float, float]:
    """Return `k` and `m` with ``x = 2**k*m``, `m` from sqrt(1/2) to sqrt(2), for a normal `x`."""
    # The number subtracted is the bits of sqrt(1/2).
    bits = np.float64(x).view(np.int64)
    whole = (bits - 4604544271217802189) >> 52
    m = np.int64(bits - (whole << 52)).view(np.float64)
    return np.int64(whole + 4843621399236968448).view(np.float64) - 6755399441055744.0, m


def atanh_series(z: float) -> float:
    """Return `p` in ``log((1 + s)/(1 - s)) = 2*s + s*z*p`` with ``z = s**2`` up to 0.03."""
    # At Chebyshev nodes, within 1e-17.
    w = z * z
    p = 0.666666666666667 + z * 0.39999999999899444
    p += w * (0.2857142862600327 + z * 0.22222211130259878)
    return p + w * w * (0.18182889455674947 + z * 0.15331710618210773 + w * 0.14616585424888623)


def corrected_logarithm(x: float, rest: float) -> float:
    """Return ``log(x) + rest`` with a `rest` so small that it counts as a correction."""
    # A subnormal number is scaled by 2**54 first.
    tiny = x < 2.2250738585072014e-308
    y = abs(x) * 18014398509481984.0 if tiny else abs(x)
    k, m = parted(y)
    k = k - 54.0 if tiny else k
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    p = atanh_series(z)
    h = 0.5 * f * f
    low = k * 1.90821492927058770002e-10 + rest
    value: float = k * 6.93147180369123816490e-01 - ((h - (s * (h + z * p) + low)) - f)
    value = value if x < np.inf else x
    value = value if x > 0.0 else np.nan
    return value if x != 0.0 else -np.inf


def logarithm(x: float) -> float:
    """Return ``log(x)``: NaN below zero, minus infinity at zero."""
    return corrected_logarithm(x, 0.0)


def logarithm_one_more(x: float) -> float:
    """Return ``log(1 + x)`` without cancellation."""
    u = 1.0 + x
    lost = x - (u - 1.0) if x < 1.0 else 1.0 - (u - x)
    value = corrected_logarithm(u, lost / u)
    value = value if x < np.inf else x
    return value if x != 0.0 else x


def area_hyperbolic_tangent(x: float) -> float:
    """Return ``arctanh(x)``: NaN beyond -1 and 1."""
    size = abs(x)
    value: float = 0.5 * logarithm_one_more(2.0 * size / (1.0 - size))
    value = value if x > 0.0 else -value
    return value if x != 0.0 else x


def area_hyperbolic_sine(x: float) -> float:
    """Return ``arcsinh(x)``."""
    size = abs(x)
    square = size * size
    near = logarithm_one_more(size + square / (1.0 + np.sqrt(1.0 + square)))
    far = logarithm(size) + 0.6931471805599453
    value: float = near if size < 1e8 else far
    value = value if x > 0.0 else -value
    return value if x != 0.0 else x


def cube_root(x: float) -> float:
    """Return the real cube root."""
    size = abs(x)
    tiny = size < 2.2250738585072014e-308
    y = size * 18014398509481984.0 if tiny else size
    bits = np.float64(y).view(np.int64)
    whole = (bits >> 52) - 1022
    m = np.int64(bits - (whole << 52)).view(np.float64)
    k = np.int64(whole + 4843621399236968448).view(np.float64) - 6755399441055744.0
    third = (k / 3.0 - 0.333 + 6755399441055744.0) - 6755399441055744.0
    m *= power_of_two(k - 3.0 * third)
    # A cubic on [1/2, 4] within 0.01, then Halley's method twice.
    u = 0.5688726622356585 + m * (0.5219953337402932 - m * (0.10802598672589515 - m * 0.01033395))
    cube = u * u * u
    u *= (cube + 2.0 * m) / (2.0 * cube + m)
    cube = u * u * u
    u -= u * (cube - m) / (2.0 * cube + m)
    third = third - 18.0 if tiny else third
    value: float = u * power_of_two(third)
    value = value if x > 0.0 else -value
    return value if 0.0 < size < np.inf else x


def hyperbolic_tangent(x: float) -> float:
    """Return ``tanh(x)``."""
    part = exponential_less_one(-2.0 * abs(x))
    value: float = part / (part + 2.0)
    value = value if x < 0.0 else -value
    return value if x != 0.0 else x


def rough_exponential(x: float) -> float:
    """Return ``exp(x)`` within 3e-6 of itself, for `x` from -700 to 700."""
    t = x * 1.4426950408889634
    k = (t + 6755399441055744.0) - 6755399441055744.0
    r = t - k
    near = 1.00000008 + r * 0.69312103 + r * r * (0.24022107 + r * 0.05592204 + r * r * 0.00967604)
    return near * power_of_two(k)


def rough_logarithm(x: float) -> float:
    """Return ``log(x)`` within 1e-5, for a normal `x` above zero."""
    k, m = parted(x)
    f = m - 1.0
    near = f * (0.99988712 - f * 0.49911015 + f * f * (0.33800555 - f * 0.27407949))
    return k * 0.6931471805599453 - 5.4485e-06 + near + f * f * f * f * f * 0.17224558


def logarithm_near_one(m: float) -> float:
    """Return ``log(m)`` for `m` from sqrt(1/2) to sqrt(2)."""
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    h = 0.5 * f * f
    return f - (h - s * (h + z * atanh_series(z)))


def omega_step(w: float, gap: float) -> float:
    """Return what to add to `w`, relative to it, where ``x - w - log(w)`` is `gap`."""
    # Fritsch, Shafer and Crowley (1973): the error goes down to its fourth power.
    u = w + 1.0
    t = u * (u + gap * 0.6666666666666666)
    return gap * (t - 0.5 * gap) / (u * (t - gap))


def omega_and_logarithm(x: float) -> tuple[float, float]:
    """Return the `w` with ``w + log(w) = x``, and ``log(w)``, both without cancellation."""
    c = -900.0 if x < -900.0 else x if x < 1e18 else 1e18
    # Results near the smallest floats are computed 2**400 times as large.
    far = c < -600.0
    lift = 400.0 if far else 0.0
    # First guesses: exp(x), or a chord of log(w), or x; one step makes 1e-4 of each.
    guess = c if c < -1.25 else -0.6199546460178531 + 0.5275456685 * (c if c < 3.0 else 3.0)
    y = rough_exponential(guess + lift * 0.6931471805599453)
    w = y if c < 3.0 else c
    w += w * omega_step(w, (c - (guess if c < 3.0 else rough_logarithm(w))) - w)
    w = w if x < 1e18 else x
    k, m = parted(w)
    part = logarithm_near_one(m)
    # The products with the first half of log(2) are exact, and the difference nearly so.
    gap = ((c - (k - lift) * 6.93147180369123816490e-01) - w) - part
    gap -= (k - lift) * 1.90821492927058770002e-10
    add = omega_step(w if x < 1e18 else 1e18, gap)
    add = add if x < 1e18 else 0.0
    logarithm_of_w = add - add * add * (0.5 - add * (0.3333333333333333 - 0.25 * add))
    logarithm_of_w += part + k * 1.90821492927058770002e-10
    logarithm_of_w += k * 6.93147180369123816490e-01
    w = (w + w * add) * (3.8725919148493183e-121 if far else 1.0) if x < 1e18 else x
    logarithm_of_w = x - w if x < 0.0 else logarithm_of_w if x < np.inf else x
    return w, logarithm_of_w
