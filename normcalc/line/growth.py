"""How a function grows: where it rises, and what it and its slope tend to far out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.context import Context, Refusal
from normcalc.line.core import BUDGET, Line
from normcalc.line.extremes import signs_on, wave_bounds
from normcalc.line.limits import limit
from normcalc.line.pattern import Stretch
from normcalc.line.shape import Verdict, broken, own_value, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.line.curve import Curve
    from normcalc.line.resolve import Piece


def nondecreasing(line: Line, budget: float = BUDGET) -> tuple[Verdict, ...]:
    """Return where ``f(x) <= f(y)`` for all ``x <= y``, values ``oo`` outside the domain included.

    Examples
    --------
    >>> x, c = sp.Symbol("x", real=True), sp.Symbol("c", real=True)
    >>> for v in nondecreasing(Line(c * x, x, (c,))): print(v.conditions, v.holds)
    (c >= 0,) True
    (c < 0,) False
    """

    def judge(f: Curve, context: Context) -> tuple[bool, str]:
        falls = next(_falls(f, line, context), None)
        return (True, "f' >= 0 on every piece, no jump down") if falls is None else (False, falls)

    return verdicts(line, judge, budget)


def nonincreasing(line: Line, budget: float = BUDGET) -> tuple[Verdict, ...]:
    """Return where ``f(x) >= f(y)`` for all ``x <= y``: the mirror image does not decrease.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> [v.holds for v in nonincreasing(Line(sp.Max(1 - x, 0), x))]
    [True]
    """
    x = line.variable
    mirrored = replace(line, expr=line.expr.subs(x, -x), lo=-line.hi, hi=-line.lo)
    words = {"f' >= 0 on every piece, no jump down": "f' <= 0 on every piece, no jump up"}
    return tuple(
        replace(v, reason=words.get(v.reason, f"for f(-x): {v.reason}"))
        for v in nondecreasing(mirrored, budget)
    )


def coercivity(line: Line, budget: float = BUDGET) -> tuple[Verdict, ...]:
    """Return where ``f(x) -> oo`` as ``|x| -> oo``.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> coercivity(Line(sp.exp(x), x))[0].reason
    'f -> 0 as x -> -oo'
    """

    def judge(f: Curve, context: Context) -> tuple[bool, str]:
        tails = list(_tails(f))
        for piece, end in tails:
            found = _limit(piece.expr, piece, end, context)
            if found != sp.oo:
                tends = "is bounded" if found is None else f"-> {found}"
                return False, f"f {tends} as x -> {end}"
        return True, f"f -> oo as x -> {_ends(tails)}" if tails else "the domain is bounded"

    return verdicts(line, judge, budget)


def flatness(line: Line, budget: float = BUDGET) -> tuple[Verdict, ...]:
    """Return where ``f'(x) -> 0`` as ``|x| -> oo``, so that the prox leaves large values alone.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> flatness(Line(sp.Abs(x), x))[0].reason
    "f' -> -1 as x -> -oo"
    """

    def judge(f: Curve, context: Context) -> tuple[bool, str]:
        tails = list(_tails(f))
        for piece, end in tails:
            slope = sp.diff(piece.expr, piece.variable)
            found = _limit(slope, piece, end, context)
            if found is None or context.compare(found, sp.S.Zero) != 0:
                tends = "keeps changing" if found is None else f"-> {found}"
                return False, f"f' {tends} as x -> {end}"
        if len(tails) < 2:
            return False, f"the domain ends on the {'left' if tails else 'right'}"
        return True, "f' -> 0 as |x| -> oo"

    return verdicts(line, judge, budget)


def _ends(tails: list[tuple[Piece, sp.Expr]]) -> str:
    """Write the infinite ends of a domain."""
    return " and as x -> ".join(str(end) for _, end in tails)


def _falls(f: Curve, line: Line, context: Context) -> Iterator[str]:
    """Yield in words the places at which the function decreases."""
    if not f.pieces or f.pieces[0].lo != -sp.oo:
        yield f"infinite to the left of x = {f.breaks[0]}, finite there"
    for piece in f.pieces:
        slope = sp.diff(piece.expr, piece.variable)
        if -1 in signs_on(slope, Stretch(piece.lo, piece.hi, piece.variable), context):
            yield f"f decreases somewhere on ({piece.lo}, {piece.hi})"
    gap = broken(f, context)
    if gap and gap.startswith(("infinite", "isolated")):
        yield gap
    for knot in f.knots:
        own = own_value(knot, line, context)
        right_end = all(p.lo != knot.at for p in f.pieces)
        if context.compare(knot.left, own) > 0 or (
            not right_end and context.compare(own, knot.right) > 0
        ):
            yield f"jump down at x = {knot.at}"


def _tails(f: Curve) -> Iterator[tuple[Piece, sp.Expr]]:
    """Yield the pieces that reach to an infinite end of the line, with that end."""
    if f.pieces and f.pieces[0].lo == -sp.oo:
        yield f.pieces[0], -sp.oo
    if f.pieces and f.pieces[-1].hi == sp.oo:
        yield f.pieces[-1], sp.oo


def _limit(expr: sp.Expr, piece: Piece, end: sp.Expr, context: Context) -> sp.Expr | None:
    """Return the limit at an infinite end, or None for a wave, which has none."""
    wave = wave_bounds(expr, piece.variable) if expr.has(piece.variable) else None
    if wave is not None and context.sign(wave[1]) != 0:
        return None
    found = limit(expr, piece.variable, end, "+" if end == -sp.oo else "-", context)
    if found.has(sp.AccumBounds):
        raise Refusal(f"{expr} has no limit as x -> {end}")
    return found
