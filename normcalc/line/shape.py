"""What the pieces and knots of a function say about its shape: convex, smooth, where finite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.branches import one_sided_slopes
from normcalc.line.core import BUDGET, Line, settle, shape_of
from normcalc.line.extremes import signs_on
from normcalc.line.pattern import Stretch
from normcalc.line.resolve import value_at
from normcalc.line.table import Case, Regime

if TYPE_CHECKING:
    from normcalc.line.context import Context
    from normcalc.line.curve import Curve, Knot


@dataclass(frozen=True)
class Verdict:
    """Whether a property holds in one regime of the parameters, and what shows it.

    `holds` is None where the computation found no answer; then `reason` says why.
    """

    conditions: tuple[sp.Basic, ...]
    holds: bool | None
    reason: str


Judge = Callable[["Curve", "Context"], tuple[bool, str]]


def verdicts(line: Line, judge: Judge, budget: float = BUDGET) -> tuple[Verdict, ...]:
    """Ask a question about the pieces and knots of a function in every regime.

    Raises
    ------
    NotDerivable
        The function is not real somewhere, or the time budget ran out.
    """

    def compute(context: Context) -> Regime:
        return answer(*judge(shape_of(line, context), context))

    return tuple(map(verdict, settle(compute, line, line.parameters, budget)))


def answer(holds: bool, reason: str) -> Regime:
    """Return a verdict as a table of one case, so that regimes join as for other answers."""
    return Regime((), cases=(Case(sp.S.Zero, sp.S.One, sp.Integer(holds), sp.Symbol(reason)),))


def verdict(regime: Regime) -> Verdict:
    """Return what `answer` has put into a regime."""
    if regime.refusal:
        return Verdict(regime.conditions, None, regime.refusal)
    case = regime.cases[0]
    return Verdict(regime.conditions, case.point == 1, str(case.result))


def convexity(line: Line, budget: float = BUDGET) -> tuple[Verdict, ...]:
    """Return where the function is convex, regime by regime.

    Examples
    --------
    >>> x, w = sp.Symbol("x", real=True), sp.Symbol("w", positive=True)
    >>> for v in convexity(Line(x**2 - w * x**2, x, (w,))): print(v.conditions, v.holds)
    (w > 1,) False
    (w <= 1,) True
    """

    def judge(f: Curve, context: Context) -> tuple[bool, str]:
        defect = _defect(f, context)
        convex = "the slope never decreases: F'' >= 0 on every piece, left <= right at every knot"
        return (True, convex) if defect is None else (False, defect)

    return verdicts(line, judge, budget)


def finiteness(line: Line, budget: float = BUDGET) -> tuple[Verdict, ...]:
    """Return where the function is finite, regime by regime; `holds` means on the whole line.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> finiteness(Line(x * sp.log(x), x, lo=sp.S.Zero))[0].reason
    'finite on [0, oo)'
    """

    def judge(f: Curve, context: Context) -> tuple[bool, str]:
        where = domain(f, line, context)
        return where == "(-oo, oo)", f"finite on {where}"

    return verdicts(line, judge, budget)


def continuity(line: Line, budget: float = BUDGET) -> tuple[Verdict, ...]:
    """Return where the function is continuous on its domain, regime by regime.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> continuity(Line(sp.sign(x), x))[0].reason
    'jump at x = 0'
    """

    def judge(f: Curve, context: Context) -> tuple[bool, str]:
        where = domain(f, line, context)
        jumps = (_jump(k, own_value(k, line, context), f, context) for k in f.knots)
        jump = next(filter(None, jumps), None)
        return (False, jump) if jump else (True, f"no jump on {where}")

    return verdicts(line, judge, budget)


def differentiability(line: Line, budget: float = BUDGET) -> tuple[Verdict, ...]:
    """Return where the function has a derivative at every inner point of its domain.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> differentiability(Line(sp.Abs(x), x))[0].reason
    'kink at x = 0 with slopes -1 and 1'
    """

    def judge(f: Curve, context: Context) -> tuple[bool, str]:
        kinks = list(_kinks(f, context))
        if not f.pieces:
            kinks.append("the domain has no inner points")
        smooth = f"f' exists in the interior of {domain(f, line, context)}"
        return (False, "; ".join(kinks)) if kinks else (True, smooth)

    return verdicts(line, judge, budget)


def domain(f: Curve, line: Line, context: Context) -> str:
    """Write the domain as a union of intervals, pieces joined where a knot lies between them."""
    at = {k.at for k in f.knots if own_value(k, line, context) != sp.oo}
    spans: list[list[sp.Expr]] = []
    for piece in f.pieces:
        if spans and spans[-1][1] == piece.lo and piece.lo in at:
            spans[-1][1] = piece.hi
        else:
            spans.append([piece.lo, piece.hi])
    ends = {end for span in spans for end in span}
    parts = [_span(lo, hi, at) for lo, hi in spans]
    inside = {k.at for k in f.knots if any(p.lo == k.at or p.hi == k.at for p in f.pieces)}
    parts += [f"{{{k.at}}}" for k in f.knots if k.at not in ends | inside and k.at in at]
    return " and ".join(parts)


def own_value(knot: Knot, line: Line, context: Context) -> sp.Expr:
    """Return the value of f itself at a knot, which its closure may lie below.

    Examples
    --------
    >>> from normcalc.line.context import Context
    >>> x, context = sp.Symbol("x", real=True), Context(())
    >>> step = Line(sp.Heaviside(x, 1), x)
    >>> own_value(shape_of(step, context).knots[0], step, context)
    1
    """
    if knot.attained:
        return knot.value
    own = value_at(line.expr, line.variable, knot.at, context)
    return knot.value if own is None else own


def _span(lo: sp.Expr, hi: sp.Expr, closed: set[sp.Expr]) -> str:
    return f"{'[' if lo in closed else '('}{lo}, {hi}{']' if hi in closed else ')'}"


def broken(f: Curve, context: Context) -> str | None:
    """Return the first gap in the domain, jump or isolated value that no convex function has.

    At an end of the domain only a value below the limit counts.

    Examples
    --------
    >>> from normcalc.line.context import Context
    >>> x, context = sp.Symbol("x", real=True), Context(())
    >>> broken(shape_of(Line(1 / x**2, x), context), context)
    'infinite at x = 0, finite on both sides'
    """
    closed = {k.at for k in f.knots}
    start = f.pieces[0].lo if f.pieces else sp.S.Zero
    if f.even and f.pieces and not (start == 0 and start in closed):
        return f"infinite at x = {start}, finite on both sides"
    for left, right in pairwise(f.pieces):
        if left.hi != right.lo:
            return f"infinite between {left.hi} and {right.lo}, finite on both sides"
        if left.hi not in closed:
            return f"infinite at x = {left.hi}, finite on both sides"
    for knot in f.knots:
        inside = _sides(knot, f)
        alone = len(f.knots) == 1 and not f.pieces and (knot.at == 0 or not f.even)
        if not any(inside) and not alone:
            return f"isolated value at x = {knot.at}"
        punctured = all(inside) and not knot.attained
        if punctured or _jump(knot, knot.value, f, context):
            return f"jump at x = {knot.at}"
    return None


def _sides(knot: Knot, f: Curve) -> tuple[bool, bool]:
    """Return whether a piece ends at the knot, and whether one starts there."""
    starts = any(p.lo == knot.at for p in f.pieces)
    ends = any(p.hi == knot.at for p in f.pieces)
    return (ends or (starts and f.even and knot.at == 0)), starts


def _jump(knot: Knot, own: sp.Expr, f: Curve, context: Context) -> str | None:
    """Return in words that a one-sided limit differs from the value, or None."""
    sides = _sides(knot, f)
    limits = [e for e, inside in zip((knot.left, knot.right), sides, strict=True) if inside]
    if own == sp.oo:
        # The point is not in the domain: there is nothing to be continuous at.
        return None
    apart = any(context.compare(limit, own) != 0 for limit in limits)
    return f"jump at x = {knot.at}" if apart else None


def _kinks(f: Curve, context: Context) -> Iterator[str]:
    """Yield in words every inner point of the domain without a derivative."""
    for knot in f.knots:
        if not all(_sides(knot, f)):
            continue
        if not knot.attained or _jump(knot, knot.value, f, context):
            yield f"jump at x = {knot.at}"
            continue
        left, right = one_sided_slopes(knot, f, context)
        if context.compare(left, right) != 0:
            yield f"kink at x = {knot.at} with slopes {left} and {right}"
        elif left.is_infinite:
            yield f"vertical tangent at x = {knot.at}"


def _defect(f: Curve, context: Context) -> str | None:
    """Return the first place where convexity fails, or None."""
    for piece in f.pieces:
        curvature = sp.diff(piece.expr, piece.variable, 2)
        if -1 in signs_on(curvature, Stretch(piece.lo, piece.hi, piece.variable), context):
            return f"concave somewhere on ({piece.lo}, {piece.hi})"
    for knot in f.knots:
        if all(_sides(knot, f)) and context.compare(*one_sided_slopes(knot, f, context)) > 0:
            return f"concave kink at {knot.at}"
    return broken(f, context)
