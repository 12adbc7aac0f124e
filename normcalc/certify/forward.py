"""Optimality by factoring: how far a competitor lies above the point, as a product of signs.

For a point given by its slope the argument is eliminated, so the excess is an expression in the
point and the competitor alone.  A change of variables removes the roots from it; the square of
the distance comes out as a factor; and what is left is usually positive at sight.  Otherwise the
solver is asked about it, which is a much smaller question than the excess itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.certify.pieces import PLACE, Piece, pieces_of
from normcalc.certify.proofs import Setup, regime_terms
from normcalc.certify.rationalise import Change, NoChange, rationalised
from normcalc.certify.terms import NotAlgebraic
from normcalc.certify.translate_sympy import Names, relation
from normcalc.line.table import Arc, Hull

if TYPE_CHECKING:
    from normcalc.line.table import Case, Regime

_MOST_OPERATIONS = 600
_MOST_CHARACTERS = 400


@dataclass(frozen=True)
class Place:
    """The point of a case and its argument in a variable in which both are rational."""

    point: sp.Expr
    argument: sp.Expr
    value: sp.Expr
    conditions: tuple[sp.Basic, ...]


def argument(setup: Setup, regime: Regime, case: Case, most: int = 6) -> str | None:
    """Return a proof, line by line, that nothing beats the point of a case; None if none is found.

    Functions of more than `most` pieces are not tried.

    Every line is the excess of a competitor ``x`` on one piece of the function, factored: the
    difference of the objectives, times ``2*step`` for a prox or an envelope.
    """
    try:
        found = pieces_of(setup.claim.function, setup.claim.table, setup.even)
        if len(found) > most:
            return None
        lines = [_line(setup, regime, case, own, piece) for own in found for piece in found]
    except (NoChange, NotAlgebraic, sp.PolynomialError):
        return None
    if any(line is None for line in lines) or not any(lines):
        return None
    return "; ".join(dict.fromkeys(line for line in lines if line))


def readable(found: str | None) -> str:
    """Return an argument that a person would check by hand, else an empty text.

    Examples
    --------
    >>> readable("(q - s)**2 >= 0"), readable("q" * 1000), readable(None)
    ('(q - s)**2 >= 0', '', '')
    """
    return found if found is not None and len(found) <= _MOST_CHARACTERS else ""


def _line(setup: Setup, regime: Regime, case: Case, own: Piece, piece: Piece) -> str | None:
    """Return the proved line for a pair of pieces, an empty text if the pair cannot occur."""
    if piece.value == sp.oo:
        return ""
    point_name, rival_name = _fresh(setup)
    place = _placed(setup, case, own, point_name)
    rival = rationalised([piece.value], PLACE, rival_name)
    away = (c.subs(PLACE, rival.formula) for c in piece.conditions)
    facts = Facts(setup, regime, (*place.conditions, *rival.conditions, *away))
    if facts.imply("the pieces do not meet", sp.false):
        return ""
    if own.value == sp.oo:
        return None
    excess = _excess(setup, place, rival)
    if sp.count_ops(excess) > _MOST_OPERATIONS:
        return None
    product = sp.factor(excess)
    rest = unsettled(product)
    if rest != 1 and not facts.imply("the excess is not negative", sp.Ge(rest, 0, evaluate=False)):
        return None
    return f"{product} >= 0{_where(place, rival)}"


@dataclass(frozen=True)
class Facts:
    """What holds for a pair of pieces."""

    setup: Setup
    regime: Regime
    conditions: tuple[sp.Basic, ...]

    def imply(self, claim: str, goal: sp.Basic) -> bool:
        """Tell whether z3 proves a condition from them."""
        terms = self.setup.session.terms
        free = set().union(*(c.free_symbols for c in (*self.conditions, goal)))
        changed = {s: terms.real(f"changed {s.name}") for s in free}
        known = self.setup.names(self.regime)
        names: Names = {**changed, **known}
        # a condition that SymPy sees from its own assumptions has become true
        signs = [
            x > 0 if s.is_positive else x >= 0
            for s, x in changed.items()
            if s.is_nonnegative and s not in known
        ]
        assumed = [
            *regime_terms(self.setup, self.regime),
            *signs,
            *(relation(terms, c, names) for c in self.conditions),
        ]
        answer = self.setup.session.ask(claim, assumed, relation(terms, goal, names))
        return answer.verdict == "unsat"


def _fresh(setup: Setup) -> tuple[str, str]:
    """Return two names that no parameter has."""
    taken = {p.name for p in setup.claim.table.parameters}
    first, second = [name for name in ("q", "s", "r", "w", "z") if name not in taken][:2]
    return first, second


def _excess(setup: Setup, place: Place, rival: Change) -> sp.Expr:
    x, u, v = rival.formula, place.point, place.argument
    difference = rival.values[0] - place.value
    if setup.claim.goal == "conjugate":
        return difference - v * (x - u)
    step = next(p for p in setup.claim.table.parameters if p.name == "step")
    return 2 * step * difference + (x - v) ** 2 - (u - v) ** 2


def _placed(setup: Setup, case: Case, own: Piece, name: str) -> Place:
    v = sp.Symbol("v", nonnegative=True) if setup.even else sp.Symbol("v", real=True)
    value = sp.S.Zero if own.value == sp.oo else own.value
    assert not isinstance(case.point, Hull)
    if not isinstance(case.point, Arc):
        u = case.point.subs(setup.claim.table.argument, v)
        there = (*(c.subs(PLACE, u) for c in own.conditions), *_between(v, case.lo, case.hi))
        return Place(u, v, value.subs(PLACE, u), _with_half(setup, v, there))
    arc = case.point
    change = rationalised([arc.slope.subs(arc.variable, PLACE), value], PLACE, name)
    u, slope = change.formula, change.values[0]
    bracket = _between(u, arc.lo, arc.hi)
    if arc.slope.subs(arc.variable, arc.lo).has(sp.zoo, sp.oo, sp.nan):
        bracket = (u > arc.lo, *bracket)
    there = (*(c.subs(PLACE, u) for c in own.conditions), *_between(slope, case.lo, case.hi))
    conditions = (*change.conditions, *bracket, *there)
    return Place(u, slope, change.values[1], _with_half(setup, slope, conditions))


def _with_half(setup: Setup, v: sp.Expr, conditions: tuple[sp.Basic, ...]) -> tuple[sp.Basic, ...]:
    return (*conditions, sp.Ge(v, 0, evaluate=False)) if setup.even else conditions


def _between(e: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> tuple[sp.Basic, ...]:
    """Return that an expression lies between two ends, without fractional powers of parameters.

    ``e >= c`` implies ``e**n >= c**n`` for a nonnegative `c`, and ``e <= c`` implies the same the
    other way round where `e` is nonnegative.
    """
    found: list[sp.Basic] = []
    if lo != -sp.oo:
        n = _degree(lo) if lo.is_nonnegative else 1
        found.append(sp.Ge(e**n, lo**n, evaluate=False))
    if hi != sp.oo:
        n = _degree(hi) if hi.is_nonnegative and e.is_nonnegative else 1
        found.append(sp.Le(e**n, hi**n, evaluate=False))
    return tuple(found)


def _degree(bound: sp.Expr) -> int:
    powers = [f.as_base_exp()[1] for f in sp.Mul.make_args(bound)]
    return lcm(*(int(p.q) for p in powers if isinstance(p, sp.Rational)), 1)


def unsettled(product: sp.Expr) -> sp.Expr:
    """Return the part of a product whose sign is not clear at sight; 1 if it is nonnegative."""
    rest = sp.S.One
    for part in sp.fraction(product):
        constant, factors = sp.factor_list(part)
        rest *= sp.sign(constant)
        for factor, power in factors:
            rest *= sp.S.One if power % 2 == 0 else _at_sight(factor)
    return rest


def _at_sight(factor: sp.Expr) -> sp.Expr:
    """Return the sign of a polynomial whose terms all have that sign, else the polynomial."""
    terms = sp.Add.make_args(sp.expand(factor))
    if all(term.is_nonnegative for term in terms):
        return sp.S.One
    return sp.S.NegativeOne if all(term.is_nonpositive for term in terms) else factor


def _where(place: Place, rival: Change) -> str:
    changes = [("u", place.point), ("x", rival.formula)]
    given = ", ".join(f"{name} = {e}" for name, e in changes if not e.is_Symbol)
    return f" with {given}" if given else ""
