"""An answer as a function of the language, where every case has a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.language.function import Function
from normcalc.language.parameters import Parameter, Positive
from normcalc.language.shapes import Variable
from normcalc.language.symbolic import from_sympy
from normcalc.language.text import text
from normcalc.line.table import Arc, Case, CaseTable, Hull

if TYPE_CHECKING:
    from collections.abc import Iterator


def as_function(table: CaseTable, function: Function) -> Function | None:
    """Return a table about `function` as a function of one real variable.

    None where a regime refuses, a point has no formula, or a border is a root without one.
    """
    if any(r.refusal or r.roots for r in table.regimes):
        return None
    cases = [case for r in table.regimes for case in r.cases]
    if any(isinstance(c.result, tuple) or _implicit(c) for c in cases):
        return None
    x = sp.Symbol("x", real=True)
    body = from_sympy(sp.Piecewise(*_branches(table, x)))
    known = {p.name: p for p in function.parameters}
    parameters = tuple(known.get(s.name, Parameter("step", Positive)) for s in table.parameters)
    variable = Variable("x", "scalar")
    return Function(body, variable, parameters, function.relations, text=text(body))


def _implicit(case: Case) -> bool:
    return isinstance(case.point, Hull) or (
        isinstance(case.point, Arc) and case.point.closed is None
    )


def _branches(table: CaseTable, x: sp.Symbol) -> Iterator[tuple[sp.Expr, sp.Basic]]:
    at = sp.Abs(x) if table.parity else x
    for regime in table.regimes:
        for case in regime.cases:
            value = plain_result(case).subs(table.argument, at)
            value = sp.sign(x) * value if table.parity == "odd" else value
            upper = at < case.hi if case.hi_open else at <= case.hi
            conditions = [c for c in (upper, *regime.conditions) if c != sp.true]
            yield value, sp.And(*conditions)


def plain_result(case: Case) -> sp.Expr:
    """Return the result of a case with its point put in."""
    assert not isinstance(case.result, tuple)
    point = case.point.closed if isinstance(case.point, Arc) else case.point
    return case.result.subs(sp.Symbol("u", real=True), point) if point != sp.nan else case.result
