"""From verdicts, one per regime of the parameters, to one answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.facts.truth import Truth, unknown, yes
from normcalc.line.core import prox_table
from normcalc.line.deadline import limited
from normcalc.line.read import line_of
from normcalc.line.shape import Verdict

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.line.core import Line
    from normcalc.line.table import CaseTable

# A question is one of many about a function: none may hold the others up.
BUDGET = 5.0
PROX_BUDGET = 10.0
Counterexample = Callable[["Function", Verdict], Truth | None]
"""How to find numbers that show a verdict NO: a Truth with a witness, or None."""


def ask(
    function: Function,
    question: Callable[[Line, float], Sequence[Verdict]],
    counterexample: Counterexample | None = None,
    budget: float = BUDGET,
) -> Truth:
    """Ask a question of the calculus of the line, and answer it for all parameters at once."""
    try:
        verdicts = question(line_of(function), budget)
    except NotDerivable as refusal:
        return unknown(str(refusal))
    return decide(verdicts, function, counterexample)


def prox_within_budget(line: Line) -> CaseTable:
    """Return the prox, or raise NotDerivable; a failure is remembered as well.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> from normcalc.line.core import Line
    >>> len(prox_within_budget(Line(sp.Abs(x), x)).regimes)
    1
    """
    found = _prox(line)
    if isinstance(found, str):
        raise NotDerivable(found)
    return found


@lru_cache(maxsize=256)
def _prox(line: Line) -> CaseTable | str:
    try:
        # The derivation itself is kept under its own name for whoever asks for the prox later.
        found = limited(PROX_BUDGET, lambda: prox_table(line))
    except NotDerivable as refusal:
        return str(refusal)
    return found or f"the prox of {line.expr} was not found within {PROX_BUDGET:g} s"


def decide(
    verdicts: Sequence[Verdict], function: Function, counterexample: Counterexample | None = None
) -> Truth:
    """Return YES or NO where all regimes agree, else UNKNOWN with the condition for YES.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> w = sp.Symbol("w")
    >>> print(decide([Verdict((w > 1,), False, ""), Verdict((w <= 1,), True, "")],
    ...              function("w*x")))
    UNKNOWN: missing the values of the parameters: YES if and only if w <= 1
    """
    good = [v for v in verdicts if v.holds]
    open_ = [v for v in verdicts if v.holds is None]
    if len(good) == len(verdicts):
        return yes(_reasons(good))
    if not good and not open_:
        return _refuted(verdicts, function, counterexample)
    if not good:
        return unknown("; ".join(dict.fromkeys(v.reason for v in open_)))
    missing = "the values of the parameters"
    return Truth("UNKNOWN", "", None, missing, condition(good), exact=not open_)


def condition(verdicts: Sequence[Verdict]) -> sp.Basic:
    """Return the condition that one of the regimes is met."""
    return sp.Or(*[sp.And(*v.conditions) for v in verdicts])


def _reasons(verdicts: Sequence[Verdict]) -> str:
    """Join the reasons of the regimes, each with its regime where they differ."""
    reasons = dict.fromkeys(v.reason for v in verdicts)
    if len(reasons) == 1:
        return verdicts[0].reason
    where = {r: condition([v for v in verdicts if v.reason == r]) for r in reasons}
    return "; ".join(f"{reason} if {where[reason]}" for reason in reasons)


def _refuted(
    verdicts: Sequence[Verdict], function: Function, counterexample: Counterexample | None
) -> Truth:
    for verdict in verdicts if counterexample else ():
        assert counterexample is not None
        found = counterexample(function, verdict)
        if found is not None:
            return found
    return Truth("NO", verdicts[0].reason)
