"""Values of functions made from others, such as conjugates and gauges, at points.

A value is found with the proxes of the functions it is made from, which are derived here; where
it is a supremum, the proximal point method finds it, with a bound on what is missing.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.derive.search import derivation
from normcalc.errors import InputError, NotDerivable, ParameterError
from normcalc.language.evaluate import evaluate
from normcalc.language.function import Function
from normcalc.language.nodes import Number, symbols, walk
from normcalc.language.parameters import (
    Groups,
    Interval,
    Kind,
    Matrix,
    Nonincreasing,
    Nonnegative,
    Parameter,
    PositiveDefinite,
    Real,
    Vector,
)
from normcalc.language.shapes import Variable
from normcalc.language.slack import value
from normcalc.language.transforms import bound, formulas, freed, is_transform, numbers, shown
from normcalc.operators import LevelProjection, perspective
from normcalc.operators.base import needed, reached, worth
from normcalc.operators.split import SplitTerm, minimised
from normcalc.theorems.convexity import is_convex
from normcalc.theorems.registry import as_operator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from normcalc.language.nodes import Apply
    from normcalc.operators import Operator
    from normcalc.operators.base import Floats, Values

# longer steps come closer at once, and lose digits of the point
_STEPS = 10.0 ** np.array([0, 1, 2, 3, 3, 3, 3, 4, 5, 6, 8, 10, 12])
_TRIED = 10.0 ** np.arange(-12, 13)
_CLOSE = 1e-14
_ROUNDED = 1e-17  # of what a step adds to the point, and is lost of it
_GROWS = 5.0  # by this factor or more, while the steps grow tenfold: without end
_RAYS = np.linspace(0.0, 1.0, 65)
_RANGE = 230.0  # of the logarithm of a gauge
_FAR = 30.0  # from where projections are lost in rounding
_ROUNDING = Fraction(1, 10**14)  # of the sides of a condition


def values_at(node: Apply, points: Any, env: Mapping[str, Any]) -> Floats:
    """Return the values of a transform at points on the leading axes, with a last axis of one."""
    usual = shown(bound(node))
    rank = 2 if usual == "X" else 1
    points = np.asarray(points, dtype=np.float64)
    kinds = {name: _kind_of(env[name]) for f in formulas(node) for name in symbols(freed(node, f))
             if name != usual}  # fmt: skip
    functions = _functions(node, tuple(sorted(kinds.items(), key=lambda item: item[0])))
    own = tuple(float(evaluate(number, env)) for number in numbers(node))
    flat = points.reshape(-1, *points.shape[-rank:])
    of = _VALUES[node.head]
    found = [of(functions, p, env, own) if np.isfinite(p).all() else np.inf for p in flat]
    return np.reshape(np.array(found), (*points.shape[:-rank], 1))


@lru_cache(maxsize=256)
def _functions(node: Apply, kinds: tuple[tuple[str, Kind], ...]) -> tuple[Function, ...]:
    usual = shown(bound(node))
    variable = Variable(usual, "matrix" if usual == "X" else "vector")
    found = []
    for formula in formulas(node):
        body = freed(node, formula)
        used = set(symbols(body))
        parameters = tuple(Parameter(name, kind) for name, kind in kinds if name in used)
        found.append(Function(body, variable, parameters))
    return tuple(found)


def _kind_of(value: Any) -> Kind:
    """Return a kind that the value has: what is derived for the kind holds for the value."""
    if isinstance(value, tuple):
        return Groups
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 2:
        return PositiveDefinite if _is_definite(array) else Matrix
    if array.ndim == 1:
        return _kind_of_list(array)
    if array >= 1:
        return Interval(1, None)
    if array > 0:
        return Interval.open(0, 1)
    return Nonnegative if array == 0 else Real


def _kind_of_list(array: Floats) -> Kind:
    if np.any(array < 0):
        return Vector
    falls = bool(np.all(np.diff(array) <= 0))
    kind = Nonincreasing if falls else Nonnegative.vector
    return replace(kind, lo_open=bool(np.all(array > 0)))


def _is_definite(array: Floats) -> bool:
    square = array.shape[0] == array.shape[1] and np.array_equal(array, array.T)
    return square and bool(np.linalg.eigvalsh(array)[0] > 0)


def _operator(goal: str, function: Function) -> Operator:
    return as_operator(derivation(goal, function))


def _by_formula(goal: str, function: Function, x: Floats, env: Values) -> float | None:
    """Return the value of an answer that is a formula, if its hypotheses hold for the values."""
    formula = _formula(goal, function)
    if formula is None:
        return None
    try:
        return worth(formula, x, env)
    except (InputError, ParameterError):
        return None


@lru_cache(maxsize=256)
def _formula(goal: str, function: Function) -> Function | None:
    """Return an answer as a formula, if there is one that does not name the question again."""
    try:
        found = derivation(goal, function).value
    except NotDerivable:
        return None
    return None if found is None or any(map(is_transform, walk(found.body))) else found


def _conjugate(
    functions: Sequence[Function], x: Floats, env: Values, own: Sequence[float]
) -> float:
    (f,) = functions
    known = _by_formula("conjugate", f, x, env)
    if known is not None:
        return known
    return _largest(_operator("prox", f), x, env, lambda u: reached(f, u, env))


def _support(functions: Sequence[Function], x: Floats, env: Values, own: Sequence[float]) -> float:
    return _greatest(_operator("projection", functions[0]), x, env)


def _dual_norm(
    functions: Sequence[Function], x: Floats, env: Values, own: Sequence[float]
) -> float:
    (f,) = functions
    known = _by_formula("dual_norm", f, x, env)
    if known is not None:
        return known
    ball = LevelProjection(_operator("prox", f), f, _ONE)
    return _greatest(ball, x, env)


_ONE = Number(Fraction(1))


def _greatest(projection: Operator, x: Floats, env: Values) -> float:
    """Return the supremum of ``<x, u>`` on a set, which has the scale of x."""
    scale = float(np.abs(x).max())
    return scale * _largest(projection, x / scale, env, lambda u: 0.0) if scale else 0.0


def _largest(prox: Operator, x: Floats, env: Values, cost: Callable[[Floats], float]) -> float:
    """Return the supremum of ``<x, u> - f(u)``, by the proximal point method with growing steps.

    One step from u to w with the step t misses no more than ``|w - u|*|w - best|/t``.
    """
    u = np.zeros_like(x)
    best, error, growth, size = -np.inf, np.inf, 0.0, 0.0
    length = float(np.linalg.norm(x))
    for t in _STEPS:
        w = prox(u + t * x, t, env)
        value, before = float(np.sum(x * w)) - cost(w), size
        size = float(np.linalg.norm(w))
        growth = size / before if before else 0.0
        missing = 2 * float(np.linalg.norm(w - u)) * size / t + _ROUNDED * t * length**2
        u = w
        if missing < error and value > -np.inf:
            best, error = value, missing
        if error <= _CLOSE * abs(best):
            return best
    if best == -np.inf:
        raise NotDerivable(f"no point with a finite value was found for the supremum at {x}")
    return np.inf if growth >= _GROWS else best


def _gauge(functions: Sequence[Function], x: Floats, env: Values, own: Sequence[float]) -> float:
    """Return the least r with ``x/r`` in the set, by cutting the range of its logarithm."""
    if not x.any():
        return 0.0
    (indicator,) = functions
    scale = float(np.abs(x).max())
    y = x / scale
    inside, nearer, low, high = _membership(indicator, y, needed(indicator, env))
    least = low
    while high - low > 4e-16 * max(1.0, abs(high)):
        logs = low + (high - low) * _RAYS
        held = inside(logs)
        if held[0] and low == least:
            return 0.0
        k = int(np.argmax(held)) if held.any() else nearer(logs)
        if k is None:
            return np.inf
        low, high = logs[max(k - 1, 0)], logs[max(k, 1)]
    return float(np.exp(high) * scale) if inside(np.array([high]))[0] else np.inf


def _membership(
    indicator: Function, y: Floats, given: Values
) -> tuple[Callable[[Floats], Any], Callable[[Floats], int | None], float, float]:
    """Return tests for logarithms of r: at which y/r is inside, and which is next to a best one.

    The last two are the range of the logarithms.  A convex set that holds 0 holds all of a
    ray from some r on.  Others may hold one point of it, up to rounding: the squared distance of
    y to r*C is convex in r, with the slope -<y - r*c, c> for the projection c of y/r.
    """

    def along(logs: Floats) -> Floats:
        return np.multiply.outer(np.exp(-logs), y)

    if indicator(np.zeros_like(y), **given) == 0:
        return (lambda logs: indicator(along(logs), **given) == 0), _nothing, -_RANGE, _RANGE
    if not is_convex(indicator):
        raise NotDerivable(f"{indicator} neither holds 0 nor is known to be convex")
    projection = _operator("projection", indicator)
    nearest = float(np.linalg.norm(projection(np.zeros_like(y), 1.0, given)))
    top = float(np.log(2 * np.linalg.norm(y) / nearest))

    def is_less(log: float) -> bool:
        u = y / np.exp(log)
        c = projection(u, 1.0, given)
        return float(np.sum((u - c) * c)) > 0

    def nearer(logs: Floats) -> int | None:
        k = bisect_left(logs, True, key=lambda log: not is_less(log))
        return k if k < len(logs) else None

    def inside(logs: Floats) -> Any:
        return value(indicator, along(logs), given, _ROUNDING) == 0

    return inside, nearer, top - _FAR, top


def _nothing(logs: Floats) -> None:
    return None


def _distance(
    functions: Sequence[Function], x: Floats, env: Values, own: Sequence[float]
) -> float:
    nearest = _operator("projection", functions[0])(x, 1.0, env)
    return float(np.linalg.norm(x - nearest))


def _envelope(
    functions: Sequence[Function], x: Floats, env: Values, own: Sequence[float]
) -> float:
    (f,), (step,) = functions, own
    nearest = _operator("prox", f)(x, step, env)
    return reached(f, nearest, env) + float(np.sum((x - nearest) ** 2)) / (2 * step)


def _infimal_convolution(
    functions: Sequence[Function], x: Floats, env: Values, own: Sequence[float]
) -> float:
    """Return the least sum of the values at shares of x; the first function has what is left."""
    n, others = x.size, len(functions) - 1
    whole = np.eye(n * others)
    rest = -np.concatenate([np.eye(n)] * others, axis=1)
    blocks = [rest, *(whole[k * n : (k + 1) * n] for k in range(others))]
    shifts = [x.ravel(), *(np.zeros(n) for _ in range(others))]
    proxes = [_flat(_operator("prox", f), x.shape, env) for f in functions]
    terms = list(map(SplitTerm, blocks, shifts, proxes))
    found = minimised(np.zeros(0), _step_for(proxes, x), terms)
    shares = [image.reshape(x.shape) for image in found.images]
    for worth_at in (worth, reached):  # the latter forgives shares outside by a rounding
        sums = [_shared(functions, x, shares, env, k, worth_at) for k in range(len(functions))]
        if min(sums) < np.inf:
            break
    return min(sums)


def _step_for(proxes: Sequence[Callable[[Floats, float], Floats]], x: Floats) -> float:
    """Return a step at which the proxes move x by a part of its length, as far as they can.

    A solver that starts with the step 1 takes long where x, or the functions, are large or small.
    """
    y = x.ravel()
    length = float(np.linalg.norm(y))
    moved = np.array([[np.linalg.norm(y - prox(y, t)) for t in _TRIED] for prox in proxes])
    fitting = [_TRIED[np.argmin(np.abs(row - length / 2))] for row in moved if np.ptp(row) > 0]
    return float(np.exp(np.median(np.log(fitting)))) if fitting else 1.0


def _flat(
    inner: Operator, shape: tuple[int, ...], env: Values
) -> Callable[[Floats, float], Floats]:
    return lambda y, t: np.ravel(inner(np.reshape(y, shape), t, env))


def _shared(
    functions: Sequence[Function],
    x: Floats,
    shares: Sequence[Floats],
    env: Values,
    rest: int,
    worth_at: Callable[[Function, Floats, Values], float],
) -> float:
    """Return the sum of the values at the shares, where one function has what the others leave."""
    taken = [share for k, share in enumerate(shares) if k != rest]
    left = x - np.sum(taken, axis=0)
    points = [left if k == rest else share for k, share in enumerate(shares)]
    return sum(worth_at(f, p, env) for f, p in zip(functions, points, strict=True))


def _perspective(
    functions: Sequence[Function], x: Floats, env: Values, own: Sequence[float]
) -> float:
    (f,) = functions
    if x.size < 2:
        raise InputError(f"a perspective is taken at (y, t), two numbers at least; got {x}")
    return perspective.value(f, x, needed(f, env))


_VALUES: dict[str, Callable[..., float]] = {
    "conjugate": _conjugate,
    "moreau_envelope": _envelope,
    "infimal_convolution": _infimal_convolution,
    "gauge": _gauge,
    "support_function": _support,
    "distance": _distance,
    "dual_norm": _dual_norm,
    "perspective": _perspective,
}
