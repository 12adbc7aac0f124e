"""Products of powers of two norms: all stationary points, the best of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.codegen.skeletons.marks import apart
from normcalc.codegen.skeletons.quasinorms import by_size, falling_sizes, put_back
from normcalc.codegen.skeletons.reductions import inner_product

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.skeletons.marks import Vector
    from normcalc.codegen.skeletons.monotone import Solver


@apart
def complex_roots(polynomial: Vector) -> Vector:
    """Return the roots of a real polynomial, as complex numbers also where all are real."""
    return np.roots(polynomial.astype(np.complex128))


@apart
def product_of_polynomials(a: Vector, b: Vector) -> Vector:
    """Return the coefficients of a product."""
    found = np.zeros(a.size + b.size - 1)
    for i in range(a.size):
        for j in range(b.size):
            found[i + j] += a[i] * b[j]
    return found


@apart
def length_gap(r: float, along: float, k: float, level: float) -> float:
    """Return ``log(abs(along - r)) - (k - 1)*log(r) - level``."""
    power = (k - 1.0) * np.log(r) if k != 1.0 else 0.0
    return float(np.log(abs(along - r)) - power - level)


@apart
def stretch_at(tangent: float, along: float, across: float, q: float, m: float) -> float:
    """Return the length of the critical point with a tangent, over the cosine."""
    ratio = 1.0 + m / q
    bend = across * tangent + ratio * across / tangent if across != 0.0 else 0.0
    return (1.0 - ratio) * along + bend


@apart
def tangent_gap(
    tangent: float, along: float, across: float, level: float, q: float, m: float
) -> float:
    """Return the logarithm of a quotient that is one at critical points."""
    k = q + m
    bend = (q + k - 2.0) / 2.0 * np.log1p(tangent * tangent)
    slope = np.log(max(along - (across / tangent if across != 0.0 else 0.0), 0.0)) - np.log(q)
    length = 0.0
    if k != 1.0:
        length = (k - 1.0) * np.log(max(stretch_at(tangent, along, across, q, m), 0.0))
    return float(slope + bend - length - level)


@apart
def tangent_turns(along: float, across: float, q: float, m: float, lo: float, hi: float) -> Vector:
    """Return both ends, and between them points between which `tangent_gap` is monotone."""
    k, ratio = q + m, 1.0 + m / q
    slope = np.array([along, -across])
    stretch = np.array([across, (1.0 - ratio) * along, ratio * across])
    one, square = np.array([1.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])
    first = product_of_polynomials(one, stretch)
    second = product_of_polynomials(product_of_polynomials(square, slope), stretch)
    square[2] = -ratio
    third = product_of_polynomials(product_of_polynomials(square, slope), one)
    top = (q + k - 2.0) * second - (k - 1.0) * across * third
    for i in range(5):
        top[i + 1] += across * first[i]
    found, count = np.empty(9), 2
    found[0], found[1] = lo, hi
    for x in np.concatenate((complex_roots(top), complex_roots(stretch))):
        if lo < x.real < hi:
            found[count] = x.real
            count += 1
    return np.sort(found[:count])


@apart
def edge_of_block(v: Vector, count: int) -> tuple[float, float, float, float]:
    """Return the sum over the root of the count, the length of the rest, and ends of tangents.

    The directions ``cos*(1, ..., 1)/sqrt(count) + sin*(rest)`` with the tangent between the ends
    are those of ``v - c`` for a number c between this entry and the next.
    """
    root, mean, across, total = np.sqrt(count), 0.0, 0.0, 0.0
    for i in range(count):
        mean += (v[0] - v[i]) / count
        total += v[i]
    for i in range(count):
        across += (v[0] - v[i] - mean) ** 2
    across, after = np.sqrt(across), v[count] if count < v.size else 0.0
    near, far = 0.0, 0.0
    for i in range(count):
        near += (v[i] - after) / root
        far += (v[i] - v[count - 1]) / root
    lo = across / near if across != 0.0 else 0.0
    hi = np.sqrt(count - 1.0)
    if far != 0.0:
        hi = min(across / far, root * np.sqrt(1.0 - 1.0 / count))
    return total / root, across, lo, hi


@apart
def direction_at(v: Vector, count: int, tangent: float) -> Vector:
    """Return the unit vector; of equal entries the first is larger than the others."""
    w, mean, square = np.zeros(v.size), 0.0, 0.0
    for i in range(count):
        w[i] = v[0] - v[i]
    if v[0] == v[count - 1]:
        w[1:count] = 1.0
    for i in range(count):
        mean += w[i] / count
    for i in range(count):
        square += (mean - w[i]) ** 2
    size, turn = np.sqrt(square), np.sqrt(1.0 + tangent * tangent)
    for i in range(count):
        rest = tangent / size * (mean - w[i]) if size > 0.0 else 0.0
        w[i] = max(1.0 / np.sqrt(count) + rest, 0.0) / turn
    return w


@apart
def ratio_cost(
    v: Vector, count: int, tangent: float, length: float, weight: float, q: float, m: float
) -> float:
    """Return the objective at a point; infinity for no length."""
    if not length > 0.0:
        return np.inf
    w, total = direction_at(v, count, tangent), 0.0
    for i in range(w.size):
        total += w[i]
    power = weight + q * np.log(total) + (q + m) * np.log(length)
    return float(np.exp(power) + length * length / 2.0 - length * inner_product(w, v))


def best_length(zero: Solver) -> Callable[[Vector, int, float, float, float], float]:
    """Return ``found(v, count, weight, q, m)``: the best length with equal sizes on some entries.

    It solves ``k*exp(weight)*count**(q/2)*r**(k-1) + r == along`` with ``k = q + m``; zero where
    there is no solution.
    """

    @apart
    def found(v: Vector, count: int, weight: float, q: float, m: float) -> float:
        along, k = 0.0, q + m
        for i in range(count):
            along += v[i] / np.sqrt(count)
        if k == 0.0:
            return along
        level = weight + q / 2.0 * np.log(count) + np.log(abs(k))
        ends = np.array([0.0, 0.0, along])
        if k < 0.0:
            far = along + np.exp(level / (2.0 - k))
            ends = np.array([along, along, 2.0 * far])
        elif k < 1.0:
            ends[1] = (1.0 - k) / (2.0 - k) * along
        best, least = 0.0, np.inf
        for i in range(2):
            r = zero(ends[i], ends[i + 1], (along, k, level))
            cost = ratio_cost(v, count, 0.0, r, weight, q, m)
            if cost < least:
                best, least = r, cost
        return best

    return found


def shrunk_by_ratio(
    tangent_zero: Solver, length: Callable[[Vector, int, float, float, float], float]
) -> Callable[[Vector, float, float, float, Vector], None]:
    """Return ``found(v, weight, q, m, out)``: the prox of a product of powers of two norms.

    The function is ``exp(weight)*norm(x, 1)**q*norm(x, 2)**m``; of equally good points one that
    prefers the first entries is taken.
    """

    @apart
    def found(v: Vector, weight: float, q: float, m: float, out: Vector) -> None:
        if not q > 0.0:
            raise ValueError("the power of the 1-norm must be positive")
        order = by_size(v)
        size = abs(v[order[0]])
        size = size if size > 0.0 else 1.0
        y, weight = falling_sizes(v, order, size), weight + (q + m - 2.0) * np.log(size)
        best, least, equal = np.zeros(v.size), np.inf, 1
        while equal < y.size and y[equal] == y[0]:
            equal += 1
        for count in (1, equal):
            r = length(y, count, weight, q, m)
            cost = ratio_cost(y, count, 0.0, r, weight, q, m)
            if cost < least:
                best, least = r * direction_at(y, count, 0.0), cost
        for count in range(2, v.size + 1):
            along, across, lo, hi = edge_of_block(y, count)
            level = weight + q / 2.0 * np.log(count)
            ends = tangent_turns(along, across, q, m, lo, hi)
            for k in range(ends.size + 1):
                t = lo if k == 0 else hi
                if k > 1:
                    t = tangent_zero(ends[k - 2], ends[k - 1], (along, across, level, q, m))
                r = stretch_at(t, along, across, q, m) / np.sqrt(1.0 + t * t)
                cost = ratio_cost(y, count, t, r, weight, q, m)
                if cost < least:
                    best, least = r * direction_at(y, count, t), cost
        if least == np.inf or (q + m > 0.0 and least > 0.0):
            raise ValueError("there is no minimiser: the infimum is approached at 0")
        put_back(best, order, size, v, out)

    return found
