"""The search: try the theorems for a goal and a form, in order, premises first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from normcalc.derive.derivation import Derivation
from normcalc.errors import NotDerivable
from normcalc.forms import lower
from normcalc.theorems.registry import all_theorems, theorems_for

if TYPE_CHECKING:
    from normcalc.language.function import Function


@lru_cache(maxsize=512)
def derivation(goal: str, function: Function) -> Derivation:
    """Return the first derivation of `goal` that a registered theorem gives.

    Raises
    ------
    NotDerivable
        No theorem applies; the message lists what was tried and what each one lacked.
    """
    form = lower(function)
    tried = []
    for theorem in theorems_for(goal, form):
        try:
            conclusion = theorem.prove(form, derivation)
        except NotDerivable as refusal:
            tried.append(f"{theorem.name}: {refusal}")
            continue
        return Derivation(
            goal,
            function,
            form,
            theorem,
            conclusion.table,
            conclusion.value,
            tuple(p for p in conclusion.premises if isinstance(p, Derivation)),
        )
    raise NotDerivable(_closest(goal, function, type(form).__name__, tried))


def _closest(goal: str, function: Function, form: str, tried: list[str]) -> str:
    if len(tried) == 1:
        return f"{goal} of {function}: {tried[0].partition(': ')[2]}"
    if tried:
        return f"{goal} of {function}: no theorem applied; " + "; ".join(tried)
    known = sorted({t.form.__name__ for t in all_theorems() if t.goal == goal})
    return (
        f"no theorem derives {goal} for {function}, whose form is {form}; "
        f"there are theorems for the forms {', '.join(known)}"
    )
