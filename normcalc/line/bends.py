"""Where a function is bent upwards, downwards or straight: its stretches, from left to right."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.limits import limit
from normcalc.line.pattern import Stretch, pattern
from normcalc.line.resolve import Piece

if TYPE_CHECKING:
    from normcalc.line.context import Context
    from normcalc.line.curve import Curve


@dataclass(frozen=True)
class Bend:
    """A stretch on which the second derivative keeps its sign.

    Parameters
    ----------
    piece : Piece
        The stretch and the formula on it.
    sign : int
        Of the second derivative: 1, -1, or 0 for a straight line.
    values, slopes : tuple of two sympy expressions
        One-sided limits of the function and of its derivative at both ends.
    """

    piece: Piece
    sign: int
    values: tuple[sp.Expr, sp.Expr]
    slopes: tuple[sp.Expr, sp.Expr]


def bends(f: Curve, context: Context) -> tuple[Bend, ...]:
    """Return the stretches of a curve whose parameters are numbers.

    Raises
    ------
    Refusal
        The inflections were not separated.

    Examples
    --------
    >>> from normcalc.line.context import Context
    >>> from normcalc.line.core import Line, shape_of
    >>> x, context = sp.Symbol("x", real=True), Context(())
    >>> for b in bends(shape_of(Line(x**2 / (3 + x**2), x), context), context):
    ...     print(b.piece.lo, b.piece.hi, b.sign, b.values)
    -oo -1 -1 (1, 1/4)
    -1 1 1 (1/4, 1/4)
    1 oo -1 (1/4, 1)
    """
    return tuple(bend for piece in f.pieces for bend in _bends(piece, context))


def _bends(piece: Piece, context: Context) -> list[Bend]:
    u, slope = piece.variable, sp.diff(piece.expr, piece.variable)
    shape = pattern(sp.diff(slope, u), Stretch(piece.lo, piece.hi, u), context)
    ends = (piece.lo, *shape.cuts, piece.hi)

    def limits(expr: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """Return the one-sided limits; at an inner end nothing happens to the formula."""
        left, right = (expr.subs(u, end) for end in (lo, hi))
        left = limit(expr, u, lo, "+", context) if lo == piece.lo else left
        return left, limit(expr, u, hi, "-", context) if hi == piece.hi else right

    return [
        Bend(Piece(lo, hi, piece.expr, u), sign, limits(piece.expr, lo, hi), limits(slope, lo, hi))
        for (lo, hi), sign in zip(pairwise(ends), shape.signs, strict=True)
    ]
