"""Conjugates and convex envelopes: the core operator applied to the function itself.

The domain of the conjugate is the interval between the slopes of f at the two ends of the line;
at an end that no point attains, the value is the limit along the last arc.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.branches import Branch, candidates
from normcalc.line.context import Context, Refusal
from normcalc.line.core import (
    ARGUMENT,
    BUDGET,
    POINT,
    Line,
    answers,
    curve_of,
    regime_of,
    substituted,
)
from normcalc.line.invert import invert
from normcalc.line.limits import limit
from normcalc.line.simplify import tidy
from normcalc.line.sweep import Reign, root_between, sweep
from normcalc.line.table import Case, CaseTable, Regime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.line.curve import Curve


def conjugate_table(line: Line, budget: float = BUDGET) -> CaseTable:
    """Return the convex conjugate ``sup_u v*u - f(u)``, ``oo`` outside its domain.

    Raises
    ------
    NotDerivable
        It is infinite everywhere for all parameters, or the time budget ran out.
    """
    even = line.even

    def compute(context: Context) -> Regime:
        f = substituted(curve_of(line, even, context), context)
        reigns, start, end = hull(f, context)
        found = regime_of(reigns, end, (), _value, context)
        return _with_ends(found, reigns, start, end, even, context)

    regimes = answers(compute, line, line.parameters, budget)
    return CaseTable(ARGUMENT, POINT, line.parameters, regimes, "even" if even else None)


def hull(f: Curve, context: Context) -> tuple[list[Reign], sp.Expr, sp.Expr]:
    """Return the reigns of the lower convex hull of f, and its first and last slope.

    Raises
    ------
    Refusal
        f has no affine minorant.
    """
    found = candidates(f, context)
    first, last = _outer_slopes(f, context)
    if context.compare(last, first) < 0:
        raise Refusal("the conjugate is +oo everywhere: f has no affine minorant")
    if not found.branches:
        return [_affine(f, first)], first, last
    reigns = sweep(found, first, context)
    kept = [r for r in reigns if r is reigns[0] or context.compare(r.start, last) < 0]
    return kept, first, last


def _affine(f: Curve, slope: sp.Expr) -> Reign:
    """Return the reign of an affine function: every point is minimal for its slope, so take 0."""
    value = f.pieces[0].expr.subs(f.pieces[0].variable, 0)
    return Reign(Branch(sp.S.Zero, sp.S.Zero, slope, slope, value), slope, False, "affine")


def _outer_slopes(f: Curve, context: Context) -> tuple[sp.Expr, sp.Expr]:
    first, last = -sp.oo, sp.oo
    if f.pieces and f.pieces[-1].hi == sp.oo:
        piece = f.pieces[-1]
        slope = sp.diff(piece.expr, piece.variable)
        last = tidy(limit(slope, piece.variable, sp.oo, "-", context))
    if f.even:
        return sp.S.Zero, last
    if f.pieces and f.pieces[0].lo == -sp.oo:
        piece = f.pieces[0]
        slope = sp.diff(piece.expr, piece.variable)
        first = tidy(limit(slope, piece.variable, -sp.oo, "+", context))
    return first, last


def _value(branch: Branch) -> sp.Expr:
    if branch.slope is None:
        return tidy(ARGUMENT * branch.lo - branch.value)
    return tidy(ARGUMENT * POINT - branch.value.subs(branch.variable, POINT))


def _with_ends(
    regime: Regime,
    reigns: list[Reign],
    start: sp.Expr,
    end: sp.Expr,
    even: bool,
    context: Context,
) -> Regime:
    """Add what happens at and beyond the ends of the domain."""
    before, after = [], []
    cases = list(regime.cases)
    if context.compare(start, end) == 0:
        only = replace(cases[0], lo=start, hi=start, hi_open=False)
        before = [] if even else [_infinite(-sp.oo, start, hi_open=True)]
        return replace(regime, cases=(*before, only, _infinite(start, sp.oo)))
    if start.is_finite is not False and not even:
        before.append(_infinite(-sp.oo, start, hi_open=True))
        before += _attained_late(reigns[0].branch, start, "+", context)
    if end.is_finite is not False:
        after = _attained_late(reigns[-1].branch, end, "-", context)
        open_end = reigns[-1].branch.slope is not None
        cases[-1] = replace(cases[-1], hi_open=open_end)
        after.append(_infinite(end, sp.oo))
    return replace(regime, cases=(*before, *cases, *after))


def _attained_late(branch: Branch, at: sp.Expr, side: str, context: Context) -> list[Case]:
    """Return the case of a last slope that is reached only in the limit, if it is finite there."""
    if branch.slope is None:
        return []
    u = branch.variable
    outer = branch.lo if side == "+" else branch.hi
    value = limit(tidy(u * branch.slope - branch.value), u, outer, side, context)
    if value == sp.oo:
        return []
    return [Case(at, at, outer, tidy(value), "limit along the last arc")]


def _infinite(lo: sp.Expr, hi: sp.Expr, hi_open: bool = False) -> Case:
    return Case(lo, hi, sp.nan, sp.oo, "outside the domain", hi_open=hi_open)


def biconjugate_table(line: Line, budget: float = BUDGET) -> CaseTable:
    """Return the convex envelope: the largest convex closed function below f, ``oo`` outside.

    Where a branch reigns the envelope is f; where the point jumps it is the chord, whose slope is
    the border between the two reigns.

    Raises
    ------
    NotDerivable
        f has no affine minorant, or the time budget ran out.
    """
    even = line.even

    def compute(context: Context) -> Regime:
        f = substituted(curve_of(line, even, context), context)
        reigns, start, end = hull(f, context)
        cases = list(_envelope_cases(reigns, start, end, even, context))
        return Regime((), tuple(context.roots), tuple(cases), log=tuple(context.log))

    regimes = answers(compute, line, line.parameters, budget)
    return CaseTable(ARGUMENT, POINT, line.parameters, regimes, "even" if even else None)


def _envelope_cases(
    reigns: list[Reign], start: sp.Expr, end: sp.Expr, even: bool, context: Context
) -> Iterator[Case]:
    slopes = [*(r.start for r in reigns), end]
    at = -sp.oo if start != -sp.oo else _point_at(reigns[0].branch, start, context)
    at = sp.S.Zero if even else at
    if at != -sp.oo and not even:
        yield _infinite(-sp.oo, at, hi_open=True)
    for reign, slope, following in zip(reigns, slopes[:-1], slopes[1:], strict=True):
        branch = reign.branch
        first = _point_at(branch, slope, context)
        value = _value_at(branch, first, "+", context)
        if context.compare(first, at) > 0:
            chord = value + slope * (ARGUMENT - first)
            yield Case(at, first, ARGUMENT, tidy(chord), "chord")
        at = first
        if branch.slope is not None:
            at = _point_at(branch, following, context)
            value = _value_at(branch, at, "-", context) if at != sp.oo else sp.oo
            yield Case(first, at, ARGUMENT, branch.value.subs(branch.variable, ARGUMENT), "f")
    yield from _right_end(at, value, end)


def _value_at(branch: Branch, point: sp.Expr, side: str, context: Context) -> sp.Expr:
    if branch.slope is None:
        return branch.value
    return limit(branch.value, branch.variable, point, side, context)


def _right_end(at: sp.Expr, value: sp.Expr, end: sp.Expr) -> Iterator[Case]:
    if at == sp.oo:
        return
    if end == sp.oo:
        yield _infinite(at, sp.oo)
    else:
        yield Case(at, sp.oo, ARGUMENT, tidy(value + end * (ARGUMENT - at)), "chord")


def _point_at(branch: Branch, slope: sp.Expr, context: Context) -> sp.Expr:
    """Return the point of a branch at a slope of its reign."""
    if branch.slope is None or slope == branch.vlo:
        return branch.lo
    if slope == branch.vhi:
        return branch.hi
    arc = invert(branch, ARGUMENT, context)
    if arc.closed is not None:
        return tidy(arc.closed.subs(ARGUMENT, slope))
    return root_between(branch.slope - slope, branch, True, context)
