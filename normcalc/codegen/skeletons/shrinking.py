"""Thresholds: the number that must be taken from the entries so that what is left adds up."""

from __future__ import annotations

import numpy as np

from normcalc.codegen.skeletons.marks import Vector, summing


@summing
def count_above(v: Vector, absolute: bool, tau: float) -> int:
    """Return how many entries, or sizes, are above a number."""
    count = 0
    if absolute:
        for i in range(v.size):
            count += abs(v[i]) > tau
    else:
        for i in range(v.size):
            count += v[i] > tau
    return count


@summing
def sum_of(v: Vector) -> float:
    """Return the sum."""
    total = 0.0
    for i in range(v.size):
        total += v[i]
    return total


@summing
def sum_of_sizes(v: Vector) -> float:
    """Return the sum of the sizes."""
    total = 0.0
    for i in range(v.size):
        total += abs(v[i])
    return total


@summing
def sum_of_squares(v: Vector) -> float:
    """Return the sum of the squares."""
    total = 0.0
    for i in range(v.size):
        total += v[i] * v[i]
    return total


def collect(v: Vector, absolute: bool, above: float, kept: Vector, count: int) -> int:
    """Append the entries, or sizes, above a number to the first `count` of `kept`."""
    for i in range(v.size):
        x = abs(v[i]) if absolute else v[i]
        kept[count] = x
        count += x > above
    return count


def raised(kept: Vector, count: int, budget: float, tau: float) -> tuple[float, int]:
    """Raise `tau` to the threshold of the numbers kept, and drop those that are not above it."""
    while True:
        found = (sum_of(kept[:count]) - budget) / count
        if not found > tau:
            return tau, count
        tau, left = found, collect(kept[:count], False, found, kept, 0)
        if left == count or left == 0:
            return tau, count
        count = left


def threshold(v: Vector, budget: float, absolute: bool) -> float:
    """Return tau such that ``max(x - tau, 0)`` adds up to the budget > 0, for the x in v, or |v|.

    The threshold of some of the entries is a lower bound: a block without an entry above it is
    passed over.
    """
    kept = np.empty(v.size + 1)
    tau, count, checked = -np.inf, 0, 0
    for start in range(0, v.size, 512):
        block = v[start : start + 512]
        if count_above(block, absolute, tau) > 0:
            count = collect(block, absolute, tau, kept, count)
            if count > 2 * checked:
                tau, count = raised(kept, count, budget, tau)
                checked = count
    tau, count = raised(kept, count, budget, tau)
    return tau


def shrink(v: Vector, tau: float, out: Vector) -> None:
    """Write ``sign(v)*max(|v| - tau, 0)``."""
    for i in range(v.size):
        out[i] = v[i] - min(max(v[i], -tau), tau)


def positive_parts(v: Vector, tau: float, out: Vector) -> None:
    """Write ``max(v - tau, 0)``."""
    for i in range(v.size):
        out[i] = max(v[i] - tau, 0.0)


def within(v: Vector, bound: float, out: Vector) -> None:
    """Write the entries, clipped to sizes of at most the bound."""
    for i in range(v.size):
        out[i] = min(max(v[i], -bound), bound)


def project_on_l1_ball(v: Vector, radius: float, out: Vector) -> None:
    """Write the nearest point whose sizes add up to at most the radius >= 0."""
    if radius < 0.0:
        raise ValueError("the set is empty")
    if sum_of_sizes(v) <= radius:
        out[:] = v
    elif radius == 0.0:
        out[:] = 0.0
    else:
        shrink(v, threshold(v, radius, True), out)


def project_on_simplex(v: Vector, total: float, equal: bool, out: Vector) -> None:
    """Write the nearest nonnegative point with the sum `total`, or at most that if not `equal`."""
    if total < 0.0:
        raise ValueError("the set is empty")
    if not equal:
        positive_parts(v, 0.0, out)
        if sum_of(out) <= total:
            return
    if total == 0.0:
        out[:] = 0.0
    else:
        positive_parts(v, threshold(v, total, False), out)


def flattened(v: Vector, reach: float, out: Vector) -> None:
    """Write the prox of ``reach*max(abs(x))``: sizes are cut where the cuts add up to `reach`."""
    if sum_of_sizes(v) <= reach:
        out[:] = 0.0
    elif reach <= 0.0:
        out[:] = v
    else:
        within(v, threshold(v, reach, True), out)
