"""Equations in sums of ``max(size - tau, 0)``, which are convex and straight between breakpoints.

Newton's method comes from the left and never steps over the zero; entries that are left behind are
no part of the sum any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.skeletons.marks import Vector, inner, summing
from normcalc.codegen.skeletons.monotone import narrowed_zero

if TYPE_CHECKING:
    from collections.abc import Callable

    Gap = Callable[[float, float, Any], float]


@summing
def sum_over(kept: Vector, tau: float) -> tuple[int, float]:
    """Return how many numbers are at least tau, and their sum."""
    count, total = 0, 0.0
    for i in range(kept.size):
        count += kept[i] >= tau
        total += kept[i] if kept[i] >= tau else 0.0
    return count, total


def keep_between(kept: Vector, lo: float, hi: float) -> int:
    """Move the numbers strictly between to the front, and return how many they are."""
    count = 0
    for i in range(kept.size):
        x = kept[i]
        kept[count] = x
        count += lo < x < hi
    return count


def breaking(gap: Gap) -> Callable[[Vector, Any], float]:
    """Return ``zero(v, args)``: where ``gap(total, tau, args)`` falls through zero.

    The total is the sum of ``max(|x| - tau, 0)`` over `v`; `gap` rises with it and falls with tau,
    and is not positive where the total is zero.
    """

    @inner
    def on_line(tau: float, args: Any) -> float:
        count, total, rest = args
        return gap(total - count * tau, tau, rest)

    straight = narrowed_zero(on_line)

    @inner
    def zero(v: Vector, args: Any) -> float:
        kept = np.abs(v)
        # Beyond the largest, so that all entries are inside the bracket.
        lo, hi, sure, sum_of_sure = 0.0, 2.0 * kept.max(), 0, 0.0
        count, total = sum_over(kept, 0.0)
        if gap(total, lo, args) <= 0.0:
            return lo
        for turn in range(1, 400):
            # A breakpoint now and then halves their number, however the entries are spread.
            pivot = turn % 6 == 0 and kept.size > 0
            tau = kept[kept.size // 2] if pivot else straight(lo, hi, (count, total, args))
            above, part = sum_over(kept, tau)
            same = sure + above == count
            if same and not pivot:
                return tau
            rest = sum_of_sure + part
            below = gap(rest - (sure + above) * tau, tau, args) <= 0.0
            if below:
                hi, sure, sum_of_sure = tau, sure + above, rest
            else:
                lo, count, total = tau, sure + above, rest
            # Those that are sure to be in the sum have been counted, and must not stay.
            if below or 4 * above < 3 * kept.size:
                kept = kept[: keep_between(kept, lo, hi)]
        return lo

    return zero
