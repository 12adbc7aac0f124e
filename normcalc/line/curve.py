"""A function of one variable in one regime: smooth pieces, and knots where they meet or end.

The function is taken closed: at a knot it has the least of its value and its one-sided limits,
since minimisers and conjugates do not see the difference except where a minimum is not attained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.line.context import Context, Refusal
from normcalc.line.limits import limit
from normcalc.line.resolve import Piece, resolve, value_at

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Knot:
    """A point of the domain at which the function may have a kink or a jump."""

    at: sp.Expr
    value: sp.Expr
    left: sp.Expr  # the limit from the left, oo outside the domain
    right: sp.Expr
    attained: bool = True  # whether f itself has the value, or only its closure


@dataclass(frozen=True)
class Curve:
    """Knots and finite pieces, left to right; `even` means that only ``u >= 0`` is listed.

    `breaks` are the ends of pieces and the places of knots, in order.
    """

    pieces: tuple[Piece, ...]
    knots: tuple[Knot, ...]
    breaks: tuple[sp.Expr, ...]
    even: bool = False

    def map(self, rule: Callable[[sp.Expr, sp.Expr], sp.Expr]) -> Curve:
        """Return the curve of ``rule(value, point)``, a continuous change of the values."""
        pieces = tuple(
            Piece(p.lo, p.hi, rule(p.expr, p.variable), p.variable) for p in self.pieces
        )
        knots = tuple(
            Knot(k.at, rule(k.value, k.at), rule(k.left, k.at), rule(k.right, k.at), k.attained)
            for k in self.knots
        )
        return Curve(pieces, knots, self.breaks, self.even)


def curve(
    expr: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr, even: bool, context: Context
) -> Curve:
    """Return the curve of `expr` on the closure of ``(lo, hi)``.

    Raises
    ------
    NotDerivable
        The formula is not a real number somewhere in the domain.
    Refusal
        The domain is empty, or the function is minus infinity somewhere.
    """
    if even:
        lo = sp.S.Zero
    pieces = resolve(expr, x, lo, hi, context)
    for piece in pieces:
        if piece.expr.has(sp.nan):
            raise NotDerivable(
                f"{expr} is not real for {piece.lo} < {x} < {piece.hi}: state where it is finite, "
                f"for example domain=(0, None), or write a Piecewise with oo"
            )
    cuts = [p.hi for p in pieces[:-1]]
    cuts = [end for end in (lo,) if end.is_finite is not False] + cuts
    cuts += [end for end in (hi,) if end.is_finite is not False]
    finite = [p for p in pieces if p.expr != sp.oo]
    knots = [_knot(expr, x, at, finite, even, context) for at in cuts]
    result = _join(finite, [k for k in knots if k.value != sp.oo], cuts)
    if not result.pieces and not result.knots:
        raise Refusal("the domain is empty: the function is +oo everywhere")
    return Curve(result.pieces, result.knots, result.breaks, even)


def _knot(
    expr: sp.Expr, x: sp.Symbol, at: sp.Expr, pieces: list[Piece], even: bool, context: Context
) -> Knot:
    left = right = sp.oo
    for piece in pieces:
        if piece.hi == at:
            left = limit(piece.expr, piece.variable, at, "-", context)
        if piece.lo == at:
            right = limit(piece.expr, piece.variable, at, "+", context)
    if even and at == 0:
        left = right
    own = value = value_at(expr, x, at, context)
    for other in (left, right):
        if value is None or context.compare(other, value) < 0:
            value = other
    if value == -sp.oo:
        raise Refusal(f"the function tends to -oo at {at}")
    assert value is not None
    # A formula without a value at the knot means its limit there, as x*log(x) does at 0.
    return Knot(at, value, left, right, attained=own is None or own == value)


def _join(pieces: list[Piece], knots: list[Knot], breaks: list[sp.Expr]) -> Curve:
    """Drop knots at which nothing happens: one formula on both sides, and its value between."""
    kept = {k.at: k for k in knots}
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last is not None and last.hi == piece.lo and piece.lo in kept:
            same = last.expr.subs(last.variable, piece.variable) == piece.expr
            knot = kept[piece.lo]
            if same and knot.attained and knot.value == knot.left == knot.right:
                del kept[piece.lo]
                breaks = [b for b in breaks if b != piece.lo]
                variable = sp.Symbol(piece.variable.name, real=True)
                expr = piece.expr.subs(piece.variable, variable)
                joined[-1] = Piece(last.lo, piece.hi, expr, variable)
                continue
        joined.append(piece)
    return Curve(tuple(joined), tuple(kept.values()), tuple(breaks))
