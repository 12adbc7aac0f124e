"""Parameter values: drawn from the declared kinds, and moved onto the borders of conditions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import mpmath as mp
import numpy as np
import sympy as sp

from normcalc.certify.expressions import MPMATH, NUMPY
from normcalc.certify.expressions import evaluate as evaluate_sympy
from normcalc.certify.floats import FLOAT
from normcalc.language.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from normcalc.certify.objective import Numbers
    from normcalc.language import Function

_ROUND = (1.0, 2.0, 3.0)
_MOST_CORNERS = 4
_ROUNDING = 1e-10
_EXTREMES = (1e-6, 1e-3, 1e3, 1e6)


@dataclass(frozen=True)
class Range:
    """The values one parameter may take; an absent end is infinite."""

    name: str
    lo: float
    hi: float
    lo_open: bool
    hi_open: bool
    integer: bool

    def holds(self, value: float) -> bool:
        """Tell whether a value lies in the range."""
        above = value > self.lo if self.lo_open else value >= self.lo
        below = value < self.hi if self.hi_open else value <= self.hi
        return above and below and (not self.integer or float(value).is_integer())


def ranges(function: Function, with_step: bool) -> tuple[Range, ...]:
    """Return the ranges of the step, if the goal has one, and of the function's parameters."""
    own = tuple(
        Range(
            p.name,
            -np.inf if p.kind.lo is None else float(p.kind.lo),
            np.inf if p.kind.hi is None else float(p.kind.hi),
            bool(p.kind.lo_open),
            bool(p.kind.hi_open),
            bool(p.kind.integer),
        )
        for p in function.parameters
    )
    step = Range("step", 0.0, np.inf, True, True, False)
    return (step, *own) if with_step else own


def draw(space: Sequence[Range], rng: np.random.Generator) -> dict[str, float]:
    """Draw one value for each range: log-uniform towards infinite ends, uniform otherwise.

    Every other point has small round values, among which coincidences (``step = a - 1``) occur.
    """
    is_round = rng.random() < 0.5
    return {r.name: _draw_one(r, rng, is_round) for r in space}


def _draw_one(r: Range, rng: np.random.Generator, is_round: bool) -> float:
    size = float(f"{10.0 ** rng.uniform(-1.5, 1.5):.3g}")  # short numbers read well in a witness
    size = float(rng.choice(_ROUND)) if is_round else size
    if np.isfinite(r.lo) and np.isfinite(r.hi):
        value = r.lo + (r.hi - r.lo) * float(rng.uniform(0.001, 0.999))
    elif np.isfinite(r.lo):
        value = r.lo + size
    elif np.isfinite(r.hi):
        value = r.hi - size
    else:
        value = size if rng.random() < 0.5 else -size
    return float(np.clip(np.round(value), r.lo, r.hi)) if r.integer else value


def related(function: Function, numbers: Numbers) -> bool:
    """Tell whether the declared relations between parameters hold."""
    return all(bool(evaluate(relation, numbers)) for relation in function.relations)


def legal(function: Function, space: Sequence[Range], numbers: Numbers) -> bool:
    """Tell whether all values lie in their ranges and the relations hold."""
    return all(r.holds(numbers[r.name]) for r in space) and related(function, numbers)


def extremes(space: Sequence[Range], numbers: Numbers) -> Iterator[dict[str, float]]:
    """Yield the point with its step made tiny and huge."""
    if any(r.name == "step" for r in space):
        for step in _EXTREMES:
            yield {**numbers, "step": step}


def closed_ends(space: Sequence[Range], numbers: Numbers) -> Iterator[dict[str, float]]:
    """Yield the point with one parameter moved to an end that belongs to its range."""
    for r in space:
        for end in (r.lo, r.hi):
            if np.isfinite(end) and r.holds(end):
                yield {**numbers, r.name: end}


def corners(space: Sequence[Range], numbers: Numbers) -> Iterator[dict[str, float]]:
    """Yield the point with several parameters moved to ends that belong to their ranges."""
    ends = {
        r.name: [end for end in (r.lo, r.hi) if np.isfinite(end) and r.holds(end)] for r in space
    }
    choices = [[(name, end) for end in found] for name, found in ends.items() if found]
    for count in range(2, min(len(choices), _MOST_CORNERS) + 1):
        for several in combinations(choices, count):
            for moved in product(*several):
                yield {**numbers, **dict(moved)}


