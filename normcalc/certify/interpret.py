"""A table of cases read literally: which regime, which case, which point and value.

Two readers share one description: `points` is vectorised in double precision, and `minimisers`
works at mpmath's precision and returns every point that the table names, two of them at a tie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mpmath as mp
import numpy as np

from normcalc.certify.bracket import bisect_array, monotone_root
from normcalc.certify.expressions import MPMATH, NUMPY, Arithmetic, evaluate
from normcalc.certify.floats import FLOAT
from normcalc.errors import InputError, NotDerivable
from normcalc.line.table import Arc, Hull

if TYPE_CHECKING:
    from collections.abc import Callable

    import sympy as sp
    from numpy.typing import NDArray

    from normcalc.line.table import Case, CaseTable, Regime, Root

Numbers = Mapping[str, float]
_DIGITS = 40


@dataclass(frozen=True)
class Bound:
    """One regime with numbers for its parameters and roots, exact at mpmath's precision."""

    table: CaseTable
    regime: Regime
    index: int
    numbers: Mapping[sp.Symbol, Any]
    ends: tuple[tuple[Any, Any], ...]


def bind(table: CaseTable, index: int, numbers: Numbers) -> Bound:
    """Give the parameters of one regime their values, solve its roots and place its borders."""
    regime = table.regimes[index]
    values = numbers_of(table, numbers)
    for root in regime.roots:
        values[root.symbol] = _root(root, values)
    ends = tuple(
        (evaluate(case.lo, values, MPMATH), evaluate(case.hi, values, MPMATH))
        for case in regime.cases
    )
    return Bound(table, regime, index, values, ends)


def numbers_of(table: CaseTable, numbers: Numbers) -> dict[sp.Symbol, Any]:
    """Return the parameter symbols of a table with their values as mpmath numbers."""
    missing = [p.name for p in table.parameters if p.name not in numbers]
    if missing:
        raise InputError(f"no value was given for {', '.join(missing)}")
    return {p: mp.mpf(numbers[p.name]) for p in table.parameters}


def _root(root: Root, values: Mapping[sp.Symbol, Any]) -> Any:
    lo, hi = (evaluate(end, values, MPMATH) for end in (root.lo, root.hi))

    def equation(x: Any) -> Any:
        at = {**values, root.variable: x}
        at.update({symbol: solve_arc(arc, at, x) for symbol, arc in root.inner})
        return evaluate(root.equation, at, MPMATH)

    guess = _rough_root(root, values) if root.inner else None
    return monotone_root(equation, lo, hi, root.rising, guess)


def _rough_root(root: Root, values: Mapping[sp.Symbol, Any]) -> float | None:
    """Solve for a root in double precision, all its inner points included."""
    at = {symbol: float(value) for symbol, value in values.items()}

    def equation(x: float) -> Any:
        at[root.variable] = x
        at.update({symbol: _rough_point(arc, at, x) for symbol, arc in root.inner})
        return evaluate(root.equation, at, FLOAT)

    lo, hi = (evaluate(end, at, FLOAT) for end in (root.lo, root.hi))
    return _attempted(lambda: monotone_root(equation, lo, hi, root.rising))


def _rough_point(arc: Arc, at: dict[sp.Symbol, Any], v: float) -> Any:
    lo, hi = (evaluate(end, at, FLOAT) for end in (arc.lo, arc.hi))
    return monotone_root(_gap(arc, at, v, FLOAT), lo, hi)


def _attempted(compute: Callable[[], float]) -> float | None:
    """Return a number that is only a hint, or None where floats are too narrow for it."""
    try:
        return compute()
    except (ArithmeticError, ValueError):
        return None


def solve_arc(arc: Arc, values: Mapping[sp.Symbol, Any], v: Any, guess: Any | None = None) -> Any:
    """Return the point at which the slope of an arc is `v`.

    A guess and the closed form only say where to look first: the slope changes sign at the answer.
    """
    lo, hi = (evaluate(end, values, MPMATH) for end in (arc.lo, arc.hi))
    guess = _first_look(arc, values, v)
    return monotone_root(_gap(arc, values, v, MPMATH), lo, hi, guess=guess)


def _first_look(arc: Arc, values: Mapping[sp.Symbol, Any], v: Any) -> Any:
    """Return the point by the closed form, or in double precision."""
    if arc.closed is not None and _known(arc.closed, values):
        return evaluate(arc.closed, values, MPMATH)
    rounded = {symbol: float(value) for symbol, value in values.items()}
    return _attempted(lambda: _rough_point(arc, rounded, float(v)))


def _gap(
    arc: Arc, values: Mapping[sp.Symbol, Any], v: Any, over: Arithmetic
) -> Callable[[Any], Any]:
    at = dict(values)

    def gap(u: Any) -> Any:
        at[arc.variable] = u
        return evaluate(arc.slope, at, over) - v

    return gap


def matching(table: CaseTable, numbers: Numbers) -> tuple[int, ...]:
    """Return the regimes whose conditions hold; a sound table gives exactly one."""
    return tuple(k for k in range(len(table.regimes)) if _holds(table, k, numbers))


