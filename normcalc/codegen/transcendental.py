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


def corrected_logarithm(x: float, rest: float) -> float:
    """Return ``log(x) + rest`` with a `rest` so small that it counts as a correction."""
    # A subnormal number is scaled by 2**54 first.
    tiny = x < 2.2250738585072014e-308
    y = abs(x) * 18014398509481984.0 if tiny else abs(x)
    bits = np.float64(y).view(np.int64)
    # x = 2**k*m with m from sqrt(1/2) to sqrt(2), whose bits are the number subtracted.
    whole = (bits - 4604544271217802189) >> 52
    m = np.int64(bits - (whole << 52)).view(np.float64)
    k = np.int64(whole + 4843621399236968448).view(np.float64) - 6755399441055744.0
    k = k - 54.0 if tiny else k
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    # log((1 + s)/(1 - s)) = 2*s + s*z*p(z), with p at Chebyshev nodes within 1e-17.
    p = 0.666666666666667 + z * 0.39999999999899444
    p += w * (0.2857142862600327 + z * 0.22222211130259878)
    p += w * w * (0.18182889455674947 + z * 0.15331710618210773 + w * 0.14616585424888623)
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
