"""The claims about a table, stated for z3 from the user's own formula.

Nothing of the derivation is used.  For every case of every regime the question is: can there be
legal parameters, an argument in the case, and a competitor with a strictly smaller objective?
A point given by its slope is stated forward: the point is free and the argument is its slope, so
that no inverse appears.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp
import z3

from normcalc.certify.existence import attempt, between, has_solution, of_arc, of_case, of_root
from normcalc.certify.terms import NotAlgebraic, Term
from normcalc.certify.translate_sympy import Names, expression, relation
from normcalc.certify.translate_tree import Extended, condition, function_at
from normcalc.line.table import Arc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.certify.claim import Claim
    from normcalc.certify.smt import Answer, Session
    from normcalc.certify.space import Range
    from normcalc.line.table import Case, Regime


@dataclass(frozen=True)
class Setup:
    """A claim, its solver, and what may be assumed about the parameters."""

    claim: Claim
    session: Session
    space: tuple[Term, ...]
    even: bool

    def names(self, regime: Regime | None = None) -> dict[sp.Symbol, Term]:
        """Return the terms of the parameters, and of the roots of a regime."""
        real = self.session.terms.real
        found = {p: real(p.name) for p in self.claim.table.parameters}
        for root in regime.roots if regime is not None else ():
            found[root.symbol] = real(f"set-up root {root.symbol.name}")
        return found


def space_terms(session: Session, claim: Claim, space: Sequence[Range]) -> tuple[Term, ...]:
    """Return the kinds and the relations of the parameters as hypotheses."""
    found: list[Term] = []
    for r in space:
        symbol = session.terms.real(r.name)
        if r.lo != float("-inf"):
            lo = session.terms.number(r.lo)
            found.append(symbol > lo if r.lo_open else symbol >= lo)
        if r.hi != float("inf"):
            hi = session.terms.number(r.hi)
            found.append(symbol < hi if r.hi_open else symbol <= hi)
    names = {p.name: session.terms.real(p.name) for p in claim.function.parameters}
    return (*found, *(condition(session.terms, rel, names) for rel in claim.function.relations))


def covers_parameters(setup: Setup) -> Answer:
    """Ask whether some legal parameters belong to no regime."""
    table = setup.claim.table
    roots = {root.symbol for regime in table.regimes for root in regime.roots}
    if any(c.free_symbols & roots for regime in table.regimes for c in regime.conditions):
        raise NotAlgebraic("a regime depends on a root")
    names = setup.names()
    somewhere = [
        setup.session.terms.every([relation(setup.session.terms, c, names) for c in r.conditions])
        for r in table.regimes
    ]
    return setup.session.ask(
        "the regimes cover all parameters", setup.space, setup.session.terms.some(somewhere)
    )


def is_even(session: Session, claim: Claim, space: Sequence[Term]) -> Answer:
    """Ask whether the function differs from its mirror image somewhere."""
    x = session.terms.real("competitor")
    here, there = value_at(session, claim, x), value_at(session, claim, -x)
    equal = z3.And(
        here.finite == there.finite, z3.Or(z3.Not(here.finite), here.value == there.value)
    )
    return session.ask("the function is even", space, equal)


def value_at(session: Session, claim: Claim, u: Term) -> Extended:
    """Return the user's function at a point."""
    names = {p.name: session.terms.real(p.name) for p in claim.function.parameters}
    return function_at(session.terms, claim.function, {**names, claim.function.variable.name: u})


def parameter_terms(setup: Setup, regime: Regime) -> list[Term]:
    """Return what holds for the parameters of a regime, without its roots."""
    names, roots = setup.names(regime), {root.symbol for root in regime.roots}
    plain = (c for c in regime.conditions if not c.free_symbols & roots)
    return [*setup.space, *(relation(setup.session.terms, c, names) for c in plain)]


def regime_terms(setup: Setup, regime: Regime) -> list[Term]:
    """Return what holds throughout a regime: the space, its conditions, and its roots."""
    terms, names = setup.session.terms, setup.names(regime)
    found = [*setup.space, *(relation(terms, c, names) for c in regime.conditions)]
    for root in regime.roots:
        at, value = {**names, root.variable: names[root.symbol]}, names[root.symbol]
        for symbol, arc in root.inner:
            at[symbol] = terms.real(f"inner {root.symbol.name} {symbol.name}")
            slope = expression(terms, arc.slope, {**at, arc.variable: at[symbol]})
            found += [slope == value, *between(setup.session, of_arc(arc, value), at, at[symbol])]
        found.append(expression(terms, root.equation, at) == 0)
        found += _between(setup, names, root.lo, root.hi, value)
    return found


def in_case(setup: Setup, names: Names, case: Case, v: Term) -> list[Term]:
    """Return that `v` lies in a case."""
    found = _between(setup, names, case.lo, case.hi, v)
    if case.hi_open:
        found.append(v != expression(setup.session.terms, case.hi, names))
    return found


