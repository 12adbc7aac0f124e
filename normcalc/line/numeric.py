"""Where the calculus ends: the same minimiser, found by a search each time it is asked for.

A regime beyond the method gets one case, whose point is a `Hull`.  Nothing about such a case is
proved, and it says so wherever it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.line.branches import unattained
from normcalc.line.closed_roots import solve_polynomial
from normcalc.line.context import Context, Refusal
from normcalc.line.core import ARGUMENT, POINT, STEP, Line, OutOfReach, curve_of, settle
from normcalc.line.table import Case, CaseTable, Hull, Regime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FAR = sp.Float("1e300")
_GLANCE = 2.0


@dataclass(frozen=True)
class Search:
    """What to search for: the least of `value` minus ``v*u``, and the `result` at that point.

    `endless` is the result where the least value lies at infinity.
    """

    value: Callable[[sp.Expr], sp.Expr]
    result: Callable[[sp.Expr], sp.Expr]
    endless: sp.Expr
    has_step: bool = True


PROX = Search(lambda f: POINT**2 / 2 + STEP * f, lambda f: POINT, sp.nan)
ENVELOPE = Search(PROX.value, lambda f: f + (POINT - ARGUMENT) ** 2 / (2 * STEP), -sp.oo)
CONJUGATE = Search(lambda f: f, lambda f: ARGUMENT * POINT - f, sp.oo, has_step=False)


def with_search(derive: Callable[[Line], CaseTable], line: Line, search: Search) -> CaseTable:
    """Return ``derive(line)``, with a search in the regimes that are beyond the method.

    Raises
    ------
    NotDerivable
        There is no answer in any regime.
    """
    try:
        table = derive(line)
    except OutOfReach as end:
        parameters = (STEP, *line.parameters) if search.has_step else line.parameters
        regimes = end.regimes if len(end.regimes) > 1 else _where_attained(line, end.regimes[0])
        table = CaseTable(ARGUMENT, POINT, parameters, regimes)
    lo = -sp.oo if table.parity is None else sp.S.Zero
    regimes = tuple(
        replace(r, refusal=None, beyond=False, cases=(_case(line, search, lo, r),))
        if r.beyond
        else r
        for r in table.regimes
    )
    return replace(table, regimes=regimes)


def _where_attained(line: Line, beyond: Regime) -> tuple[Regime, ...]:
    """Split a regime beyond the method by whether f takes its lower values: a search cannot tell.

    At a jump where it does not, the search would name a point that has no least value.
    """

    def compute(context: Context) -> Regime:
        for knot in curve_of(line, False, context).knots:
            if not knot.attained:
                raise Refusal(unattained(knot))
        return beyond

    try:
        found = settle(compute, line, line.parameters, _GLANCE)
    except OutOfReach:
        return (beyond,)
    if all(regime.refusal and not regime.beyond for regime in found):
        raise NotDerivable(str(found[0].refusal))
    return tuple(r if r.refusal else replace(beyond, conditions=r.conditions) for r in found)


def _case(line: Line, search: Search, lo: sp.Expr, regime: Regime) -> Case:
    f = line.expr.subs(line.variable, POINT)
    marks = tuple(dict.fromkeys(_marks(f, line)))
    hull = Hull(search.value(f), POINT, line.lo, line.hi, marks, str(regime.refusal))
    endless = (search.endless, sp.Or(POINT > _FAR, POINT < -_FAR))
    result = sp.Piecewise(endless, (search.result(f), True))
    return Case(lo, sp.oo, hull, result, "found by a search")


def _marks(f: sp.Expr, line: Line) -> Iterator[sp.Expr]:
    """Yield where the formula may bend, jump or hold an isolated value, in closed form."""
    yield from (end for end in (line.lo, line.hi) if end.is_finite is not False)
    for argument in _switches(f):
        if argument.has(POINT) and argument.is_polynomial(POINT):
            roots = solve_polynomial(sp.Poly(argument, POINT))
            yield from (root for root in roots if root.is_real is not False)


def _switches(f: sp.Expr) -> Iterator[sp.Expr]:
    for node in sp.preorder_traversal(f):
        if isinstance(node, sp.core.relational.Relational):
            yield node.lhs - node.rhs
        elif isinstance(node, sp.Abs | sp.sign | sp.Heaviside | sp.log):
            yield node.args[0]
        elif isinstance(node, sp.Pow) and not node.exp.is_Integer:
            yield node.base
        elif isinstance(node, sp.Max | sp.Min):
            yield from (a - b for a, b in combinations(node.args, 2))
