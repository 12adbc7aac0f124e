"""Conjugates and convex envelopes: the core operator applied to the function itself.

The domain of the conjugate is the interval between the slopes of f at the two ends of the line;
at an end that no point attains, the value is the limit along the last arc.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.branches import candidates
from normcalc.line.closed_roots import closed_roots, root_inside
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
    from collections.abc import Iterable, Iterator

    from normcalc.line.branches import Branch
    from normcalc.line.curve import Curve

_ENDLESS = (sp.nan, sp.zoo, sp.oo, -sp.oo)
NO_MINORANT = "the conjugate is +oo everywhere: f has no affine minorant"


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
        if not reigns:
            return _regime(_at_one_slope(f, start, even, context), context)
        found = regime_of(reigns, end, (), _value, context)
        return _with_ends(found, reigns, start, end, even, context)

    regimes = answers(compute, line, line.parameters, budget)
    return CaseTable(ARGUMENT, POINT, line.parameters, regimes, "even" if even else None)


def hull(f: Curve, context: Context) -> tuple[list[Reign], sp.Expr, sp.Expr]:
    """Return the reigns of the lower convex hull of f, and its first and last slope.

    There are no reigns where these are equal: the hull is affine.

    Raises
    ------
    Refusal
        f has no affine minorant.
    """
    first, last = _outer_slopes(f, context)
    order = context.compare(last, first)
    if order < 0:
        raise Refusal(NO_MINORANT)
    if order == 0:
        return [], first, last
    reigns = sweep(candidates(f, context), first, context)
    kept = [r for r in reigns if r is reigns[0] or context.compare(r.start, last) < 0]
    return kept, first, last


def _regime(cases: Iterable[Case], context: Context) -> Regime:
    # The cases come first: they are what asks for the roots.
    listed = tuple(cases)
    log, how = tuple(context.log), tuple(context.how)
    return Regime((), tuple(context.roots), listed, log=log, how=how)


def _at_one_slope(f: Curve, slope: sp.Expr, even: bool, context: Context) -> Iterator[Case]:
    """Yield the cases of a conjugate that is finite at one slope only."""
    if not even:
        yield _infinite(-sp.oo, slope, hi_open=True)
    point, value = _supremum(f, slope, context)
    yield Case(slope, slope, point, value, "the only slope")
    yield _infinite(slope, sp.oo)


def _supremum(f: Curve, slope: sp.Expr, context: Context) -> tuple[sp.Expr, sp.Expr]:
    """Return where ``slope*u - f(u)`` is largest and its value, possibly a limit at infinity."""
    options = [*_stationary(f, slope, context), *_far_out(f, slope, context)]
    best = options[0]
    for option in options[1:]:
        # Of equals the first is taken, which is attained if any is.
        best = option if context.compare(option[1], best[1]) > 0 else best
    if best[1] == sp.oo:
        raise Refusal(NO_MINORANT)
    return best


def _stationary(f: Curve, slope: sp.Expr, context: Context) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    branches = candidates(f, context).branches
    if not branches:
        # An affine function: every point is as good as any other.
        yield sp.S.Zero, tidy(-f.pieces[0].expr.subs(f.pieces[0].variable, 0))
    for branch in branches:
        if context.compare(branch.vlo, slope) <= 0 <= context.compare(branch.vhi, slope):
            point = _point_at(branch, slope, context)
            if point.is_finite is not False:
                side = "-" if point == branch.hi else "+"
                yield point, _gap(branch, point, side, slope, context)


def _far_out(f: Curve, slope: sp.Expr, context: Context) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    for piece in f.pieces:
        gap = tidy(slope * piece.variable - piece.expr)
        if piece.lo == -sp.oo:
            yield -sp.oo, tidy(limit(gap, piece.variable, -sp.oo, "+", context))
        if piece.hi == sp.oo:
            yield sp.oo, tidy(limit(gap, piece.variable, sp.oo, "-", context))


def _gap(branch: Branch, point: sp.Expr, side: str, slope: sp.Expr, context: Context) -> sp.Expr:
    """Return ``slope*u - f(u)`` at a point of a branch, a limit at its ends."""
    if branch.slope is None:
        return tidy(slope * point - branch.value)
    u = branch.variable
    return tidy(limit(tidy(u * slope - branch.value), u, point, side, context))


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
    if start.is_finite is not False and not even:
        late = _attained_late(reigns[0].branch, start, "+", context)
        owned = bool(late) or _attains(reigns[0].branch, start, context)
        before = [_infinite(-sp.oo, start, hi_open=owned), *late]
    if end.is_finite is not False:
        after = _attained_late(reigns[-1].branch, end, "-", context)
        owned = _attains(reigns[-1].branch, end, context)
        cases[-1] = replace(cases[-1], hi_open=not owned)
        after.append(_infinite(end, sp.oo))
    return replace(regime, cases=(*before, *cases, *after))


def _attains(branch: Branch, at: sp.Expr, context: Context) -> bool:
    """Whether a slope belongs to a point of the branch, and not only to its end."""
    if branch.slope is None:
        return True
    return context.compare(branch.vlo, at) < 0 and context.compare(at, branch.vhi) < 0


def _attained_late(branch: Branch, at: sp.Expr, side: str, context: Context) -> list[Case]:
    """Return the case of a last slope that is reached only in the limit, if it is finite there."""
    if _attains(branch, at, context):
        return []
    outer = branch.lo if side == "+" else branch.hi
    value = _gap(branch, outer, side, at, context)
    return [] if value == sp.oo else [Case(at, at, outer, value, "limit along the last arc")]


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
        if not reigns:
            below = start * ARGUMENT - _supremum(f, start, context)[1]
            lo = sp.S.Zero if even else -sp.oo
            return _regime([Case(lo, sp.oo, ARGUMENT, tidy(below), "chord")], context)
        return _regime(_envelope_cases(reigns, start, end, even, context), context)

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
    if branch.slope is None or _same(slope, branch.vlo, context):
        return branch.lo
    if _same(slope, branch.vhi, context):
        return branch.hi
    arc = invert(branch, ARGUMENT, context)
    if arc.closed is not None:
        found = tidy(arc.closed.subs(ARGUMENT, slope))
        # A closed form for all slopes may be 0/0 at one of them.
        if not found.has(*_ENDLESS):
            return found
    found = _zero_of_numerator(branch, slope, context)
    return root_between(branch.slope - slope, branch, True, context) if found is None else found


def _zero_of_numerator(branch: Branch, slope: sp.Expr, context: Context) -> sp.Expr | None:
    """Return where a branch has a slope, if the numerator of the equation has a closed zero."""
    assert branch.slope is not None
    equation = sp.fraction(sp.together(tidy(branch.slope - slope)))[0]
    roots = closed_roots(sp.expand(equation), branch.variable)
    # Where the denominator vanishes as well, the zero is not one of the slope.
    real = [r for r in roots if not branch.slope.subs(branch.variable, r).has(*_ENDLESS)]
    return root_inside(real, branch.lo, branch.hi, context)


def _same(left: sp.Expr, right: sp.Expr, context: Context) -> bool:
    if left in (sp.oo, -sp.oo) or right in (sp.oo, -sp.oo):
        return bool(left == right)
    return context.is_zero(left - right)
