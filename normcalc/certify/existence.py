"""That a point defined by an equation exists: the intermediate value theorem, asked of z3."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy as sp
import z3

from normcalc.certify.rationalise import NoChange, rationalised
from normcalc.certify.terms import NotAlgebraic, Term, magnitude
from normcalc.certify.translate_sympy import Names, expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from normcalc.certify.smt import Session
    from normcalc.line.table import Arc, Case, Root


@dataclass(frozen=True)
class Equation:
    """``left(unknown) = right`` with `left` rising across its solution in ``(lo, hi)``.

    The right side is known to lie between `least` and `most`.
    """

    claim: str
    left: sp.Expr
    unknown: sp.Symbol
    right: Term
    lo: sp.Expr
    hi: sp.Expr
    least: sp.Expr = -sp.oo
    most: sp.Expr = sp.oo


def of_root(session: Session, root: Root) -> Equation:
    """Return the equation of a set-up root, turned so that it rises."""
    left = root.equation if root.rising else -root.equation
    claim = f"the root {root.symbol} exists"
    return Equation(claim, left, root.variable, session.terms.number(0), root.lo, root.hi)


def of_arc(arc: Arc, argument: Term) -> Equation:
    """Return the equation of a point that is given by its slope."""
    return Equation("the point exists", arc.slope, arc.variable, argument, arc.lo, arc.hi)


def of_case(case: Case, arc: Arc, argument: Term) -> tuple[Equation, ...]:
    """Return the equation of a point in a variable without roots, if any, and as it stands."""
    plain = replace(of_arc(arc, argument), least=case.lo, most=case.hi)
    try:
        change = rationalised([arc.slope], arc.variable, f"{arc.variable.name} changed")
        lo, hi = (change.back(arc.variable, end) for end in (arc.lo, arc.hi))
    except NoChange:
        return (plain,)
    if change.formula == change.new:
        return (plain,)
    slope = sp.cancel(change.values[0])
    return replace(plain, left=slope, unknown=change.new, lo=lo, hi=hi), plain


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
    if end.is_finite and _at_sight(eq, end, side):
        return True
    if end.is_infinite and (
        _is_endless(eq, end, side) or _reached_far(session, eq, hypotheses, names, side)
    ):
        return True
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


def _reached_far(
    session: Session, eq: Equation, hypotheses: Sequence[Term], names: Names, side: int
) -> bool:
    """Look beyond the argument and any other end: what holds beyond all holds beyond this one.

    The other end is left free, and so no roots in it burden the question.
    """
    beyond = session.terms.real("beyond")
    plain = [h for h in hypotheses if not session.mentions_roots(h)]
    for scale in (session.terms.number(1), *(x for p, x in names.items() if p.name == "step")):
        place = side * (beyond + magnitude(eq.right) + 1 + scale)
        left = expression(session.terms, eq.left, {**names, eq.unknown: place})
        goal = left >= eq.right if side > 0 else left <= eq.right
        assumed = [*plain, beyond >= 0]
        if session.ask(f"{eq.claim}: far out", assumed, goal).verdict == "unsat":
            return True
    return False


def _is_endless(eq: Equation, end: sp.Expr, side: int) -> bool:
    """Tell whether a rational function tends to the infinity of a side, by its leading terms.

    Examples
    --------
    >>> x, a = sp.symbols("x a", positive=True)
    >>> eq = Equation("", x**3 / (1 + x) - a, x, z3.RealVal(0), sp.S.Zero, sp.oo)
    >>> _is_endless(eq, sp.oo, +1), _is_endless(eq, sp.oo, -1)
    (True, False)
    """
    above, below = sp.fraction(sp.together(eq.left))
    if not (above.is_polynomial(eq.unknown) and below.is_polynomial(eq.unknown)):
        return False
    top, bottom = sp.Poly(above, eq.unknown), sp.Poly(below, eq.unknown)
    degree = top.degree() - bottom.degree()
    sign = side * (1 if end == sp.oo else -1) ** degree
    return bool(degree > 0 and (sign * top.LC() / bottom.LC()).is_positive)


def _at_sight(eq: Equation, end: sp.Expr, side: int) -> bool:
    """Tell whether the value at an end is beyond all that the right side can be."""
    bound = eq.most if side > 0 else eq.least
    if bound.is_infinite:
        return False
    gap = sp.powsimp(sp.expand(side * (eq.left.subs(eq.unknown, end) - bound)), force=True)
    return bool(sp.factor_terms(gap).is_nonnegative)


def _places(
    session: Session, eq: Equation, names: Names, end: sp.Expr, side: int
) -> Iterator[Term]:
    """Yield where to look: the end itself, points near a pole, points far beyond the argument."""
    scales = _scales(session, eq, names)
    if end in (sp.oo, -sp.oo):
        other = eq.lo if side > 0 else eq.hi
        start = magnitude(expression(session.terms, other, names)) if other.is_finite else 0
        for scale in scales:
            yield side * (start + magnitude(eq.right) + 1 + scale)
        return
    at = expression(session.terms, end, names)
    if not has_pole(session, eq, names, end):
        yield at
    for scale in scales[:2]:  # close enough for any pole is better than closer
        yield at - side * scale / (16 * (1 + scale) * (1 + magnitude(eq.right)))


def _scales(session: Session, eq: Equation, names: Names) -> list[Term]:
    """Return lengths to try: one, the step, and how close the slope comes to its limits."""
    terms = session.terms
    found = [terms.number(1), *(x for p, x in names.items() if p.name == "step")]
    ends = [expression(terms, e, names) for e in (eq.least, eq.most) if e.is_finite]
    return found + [2 / magnitude(eq.right - e) for e in ends]


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
