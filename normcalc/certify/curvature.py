"""Optimality by curvature: two arcs and their common tangent, from the signs of F'' alone.

Let F be the objective without its linear term, smooth on its domain [a, d], convex on [a, b] and
on [c, d], and concave on [b, c].  If one line touches both arcs, F lies above it: on [a, b] and on
[c, d] by convexity, on [b, c] by concavity since it does so at b and at c.  So the arcs up to the
line, and the line between them, are the lower convex hull of F.

The touching line exists, and only once, if F'(a) <= F'(c) and F'(b) <= F'(d): between these
slopes the two arcs have points p <= b and q >= c of slope v, and the difference of their values
F - v*u grows with v at the rate q - p.  At v = F'(c), F' is at least v between p and q = c, so it
is not positive; at v = F'(b) likewise it is not negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.certify.forward import unsettled
from normcalc.certify.pieces import PLACE, pieces_of
from normcalc.certify.proofs import Setup, parameter_terms
from normcalc.certify.translate_sympy import expression, relation
from normcalc.line.table import Arc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.line.table import Case, Regime, Root


@dataclass(frozen=True)
class Arcs:
    """A regime of two arcs, with the objective in `PLACE` from the user's formula."""

    setup: Setup
    regime: Regime
    objective: sp.Expr

    def slope(self, u: sp.Expr) -> sp.Expr:
        """Return F' at a point."""
        return sp.factor(sp.diff(self.objective, PLACE)).subs(PLACE, u)


def is_hull(setup: Setup, regime: Regime) -> bool:
    """Tell whether the arcs of a regime are proved to be the hull of the user's objective."""
    pieces = pieces_of(setup.claim.function, setup.claim.table, setup.even)
    points = [case.point for case in regime.cases if isinstance(case.point, Arc)]
    if len(pieces) != 1 or not len(points) == len(regime.cases) == 2:
        return False
    lo = sp.S.Zero if setup.even else -sp.oo
    arcs = Arcs(setup, regime, _objective(setup, pieces[0].value))
    return (
        (points[0].lo, points[1].hi) == (lo, sp.oo)
        and all(_is_convex_arc(arcs, point) for point in points)
        and all(_is_result(arcs, case) for case in regime.cases)
        and _reaches(arcs, regime.cases[0], -1)
        and _reaches(arcs, regime.cases[-1], +1)
        and _are_joined(arcs, *regime.cases)
    )


def _objective(setup: Setup, f: sp.Expr) -> sp.Expr:
    if setup.claim.goal == "conjugate":
        return f
    step = next(p for p in setup.claim.table.parameters if p.name == "step")
    return PLACE**2 / 2 + step * f


def _is_result(arcs: Arcs, case: Case) -> bool:
    """Tell whether the value of a case is the objective at its point."""
    table, goal = arcs.setup.claim.table, arcs.setup.claim.goal
    u, v = table.point, table.argument
    least = arcs.objective.subs(PLACE, u) - u * v
    if goal == "prox":
        return bool(case.result == u)
    if goal == "conjugate":
        return bool(sp.simplify(case.result + least) == 0)
    step = next(p for p in table.parameters if p.name == "step")
    return bool(sp.simplify(step * case.result - least - v**2 / 2) == 0)


def _is_convex_arc(arcs: Arcs, arc: Arc) -> bool:
    same = sp.simplify(arc.slope.subs(arc.variable, PLACE) - arcs.slope(PLACE)) == 0
    return bool(same) and _bends(arcs, arc.lo, arc.hi, +1)


def _bends(arcs: Arcs, lo: sp.Expr, hi: sp.Expr, sign: int) -> bool:
    """Tell whether the sign of F'' is proved on an interval, whose ends may be roots."""
    u = (
        sp.Symbol("between", nonnegative=True)
        if arcs.setup.even
        else sp.Symbol("between", real=True)
    )
    curvature = sp.factor(sign * sp.diff(arcs.objective, PLACE, 2)).subs(PLACE, u)
    mentioned = lo.free_symbols | hi.free_symbols
    claim = f"F is {'convex' if sign > 0 else 'concave'} on [{lo}, {hi}]"
    return _implied(arcs, claim, mentioned, within(u, lo, hi), curvature)


def _implied(
    arcs: Arcs, claim: str, mentioned: set[sp.Basic], known: Sequence[sp.Basic], goal: sp.Expr
) -> bool:
    """Tell whether an expression is proved to be nonnegative, and its denominator positive.

    Of the roots only the mentioned ones and those that bracket them are told to the solver: every
    further one makes the question much harder.
    """
    if not sp.fraction(goal)[1].is_positive:
        return False
    terms, needed, assumed = arcs.setup.session.terms, set(mentioned), list(known)
    for root in reversed(arcs.regime.roots):
        if root.symbol in needed:
            needed |= root.lo.free_symbols | root.hi.free_symbols | root.equation.free_symbols
            equation = sp.fraction(sp.together(root.equation))[0].subs(root.variable, root.symbol)
            assumed += [sp.Eq(equation, 0), *_bracket(root)]
    known_parameters = parameter_terms(arcs.setup, arcs.regime)
    symbols = set().union(goal.free_symbols, *(c.free_symbols for c in assumed))
    names = {s: terms.real(f"curvature {s.name}") for s in symbols}
    names |= arcs.setup.names(arcs.regime)
    signs = [x >= 0 for s, x in names.items() if s.is_nonnegative]
    hypotheses = [*known_parameters, *signs, *(relation(terms, c, names) for c in assumed)]
    rest = expression(terms, unsettled(goal), names)
    return arcs.setup.session.ask(claim, hypotheses, rest >= 0).verdict == "unsat"


