"""From a shrinkage rule to the penalty whose prox it is: the inverse question.

If r is the prox of ``step*f`` then ``F(u) = u**2/2 + step*f(u)`` has the inverse of r as its slope
wherever r rises.  The integral of an inverse needs no inverse but its own: it is
``u*v - R(v)`` with ``u = r(v)`` and R an antiderivative of r.  Where r is flat F has a kink, and
where r jumps at v the slope of F is v across the jump in the least F, which is affine there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.branches import Branch
from normcalc.line.context import Context, Refusal
from normcalc.line.core import BUDGET, Line, answers
from normcalc.line.deadline import limited
from normcalc.line.extremes import short
from normcalc.line.invert import invert
from normcalc.line.limits import limit
from normcalc.line.pattern import Stretch, pattern, variable_on
from normcalc.line.resolve import resolve
from normcalc.line.simplify import tidy
from normcalc.line.table import Case, Regime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.line.resolve import Piece

SECONDS = 4.0


@dataclass(frozen=True)
class Span:
    """A stretch of points between two values of the rule, where F has slope `slope`.

    `primitive` is an antiderivative of the slope, `rise` its increase over the span.  On a bridge
    across a jump the slope is a number.  `reached` says of both ends whether the rule takes them.
    """

    lo: sp.Expr
    hi: sp.Expr
    slope: sp.Expr
    primitive: sp.Expr
    rise: sp.Expr
    bridge: bool = False
    reached: tuple[bool, bool] = (True, True)


def is_odd(line: Line) -> bool:
    """Return whether the formula is proved to be odd.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> is_odd(Line(sp.sign(x) * sp.Max(sp.Abs(x) - 1, 0), x))
    True
    """
    w = sp.Symbol("w", positive=True)
    right, left = (line.expr.subs(line.variable, s * w) for s in (1, -1))
    return bool(right == -left or sp.simplify(right + left) == 0)


def point_of(odd: bool) -> sp.Symbol:
    """Return the symbol of the point in the answer: of an odd rule only ``u > 0`` is listed."""
    return sp.Symbol("u", positive=True) if odd else sp.Symbol("u", real=True)


def penalty_regimes(
    line: Line, step: sp.Expr, odd: bool, budget: float = BUDGET
) -> tuple[Regime, ...]:
    """Return the penalty of a rule, regime by regime, as cases in the point.

    The penalty is the `result` of a case.  It is 0 at 0 or, if the rule never takes that value,
    at an end of its range.

    Raises
    ------
    NotDerivable
        The rule decreases for all parameters, or has no inverse in closed form.

    Examples
    --------
    >>> v = sp.Symbol("v", real=True)
    >>> soft = Line(sp.sign(v) * sp.Max(sp.Abs(v) - 3, 0), v)
    >>> [(c.lo, c.hi, c.result) for c in penalty_regimes(soft, sp.S.One, True)[0].cases]
    [(0, oo, 3*u)]
    """
    u = point_of(odd)

    def compute(context: Context) -> Regime:
        spans = _wide(list(_spans(line, odd, u, context)), context)
        cases = _cases(spans, step, u, odd, context) if spans else _point(line, context)
        return Regime((), tuple(context.roots), tuple(cases))

    return answers(compute, line, tuple(line.parameters), budget)


def _spans(line: Line, odd: bool, u: sp.Symbol, context: Context) -> Iterator[Span]:
    """Yield the pieces of the inverse of the rule, bridges included, in order."""
    end = sp.S.Zero if odd else None
    pairs = list(context.substitution.items())
    for piece in resolve(line.expr, line.variable, sp.S.Zero if odd else -sp.oo, sp.oo, context):
        rule = _decided(piece.expr.subs(pairs), context)
        if rule.has(sp.nan, sp.oo):
            raise Refusal(f"the rule is not a real number for {piece.lo} < v < {piece.hi}")
        lo = tidy(limit(rule, piece.variable, piece.lo, "+", context))
        hi = tidy(limit(rule, piece.variable, piece.hi, "-", context))
        if end is not None:
            yield from _bridge(end, lo, piece.lo, context)
        slope = pattern(
            sp.diff(rule, piece.variable), Stretch(piece.lo, piece.hi, piece.variable), context
        )
        if -1 in slope.signs:
            raise Refusal(f"the rule decreases on ({piece.lo}, {piece.hi}): it is no prox")
        if set(slope.signs) != {0}:
            yield _inverse(piece, rule, (lo, hi), u, context)
        end = hi


def _decided(rule: sp.Expr, context: Context) -> sp.Expr:
    """Replace the least and the largest of two parameters by the one that it is."""
    for choice in rule.atoms(sp.Max, sp.Min):
        towards = 1 if isinstance(choice, sp.Max) else -1
        best = choice.args[0]
        for other in choice.args[1:]:
            best = other if context.compare(other, best) == towards else best
        rule = rule.subs(choice, best)
    return rule


def _bridge(end: sp.Expr, start: sp.Expr, at: sp.Expr, context: Context) -> Iterator[Span]:
    """Yield the affine part of F across a jump of the rule at v = `at`."""
    order = context.compare(start, end)
    if order < 0:
        raise Refusal(f"the rule jumps down at v = {at}: it is no prox")
    if order > 0:
        u = sp.Symbol("u", real=True)
        yield Span(end, start, at, at * u, at * (start - end), bridge=True)


def _inverse(
    piece: Piece, rule: sp.Expr, ends: tuple[sp.Expr, sp.Expr], u: sp.Symbol, context: Context
) -> Span:
    # Pieces and points share the letter u: the argument of the rule needs one of its own.
    v = variable_on(piece.lo, piece.hi, context, name="v")
    rule = rule.subs(piece.variable, v)
    w = variable_on(*ends, context)
    arc = invert(Branch(piece.lo, piece.hi, *ends, rule, rule, v), w, context)
    closed = arc.shown if arc.closed is None else arc.closed
    inverse = closed if closed is not None else _solved(rule, v, w, context)
    if inverse is None:
        raise Refusal(f"u = {rule} has no closed form for {v} on ({piece.lo}, {piece.hi})")
    primitive = _antiderivative(inverse, w)
    if primitive is None:
        primitive = _legendre(rule, v, inverse, w)
    first = limit(primitive, w, ends[0], "+", context)
    last = limit(primitive, w, ends[1], "-", context)
    # An infinite end has nothing before it, so that any constant will do.
    start = sp.S.Zero if first.is_infinite else first
    reached = (piece.lo != -sp.oo, piece.hi != sp.oo)
    slope, value = inverse.subs(w, u), (primitive - start).subs(w, u)
    return Span(*ends, slope, value, last - start, reached=reached)


def _legendre(rule: sp.Expr, v: sp.Symbol, inverse: sp.Expr, w: sp.Symbol) -> sp.Expr:
    """Return an antiderivative of the inverse of a rule from one of the rule."""
    primitive = _antiderivative(rule, v)
    if primitive is None:
        raise Refusal(f"no antiderivative of the rule {rule} or of its inverse was found")
    return w * inverse - primitive.subs(v, inverse)


def _antiderivative(expr: sp.Expr, v: sp.Symbol) -> sp.Expr | None:
    """Return an antiderivative that differentiation confirms, or None."""

    def work() -> sp.Expr | None:
        found = sp.integrate(expr, v)
        wrong = found.has(sp.Integral, sp.Piecewise) or sp.simplify(sp.diff(found, v) - expr) != 0
        return None if wrong else found

    return limited(SECONDS, work)


def _solved(rule: sp.Expr, v: sp.Symbol, w: sp.Symbol, context: Context) -> sp.Expr | None:
    """Return the only solution of ``rule = w`` that SymPy finds, if it is the inverse.

    The rule rises, so there is at most one inverse; the solution counts only if it takes the rule
    back to its argument at the samples, and roots do not meet where the slope does not vanish.
    """

    def work() -> list[sp.Expr]:
        try:
            return list(sp.solve(rule - w, v))
        except (NotImplementedError, ValueError, TypeError):
            return []

    found = [s for s in limited(SECONDS, work) or [] if _inverts(s, rule, v, w, context)]
    return found[0] if len(found) == 1 else None


def _inverts(
    solution: sp.Expr, rule: sp.Expr, v: sp.Symbol, w: sp.Symbol, context: Context
) -> bool:
    sign = -1 if v.is_negative else 1
    for sample in (context.samples or [{}])[:2]:
        for size in (0.3, 1.7):
            at = sp.Float(sign * size)
            value = rule.xreplace(sample).xreplace({v: at}).evalf(15)
            back = solution.xreplace(sample).xreplace({w: value}).evalf(15)
            if not back.is_Float or abs(back - at) > 1e-9:
                return False
    return True


def _point(line: Line, context: Context) -> Iterator[Case]:
    """Yield the penalty of a constant rule: 0 at one point, ``oo`` elsewhere."""
    constant = line.expr.subs(list(context.substitution.items()))
    if constant.has(line.variable):
        raise Refusal("the rule takes a single value")
    yield _outside(-sp.oo, constant, hi_open=True)
    yield Case(constant, constant, sp.S.Zero, sp.S.Zero)
    yield _outside(constant, sp.oo)


def _outside(lo: sp.Expr, hi: sp.Expr, hi_open: bool = False) -> Case:
    return Case(lo, hi, sp.oo, sp.oo, "outside the domain", hi_open=hi_open)


def _wide(spans: list[Span], context: Context) -> list[Span]:
    """Drop spans without width, which borders of the parameters may have."""
    return [s for s in spans if context.compare(s.lo, s.hi) < 0]


def _cases(
    spans: list[Span], step: sp.Expr, u: sp.Symbol, odd: bool, context: Context
) -> Iterator[Case]:
    """Add up F over the spans, and turn it into the penalty ``(F - u**2/2)/step``."""
    total = sp.S.Zero
    values: list[sp.Expr] = []
    for span in spans:
        start = span.primitive.subs(sp.Symbol("u", real=True), span.lo) if span.bridge else 0
        values.append(span.primitive.subs(sp.Symbol("u", real=True), u) - start + total)
        total = total + span.rise
    level = sp.S.Zero if odd else _level(spans, values, u, context)
    merged: list[Case] = []
    for span, value in zip(spans, values, strict=True):
        result = _readable((value - level - u**2 / 2) / step)
        why = "bridge" if span.bridge else ""
        start = span.lo
        if merged and (merged[-1].result, merged[-1].why) == (result, why):
            start = merged.pop().lo
        merged.append(Case(start, span.hi, result, result, why))
    first, last = spans[0], spans[-1]
    if first.lo != -sp.oo and not odd:
        yield _outside(-sp.oo, first.lo, hi_open=first.reached[0])
    yield from merged[:-1]
    yield replace(merged[-1], hi_open=not last.reached[1])
    if last.hi != sp.oo:
        yield _outside(last.hi, sp.oo)


def _readable(expr: sp.Expr) -> sp.Expr:
    """Return a short form; logarithms stay apart, since products inside them overflow."""
    expanded = sp.expand(expr)
    return tidy(expanded) if expanded.has(sp.log) else short(expanded)


def _level(spans: list[Span], values: list[sp.Expr], u: sp.Symbol, context: Context) -> sp.Expr:
    """Return ``F - u**2/2`` at 0 or, if the rule never takes that value, at an end."""
    for span, value in zip(spans, values, strict=True):
        if context.compare(span.lo, sp.S.Zero) <= 0 and context.compare(span.hi, sp.S.Zero) >= 0:
            side = "+" if context.compare(span.lo, sp.S.Zero) == 0 else "-"
            at_zero = limit(value, u, sp.S.Zero, side, context)
            if not at_zero.is_infinite:
                return at_zero
    end = limit(values[0], u, spans[0].lo, "+", context) - spans[0].lo ** 2 / 2
    return sp.S.Zero if end.has(sp.oo, sp.nan) else end
