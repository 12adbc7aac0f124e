"""Counterexamples for functions of vectors and matrices, found and checked by their values.

The claims are those of `claims`, in numbers: every pair of simple points, at several sizes and
with several parameters, until one of them breaks the claim by far more than rounding.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.facts.draws import Array, Draw, draws
from normcalc.facts.truth import Truth

if TYPE_CHECKING:
    from normcalc.language.function import Function

Trial = Callable[[Draw], "tuple[str, dict[str, Any]] | None"]
_SCALES = (2.0, -1.0, 0.5, 3.0)
_CLEAR = 1e-7
_BEND = 1e-2
_PATIENCE = 2.0  # seconds for one claim, after which no other sizes and parameters are tried
_FEW = 12


def refute(function: Function, trial: Trial) -> Truth | None:
    """Return NO with the first witness that a trial finds, or None.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(refute(function("norm(diff(x))"), positivity))
    NO: x = (1, 1): f(x) > 0 for x != 0 fails: f(x) = 0
    """
    until = time.thread_time() + _PATIENCE
    for draw in draws(function):
        found = trial(draw)
        if found is not None:
            words, points = found
            return Truth("NO", words, draw.shown(**points))
        if time.thread_time() > until:
            break
    return None


def _first(broken: Any) -> int | None:
    places = np.flatnonzero(broken)
    return int(places[0]) if places.size else None


def above(left: Array, right: Array) -> Any:
    """Tell where the left side is clearly larger; two infinities are equal."""
    with np.errstate(invalid="ignore"):
        finite = np.where(np.isfinite(left), np.abs(left), 0) + np.where(
            np.isfinite(right), np.abs(right), 0
        )
        return np.where(left == right, 0.0, left - right) > _CLEAR * (1 + finite)


def differs(left: Array, right: Array) -> Any:
    """Tell where the two sides are clearly not equal."""
    return above(left, right) | above(right, left)


def _compared(words: str, left: Any, right: Any) -> str:
    return f"{words} fails: {left:.6g} against {right:.6g}"


def homogeneity(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f(t x) = |t| f(x)``."""
    return _scaling(draw, _SCALES, abs, "f(t x) = |t| f(x)")