def _bracket(root: Root) -> list[sp.Basic]:
    """Return that a root lies in its bracket; above a square root it is not negative."""
    above = root.lo.is_nonnegative or (isinstance(root.lo, sp.Pow) and root.lo.exp.q == 2)
    place = sp.Symbol(root.symbol.name, nonnegative=True) if above else root.symbol
    known = [
        *within(place, root.lo, root.hi),
        *([sp.Ge(place, 0, evaluate=False)] if above else []),
    ]
    return [c.func(*(e.subs(place, root.symbol) for e in c.args), evaluate=False) for c in known]


def within(u: sp.Expr, lo: sp.Expr, hi: sp.Expr) -> list[sp.Basic]:
    """Return that an expression lies between two ends, without roots of nonnegative terms.

    Examples
    --------
    >>> u, g, t = sp.symbols("u g t", positive=True)
    >>> within(u, sp.S.Zero, sp.sqrt(sp.sqrt(t) - g))
    [u >= 0, (g + u**2)**2 <= t]
    """
    found = []
    if lo.is_finite is not False:
        found.append(sp.Ge(*_unrooted(u, lo), evaluate=False))
    if hi.is_finite is not False:
        found.append(sp.Le(*_unrooted(u, hi), evaluate=False))
    return found


def _unrooted(left: sp.Expr, right: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Return an equivalent comparison by raising to powers, while both sides are nonnegative."""
    while left.is_nonnegative:
        powers = (f.as_base_exp()[1] for f in sp.Mul.make_args(right))
        degree = lcm(*(int(p.q) for p in powers if isinstance(p, sp.Rational)), 1)
        if degree > 1:
            left, right = left**degree, sp.powdenest(right**degree)
            continue
        rooted = [
            t
            for t in sp.Add.make_args(right)
            if any(not p.exp.is_integer for p in t.atoms(sp.Pow))
        ]
        if len(rooted) != 1 or right == rooted[0]:
            break
        left, right = left - (right - rooted[0]), rooted[0]
    return left, right


def _has_root(e: sp.Expr) -> bool:
    return any(not p.exp.is_integer for p in e.atoms(sp.Pow))


def _reaches(arcs: Arcs, case: Case, side: int) -> bool:
    """Tell whether the first or last arc has every slope that its case asks of it."""
    assert isinstance(case.point, Arc)
    end, border = (case.point.lo, case.lo) if side < 0 else (case.point.hi, case.hi)
    if end.is_finite:
        return bool(sp.simplify(arcs.slope(end) - border) == 0)
    return bool(border == side * sp.oo and sp.limit(arcs.slope(PLACE), PLACE, end) == border)


def _are_joined(arcs: Arcs, left: Case, right: Case) -> bool:
    """Tell whether one line touches two neighbouring arcs, with their border for its slope."""
    root = next((r for r in arcs.regime.roots if r.symbol == left.hi == right.lo), None)
    if root is None or len(root.inner) != 2:
        return False
    (p, first), (q, second) = root.inner
    assert isinstance(left.point, Arc)
    assert isinstance(right.point, Arc)
    ends = ((first, left.point), (second, right.point))
    if any((a.lo, a.hi) != (b.lo, b.hi) for a, b in ends):
        return False
    return (
        _is_difference(arcs, root, p, q)
        and _is_concave_between(arcs, first.hi, second.lo)
        and _brackets(arcs, root, first, second)
    )


def _is_difference(arcs: Arcs, root: Root, p: sp.Symbol, q: sp.Symbol) -> bool:
    """Tell whether the equation of a root says that two points have equal values."""
    v, sign = root.variable, 1 if root.rising else -1
    here, there = (arcs.objective.subs(PLACE, u) - v * u for u in (p, q))
    return bool(sp.simplify(sign * root.equation - here + there) == 0)


def _is_concave_between(arcs: Arcs, lo: sp.Expr, hi: sp.Expr) -> bool:
    """Look on either side of where the brackets of the two ends meet, if they do."""
    roots = {root.symbol: root for root in arcs.regime.roots}
    if lo in roots and hi in roots and roots[lo].hi == roots[hi].lo:
        middle = roots[lo].hi
        return _bends(arcs, lo, middle, -1) and _bends(arcs, middle, hi, -1)
    return _bends(arcs, lo, hi, -1)


def _brackets(arcs: Arcs, root: Root, first: Arc, second: Arc) -> bool:
    """Tell whether the root is sought between F'(c) and F'(b), slopes that both arcs have."""
    lo, hi = arcs.slope(second.lo), arcs.slope(first.hi)
    if (sp.simplify(lo - root.lo), sp.simplify(hi - root.hi)) != (0, 0):
        return False
    return _at_most(arcs, first.lo, second.lo) and _at_most(arcs, first.hi, second.hi)


def _at_most(arcs: Arcs, a: sp.Expr, b: sp.Expr) -> bool:
    """Tell whether ``F'(a) <= F'(b)`` is proved; at infinite ends by the limit."""
    if not (a.is_finite and b.is_finite):
        far = a if b.is_finite else b
        return bool(sp.limit(arcs.slope(PLACE), PLACE, far) == far)
    claim = f"F' at {a} is at most F' at {b}"
    gap = sp.factor(arcs.slope(b) - arcs.slope(a))
    return _implied(arcs, claim, a.free_symbols | b.free_symbols, (), gap)
