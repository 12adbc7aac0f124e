"""What the pieces and knots of a function say about its shape: convex, where finite."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.branches import one_sided_slopes
from normcalc.line.core import BUDGET, Line, settle, shape_of
from normcalc.line.pattern import Stretch, pattern
from normcalc.line.table import Regime

if TYPE_CHECKING:
    from normcalc.line.context import Context
    from normcalc.line.curve import Curve


@dataclass(frozen=True)
class Verdict:
    """Whether a property holds in one regime of the parameters, and what shows it."""

    conditions: tuple[sp.Basic, ...]
    holds: bool
    reason: str


def convexity(line: Line, budget: float = BUDGET) -> tuple[Verdict, ...]:
    """Return where the function is convex, regime by regime.

    Examples
    --------
    >>> x, w = sp.Symbol("x", real=True), sp.Symbol("w", positive=True)
    >>> for v in convexity(Line(x**2 - w * x**2, x, (w,))): print(v.conditions, v.holds)
    (w > 1,) False
    (w <= 1,) True
    """

    def compute(context: Context) -> Regime:
        reason = _defect(shape_of(line, context), context)
        # A regime carries its verdict as a refusal: equal verdicts are then joined like answers.
        return Regime((), refusal=reason or "convex")

    regimes = settle(compute, line, line.parameters, budget)
    return tuple(Verdict(r.conditions, r.refusal == "convex", _words(r.refusal)) for r in regimes)


def finiteness(line: Line, budget: float = BUDGET) -> tuple[Verdict, ...]:
    """Return where the function is finite, regime by regime; `holds` means on the whole line.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> finiteness(Line(x * sp.log(x), x, lo=sp.S.Zero))[0].reason
    'finite on [0, oo)'
    """

    def compute(context: Context) -> Regime:
        return Regime((), refusal=_domain(shape_of(line, context)))

    regimes = settle(compute, line, line.parameters, budget)
    return tuple(
        Verdict(r.conditions, r.refusal == "finite on (-oo, oo)", str(r.refusal)) for r in regimes
    )


def _domain(f: Curve) -> str:
    """Write the domain as a union of intervals, pieces joined where a knot lies between them."""
    at = {k.at for k in f.knots}
    spans: list[list[sp.Expr]] = []
    for piece in f.pieces:
        if spans and spans[-1][1] == piece.lo and piece.lo in at:
            spans[-1][1] = piece.hi
        else:
            spans.append([piece.lo, piece.hi])
    ends = {end for span in spans for end in span}
    parts = [_span(lo, hi, at) for lo, hi in spans]
    inside = {k.at for k in f.knots if any(p.lo == k.at or p.hi == k.at for p in f.pieces)}
    parts += [f"{{{k.at}}}" for k in f.knots if k.at not in ends | inside]
    return "finite on " + " and ".join(parts)


def _span(lo: sp.Expr, hi: sp.Expr, closed: set[sp.Expr]) -> str:
    return f"{'[' if lo in closed else '('}{lo}, {hi}{']' if hi in closed else ')'}"


def _words(reason: str | None) -> str:
    convex = "the slope never decreases: F'' >= 0 on every piece, left <= right at every knot"
    return convex if reason == "convex" else str(reason)


def _defect(f: Curve, context: Context) -> str | None:
    """Return the first place where convexity fails, or None."""
    for piece in f.pieces:
        curvature = sp.diff(piece.expr, piece.variable, 2)
        signs = pattern(curvature, Stretch(piece.lo, piece.hi, piece.variable), context).signs
        if -1 in signs:
            return f"concave somewhere on ({piece.lo}, {piece.hi})"
    covered = [(p.lo, p.hi) for p in f.pieces]
    for (_, end), (start, _) in pairwise(covered):
        if end != start:
            return f"infinite between {end} and {start}, finite on both sides"
    for knot in f.knots:
        inside = any(lo == knot.at for lo, _ in covered), any(hi == knot.at for _, hi in covered)
        slopes = one_sided_slopes(knot, f, context)
        if context.compare(*slopes) > 0:
            return f"concave kink at {knot.at}"
        if any(inside) and context.compare(_largest(knot.left, knot.right), knot.value) > 0:
            return f"jump at {knot.at}"
        if not any(inside) and (f.pieces or len(f.knots) > 1):
            return f"isolated value at {knot.at}"
    return None


def _largest(left: sp.Expr, right: sp.Expr) -> sp.Expr:
    finite = [e for e in (left, right) if e != sp.oo]
    return sp.Max(*finite)