def positive_homogeneity(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f(t x) = t f(x)`` for t > 0."""
    return _scaling(draw, [t for t in _SCALES if t > 0], abs, "f(t x) = t f(x) for t > 0")


def _scaling(
    draw: Draw, scales: Any, size: Callable[[float], float], words: str
) -> tuple[str, dict[str, Any]] | None:
    x = np.concatenate([draw.points, np.zeros((1, *draw.shape))])
    fx = draw(x)
    for t in scales:
        left, right = draw(t * x), size(t) * fx
        k = _first(differs(left, right))
        if k is not None:
            return _compared(words, left[k], right[k]), {"x": x[k], "t": t}
    return None


def evenness(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f(-x) = f(x)``."""
    return _unchanged(draw, lambda x: -x, "f(-x) = f(x)")


def absoluteness(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f(|x|) = f(x)``, entry by entry."""
    return _unchanged(draw, np.abs, "f(|x|) = f(x)")


def symmetry(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f`` of the entries in another order is f(x)."""
    words = "f(x) with the entries of x in another order"
    flat = int(np.prod(draw.shape))

    def moved(order: Any) -> Callable[[Array], Array]:
        return lambda x: np.reshape(np.reshape(x, (-1, flat))[:, order], x.shape)

    swapped = np.arange(flat)
    swapped[:2] = swapped[:2][::-1]
    return _unchanged(draw, moved(swapped), words) or _unchanged(
        draw, moved(np.roll(np.arange(flat), 1)), words
    )


def _unchanged(
    draw: Draw, move: Callable[[Array], Array], words: str
) -> tuple[str, dict[str, Any]] | None:
    x = draw.points
    y = move(x)
    left, right = draw(y), draw(x)
    k = _first(differs(left, right))
    if k is None:
        return None
    where = {"x": x[k]} if words.startswith("f(-x)") or "|x|" in words else {"x": x[k], "y": y[k]}
    return _compared(words, left[k], right[k]), where


def triangle(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f(x + y) <= f(x) + f(y)``."""
    return _pairs(draw, lambda f, x, y, fx, fy: (f(x + y), fx + fy), "f(x + y) <= f(x) + f(y)")


def convexity(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f((x + y)/2) <= (f(x) + f(y))/2``."""
    words = "f((x + y)/2) <= (f(x) + f(y))/2"
    return _pairs(draw, lambda f, x, y, fx, fy: (f((x + y) / 2), (fx + fy) / 2), words)


def monotonicity(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f(x) <= f(y)`` for ``0 <= x <= y``."""
    words = "f(x) <= f(y) for 0 <= x <= y"
    found = _pairs(draw, lambda f, x, y, fx, fy: (f(np.abs(x)), f(np.abs(x) + np.abs(y))), words)
    if found is None:
        return None
    text, points = found
    x, y = np.abs(points["x"]), np.abs(points["y"])
    return text, {"x": x, "y": x + y}


def parallelogram(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f(x + y)**2 + f(x - y)**2 = 2 f(x)**2 + 2 f(y)**2``."""
    words = "f(x + y)^2 + f(x - y)^2 = 2 f(x)^2 + 2 f(y)^2"

    def sides(f: Draw, x: Array, y: Array, fx: Array, fy: Array) -> tuple[Array, Array]:
        return f(x + y) ** 2 + f(x - y) ** 2, 2 * fx**2 + 2 * fy**2

    return _pairs(draw, sides, words, differs)


_STEPS = (1 / 32, 1 / 64, 1 / 128)


def flatness(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f`` is linear, or has a kink, along every line.

    Second differences of a piecewise linear function shrink like h or vanish; where they shrink
    like h squared at three scales, the function is curved.
    """

    def bends(f: Draw, x: Array, y: Array, fx: Array, fy: Array) -> tuple[Array, Array]:
        rates = [(f(x + h * y) - 2 * f(x) + f(x - h * y)) / h**2 for h in _STEPS]
        low, high = np.min(rates, axis=0), np.max(rates, axis=0)
        curved = (low > _BEND) & (high < 1.02 * low)
        return np.where(curved, low, 0.0), np.zeros_like(low)

    words = "f(x + h y) - 2 f(x) + f(x - h y) = 0 for small h, beside h^2"
    return _pairs(draw, bends, words)


def _pairs(
    draw: Draw,
    sides: Callable[..., tuple[Array, Array]],
    words: str,
    broken: Callable[[Array, Array], Any] = above,
) -> tuple[str, dict[str, Any]] | None:
    """Try every pair of points, simple ones first."""
    points = draw.points
    i, j = np.divmod(np.arange(len(points) ** 2), len(points))
    order = np.argsort(i + j, kind="stable")
    began = time.thread_time()
    values = draw(points)
    each = (time.thread_time() - began) / len(points)
    order = order[: max(_FEW, int(_PATIENCE / 4 / each))]  # values that are searches take long
    i, j = i[order], j[order]
    with np.errstate(invalid="ignore"):
        left, right = sides(draw, points[i], points[j], values[i], values[j])
    k = _first(broken(left, right))
    if k is None:
        return None
    return _compared(words, left[k], right[k]), {"x": points[i[k]], "y": points[j[k]]}


def nonnegativity(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f(x) >= 0``."""
    x = np.concatenate([draw.points, np.zeros((1, *draw.shape))])
    values = draw(x)
    k = _first(values < -_CLEAR)
    return None if k is None else (f"f(x) >= 0 fails: f(x) = {values[k]:.6g}", {"x": x[k]})


def positivity(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f(x) > 0`` for x other than zero."""
    x = draw.points
    values = draw(x)
    k = _first(values <= 1e-12)
    if k is None:
        return None
    return f"f(x) > 0 for x != 0 fails: f(x) = {values[k]:.6g}", {"x": x[k]}


def zero_at_zero(draw: Draw) -> tuple[str, dict[str, Any]] | None:
    """``f(0) = 0``."""
    x = np.zeros((1, *draw.shape))
    (value,) = draw(x)
    return None if abs(value) < 1e-12 else (f"f(0) = {value:.6g}", {"x": x[0]})
