"""Elementary functions of dual numbers, as real and imaginary parts: each rule once.

A dual number is stored as a complex one whose imaginary part is the derivative along a direction.
Its products are not those of complex numbers, so that nothing of a derivative, however large or
undefined, gets into a value.  At kinks a rule is that of the case which gives the value there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    Pair = tuple[float, float]


def share(slope: float, tangent: float) -> float:
    """Return the product; what does not move has no share in an infinite slope."""
    return slope * tangent if tangent != 0.0 else 0.0


def times(a: float, s: float, b: float, t: float) -> Pair:
    """Return the product."""
    return a * b, share(b, s) + share(a, t)


def over(a: float, s: float, b: float, t: float) -> Pair:
    """Return the quotient."""
    value = a / b
    return value, share(1.0 / b, s) - share(value / b, t)


def power(a: float, s: float, b: float, t: float) -> Pair:
    """Return the power."""
    value = a**b
    through = share(b * a ** (b - 1.0), s) if b != 0.0 else 0.0
    return value, through + (share(value * np.log(a), t) if value != 0.0 else 0.0)


def larger(a: float, s: float, b: float, t: float) -> Pair:
    """Return the larger one; the first where they are equal."""
    return (b, t) if b > a else (a, s)


def smaller(a: float, s: float, b: float, t: float) -> Pair:
    """Return the smaller one; the first where they are equal."""
    return (b, t) if b < a else (a, s)


def copied_sign(a: float, s: float, b: float, t: float) -> Pair:
    """Return the first with the sign of the second."""
    value = np.copysign(a, b)
    return value, s if np.copysign(1.0, a) == np.copysign(1.0, b) else -s


def neighbour(a: float, s: float, b: float, t: float) -> Pair:
    """Return the float next to the first towards the second, moving as the first."""
    return np.nextafter(a, b), s


def size(x: float, t: float) -> Pair:
    """Return the size."""
    return abs(x), -t if x < 0.0 else t


def level(x: float, t: float) -> Pair:
    """Return the sign, which does not move."""
    return np.sign(x), 0.0


def below(x: float, t: float) -> Pair:
    """Return the largest whole number up to x."""
    return np.floor(x), 0.0


def above(x: float, t: float) -> Pair:
    """Return the least whole number from x."""
    return np.ceil(x), 0.0


def square_root(x: float, t: float) -> Pair:
    """Return the square root."""
    value = np.sqrt(x)
    return value, share(0.5 / value, t)


def cube_root(x: float, t: float) -> Pair:
    """Return the cube root."""
    value = np.cbrt(x)
    return value, share(1.0 / (3.0 * value * value), t)


def exponential(x: float, t: float) -> Pair:
    """Return ``exp(x)``."""
    value = np.exp(x)
    return value, share(value, t)


def exponential_less_one(x: float, t: float) -> Pair:
    """Return ``exp(x) - 1``."""
    value = np.expm1(x)
    return value, share(value + 1.0, t)


def logarithm(x: float, t: float) -> Pair:
    """Return ``log(x)``."""
    return np.log(x), share(1.0 / x, t)


def logarithm_one_more(x: float, t: float) -> Pair:
    """Return ``log(1 + x)``."""
    return np.log1p(x), share(1.0 / (1.0 + x), t)


def logarithm_to_two(x: float, t: float) -> Pair:
    """Return the logarithm to base two."""
    return np.log2(x), share(1.0 / (0.6931471805599453 * x), t)


def sine(x: float, t: float) -> Pair:
    """Return ``sin(x)``."""
    return np.sin(x), share(np.cos(x), t)


def cosine(x: float, t: float) -> Pair:
    """Return ``cos(x)``."""
    return np.cos(x), share(-np.sin(x), t)


def tangent(x: float, t: float) -> Pair:
    """Return ``tan(x)``."""
    value = np.tan(x)
    return value, share(1.0 + value * value, t)


def hyperbolic_sine(x: float, t: float) -> Pair:
    """Return ``sinh(x)``."""
    return np.sinh(x), share(np.cosh(x), t)


def hyperbolic_cosine(x: float, t: float) -> Pair:
    """Return ``cosh(x)``."""
    return np.cosh(x), share(np.sinh(x), t)


def hyperbolic_tangent(x: float, t: float) -> Pair:
    """Return ``tanh(x)``."""
    value = np.tanh(x)
    return value, share(1.0 - value * value, t)


def arc_sine(x: float, t: float) -> Pair:
    """Return ``arcsin(x)``."""
    return np.arcsin(x), share(1.0 / np.sqrt(1.0 - x * x), t)


def arc_cosine(x: float, t: float) -> Pair:
    """Return ``arccos(x)``."""
    return np.arccos(x), share(-1.0 / np.sqrt(1.0 - x * x), t)


def arc_tangent(x: float, t: float) -> Pair:
    """Return ``arctan(x)``."""
    return np.arctan(x), share(1.0 / (1.0 + x * x), t)


def area_hyperbolic_sine(x: float, t: float) -> Pair:
    """Return ``arcsinh(x)``."""
    return np.arcsinh(x), share(1.0 / np.sqrt(1.0 + x * x), t)


def area_hyperbolic_cosine(x: float, t: float) -> Pair:
    """Return ``arccosh(x)``."""
    return np.arccosh(x), share(1.0 / np.sqrt(x * x - 1.0), t)


def area_hyperbolic_tangent(x: float, t: float) -> Pair:
    """Return ``arctanh(x)``."""
    return np.arctanh(x), share(1.0 / (1.0 - x * x), t)


def omega(x: float) -> float:
    """Return the `w` with ``w + log(w) = x``."""
    w: float = np.exp(x) if x < 1.0 else x
    for _ in range(5 if -40.0 < x < 1e18 else 0):
        gap, u = x - w - np.log(w), w + 1.0
        bend = u * (u + 2.0 * gap / 3.0)
        w += w * gap * (bend - 0.5 * gap) / (u * (bend - gap))
    return w


def wright_omega(x: float, t: float) -> Pair:
    """Return `omega`."""
    w = omega(x)
    return w, share(w / (1.0 + w) if w < np.inf else 1.0, t)


def log_wright_omega(x: float, t: float) -> Pair:
    """Return the logarithm of `omega`."""
    w = omega(x)
    return np.log(w) if x > 1.0 else x - w, share(1.0 / (1.0 + w), t)


# For two arguments, and for one; what whole numbers give where that is a whole number again.
BINARY: dict[str, Callable[..., Pair]] = {
    "times": times, "over": over, "power": power, "larger": larger, "smaller": smaller,
    "copied_sign": copied_sign, "neighbour": neighbour,
}  # fmt: skip
UNARY: dict[str, Callable[..., Pair]] = {
    f.__name__: f
    for f in (
        size, level, below, above, square_root, cube_root, exponential, exponential_less_one,
        logarithm, logarithm_one_more, logarithm_to_two, sine, cosine, tangent, hyperbolic_sine,
        hyperbolic_cosine, hyperbolic_tangent, arc_sine, arc_cosine, arc_tangent,
        area_hyperbolic_sine, area_hyperbolic_cosine, area_hyperbolic_tangent, wright_omega,
        log_wright_omega,
    )
}  # fmt: skip
WHOLE: dict[str, Callable[[int, int], int]] = {
    "times": lambda a, b: a * b,
    "power": lambda a, b: a**b,
    "larger": lambda a, b: b if b > a else a,
    "smaller": lambda a, b: b if b < a else a,
}
# The functions of NumPy and of Python that they stand for.
SPELLINGS = {
    "abs": "size", "max": "larger", "min": "smaller", "np.abs": "size", "np.sign": "level",
    "np.maximum": "larger", "np.minimum": "smaller", "np.copysign": "copied_sign",
    "np.nextafter": "neighbour",
    "np.floor": "below", "np.ceil": "above", "np.sqrt": "square_root", "np.cbrt": "cube_root",
    "np.exp": "exponential", "np.expm1": "exponential_less_one", "np.log": "logarithm",
    "np.log1p": "logarithm_one_more", "np.log2": "logarithm_to_two", "np.sin": "sine",
    "np.cos": "cosine", "np.tan": "tangent", "np.sinh": "hyperbolic_sine",
    "np.cosh": "hyperbolic_cosine", "np.tanh": "hyperbolic_tangent", "np.arcsin": "arc_sine",
    "np.arccos": "arc_cosine", "np.arctan": "arc_tangent", "np.arcsinh": "area_hyperbolic_sine",
    "np.arccosh": "area_hyperbolic_cosine", "np.arctanh": "area_hyperbolic_tangent",
}  # fmt: skip
