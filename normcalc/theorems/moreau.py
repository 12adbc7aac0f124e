"""Theorems about conjugates and envelopes of a function, in terms of the function itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.facts import convexity
from normcalc.forms import BregmanPair, Conjugate, Envelope
from normcalc.line.bregman import bregman_table
from normcalc.line.conjugation import biconjugate_table
from normcalc.line.core import ARGUMENT, POINT, STEP
from normcalc.line.read import line_of
from normcalc.line.simplify import tidy
from normcalc.line.table import Arc, Case, CaseTable
from normcalc.theorems.registry import Ask, Conclusion, theorem

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[sp.Expr], sp.Expr]


@theorem(
    "prox",
    Conjugate,
    needs=["a closed convex function"],
    source="beck2017, Theorem 6.45",
)
def prox_by_moreau_decomposition(form: Conjugate, ask: Ask) -> Conclusion:
    """For closed convex f, prox_{step f*}(v) = v - step prox_{f/step}(v/step)."""
    if convexity(form.function).value != "YES":
        raise NotDerivable(
            f"the decomposition needs a convex function, and {form.function} is not known to be "
            "one: take the prox of conjugate(...) of its convex envelope"
        )
    answer = ask("prox", form.function)
    assert answer.table is not None
    return Conclusion(_decomposed(answer.table), premises=(answer,))


def _decomposed(table: CaseTable) -> CaseTable:
    """Put v/step for v and 1/step for the step, and take step times the point away from v."""

    def border(expr: sp.Expr) -> sp.Expr:
        return STEP * _inverse_step(expr)

    def point(expr: sp.Expr) -> sp.Expr:
        return _inverse_step(expr).subs(ARGUMENT, ARGUMENT / STEP)

    def case(old: Case) -> Case:
        new = _arc(old.point, border, point) if isinstance(old.point, Arc) else point(old.point)
        result = _put_in(ARGUMENT - STEP * POINT, new)
        return replace(old, lo=border(old.lo), hi=border(old.hi), point=new, result=result)

    regimes = tuple(
        replace(
            r,
            conditions=tuple(c.subs(STEP, 1 / STEP) for c in r.conditions),
            cases=tuple(map(case, r.cases)),
            flats=(),
        )
        for r in table.regimes
    )
    return replace(table, regimes=regimes)


def _put_in(result: sp.Expr, point: sp.Expr | Arc) -> sp.Expr:
    """Put a point that is a fraction of polynomials into a result, where terms then cancel."""
    if isinstance(point, Arc) and (
        point.closed is None or not point.closed.is_rational_function()
    ):
        return result
    point = point.closed if isinstance(point, Arc) else point
    return tidy(sp.expand(result.subs(POINT, point)))


def _inverse_step(expr: sp.Expr) -> sp.Expr:
    return sp.simplify(expr.subs(STEP, 1 / STEP)) if expr.has(STEP) else expr


def _arc(arc: Arc, border: Change, point: Change) -> Arc:
    """The equation slope(u; 1/step) = v/step, times the step."""
    closed = None if arc.closed is None else point(arc.closed)
    shown = None if arc.shown is None else point(arc.shown)
    return replace(arc, slope=sp.expand(border(arc.slope)), closed=closed, shown=shown)


@theorem(
    "bregman_prox",
    BregmanPair,
    needs=["a kernel of one smooth strictly convex piece", "a minimum for every v"],
    source="bauschkecombettesnoll2006",
)
def bregman_prox_by_hull(form: BregmanPair, ask: Ask) -> Conclusion:
    """With F = phi + step f, the minimisers of f(u) + D(u, v)/step are those of
    F(u) - phi'(v) u: the core operator at the slope of the kernel.
    """
    del ask
    return Conclusion(bregman_table(line_of(form.function), line_of(form.kernel)))


@theorem(
    "conjugate",
    Conjugate,
    needs=["an affine minorant"],
    source="rockafellar1970, Corollary 12.1.1",
)
def biconjugate_by_hull(form: Conjugate, ask: Ask) -> Conclusion:
    """The conjugate of the conjugate is the largest closed convex function below f: f itself
    where a branch of the lower convex hull reigns, and the chord where the point jumps.
    """
    del ask
    return Conclusion(biconjugate_table(line_of(form.function)))


@theorem(
    "gradient",
    Envelope,
    needs=["a prox with one value"],
    source="beck2017, Theorem 6.60",
)
def gradient_of_envelope(form: Envelope, ask: Ask) -> Conclusion:
    """The gradient of the Moreau envelope at v is (v - prox(v))/step wherever the prox has one
    value; for convex f that is everywhere.
    """
    answer = ask("prox", form.function)
    assert answer.table is not None
    regimes = tuple(
        replace(
            r,
            cases=tuple(
                replace(c, result=_put_in((ARGUMENT - POINT) / STEP, c.point)) for c in r.cases
            ),
            flats=(),
        )
        for r in answer.table.regimes
    )
    return Conclusion(replace(answer.table, regimes=regimes), premises=(answer,))
