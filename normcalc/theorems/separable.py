"""Theorems about sums over the entries of a vector: everything happens entry by entry."""

from __future__ import annotations

from normcalc.forms import Separable
from normcalc.operators import Entrywise
from normcalc.theorems.registry import Ask, Conclusion, theorem


def _entrywise(goal: str, form: Separable, ask: Ask) -> Conclusion:
    answer = ask(goal, form.element)
    return Conclusion(answer.table, premises=(answer,))


@theorem("prox", Separable, source="beck2017, Theorem 6.6")
def prox_of_separable_sum(form: Separable, ask: Ask) -> Conclusion:
    """The prox of a separable sum is the prox of each term, applied to each entry."""
    answer = ask("prox", form.element)
    operator = Entrywise(answer, form.varying) if form.varying else None
    return Conclusion(answer.table, operator=operator, premises=(answer,))


@theorem("conjugate", Separable, source="beck2017, Theorem 4.12")
def conjugate_of_separable_sum(form: Separable, ask: Ask) -> Conclusion:
    """The conjugate of a separable sum is the sum of the conjugates of its terms."""
    return _entrywise("conjugate", form, ask)


@theorem("moreau_envelope", Separable, source="beck2017, Theorem 6.58")
def envelope_of_separable_sum(form: Separable, ask: Ask) -> Conclusion:
    """The Moreau envelope of a separable sum is the sum of the envelopes of its terms."""
    return _entrywise("moreau_envelope", form, ask)
