"""The search: try the theorems for a goal and a form, in order, premises first."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from normcalc.derive.derivation import Derivation
from normcalc.derive.formula import as_function
from normcalc.errors import NotDerivable
from normcalc.forms import BregmanPair, Conjugate, Envelope, Form, Scalar, lower
from normcalc.theorems.registry import Conclusion, all_theorems, theorems_for

if TYPE_CHECKING:
    from normcalc.language.function import Function


def derivation(goal: str, subject: Function | Derivation) -> Derivation:
    """Return the first derivation of `goal` that a registered theorem gives.

    What is kept is kept for equal functions; the answer shows the formula as it was typed here.

    Raises
    ------
    NotDerivable
        No theorem applies; the message lists what was tried and what each one lacked.
    """
    found = _kept(goal, subject)
    if isinstance(subject, Derivation) or subject.text == found.function.text:
        return found
    return replace(found, function=subject)


@lru_cache(maxsize=512)
def _kept(goal: str, subject: Function | Derivation) -> Derivation:
    if isinstance(subject, Derivation):
        return _of_an_answer(goal, subject)
    return _first(goal, goal, subject, lower(subject))


@lru_cache(maxsize=512)
def bregman(function: Function, kernel: Function) -> Derivation:
    """Derive the prox of a function in the geometry of a kernel."""
    return _first("bregman_prox", "bregman_prox", function, BregmanPair(function, kernel))


def _of_an_answer(goal: str, subject: Derivation) -> Derivation:
    """Derive a goal of something that was itself derived.

    The answer is about the derived function where that has a formula; else its name says of what
    it is the answer, so that nothing mistakes it for an answer about the function below.
    """
    if subject.value is not None and theorems_for(goal, lower(subject.value)):
        return derivation(goal, subject.value)
    if subject.goal not in _COMPOSED or not isinstance(subject.form, Scalar):
        raise NotDerivable(
            f"nothing is derived from the {subject.goal} of {subject.function}; compositions are "
            f"known for {' and '.join(_COMPOSED)} of functions of one real variable"
        )
    form = _COMPOSED[subject.goal](subject.function)
    return _first(goal, f"{goal} of the {subject.goal}", subject.function, form)


def _first(goal: str, name: str, function: Function, form: Form) -> Derivation:
    tried = []
    for theorem in theorems_for(goal, form):
        try:
            conclusion = theorem.prove(form, derivation)
        except NotDerivable as refusal:
            tried.append(f"{theorem.name}: {refusal}")
            continue
        return Derivation(
            name,
            function,
            form,
            theorem,
            conclusion.table,
            conclusion.value or _formula(goal, conclusion, function),
            tuple(p for p in conclusion.premises if isinstance(p, Derivation)),
            conclusion.operator,
        )
    raise NotDerivable(_closest(goal, function, type(form).__name__, tried))


def _formula(goal: str, conclusion: Conclusion, function: Function) -> Function | None:
    """Return a conjugate or an envelope as a function, so that more can be derived from it."""
    if goal not in _COMPOSED or conclusion.table is None:
        return None
    return as_function(conclusion.table, function)


_COMPOSED: dict[str, type[Conjugate | Envelope]] = {
    "conjugate": Conjugate,
    "moreau_envelope": Envelope,
}


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
