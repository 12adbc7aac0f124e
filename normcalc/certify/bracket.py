"""The zero of a monotone function in a bracket whose ends may be infinite or poles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mpmath as mp
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Real = Any
_MOST = 400
_FEW = 36  # by then the steps towards a finite end are below the precision
_ROUGH = 2.0**-50
_ROOMS = (mp.mpf(10) ** -12, mp.mpf(10) ** -6)


def monotone_root(
    g: Callable[[Real], Real],
    lo: Real,
    hi: Real,
    rising: bool = True,
    guess: Real | None = None,
) -> Real:
    """Return the zero of `g` between `lo` and `hi`, in the precision of the ends.

    Ends that are floats are for a first look; the others are numbers of mpmath.

    `g` may be infinite or undefined at the ends.  A `guess` saves time where `g` changes sign
    close to it, and is ignored otherwise.  Where `g` keeps one sign, the answer is the end
    at which it comes closest to zero, and NaN if that end is infinite.

    Examples
    --------
    >>> print(mp.nstr(monotone_root(lambda x: x**3 - 8, mp.mpf(0), mp.inf), 8))
    2.0
    """

    def h(x: Real) -> Real:
        return g(x) if rising else -g(x)

    if guess is not None and mp.isfinite(guess) and lo < guess < hi:
        for near, far in _around(guess, lo, hi):
            if h(near) < 0 < h(far):
                return _ridders(h, near, far)
    left, right = _inner(h, lo, hi, -1), _inner(h, lo, hi, +1)
    if left is None or right is None:
        end = lo if left is None else hi
        return end if mp.isfinite(end) else mp.nan
    return _ridders(h, left, right)


def _around(guess: Real, lo: Real, hi: Real) -> Iterator[tuple[Real, Real]]:
    """Yield brackets about a guess: one for a formula, one for a search in double precision."""
    for room in _ROOMS:
        width = abs(guess) * room
        yield max(lo, guess - width), min(hi, guess + width)


def _inner(h: Callable[[Real], Real], lo: Real, hi: Real, sign: int) -> Real | None:
    """Walk from the middle of the bracket towards one end until `h` has the given sign."""
    end = lo if sign < 0 else hi
    there = h(end) * sign if mp.isfinite(end) else mp.nan
    if mp.isfinite(there) and there >= 0:
        return end
    # a finite value of the wrong sign is as far as it gets, or belongs to a pole that rounding hid
    start = _middle(lo, hi)
    for k in range(_FEW if mp.isfinite(there) else _MOST):
        far = mp.isinf(end)
        x = start + sign * 4.0 ** (k - 4) if far else end + (start - end) * 0.125**k
        if h(x) * sign >= 0:
            return x
    return None


def _middle(lo: Real, hi: Real) -> Real:
    if mp.isinf(lo) and mp.isinf(hi):
        return type(lo)(0)
    if mp.isinf(hi):
        return lo + 1
    return hi - 1 if mp.isinf(lo) else (lo + hi) / 2


def _ridders(h: Callable[[Real], Real], lo: Real, hi: Real) -> Real:
    """Ridders' method, which never leaves its bracket and halves it at every step at least."""
    below, above = h(lo), h(hi)
    is_rough = isinstance(lo, float)
    unit, sqrt = (_ROUGH, math.sqrt) if is_rough else (8 * mp.eps, mp.sqrt)
    for _ in range(_MOST):
        if hi - lo <= unit * max(abs(lo), abs(hi)) or hi - lo < unit**4:
            break
        mid = (lo + hi) / 2
        value = h(mid)
        square = value * value - below * above
        size = sqrt(square) if 0 < square < mp.inf else mp.nan
        guess = mid - (mid - lo) * value / size if mp.isfinite(size) and size > 0 else mid
        for x, y in ((mid, value), (guess, h(guess))):
            if y == 0:
                return x
            if lo < x < hi and y < 0:
                lo, below = x, y
            elif lo < x < hi:
                hi, above = x, y
    return (lo + hi) / 2


def bisect_array(g: Callable[[Any], Any], lo: Any, hi: Any) -> Any:
    """Return, element by element, where the rising function `g` changes sign between two ends.

    Examples
    --------
    >>> bisect_array(lambda x: x**2 - np.array([4.0, 9.0]), np.zeros(2), np.full(2, 10.0)).round(9)
    array([2., 3.])
    """
    with np.errstate(all="ignore"):
        lo, hi = _finite_ends(g, np.array(lo, dtype=float), np.array(hi, dtype=float))
        for _ in range(110):
            mid = np.where((lo > 0) & (hi > 4 * lo), np.sqrt(lo) * np.sqrt(hi), lo + (hi - lo) / 2)
            low = g(mid) < 0
            lo, hi = np.where(low, mid, lo), np.where(low, hi, mid)
        return lo + (hi - lo) / 2


def _finite_ends(g: Callable[[Any], Any], lo: Any, hi: Any) -> tuple[Any, Any]:
    """Replace infinite ends by powers of two beyond the zero."""
    foot = np.where(np.isfinite(lo), lo, np.where(np.isfinite(hi), hi, 0.0))
    near, far = lo, hi
    for k in range(0, 200, 4):
        near = np.where(np.isinf(lo), foot - 2.0**k, lo)
        far = np.where(np.isinf(hi), foot + 2.0**k, hi)
        if np.all(np.isfinite(hi) | (g(far) >= 0)) and np.all(np.isfinite(lo) | (g(near) <= 0)):
            break
    return near, far
