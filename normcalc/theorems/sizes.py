"""Theorems about functions of sizes: norms, norms of groups, singular values, eigenvalues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.forms import Transfer
from normcalc.operators import StackedBlocks, Transferred
from normcalc.theorems.convexity import is_convex
from normcalc.theorems.extension import evenly
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem

if TYPE_CHECKING:
    from normcalc.operators import Operator


@theorem(
    "prox",
    Transfer,
    needs=["a function of the sizes alone"],
    source="beck2017, Theorem 6.18, Theorem 7.18 and Theorem 7.29; lewis1995",
)
def prox_of_function_of_sizes(form: Transfer, ask: Ask) -> Conclusion:
    """Among the points with given sizes, those with the directions of v are nearest to v (von
    Neumann's inequality for singular values and eigenvalues, Cauchy's for norms), at the distance
    of the sizes.  So the prox changes the sizes by the prox of the outer function.  Groups that
    overlap are stacked one after the other, if the function is convex.
    """
    outer = evenly(form.outer, form.listing)
    answer = ask("prox", outer)
    operator: Operator = Transferred(as_operator(answer), form.listing)
    if getattr(form.listing, "head", "") == "group_norms" and is_convex(outer):
        operator = StackedBlocks(operator, form.listing)
    return Conclusion(operator=operator, premises=(answer,))