def _between(setup: Setup, names: Names, lo: sp.Expr, hi: sp.Expr, u: Term) -> list[Term]:
    found = []
    if lo != -sp.oo:
        found.append(u >= expression(setup.session.terms, lo, names))
    if hi != sp.oo:
        found.append(u <= expression(setup.session.terms, hi, names))
    return found


def covers_arguments(setup: Setup, regime: Regime) -> Answer:
    """Ask whether some argument lies in no case."""
    names, v = setup.names(regime), setup.session.terms.real("v")
    terms = setup.session.terms
    cases = [terms.every(in_case(setup, names, c, v)) for c in regime.cases]
    assumed = [*regime_terms(setup, regime), *([v >= 0] if setup.even else [])]
    return setup.session.ask("the cases cover all arguments", assumed, terms.some(cases))


def roots_exist(setup: Setup, regime: Regime) -> bool:
    """Tell whether every root of a regime is proved to exist, other than common tangents."""
    names, assumed = setup.names(regime), parameter_terms(setup, regime)
    return all(
        has_solution(setup.session, of_root(setup.session, root), assumed, names)
        for root in regime.roots
        if not root.inner
    )


def point_exists(setup: Setup, regime: Regime, case: Case) -> bool:
    """Tell whether the point of an arc is proved to exist, by its closed form or without."""
    if not isinstance(case.point, Arc):
        return True
    names, v = setup.names(regime), setup.session.terms.real("v")
    assumed = [*regime_terms(setup, regime), *([v >= 0] if setup.even else [])]
    assumed += in_case(setup, names, case, v)
    arc = case.point
    if arc.closed is not None:
        return attempt(lambda: _closed_solves(setup, regime, arc, assumed))
    return attempt(
        lambda: any(
            has_solution(setup.session, equation, assumed, names)
            for equation in of_case(case, arc, v)
        )
    )


def _closed_solves(setup: Setup, regime: Regime, arc: Arc, assumed: Sequence[Term]) -> bool:
    terms, v = setup.session.terms, setup.session.terms.real("v")
    names = {**setup.names(regime), setup.claim.table.argument: v}
    u = expression(terms, arc.closed, names)
    slope = expression(terms, arc.slope, {**names, arc.variable: u})
    inside = _between(setup, names, arc.lo, arc.hi, u)
    goal = terms.every([slope == v, *inside])
    return (
        setup.session.ask("the closed form solves its equation", assumed, goal).verdict == "unsat"
    )


@dataclass(frozen=True)
class Placed:
    """A case made concrete: its point, its argument, and what holds there."""

    point: Term
    argument: Term
    assumed: tuple[Term, ...]


def place(setup: Setup, regime: Regime, case: Case) -> Placed:
    """Return the point of a case as a term; forward for an arc."""
    terms, names = setup.session.terms, setup.names(regime)
    if isinstance(case.point, Arc):
        u = terms.real("point")
        v = expression(terms, case.point.slope, {**names, case.point.variable: u})
        bracket = between(setup.session, of_arc(case.point, v), names, u)
    else:
        v, bracket = terms.real("v"), []
        u = expression(terms, case.point, {**names, setup.claim.table.argument: v})
    assumed = [*regime_terms(setup, regime), *bracket, *([v >= 0] if setup.even else [])]
    assumed += in_case(setup, names, case, v)
    return Placed(u, v, tuple(assumed))


def is_optimal(setup: Setup, placed: Placed) -> Answer:
    """Ask whether a competitor beats the point of a case, or the point is infeasible."""
    session = setup.session
    x = session.terms.real("competitor")
    there = value_at(session, setup.claim, x)
    here = value_at(session, setup.claim, placed.point)
    # an even objective is never smaller at -x than at x when the argument is nonnegative
    side = [x >= 0] if setup.even else []
    goal = z3.And(here.finite, _not_larger(setup, placed, here.value, x, there.value))
    return session.ask("no competitor is better", [*placed.assumed, *side, there.finite], goal)


def _not_larger(setup: Setup, placed: Placed, here: Term, x: Term, there: Term) -> Term:
    u, v = placed.point, placed.argument
    if setup.claim.goal == "conjugate":
        return here - there <= v * (u - x)
    step = setup.session.terms.real("step")
    return 2 * step * (here - there) + (u - v) * (u - v) <= (x - v) * (x - v)


def result_matches(setup: Setup, regime: Regime, case: Case, placed: Placed) -> Answer:
    """Ask whether the claimed value differs from the objective at the point."""
    terms, table = setup.session.terms, setup.claim.table
    names = {**setup.names(regime), table.argument: placed.argument, table.point: placed.point}
    claimed = expression(terms, case.result, names)
    f = value_at(setup.session, setup.claim, placed.point)
    u, v = placed.point, placed.argument
    if setup.claim.goal == "prox":
        goal = claimed == u
    elif setup.claim.goal == "conjugate":
        goal = claimed == v * u - f.value
    else:
        step = terms.real("step")
        goal = 2 * step * claimed == 2 * step * f.value + (u - v) * (u - v)
    return setup.session.ask("the value is the objective at the point", placed.assumed, goal)