def _holds(table: CaseTable, index: int, numbers: Numbers) -> bool:
    values = numbers_of(table, numbers)
    regime = table.regimes[index]
    names = {root.symbol: root for root in regime.roots}
    for condition in sorted(regime.conditions, key=lambda c: bool(c.free_symbols & set(names))):
        for root in regime.roots:
            if root.symbol not in values and condition.free_symbols & set(names):
                values[root.symbol] = _root(root, values)
        if not evaluate(condition, values, MPMATH):
            return False
    return True


def covering(bound: Bound, w: Any) -> list[int]:
    """Return the cases that answer for `w`: both of them at a border that belongs to both."""
    return [
        k
        for k, (lo, hi) in enumerate(bound.ends)
        if lo <= w < hi or (w == hi and lo <= w and not bound.regime.cases[k].hi_open)
    ]


def minimisers(bound: Bound, v: Any, slack: float = 0.0) -> tuple[Any, ...]:
    """Return every point that the table names for the argument `v`, at mpmath's precision.

    A case also answers for arguments outside it by a relative `slack`, from its nearest end.
    """
    v = mp.mpf(v)
    mirrored = bound.table.parity is not None and v < 0
    w = -v if mirrored else v
    room = slack * abs(w)
    found = tuple(
        point_mp(bound, k, min(max(w, lo), hi))
        for k, (lo, hi) in enumerate(bound.ends)
        if lo - room <= w <= hi + room
    )
    return tuple(-u for u in found) if mirrored else found


def set_valued(table: CaseTable, v: Any, numbers: Numbers) -> tuple[float, ...]:
    """Return all minimisers at `v`: two at a tie, one elsewhere.

    An argument within a few rounding steps of a tie counts as the tie.

    Raises
    ------
    InputError
        If no regime holds for the parameters.
    """
    with mp.workdps(_DIGITS):
        for index in matching(table, numbers):
            distinct: list[float] = []
            for u in map(float, minimisers(bind(table, index, numbers), v, 1e-14)):
                if all(abs(u - w) > 1e-9 * (1 + abs(u)) for w in distinct):
                    distinct.append(u)
            return tuple(distinct)
    raise InputError(f"no regime of the table holds at {dict(numbers)}")


def point_mp(bound: Bound, k: int, v: Any) -> Any:
    """Return the point of case `k` at `v`; an arc is solved from its slope alone."""
    point = bound.regime.cases[k].point
    values = {**bound.numbers, bound.table.argument: v}
    if isinstance(point, Arc):
        return solve_arc(point, values, v)
    if isinstance(point, Hull):
        raise NotDerivable(f"the point is found by a search, in double precision: {point.reason}")
    return evaluate(point, values, MPMATH)


def formulas_mp(bound: Bound, k: int, v: Any) -> tuple[Any, ...]:
    """Return what the closed and the shown formula of an arc give; none for a plain point."""
    point = bound.regime.cases[k].point
    if not isinstance(point, Arc):
        return ()
    values = {**bound.numbers, bound.table.argument: v}
    texts = (text for text in (point.closed, point.shown) if text is not None)
    return tuple(evaluate(text, values, MPMATH) for text in texts if _known(text, values))


def _known(text: sp.Expr, values: Mapping[sp.Symbol, Any]) -> bool:
    return bool(text.free_symbols <= set(values))


def result_mp(bound: Bound, k: int, v: Any, u: Any) -> Any:
    """Return the result of case `k`, a formula in the argument and the point."""
    values = {**bound.numbers, bound.table.argument: v, bound.table.point: u}
    return evaluate(bound.regime.cases[k].result, values, MPMATH)


def points(bound: Bound, v: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points in double precision, and NaN where no case covers `v`.

    At a border shared by two cases the lower case answers.
    """
    parity = bound.table.parity
    w = np.abs(v) if parity else v
    out = np.full(v.shape, np.nan)
    for k in reversed(range(len(bound.ends))):
        lo, hi = (float(end) for end in bound.ends[k])
        inside = (w >= lo) & ((w < hi) if bound.regime.cases[k].hi_open else (w <= hi))
        if inside.any():
            out[inside] = _case_points(bound, bound.regime.cases[k], w[inside])
    return np.where(v < 0, -out, out) if parity else out


def _case_points(bound: Bound, case: Case, v: NDArray[np.float64]) -> NDArray[np.float64]:
    values: dict[sp.Symbol, Any] = {s: np.float64(x) for s, x in bound.numbers.items()}
    values[bound.table.argument] = v
    with np.errstate(all="ignore"):
        if isinstance(case.point, Arc):
            return _arc_points(case.point, values, v, NUMPY)
        return np.broadcast_to(evaluate(case.point, values, NUMPY), v.shape).astype(float)


def _arc_points(
    arc: Arc, values: dict[sp.Symbol, Any], v: NDArray[np.float64], over: Arithmetic
) -> NDArray[np.float64]:
    if arc.closed is not None:
        found = np.broadcast_to(evaluate(arc.closed, values, over), v.shape).astype(float)
        # A closed form may overflow on the way, as W(exp(v)) does; the slope does not.
        if np.all(np.isfinite(found) | ~np.isfinite(v)):
            return found
    lo, hi = (np.broadcast_to(evaluate(end, values, over), v.shape) for end in (arc.lo, arc.hi))
    solved = bisect_array(
        lambda u: evaluate(arc.slope, {**values, arc.variable: u}, over) - v, lo, hi
    )
    return np.asarray(solved, dtype=float)
