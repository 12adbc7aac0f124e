"""Look for a counterexample to a claim among simple rational points, simplest first.

The search is in floating point.  What it finds counts only after both sides, evaluated again in
high precision from the formula that the user wrote, differ by far more than rounding.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import islice, product
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np
import numpy.typing as npt

from normcalc.errors import ParameterError
from normcalc.facts.truth import Truth
from normcalc.language.evaluate import evaluate
from normcalc.language.precise import evaluate_mp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from normcalc.facts.claims import Claim
    from normcalc.language.function import Function
    from normcalc.language.nodes import Compare, Relation
    from normcalc.language.parameters import Parameter

Assignment = dict[str, Fraction]

_SCALES = tuple(map(Fraction, ("2", "-1", "1/2", "3", "-2", "10", "1/10")))
_VALUES = tuple(map(Fraction, ("1", "2", "1/2", "3", "3/2", "4", "1/4", "-1", "-2", "0")))
_MOST_POINTS, _MOST_SETTINGS, _COARSE, _FINE, _DIGITS = 150, 24, 1e-7, 1e-20, 40


def refute(claim: Claim, function: Function) -> Truth | None:
    """Return NO with the simplest witness found, or None.

    Parameters
    ----------
    claim : Claim
        What is to be refuted.
    function : Function
        Where the parameters and their kinds come from; its coordinates are explicit.
    """
    for values in parameter_values(function):
        found = _violated(claim, values)
        for assignment in islice(found, 5):
            if (witness := confirm(claim, assignment)) is not None:
                return witness
    return None


def parameter_values(function: Function) -> Iterator[Assignment]:
    """Yield a few simple settings of the parameters that obey their kinds and relations."""
    choices = [[v for v in _VALUES if _fits(p, v)] for p in function.parameters]
    names = [p.name for p in function.parameters]
    settings = (dict(zip(names, row, strict=True)) for row in product(*choices))
    fitting = (s for s in settings if all(evaluate(r, s) for r in function.relations))
    yield from islice(fitting, _MOST_SETTINGS)


def _fits(parameter: Parameter, value: Fraction) -> bool:
    try:
        parameter.kind.check(parameter.name, float(value))
    except ParameterError:
        return False
    return True


def _violated(claim: Claim, values: Assignment) -> Iterator[Assignment]:
    """Yield the candidates at which the claim fails in floating point, in order of simplicity."""
    names, table = _candidates(claim)
    env: dict[str, Any] = {name: float(value) for name, value in values.items()}
    env |= {name: column.astype(float) for name, column in zip(names, table.T, strict=True)}
    count = len(table)
    left, right = (np.broadcast_to(evaluate(side, env), (count,))
                   for side in (claim.left, claim.right))  # fmt: skip
    holds = np.ones(count, dtype=bool)
    for condition in claim.given:
        holds &= np.broadcast_to(evaluate(condition, env), (count,))
    for index in np.flatnonzero(holds & _broken(claim.relation, left, right, _COARSE)):
        yield {**dict(zip(names, table[index], strict=True)), **values}


def _broken(relation: Relation, left: Any, right: Any, tolerance: float) -> Any:
    """Tell where the comparison fails by more than the tolerance.

    NaN counts only against a lower bound: there it says that the function is not defined.
    """
    with np.errstate(all="ignore"):
        sizes = 1 + np.where(np.isfinite(left), abs(left), 0) + np.where(
            np.isfinite(right), abs(right), 0)  # fmt: skip
        slack = tolerance * sizes
        gap = np.where(left == right, 0.0, np.subtract(left, right))
        if relation == "==":
            return np.abs(gap) > slack
        if relation == ">":
            return ~(gap >= slack)
        return gap > slack if relation == "<=" else ~(gap >= -slack)


def _candidates(claim: Claim) -> tuple[tuple[str, ...], npt.NDArray[np.object_]]:
    """Return names and rows of values: every scale with every point, or every pair of points."""
    size, copies = len(claim.points[0]), len(claim.points)
    names = tuple(name for point in claim.points for name in point)
    if claim.scale is None:
        return names, _table(size, copies, ())
    return (claim.scale, *names), _table(size, copies, _SCALES)


@lru_cache(maxsize=16)
def _table(size: int, copies: int, scales: tuple[Fraction, ...]) -> npt.NDArray[np.object_]:
    points = simple_points(size)[: _MOST_POINTS if copies > 1 else None]
    rows = [
        tuple(x for point in choice for x in point) for choice in product(points, repeat=copies)
    ]
    rows.sort(key=_size)
    scaled = [(scale, *row) for row in rows for scale in scales] if scales else rows
    return np.array(scaled, dtype=object)


def simple_points(size: int) -> list[tuple[Fraction, ...]]:
    """Return nonzero points with small rational entries, unit vectors first.

    Examples
    --------
    >>> [tuple(map(int, point)) for point in simple_points(2)[:3]]
    [(1, 0), (0, 1), (0, -1)]
    """
    if size <= 3:
        grid: Sequence[Sequence[int]] = list(product(range(-2, 3), repeat=size))
    else:
        rng = np.random.default_rng(20)
        pairs = [np.eye(size, dtype=int)[i] for i in range(size)]
        drawn = rng.integers(-2, 3, size=(40, size))
        grid = [*(list(map(int, s * p)) for p in pairs for s in (1, -1)),
                [1] * size, *(list(map(int, row)) for row in drawn)]  # fmt: skip
    whole = [tuple(map(Fraction, point)) for point in grid if any(point)]
    stretched = [tuple(x * s for x in p) for s in (Fraction(1, 8), Fraction(10)) for p in whole]
    return sorted(dict.fromkeys(whole), key=_simplicity) + sorted(stretched, key=_simplicity)


def _size(row: tuple[Fraction, ...]) -> tuple[Any, ...]:
    """Whole numbers first, then the smaller ones; equal ones keep their order."""
    return (any(x.denominator > 1 for x in row), sum(map(abs, row)))


def _simplicity(point: tuple[Fraction, ...]) -> tuple[Any, ...]:
    support = sum(1 for x in point if x)
    negative = sum(1 for x in point if x < 0)
    return (support, sum(map(abs, point)), negative, tuple(-x for x in point))


def confirm(claim: Claim, assignment: Assignment) -> Truth | None:
    """Evaluate both sides again in high precision; return NO if the claim really fails."""
    with mpmath.workdps(_DIGITS):
        env = {name: mpmath.mpf(v.numerator) / v.denominator for name, v in assignment.items()}
        if not all(evaluate_mp(condition, env) for condition in claim.given):
            return None
        left, right = evaluate_mp(claim.left, env), evaluate_mp(claim.right, env)
    witness = _witness(claim, assignment)
    if claim.relation in (">", ">=") and mpmath.isnan(left):
        return Truth("NO", f"{claim.words} fails: f(x) is not a real number", witness)
    if mpmath.isnan(left) or mpmath.isnan(right) or not _fails(claim.comparison, left, right):
        return None
    values = f"{mpmath.nstr(left, 6)} against {mpmath.nstr(right, 6)}"
    return Truth("NO", f"{claim.words} fails: {values}", witness)


def _fails(comparison: Compare, left: Any, right: Any) -> bool:
    if left == right:
        return comparison.relation == ">"
    scale = 1 + sum(abs(side) for side in (left, right) if not mpmath.isinf(side))
    gap = left - right
    clear = abs(gap) > _FINE * scale
    if comparison.relation == "==":
        return bool(clear)
    if comparison.relation in ("<", "<="):
        return bool(clear and gap > 0)
    return bool(clear and gap < 0)


def _witness(claim: Claim, assignment: Assignment) -> dict[str, object]:
    """Group the values by point, and add the parameters."""
    shown: dict[str, object] = {}
    used: set[str] = set()
    for label, names in zip("xy", claim.points, strict=False):
        values = tuple(assignment[name] for name in names)
        shown[label] = values if len(values) > 1 else values[0]
        used |= set(names)
    if claim.scale is not None:
        shown["t"] = assignment[claim.scale]
        used.add(claim.scale)
    return {**shown, **{name: v for name, v in assignment.items() if name not in used}}
