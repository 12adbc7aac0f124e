"""When two regimes give the same answer, and how a border joins its neighbour."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.simplify import vanishes
from normcalc.line.table import Arc, Case, Hull, Regime

if TYPE_CHECKING:
    from normcalc.line.context import Context


def identical(first: Regime, second: Regime) -> bool:
    """Return whether two regimes give the same answer, letter for letter."""
    cases = [[replace(c, why="") for c in r.cases] for r in (first, second)]
    return (first.refusal, first.roots, cases[0]) == (second.refusal, second.roots, cases[1])


def same_cases(first: Regime, second: Regime, at: Context) -> bool:
    """Return whether two regimes are proved to list the same cases under what `at` knows.

    Cases that have no width there do not count.
    """
    if first.refusal or second.refusal:
        return False
    left, right = _at(first, at), _at(second, at)
    return len(left) == len(right) and all(
        _same(a, b, at) for a, b in zip(left, right, strict=True)
    )


def absorb(regime: Regime, edge: Regime, at: Context, condition: sp.Basic) -> Regime | None:
    """Return `regime` extended to a border whose own answer is `edge`, or None if they differ.

    A regime with a case that has no width at the border is not extended: its formula may not even
    be defined there, and the neighbour on the other side will do.
    """
    if regime.refusal or edge.refusal:
        return regime if regime.refusal and regime.refusal == edge.refusal else None
    if len(_at(regime, at)) != len(regime.cases) or not same_cases(regime, edge, at):
        return None
    if not all(_defined(case.point, at) for case in regime.cases):
        return None
    flats = tuple(replace(f, condition=sp.And(f.condition, condition)) for f in edge.flats)
    return replace(regime, flats=regime.flats + flats)


def _at(regime: Regime, at: Context) -> list[Case]:
    return [case for case in regime.cases if not _zero(case.lo, case.hi, at)]


def _same(a: Case, b: Case, at: Context) -> bool:
    ends = _zero(a.lo, b.lo, at) and _zero(a.hi, b.hi, at)
    return ends and _same_point(a.point, b.point, at)


def _same_point(a: sp.Expr | Arc | Hull, b: sp.Expr | Arc | Hull, at: Context) -> bool:
    if isinstance(a, Arc) and isinstance(b, Arc):
        return _zero(a.slope.subs(a.variable, b.variable), b.slope, at)
    if isinstance(a, Arc | Hull) or isinstance(b, Arc | Hull):
        return False
    return _zero(a, b, at)


def _defined(point: sp.Expr | Arc | Hull, at: Context) -> bool:
    """Return whether the formula of an arc has no denominator that vanishes."""
    if not isinstance(point, Arc) or point.closed is None:
        return True
    return not _zero(sp.denom(sp.together(point.closed)), sp.S.Zero, at)


def _zero(a: sp.Expr, b: sp.Expr, at: Context) -> bool:
    if a == b:
        return True
    if not (a.is_finite is not False and b.is_finite is not False):
        return False
    difference = (a - b).subs(list(at.substitution.items()))
    if difference.has(sp.nan, sp.zoo):
        return False
    return vanishes(difference) or at.is_zero(difference)
