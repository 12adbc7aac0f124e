"""Whether an objective falls without end, judged by its growth along a geometric sequence.

A finite radius proves nothing: ``sqrt(x) - x/1000000`` rises up to 2.5e11.  So the objective is
followed from 1e4 to 1e256, where every radius is the square of the one before.  What grows by a
fixed factor from square to square, as the logarithm and everything faster does, has no bound in
sight; what shrinks in the same way is bounded on that side; anything else is left open.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import mpmath as mp

from normcalc.certify.landmarks import landmarks
from normcalc.certify.objective import coupling, domain_ends, own
from normcalc.language.precise import evaluate_mp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from normcalc.certify.objective import Numbers
    from normcalc.language import Function

Sample = tuple[Any, Any]  # minus the objective, and the size of its rounding error

_FAR = tuple(mp.mpf(10) ** 2**k for k in range(2, 9))
_BESIDE_ZERO = tuple(1 / r for r in _FAR)
_BESIDE = _BESIDE_ZERO[:4]  # closer to any other number, forty digits see no difference
_CLEAR = 1.5
_DIGITS = 300
_ROUNDED = 40
_NEEDED = 4
_MOST_MARKS = 30


def falls_without_end(function: Function, goal: str, v: Any, numbers: Numbers) -> bool | None:
    """Return whether the objective has no lower bound; None where that is not clear.

    Examples
    --------
    >>> from normcalc.language import function
    >>> f = function("log(1 + exp(x))")
    >>> [falls_without_end(f, "conjugate", v, {}) for v in (0.5, 1.0, 1.000001)]
    [False, None, True]
    """
    with mp.workdps(_DIGITS):  # two terms that cancel leave a logarithm, say
        return _verdict(function, goal, v, numbers)


def _verdict(function: Function, goal: str, v: Any, numbers: Numbers) -> bool | None:
    ways = [_trend(_samples(function, goal, v, numbers, _out(sign))) for sign in (-1, 1)]
    if True in ways:
        return True
    for mark in _marks(function, numbers):
        for sign in (-1, 1):
            if _trend(_samples(function, goal, v, numbers, _towards(mark, sign))) is True:
                return True
    return False if ways == [False, False] else None


def reached(function: Function, goal: str, v: Any, numbers: Numbers) -> Any:
    """Return the largest value of minus the objective that is certain far out."""
    samples = [s for sign in (-1, 1) for s in _samples(function, goal, v, numbers, _out(sign))]
    return max((value - error for value, error in samples if mp.isfinite(value)), default=-mp.inf)


def _out(sign: int) -> tuple[Any, ...]:
    return tuple(sign * r for r in _FAR)


def _towards(mark: Any, sign: int) -> tuple[Any, ...]:
    distances = _BESIDE_ZERO if mark == 0 else tuple(abs(mark) * d for d in _BESIDE)
    return tuple(mark + sign * d for d in distances)


def _marks(function: Function, numbers: Numbers) -> tuple[Any, ...]:
    ends = [end for end in domain_ends(function) if mp.isfinite(end)]
    marks = [mp.mpf(float(m)) for m in landmarks(function, numbers)[1::3][:_MOST_MARKS]]
    return tuple({*ends, *marks})


def _samples(
    function: Function, goal: str, v: Any, numbers: Numbers, points: Sequence[Any]
) -> Iterator[Sample]:
    """Yield minus the objective along a sequence, minus infinity outside the domain."""
    lo, hi = domain_ends(function)
    exact = {name: mp.mpf(value) for name, value in numbers.items()}
    names = {name: exact[name] for name in own(function, numbers)}
    # an argument that is no double is rounded to forty digits itself
    digits = mp.mp.dps if mp.mpf(float(v)) == v else _ROUNDED
    unit = mp.mpf(10) ** (4 - digits)
    for u in points:
        if not lo <= u <= hi:
            yield -mp.inf, 0
            continue
        try:
            f = evaluate_mp(function.body, {**names, function.variable.name: u})
        except (ZeroDivisionError, ValueError, OverflowError):
            f = mp.nan
        tie = coupling(goal, u, mp.mpf(v), exact)
        yield -(f + tie), (abs(f) + abs(tie)) * unit


def _trend(samples: Iterator[Sample]) -> bool | None:
    """Return True for clear growth, False for a clear fall, None for anything else."""
    values = [_certain(value, error) for value, error in samples]
    while len(values) > _NEEDED and mp.isnan(values[-1]):
        values.pop()  # rounding has eaten the far end
    last = values[-_NEEDED:]
    if all(value == -mp.inf for value in last):
        return False
    pairs = list(pairwise(last))
    if all(b > _CLEAR * a > 0 for a, b in pairs):
        return True
    return False if all(b < _CLEAR * a < 0 for a, b in pairs) else None


def _certain(value: Any, error: Any) -> Any:
    """Return the value if rounding leaves at least six digits of it, else NaN."""
    if value == -mp.inf:
        return value
    return value if mp.isfinite(value) and abs(value) > 1e6 * error else mp.nan
