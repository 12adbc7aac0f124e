"""Operations on dual numbers and arrays of them, which dual modules import.

These are Python's; `compiled` tells numba the same of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.duals import rules

if TYPE_CHECKING:
    from collections.abc import Callable

INFINITE = complex(np.inf, 0.0)
UNKNOWN = complex(np.nan, 0.0)


def value(x: Any) -> Any:
    """Return the value of a dual number, or of each; others are their own."""
    return x.real if np.iscomplexobj(x) else x


def real(x: Any) -> float:
    """Return the value of one number of any type, as a float."""
    return np.float64(x.real)


def rate(x: Any) -> float:
    """Return how fast one number of any type moves."""
    return np.float64(x.imag)


def dual(x: Any) -> complex:
    """Return one number of any type as a dual number."""
    return complex(x)


def alone(x: complex) -> complex:
    """Return the number at rest."""
    return complex(x.real, 0.0)


def along(x: complex) -> complex:
    """Return the number moving at unit speed."""
    return complex(x.real, 1.0)


def implied(x: complex, here: complex, moved: complex) -> complex:
    """Return a zero of a function, moving as the function does.

    By the implicit function theorem: `here` is the function at the zero at rest, and `moved` at
    the zero that moves.  Where that does not tell, the zero moves as it was found.
    """
    slope = moved.imag - here.imag
    if slope == 0.0 or not np.isfinite(slope) or not np.isfinite(here.imag):
        return x
    return complex(x.real, -here.imag / slope)


def is_whole(x: Any) -> bool:
    """Tell whether something is a whole number, a truth, or an array of these."""
    return np.asarray(x).dtype.kind in "biu"


def _binary(name: str) -> Callable[[Any, Any], Any]:
    rule, whole = rules.BINARY[name], rules.WHOLE.get(name)

    def function(a: Any, b: Any) -> Any:
        if whole is not None and is_whole(a) and is_whole(b):
            return whole(a, b)
        if np.ndim(a) or np.ndim(b):
            pairs = np.broadcast(a, b)
            found = [complex(*rule(real(x), rate(x), real(y), rate(y))) for x, y in pairs]
            return np.array(found, np.complex128).reshape(pairs.shape)
        return complex(*rule(real(a), rate(a), real(b), rate(b)))

    function.__name__ = name
    return function


def _unary(name: str) -> Callable[[Any], Any]:
    rule = rules.UNARY[name]

    def function(x: Any) -> Any:
        if np.ndim(x):
            found = [complex(*rule(real(one), rate(one))) for one in np.asarray(x).reshape(-1)]
            return np.array(found, np.complex128).reshape(np.shape(x))
        return complex(*rule(real(x), rate(x)))

    function.__name__ = name
    return function


BINARY = {name: _binary(name) for name in rules.BINARY}
UNARY = {name: _unary(name) for name in rules.UNARY}
OTHERS = ("value", "dual", "alone", "along", "implied", "INFINITE", "UNKNOWN")
globals().update(BINARY)
globals().update(UNARY)