def on_equalities(
    conditions: Iterable[sp.Basic], space: Sequence[Range], numbers: Numbers
) -> Iterator[dict[str, float]]:
    """Yield points at which all equalities among the conditions hold, one parameter for each.

    A value that no float can be is a number of mpmath.
    """
    equalities = sorted(set().union(*(c.atoms(sp.Eq) for c in conditions), set()), key=str)
    found = [dict(numbers)]
    for equality in equalities:
        names = {s.name for s in equality.free_symbols}
        found = [
            {**point, r.name: value}
            for point in found
            for r in space
            if r.name in names and not r.integer
            for value in _solve(equality.lhs - equality.rhs, r, point, exactly=True)
        ][:_MOST_CORNERS]
    yield from found if equalities else ()


def on_borders(
    conditions: Iterable[sp.Basic], space: Sequence[Range], numbers: Numbers
) -> Iterator[dict[str, float]]:
    """Yield points where one comparison holds with equality, and just beside it."""
    for atom in sorted(set().union(*(c.atoms(sp.Rel) for c in conditions), set()), key=str):
        for r in space:
            if r.name in {s.name for s in atom.free_symbols} and not r.integer:
                for value in _solve(atom.lhs - atom.rhs, r, numbers):
                    for nudge in (1.0, 1 - 1e-9, 1 + 1e-9, 1 - 1e-3, 1 + 1e-3):
                        yield {**numbers, r.name: value * nudge}


def _solve(gap: sp.Expr, r: Range, numbers: Numbers, exactly: bool = False) -> list[Any]:
    """Return values of one parameter at which an expression of parameters changes sign."""
    if not {s.name for s in gap.free_symbols} <= set(numbers):
        return []  # roots known only after set-up appear in it

    fixed = {s: numbers[s.name] for s in gap.free_symbols if s.name != r.name}
    moving = next(s for s in gap.free_symbols if s.name == r.name)
    grid = values_over(r)
    with np.errstate(all="ignore"):
        on_grid = np.sign(evaluate_sympy(gap, {**fixed, moving: grid}, NUMPY) + 0.0 * grid)
    change = np.flatnonzero(on_grid[:-1] * on_grid[1:] <= 0)

    def g(x: float) -> Any:
        return evaluate_sympy(gap, {**fixed, moving: x}, FLOAT)

    found = [_bisect(g, float(grid[k]), float(grid[k + 1])) for k in change[:2]]
    return [_sharpened(gap, fixed, moving, x) for x in found] if exactly else found


def _sharpened(gap: sp.Expr, fixed: dict[sp.Symbol, Any], moving: sp.Symbol, x: float) -> Any:
    """Return the zero of `gap` beside a float at mpmath's precision, or the float if it is one."""
    exact = {symbol: mp.mpf(value) for symbol, value in fixed.items()}

    def g(x: Any) -> Any:
        return evaluate_sympy(gap, {**exact, moving: mp.mpf(x)}, MPMATH)

    lo, hi = (mp.mpf(x) * (1 + sign * _ROUNDING) for sign in (-1, 1))
    return x if g(x) == 0 or not g(lo) * g(hi) < 0 else _bisect(g, lo, hi)


def values_over(r: Range) -> Any:
    """Return values over a range, of every size towards its infinite ends."""
    far = np.logspace(-6, 6, 97)
    if np.isfinite(r.lo) and np.isfinite(r.hi):
        inner = np.linspace(r.lo, r.hi, 99)
        return inner[int(r.lo_open) : 99 - int(r.hi_open)]
    if np.isfinite(r.lo):
        return r.lo + (far if r.lo_open else np.concatenate([[0.0], far]))
    if np.isfinite(r.hi):
        return np.sort(r.hi - (far if r.hi_open else np.concatenate([[0.0], far])))
    return np.concatenate([-far[::-1], [0.0], far])


def _bisect(g: Callable[[Any], Any], lo: Any, hi: Any) -> Any:
    """Return a number at which `g` is zero, or changes sign to its neighbour."""
    for end in (lo, hi):
        if g(end) == 0:
            return end
    falling = g(lo) > 0
    for _ in range(160):
        mid = lo + (hi - lo) / 2
        value = g(mid)
        if value == 0:
            return mid
        if not lo < mid < hi:
            break
        lo, hi = (mid, hi) if (value > 0) == falling else (lo, mid)
    return hi
