"""Dual norms against the norm as its user wrote it: Hölder's inequality, and how near it comes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog

from normcalc.certify.certificate import Outcome
from normcalc.certify.draws import SIZES, arguments, parameter_values, shape_of_argument
from normcalc.errors import NotDerivable, Refuted, Unsettled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from normcalc.language import Function

    Floats = NDArray[np.float64]

_ROUNDS, _CLOSE = 120, 1e-7
_ABOVE, _BELOW = 1e-9, 1e-5


def verify_dual(
    dual: Function,
    norm: Function,
    rng: np.random.Generator,
    deadline: float,
    given: Mapping[str, Any],
) -> Outcome:
    """Search for the largest ``<v, x>/norm(x)``, which the dual norm of v must be.

    Raises
    ------
    Refuted
        A quotient is larger than the dual norm, or none comes near it.
    Unsettled
        No legal parameters were found.
    """

    def claim(v: Floats, values: Mapping[str, Any]) -> float:
        return float(dual(v, **values))

    return _verify(claim, dual, norm, rng, deadline, given)


def verify_minimizer(
    minimizer: Callable[..., Any],
    norm: Function,
    rng: np.random.Generator,
    deadline: float,
    given: Mapping[str, Any],
) -> Outcome:
    """Search for points of the unit ball with a smaller ``<v, x>`` than a claimed minimiser.

    Raises
    ------
    Refuted
        The claimed point lies outside the ball, or another one is better.
    Unsettled
        No legal parameters were found.
    """

    def claim(v: Floats, values: Mapping[str, Any]) -> float:
        x = np.asarray(minimizer(v, **values), dtype=float)
        size = float(norm(x, **values))
        if not size <= 1 + _ABOVE:
            raise Refuted(
                f"the minimiser over {norm} <= 1 is wrong at v = {v.tolist()}: it gives "
                f"x = {x.tolist()} with the norm {size}",
                {"v": v, **values, "x": x},
            )
        return -float(np.sum(x * v))

    return _verify(claim, norm, norm, rng, deadline, given)


def _verify(
    claim: Callable[[Floats, Mapping[str, Any]], float],
    kinds: Function,
    norm: Function,
    rng: np.random.Generator,
    deadline: float,
    given: Mapping[str, Any],
) -> Outcome:
    """Compare claims with the largest quotient; the parameters are of the kinds in `kinds`."""
    start, points, worst = time.thread_time(), 0, 0.0
    for n in SIZES * 3:
        shape = shape_of_argument(norm, n, rng)
        values = parameter_values(kinds, shape, rng, given)
        if values is None:
            continue
        for v in list(arguments(norm, shape, rng))[points % 2 :: 3]:
            if not v.any() or (time.thread_time() > deadline and points):
                continue
            try:
                claimed = claim(v, values)
            except NotDerivable:
                continue
            worst, points = max(worst, _gap(claimed, norm, v, values)), points + 1
    if not points:
        raise Unsettled(f"the dual norm of {norm}: nothing was checked; no parameters were found")
    seconds = time.thread_time() - start
    return Outcome("largest quotient", "verified", "search", points, worst, seconds=seconds)


def _gap(claimed: float, norm: Function, v: Floats, values: Mapping[str, Any]) -> float:
    """Return how far a claim is from the largest quotient, or raise Refuted."""
    best, bound, x = _largest_quotient(norm, values, v)
    if not best * (1 - _ABOVE) <= claimed <= bound * (1 + _BELOW):
        raise Refuted(
            f"the dual norm of {norm} is wrong at v = {v.tolist()}: it gives {claimed}, "
            f"but the largest <v, x>/norm(x) lies between {best}, at x = {x.tolist()}, "
            f"and {bound}",
            {"v": v, **values, "claimed_value": claimed, "found": best, "x": x},
        )
    return abs(best - claimed) / claimed


def _largest_quotient(
    norm: Function, values: Mapping[str, Any], v: Floats
) -> tuple[float, float, Floats]:
    """Return bounds of the largest quotient, and the point that attains the lower one.

    Kelley's method: where a gradient g of the norm is taken, ``<g, x> <= 1`` holds on the unit
    ball, and a linear programme over these planes bounds the quotient from above.
    """

    def size(x: Floats) -> float:
        return float(norm(x.reshape(v.shape), **values))

    z = v.ravel()
    x = z / float(np.abs(z).max())
    best, at, bound = -np.inf, x, np.inf
    # far beyond the ball, and no farther: a programme of large numbers loses digits
    far = 100 * max(float(np.abs(y).max()) / size(y) for y in (*np.eye(z.size), x))
    planes = [_gradient(size, sign * (x + 0.3 * e)) for sign in (1, -1) for e in np.eye(z.size)]
    for _ in range(_ROUNDS):
        if z @ x / size(x) > best:
            best, at = float(z @ x / size(x)), x / size(x)
        planes = [g for g in (*planes, _gradient(size, x)) if g @ at <= 1 + _BELOW]
        found = linprog(-z, np.array(planes), np.ones(len(planes)), bounds=(-far, far))
        bound, x = -float(found.fun or 0.0), np.asarray(found.x)
        if bound - best <= _CLOSE * bound:
            break
    return best, bound, at.reshape(v.shape)


def _gradient(size: Callable[[Floats], float], x: Floats) -> Floats:
    """Return the gradient by differences at a point beside x, where the norm is smooth."""
    scale = float(np.abs(x).max()) + 1e-300
    beside = x + 1e-7 * scale * np.cos(1.7 * np.arange(1, x.size + 1))
    h = 1e-9 * scale
    f = [(size(beside + h * e) - size(beside - h * e)) / (2 * h) for e in np.eye(x.size)]
    gradient = np.array(f)
    # Euler: <g, x> is the norm at x, which takes most of the rounding out of g
    return np.asarray(gradient * (size(beside) / float(gradient @ beside)))
