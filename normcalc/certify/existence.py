"""That a point defined by an equation exists: the intermediate value theorem, asked of z3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp
import z3

from normcalc.certify.terms import NotAlgebraic, Term, magnitude
from normcalc.certify.translate_sympy import Names, expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from normcalc.certify.smt import Session
    from normcalc.line.table import Arc, Root


@dataclass(frozen=True)
class Equation:
    """``left(unknown) = right`` with `left` rising across its solution in ``(lo, hi)``."""

    claim: str
    left: sp.Expr
    unknown: sp.Symbol
    right: Term
    lo: sp.Expr
    hi: sp.Expr


def of_root(session: Session, root: Root) -> Equation:
    """Return the equation of a set-up root, turned so that it rises."""
    left = root.equation if root.rising else -root.equation
    claim = f"the root {root.symbol} exists"
    return Equation(claim, left, root.variable, session.terms.number(0), root.lo, root.hi)


def of_arc(arc: Arc, argument: Term) -> Equation:
    """Return the equation of a point that is given by its slope."""
    return Equation("the point exists", arc.slope, arc.variable, argument, arc.lo, arc.hi)


def has_solution(session: Session, eq: Equation, hypotheses: Sequence[Term], names: Names) -> bool:
    """Tell whether z3 proves that the equation has a solution between its ends.

    `left` must be continuous between two places where it lies below and above `right`; the places
    tried are the ends, and for an infinite end a few points beyond the argument.
    """
    if not _continuous(session, eq, hypotheses, names):
        return False
    below = _reached(session, eq, hypotheses, names, eq.lo, -1)
    return below and _reached(session, eq, hypotheses, names, eq.hi, +1)


def _reached(
    session: Session,
    eq: Equation,
    hypotheses: Sequence[Term],
    names: Names,
    end: sp.Expr,
    side: int,
) -> bool:
    for place in _places(session, eq, names, end, side):
        left = expression(session.terms, eq.left, {**names, eq.unknown: place})
        goal = left >= eq.right if side > 0 else left <= eq.right
        inside = session.terms.every(between(session, eq, names, place))
        if (
            session.ask(f"{eq.claim}: bracket", hypotheses, z3.And(goal, inside)).verdict
            == "unsat"
        ):
            return True
    return False


def _places(
    session: Session, eq: Equation, names: Names, end: sp.Expr, side: int
) -> Iterator[Term]:
    """Yield where to look: the end itself, points near a pole, points far beyond the argument."""
    one = session.terms.number(1)
    scales = [one, *(x for p, x in names.items() if p.name == "step")]
    if end in (sp.oo, -sp.oo):
        yield eq.right
        for scale in scales:
            yield side * (magnitude(eq.right) + 1 + scale)
        return
    at = expression(session.terms, end, names)
    if not has_pole(session, eq, names, end):
        yield at
    for scale in scales:
        yield at - side * scale / ((1 + scale) * (1 + magnitude(eq.right)))


def has_pole(session: Session, eq: Equation, names: Names, end: sp.Expr) -> bool:
    """Tell whether some denominator of the equation is zero at an end."""
    if end in (sp.oo, -sp.oo):
        return False
    local = {**names, eq.unknown: expression(session.terms, end, names)}
    powers = (p for p in eq.left.atoms(sp.Pow) if p.exp.is_negative)
    found = (expression(session.terms, p.base, local) for p in powers)
    return any(z3.is_true(z3.simplify(base == 0)) for base in found)


def between(session: Session, eq: Equation, names: Names, u: Term) -> list[Term]:
    """Return that `u` lies between the ends; an end that is a pole cannot be a solution."""
    bounds = []
    if eq.lo != -sp.oo:
        lo = expression(session.terms, eq.lo, names)
        bounds.append(u > lo if has_pole(session, eq, names, eq.lo) else u >= lo)
    if eq.hi != sp.oo:
        hi = expression(session.terms, eq.hi, names)
        bounds.append(u < hi if has_pole(session, eq, names, eq.hi) else u <= hi)
    return bounds


def _continuous(session: Session, eq: Equation, hypotheses: Sequence[Term], names: Names) -> bool:
    """Tell whether no denominator vanishes and no root leaves the reals between the ends."""
    if eq.left.has(sp.Piecewise, sp.sign, sp.Heaviside):
        return False
    u = session.terms.real("between")
    local = {**names, eq.unknown: u}
    assumed = [*hypotheses, *between(session, eq, names, u)]
    for power in sorted(eq.left.atoms(sp.Pow), key=str):
        base = expression(session.terms, power.base, local)
        for needed in _needed(power, base):
            if session.ask(f"{eq.claim}: continuity", assumed, needed).verdict != "unsat":
                return False
    return True


def _needed(power: sp.Pow, base: Term) -> Iterator[Term]:
    if power.exp.is_negative:
        yield base != 0
    if not power.exp.is_integer:
        yield base >= 0


def attempt(prove: Callable[[], bool]) -> bool:
    """Return what a proof attempt says, and False if it has no algebraic statement."""
    try:
        return prove()
    except NotAlgebraic:
        return False
