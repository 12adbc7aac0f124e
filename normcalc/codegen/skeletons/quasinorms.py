"""Quasi-norms of order below one: the best of one point for each number of entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.codegen.skeletons.marks import apart
from normcalc.codegen.skeletons.reductions import inner_product

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.skeletons.marks import Vector
    from normcalc.codegen.skeletons.monotone import Solver


@apart
def larger_roots(v: Vector, z: float, q: float) -> Vector:
    """Return the larger solutions of ``u + exp(z)*u**(q-1) = v`` by Newton's method from v.

    The left side is convex, so that the steps go down and do not pass the solution.
    """
    found = np.empty(v.size)
    for i in range(v.size):
        near, scale = 1.0, np.exp(z + (q - 2.0) * np.log(v[i]))
        for _ in range(80):
            force = scale * near ** (q - 1.0)
            slope = max(1.0 - (1.0 - q) * force / near, 1e-16)
            following = near - max(near + force - 1.0, 0.0) / slope
            if following == near:
                break
            near = max(following, (1.0 - q) / (2.0 - q))
        found[i] = v[i] * near
    return found


@apart
def sum_of_powers(u: Vector, q: float) -> float:
    """Return ``sum(u**q)``."""
    total = 0.0
    for i in range(u.size):
        total += u[i] ** q
    return total


@apart
def multiplier_gap(z: float, v: Vector, weight: float, q: float) -> float:
    """Return by how much the multiplier that belongs to larger solutions exceeds theirs."""
    total = sum_of_powers(larger_roots(v, z, q), q)
    return float(weight + (1.0 / q - 1.0) * np.log(total) - z)


@apart
def by_size(v: Vector) -> Vector:
    """Return the places of the entries, those of large size first."""
    return np.argsort(-np.abs(v), kind="mergesort")


@apart
def falling_sizes(v: Vector, order: Vector, size: float) -> Vector:
    """Return the sizes in an order, as shares of one of them."""
    found = np.empty(v.size)
    for i in range(v.size):
        found[i] = abs(v[order[i]]) / size
    return found


@apart
def put_back(u: Vector, order: Vector, size: float, v: Vector, out: Vector) -> None:
    """Write multiples of falling sizes at their places, with the signs of `v`."""
    for i in range(v.size):
        out[order[i]] = np.copysign(size * u[i] if i < u.size else 0.0, v[order[i]])


def shrunk_by_quasi_norm(multiplier: Solver) -> Callable[[Vector, float, float, Vector], None]:
    """Return ``found(v, weight, q, out)``: the prox of ``exp(weight)*norm(x, q)`` for q < 1.

    For each number of entries there is one equation for the multiplier; of equally good points
    one with fewer entries is taken.
    """

    @apart
    def found(v: Vector, weight: float, q: float, out: Vector) -> None:
        order = by_size(v)
        size = abs(v[order[0]])
        if size == 0.0:
            out[:] = v
            return
        if not 0.0 < q < 1.0:
            raise ValueError("the order must be between 0 and 1")
        y, level = falling_sizes(v, order, size), weight - np.log(size)
        best, least, turn = y[:0].copy(), 0.0, (1.0 - q) / (2.0 - q)
        for count in range(1, v.size + 1):
            if y[count - 1] == 0.0:
                break
            kept = y[:count].copy()
            if count == 1:
                u = np.full(1, max(y[0] - np.exp(min(level, 0.0)), 0.0))
            else:
                last = np.log(1.0 - turn) + (1.0 - q) * np.log(turn)
                last += (2.0 - q) * np.log(y[count - 1])
                at = multiplier_gap(last, kept, level, q) + last
                z = multiplier(min(at, last) - 1.0, last, (kept, level, q))
                if np.isnan(z):
                    continue
                u = larger_roots(kept, z, q)
            cost = inner_product(u, u) / 2.0 - inner_product(u, kept)
            cost += np.exp(level + np.log(sum_of_powers(u, q)) / q)
            if cost < least:
                best, least = u, cost
        put_back(best, order, size, v, out)

    return found
