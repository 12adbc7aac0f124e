"""The user's formula as pieces: one expression each, and the conditions under which it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.certify.terms import NotAlgebraic
from normcalc.language.symbolic import symbolic

if TYPE_CHECKING:
    from normcalc.language import Function
    from normcalc.line.table import CaseTable

PLACE = sp.Symbol("place", real=True)
_MOST = 6


@dataclass(frozen=True)
class Piece:
    """An expression in `PLACE`, infinite outside the domain, and where it holds."""

    value: sp.Expr
    conditions: tuple[sp.Basic, ...]


def pieces_of(function: Function, table: CaseTable, half: bool) -> tuple[Piece, ...]:
    """Return the pieces in the table's symbols; those for ``x >= 0`` only if `half` is enough.

    Raises
    ------
    NotAlgebraic
        If the formula has choices that do not unfold, or too many of them.

    Examples
    --------
    >>> from normcalc.language import function
    >>> from normcalc.line.table import CaseTable
    >>> v, u = sp.symbols("v u", real=True)
    >>> found = pieces_of(function("max(abs(x) - 1, 0)"), CaseTable(v, u, (), ()), True)
    >>> [(piece.value, piece.conditions[0]) for piece in found]
    [(0, place <= 1), (place - 1, place > 1)]
    """
    found = symbolic(function)
    known = {s.name: s for s in table.parameters}
    x = sp.Symbol("x", nonnegative=True) if half else PLACE
    own = {p: known[p.name] for p in found.parameters.values() if p.name in known}
    body = sp.piecewise_fold(_unfolded(found.expr.subs({found.variable: x, **own})))
    branches = body.args if isinstance(body, sp.Piecewise) else ((body, sp.true),)
    pieces, before = [*_outside(found.domain, x)], [_inside(body, found.domain, x)]
    for value, condition in branches:
        pieces.append(Piece(value, (condition, *before)))
        before.append(sp.Not(condition))
    if len(pieces) > _MOST or body.has(sp.Abs, sp.sign, sp.Heaviside, sp.Max, sp.Min):
        raise NotAlgebraic("a formula of many pieces")
    return tuple(_settled(piece, x, half) for piece in pieces)


def _unfolded(body: sp.Expr) -> sp.Expr:
    return body.replace(
        lambda e: isinstance(e, sp.Abs | sp.Max | sp.Min) and len(e.args) <= 2,
        lambda e: e.rewrite(sp.Piecewise),
    )


def _outside(domain: tuple[sp.Expr, sp.Expr], x: sp.Symbol) -> list[Piece]:
    lo, hi = domain
    ends = [x < lo] * (lo != -sp.oo) + [x > hi] * (hi != sp.oo)
    return [Piece(sp.oo, (end,)) for end in ends if end != sp.false]


def _inside(body: sp.Expr, domain: tuple[sp.Expr, sp.Expr], x: sp.Symbol) -> sp.Basic:
    """Return that x lies in the domain; an end at which the formula has a pole is left out."""
    lo, hi = domain
    above = sp.true if lo == -sp.oo else (x > lo if _is_pole(body, x, lo) else x >= lo)
    below = sp.true if hi == sp.oo else (x < hi if _is_pole(body, x, hi) else x <= hi)
    return sp.And(above, below)


def _is_pole(body: sp.Expr, x: sp.Symbol, end: sp.Expr) -> bool:
    return bool(body.subs(x, end).has(sp.zoo, sp.nan, sp.oo))


def _settled(piece: Piece, x: sp.Symbol, half: bool) -> Piece:
    conditions = [c.subs(x, PLACE) for c in piece.conditions if c != sp.true]
    side = (PLACE >= 0,) if half else ()
    return Piece(piece.value.subs(x, PLACE), (*conditions, *side))
