"""Proofs about suprema that no point attains: infinite ones, and limits at infinity.

Such a claim says that points with a certain property exist for every bound, so a proof has to name
them.  Points are proposed from the shape of the function far out; whether they serve is for the
solver to say, from the user's own formula, so that a bad proposal costs time and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp
import z3

from normcalc.certify.proofs import Setup, in_case, regime_terms, value_at
from normcalc.certify.terms import NotAlgebraic, Term, magnitude, power
from normcalc.certify.translate_sympy import expression
from normcalc.language.symbolic import symbolic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.language import Function
    from normcalc.line.table import Case, Regime

_POWERS = (1, 2, 3)


@dataclass(frozen=True)
class Tail:
    """The function far out on one side: beyond `start`, close to ``slope*x + offset``."""

    start: sp.Expr
    offset: sp.Expr | None


def is_infinite(setup: Setup, regime: Regime, k: int) -> bool:
    """Tell whether the supremum is proved to exceed every bound throughout a case."""
    case, terms = regime.cases[k], setup.session.terms
    names, v, bound = setup.names(regime), terms.real("v"), terms.real("bound")
    assumed = [*_assumed(setup, regime, case, v), bound >= 0]
    sign = 1 if case.hi == sp.oo else -1
    end = case.lo if sign > 0 else case.hi
    beyond = sign * (v - expression(terms, end, names))
    if _belongs_to_another(regime, k, sign):
        assumed.append(beyond > 0)
    return any(
        _serves(setup, assumed, v, sign * u, bound)
        for u in _proposals(setup, sign, end, bound, beyond)
    )


def is_limit(setup: Setup, regime: Regime, k: int) -> bool:
    """Tell whether a finite supremum, reached at infinity only, is proved to be right."""
    case, terms = regime.cases[k], setup.session.terms
    names, v, x = setup.names(regime), terms.real("v"), terms.real("competitor")
    claimed = expression(terms, case.result, {**names, setup.claim.table.argument: v})
    assumed = _assumed(setup, regime, case, v)
    f = value_at(setup.session, setup.claim, x)
    never = setup.session.ask(
        "no point exceeds the limit", [*assumed, f.finite], v * x - f.value <= claimed
    )
    if never.verdict != "unsat":
        return False
    gap = terms.real("gap")
    sign = 1 if case.point == sp.oo else -1
    return any(
        _serves(setup, [*assumed, gap > 0, gap <= 1], v, sign * u, claimed - gap)
        for u in _proposals(setup, sign, case.lo, 1 / gap, None)
    )


def _assumed(setup: Setup, regime: Regime, case: Case, v: Term) -> list[Term]:
    found = [*regime_terms(setup, regime), *in_case(setup, setup.names(regime), case, v)]
    return [*found, v >= 0] if setup.even else found


def _belongs_to_another(regime: Regime, k: int, sign: int) -> bool:
    """Tell whether the finite end of an infinite case is answered by its neighbour."""
    if sign < 0:
        return regime.cases[k].hi_open
    before = regime.cases[k - 1] if k else None
    return before is not None and before.hi == regime.cases[k].lo and not before.hi_open


def _serves(setup: Setup, assumed: list[Term], v: Term, u: Term, least: Term) -> bool:
    """Ask whether the objective at `u` can fail to reach a bound."""
    f = value_at(setup.session, setup.claim, u)
    goal = z3.And(f.finite, v * u - f.value >= least)
    return setup.session.ask("a point exceeds the bound", assumed, goal).verdict == "unsat"


def _proposals(
    setup: Setup, sign: int, end: sp.Expr, bound: Term, beyond: Term | None
) -> Iterator[Term]:
    """Yield distances from zero at which the objective may exceed the bound."""
    terms = setup.session.terms
    total = terms.number(0)
    for p in setup.claim.function.parameters:
        total = total + magnitude(terms.real(p.name))
    tail = tail_of(setup.claim.function, sign, end)
    start, offset = (_size(setup, e) for e in (tail.start, tail.offset))
    rough = 1 + total
    beginning = start if start is not None else total
    for extra in [
        e for e in (offset, rough, rough * rough, rough * rough * rough) if e is not None
    ]:
        near = (bound + extra) / beyond if beyond is not None else bound * (1 + 2 * extra)
        yield near + beginning
        yield near + beginning + 1
    for far in (
        1 + bound + rough,
        *([1 + (bound + rough) / beyond] if beyond is not None else []),
    ):
        yield from (power(far, q) for q in _POWERS)


def _size(setup: Setup, e: sp.Expr | None) -> Term | None:
    terms = setup.session.terms
    if e is None:
        return None
    try:
        return magnitude(expression(terms, e, {s: terms.real(s.name) for s in e.free_symbols}))
    except NotAlgebraic:
        return None


def tail_of(function: Function, sign: int, slope: sp.Expr) -> Tail:
    """Return where the last piece begins and, as a hint, what it approaches."""
    found = symbolic(function)
    x = found.variable
    marks = [sp.Abs(m) for m in _marks(found.expr, x)]
    start = sp.Add(*marks)
    t = sp.Symbol("t", positive=True)
    far = found.expr.subs(x, sign * (start + t))
    own = {s: p for s in slope.free_symbols for p in found.parameters.values() if p.name == s.name}
    rest = far - sign * slope.subs(own) * (start + t)
    return Tail(start, _limit(rest, t))


def _limit(rest: sp.Expr, t: sp.Symbol) -> sp.Expr | None:
    if rest.has(sp.Piecewise, sp.Abs, sp.Max, sp.Min):
        return None
    try:
        found = sp.limit(sp.simplify(rest), t, sp.oo)
    except (NotImplementedError, ValueError):
        return None
    return found if found.is_finite else None


def _marks(e: sp.Expr, x: sp.Symbol) -> set[sp.Expr]:
    """Return where the arguments of choices are zero, if they are linear."""
    sides: set[Any] = {a.args[0] for a in e.atoms(sp.Abs, sp.sign)}
    sides |= {a.lhs - a.rhs for a in e.atoms(sp.Rel)}
    sides |= {a.args[0] - b for a in e.atoms(sp.Max, sp.Min) for b in a.args[1:]}
    plain = {s.replace(sp.Abs, way) for s in sides for way in (lambda a: a, lambda a: -a)}
    linear = [sp.Poly(s, x) for s in plain if s.has(x) and s.is_polynomial(x)]
    return {-p.nth(0) / p.nth(1) for p in linear if p.degree() == 1}
