"""Theorems about sets, given by their indicator functions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.forms import Coordinates, Scalar, Separable, Sum, Whole
from normcalc.forms.recognise import condition_of
from normcalc.forms.terms import summands
from normcalc.line.core import STEP
from normcalc.line.read import line_of
from normcalc.line.shape import verdicts
from normcalc.line.table import Arc, Case, Hull, Regime
from normcalc.operators import Entrywise
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.line.context import Context
    from normcalc.line.curve import Curve


@theorem(
    "projection",
    Scalar,
    needs=["an indicator: 0 on the set, oo outside"],
    source="beck2017, Theorem 6.24",
)
def projection_is_prox_of_indicator(form: Scalar, ask: Ask) -> Conclusion:
    """The projection on a set is the prox of its indicator, whatever the step."""
    if any(v.holds is False for v in verdicts(line_of(form.function), _is_zero)):
        raise NotDerivable(
            f"{form.function} is not the indicator of a set: write Piecewise((0, condition), "
            "(oo, True)), or level_set(f) for the points where f <= level"
        )
    answer = ask("prox", form.function)
    assert answer.table is not None
    regimes = tuple(map(_at_step_one, answer.table.regimes))
    table = replace(answer.table, parameters=answer.table.parameters[1:], regimes=regimes)
    return Conclusion(table, premises=(answer,))


@theorem(
    "projection",
    Whole,
    needs=["an indicator: 0 on the set, oo outside"],
    source="beck2017, Theorem 6.24",
)
def projection_on_set_of_vectors(form: Whole, ask: Ask) -> Conclusion:
    """The projection on a set of vectors or matrices is the prox of its indicator."""
    return _projection(form.function, ask)


@theorem(
    "projection",
    Sum,
    needs=["a sum of indicators"],
    source="beck2017, Theorem 6.24",
)
def projection_on_intersection(form: Sum, ask: Ask) -> Conclusion:
    """The sum of indicators is that of the intersection, and the projection is its prox."""
    return _projection(form.function, ask)


@theorem(
    "projection",
    Coordinates,
    needs=["an indicator: 0 on the set, oo outside"],
    source="beck2017, Theorem 6.24",
)
def projection_on_set_of_coordinates(form: Coordinates, ask: Ask) -> Conclusion:
    """The projection on a set of points with named coordinates is the prox of its indicator."""
    return _projection(form.function, ask)


def is_set(function: Function) -> bool:
    """Tell whether a function is a sum of indicators.

    Examples
    --------
    >>> from normcalc.language import function
    >>> is_set(function("indicator(x >= 0)")), is_set(function("abs(x) + indicator(x >= 0)"))
    (True, False)
    """
    return all(condition_of(term.core) is not None for term in summands(function))


def _projection(function: Function, ask: Ask) -> Conclusion:
    if not is_set(function):
        raise NotDerivable(f"{function} is not the indicator of a set: write indicator(condition)")
    answer = ask("prox", function)
    return Conclusion(operator=as_operator(answer), premises=(answer,))


@theorem(
    "projection",
    Separable,
    needs=["an indicator: 0 on the set, oo outside"],
    source="beck2017, Theorem 6.24",
)
def projection_on_box(form: Separable, ask: Ask) -> Conclusion:
    """A set that restricts every entry by itself is projected on entry by entry."""
    answer = ask("projection", form.element)
    return Conclusion(operator=Entrywise(answer, form.varying), premises=(answer,))


def _is_zero(f: Curve, context: Context) -> tuple[bool, str]:
    del context
    values = [*(p.expr for p in f.pieces), *(k.value for k in f.knots)]
    return all(value == 0 for value in values), "values"


def _at_step_one(regime: Regime) -> Regime:
    conditions = tuple(c.subs(STEP, 1) for c in regime.conditions)
    cases = tuple(map(_case_at_step_one, regime.cases))
    return replace(regime, conditions=conditions, cases=cases)


def _case_at_step_one(case: Case) -> Case:
    point = case.point
    if isinstance(point, Hull):
        return replace(case, point=replace(point, value=point.value.subs(STEP, 1)))
    if isinstance(point, Arc):
        # On an arc the indicator is 0, so the point is the argument.
        point = point.closed if point.closed is not None else sp.nan
    lo, hi, point = (e.subs(STEP, 1) for e in (case.lo, case.hi, point))
    return replace(case, lo=lo, hi=hi, point=point)
