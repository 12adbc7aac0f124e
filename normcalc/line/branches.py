"""Candidate minimisers of ``F(u) - v*u``: arcs where F is strictly convex, and kinks.

A branch lists the slopes ``v`` at which its points are stationary.  The ends of that range are
values of the derivative at the ends of the branch: nothing is solved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.context import Context, Refusal
from normcalc.line.limits import limit
from normcalc.line.pattern import Pattern, Stretch, pattern
from normcalc.line.simplify import tidy

if TYPE_CHECKING:
    from normcalc.line.curve import Curve, Knot
    from normcalc.line.resolve import Piece


@dataclass(frozen=True)
class Branch:
    """Points of ``[lo, hi]`` that are stationary for slopes ``v`` in ``[vlo, vhi]``.

    At a kink ``lo == hi`` and `slope` is None.  On an arc `slope` is the derivative of F, strictly
    increasing in `variable`, and `value` is F.
    """

    lo: sp.Expr
    hi: sp.Expr
    vlo: sp.Expr
    vhi: sp.Expr
    value: sp.Expr
    slope: sp.Expr | None = None
    variable: sp.Symbol | None = None


@dataclass(frozen=True)
class Affine:
    """A stretch on which F has the constant slope `slope`: a flat of ``F(u) - slope*u``."""

    lo: sp.Expr
    hi: sp.Expr
    slope: sp.Expr


@dataclass(frozen=True)
class Candidates:
    """The branches from left to right, and the stretches between them without minimisers."""

    branches: tuple[Branch, ...]
    affine: tuple[Affine, ...]
    concave: tuple[tuple[sp.Expr, sp.Expr], ...]


def candidates(curve: Curve, context: Context) -> Candidates:
    """Return every branch of the curve, in the order of the points."""
    found: list[Branch] = []
    affine: list[Affine] = []
    concave: list[tuple[sp.Expr, sp.Expr]] = []
    knots = {k.at: k for k in curve.knots}
    pieces = {p.lo: p for p in curve.pieces}
    # A first break at -oo stands for the piece that has no left end.
    for at in (-sp.oo, *curve.breaks):
        if at in knots:
            found += _kink(knots[at], curve, context)
        if at in pieces:
            part = _arcs(pieces[at], context)
            found += part.branches
            affine += part.affine
            concave += part.concave
    return Candidates(tuple(found), tuple(affine), tuple(concave))


def _kink(knot: Knot, curve: Curve, context: Context) -> list[Branch]:
    left, right = one_sided_slopes(knot, curve, context)
    shown = -right if curve.even and knot.at == 0 else left
    context.log.append(f"knot u = {knot.at}: F = {knot.value}, slopes [{shown}, {right}]")
    order = 1 if left == sp.oo or right == -sp.oo else context.compare(left, right)
    if order > 0 or (order == 0 and knot.attained):
        return []
    if not knot.attained:
        raise Refusal(unattained(knot))
    return [Branch(knot.at, knot.at, left, right, knot.value)]


def unattained(knot: Knot) -> str:
    """Return why there is no minimum where f does not take its lower value at a jump."""
    return (
        f"f jumps at {knot.at} and does not take the lower value there, so that the minimum "
        "is not attained for some v: include the point in the lower piece"
    )


def one_sided_slopes(knot: Knot, curve: Curve, context: Context) -> tuple[sp.Expr, sp.Expr]:
    """Return the left and the right derivative; infinite beside a jump or the domain's end."""
    left, right = -sp.oo, sp.oo
    for piece in curve.pieces:
        if piece.lo == knot.at and context.compare(knot.right, knot.value) == 0:
            right = _end_slope(piece, knot.at, "+", context)
        if piece.hi == knot.at and context.compare(knot.left, knot.value) == 0:
            left = _end_slope(piece, knot.at, "-", context)
    if curve.even and knot.at == 0:
        # The slopes are -right and right, but only slopes v >= 0 are asked for.
        left = -sp.oo if context.sign(right) > 0 else right
    return left, right


def _end_slope(piece: Piece, end: sp.Expr, side: str, context: Context) -> sp.Expr:
    slope = limit(sp.diff(piece.expr, piece.variable), piece.variable, end, side, context)
    return tidy(slope)


def _arcs(piece: Piece, context: Context) -> Candidates:
    u = piece.variable
    slope = sp.diff(piece.expr, u)
    convexity = _crossings(pattern(sp.diff(slope, u), Stretch(piece.lo, piece.hi, u), context))
    ends = (piece.lo, *convexity.cuts, piece.hi)
    context.log.append(
        f"piece {piece.lo} < u < {piece.hi}: F' = {slope}; "
        f"sign of F'': {_signs_in_words(convexity.signs, convexity.cuts)}"
    )
    arcs, flats, concave = [], [], []
    for lo, hi, sign in zip(ends[:-1], ends[1:], convexity.signs, strict=True):
        if sign == 0:
            at = lo if lo.is_finite is not False else hi
            flats.append(Affine(lo, hi, tidy(slope.subs(u, at))))
        elif sign < 0:
            concave.append((lo, hi))
        else:
            vlo = tidy(limit(slope, u, lo, "+", context))
            vhi = tidy(limit(slope, u, hi, "-", context))
            arcs.append(Branch(lo, hi, vlo, vhi, piece.expr, slope, u))
    return Candidates(tuple(arcs), tuple(flats), tuple(concave))


def _crossings(convexity: Pattern) -> Pattern:
    """Drop the zeros at which the sign does not change: the function stays convex across them."""
    cuts, signs = [], [convexity.signs[0]]
    for cut, sign in zip(convexity.cuts, convexity.signs[1:], strict=True):
        if sign != signs[-1]:
            cuts.append(cut)
            signs.append(sign)
    return Pattern(tuple(cuts), tuple(signs))


def _signs_in_words(signs: tuple[int, ...], cuts: tuple[sp.Expr, ...]) -> str:
    words = ["0" if s == 0 else "+" if s > 0 else "-" for s in signs]
    parts = [words[0]]
    for cut, word in zip(cuts, words[1:], strict=True):
        parts += [f"| {cut} |", word]
    return " ".join(parts)


def check_coercive(curve: Curve, context: Context) -> None:
    """Refuse when ``F(u) - v*u`` has no minimum for some v.

    It has one for every v if and only if the slope of F tends to infinity on the right and to
    minus infinity on the left, wherever the domain has no end.
    """
    ends = [(p, sp.oo, "-") for p in curve.pieces if p.hi == sp.oo]
    ends += [(p, -sp.oo, "+") for p in curve.pieces if p.lo == -sp.oo]
    if any(_end_slope(piece, end, side, context) != end for piece, end, side in ends):
        raise Refusal("not prox-bounded: f(u) + (u - v)^2/(2 step) has no minimum for every v")
