"""Sorting, pooling neighbours that are out of order, and keeping the largest entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.codegen.skeletons.marks import Parameters, Prox, Vector, inner
from normcalc.codegen.skeletons.reductions import falls

if TYPE_CHECKING:
    from collections.abc import Callable


def sort_keys(v: Vector, absolute: bool) -> Vector:
    """Return whole numbers whose bits rise as the entries, or their sizes, fall."""
    bits = v.view(np.int64)
    keys = np.empty(v.size, np.int64)
    low = np.int64(0x7FFFFFFFFFFFFFFF)
    if absolute:
        for i in range(v.size):
            keys[i] = (bits[i] & low) ^ low
    else:
        for i in range(v.size):
            keys[i] = bits[i] ^ low if bits[i] >= 0 else bits[i]
    return keys


def count_digits(keys: Vector, shift: int, counts: Vector) -> bool:
    """Fill in the first place of each digit; tell whether there is more than one digit."""
    counts[:] = 0
    for i in range(keys.size):
        counts[(keys[i] >> shift) & 2047] += 1
    first = 0
    for digit in range(2048):
        count = counts[digit]
        if count == keys.size:
            return False
        counts[digit] = first
        first += count
    return True


def sort_by_digits(words: Vector, shifts: tuple[int, ...]) -> Vector:
    """Return the numbers sorted by their digits of eleven bits at the shifts, the least first."""
    other, counts = np.empty_like(words), np.empty(2048, np.int64)
    for shift in shifts:
        if count_digits(words, shift, counts):
            for i in range(words.size):
                digit = (words[i] >> shift) & 2047
                place = counts[digit]
                counts[digit] = place + 1
                other[place] = words[i]
            words, other = other, words
    return words


def order_by_digits(keys: Vector, shifts: tuple[int, ...]) -> Vector:
    """Return the order that sorts by the digits of eleven bits at the shifts, the least first."""
    order, spare = np.arange(keys.size), np.empty(keys.size, np.int64)
    counts = np.empty(2048, np.int64)
    for shift in shifts:
        if count_digits(keys, shift, counts):
            for i in range(keys.size):
                digit = (keys[order[i]] >> shift) & 2047
                place = counts[digit]
                counts[digit] = place + 1
                spare[place] = order[i]
            order, spare = spare, order
    return order


def in_order(v: Vector, absolute: bool, order: Vector) -> Vector:
    """Return the entries, or their sizes, in an order."""
    y = np.empty(v.size)
    for i in range(v.size):
        x = v[order[i]]
        y[i] = abs(x) if absolute else x
    return y


def insert_sorted(y: Vector, order: Vector, patience: int) -> bool:
    """Sort what nearly falls by insertion; give up after `patience` moves for each entry."""
    left = patience * y.size
    for i in range(1, y.size):
        x, place, j = y[i], order[i], i
        while j > 0 and y[j - 1] < x and left >= 0:
            y[j], order[j] = y[j - 1], order[j - 1]
            j -= 1
            left -= 1
        y[j], order[j] = x, place
        if left < 0:
            return False
    return True


def sorted_down(v: Vector, absolute: bool) -> tuple[Vector, Vector]:
    """Return the places of the entries, or of their sizes, from the largest on, and these.

    Most numbers differ in their upper 32 bits, which share a word with the place; where they do
    not, insertion puts them right, and where that takes long all bits are sorted by.
    """
    order = np.arange(v.size)
    if falls(v) and (not absolute or v.size == 0 or v[-1] >= 0.0):
        return order, v.copy()
    if v.size > 64:
        keys = sort_keys(v, absolute)
        upper, lower = np.int64(-0x100000000), np.int64(0xFFFFFFFF)
        for i in range(v.size):
            order[i] |= keys[i] & upper
        order = sort_by_digits(order, (32, 43, 54)) & lower
    y = in_order(v, absolute, order)
    if not insert_sorted(y, order, 4 if v.size > 64 else 64):
        order = order_by_digits(sort_keys(v, absolute), (0, 11, 22, 33, 44, 55))
        y = in_order(v, absolute, order)
    return order, y


def descending(v: Vector, absolute: bool) -> Vector:
    """Return the places of the entries, or of their sizes, from the largest on."""
    return sorted_down(v, absolute)[0]


def pool_falling(y: Vector) -> None:
    """Replace `y` by the nearest sequence that does not rise."""
    means, counts, last = np.empty(y.size), np.empty(y.size, np.int64), -1
    for i in range(y.size):
        mean, count = y[i], 1
        while last >= 0 and means[last] < mean:
            both = counts[last] + count
            mean += (means[last] - mean) * (counts[last] / both)
            count = both
            last -= 1
        last += 1
        means[last], counts[last] = mean, count
    i = 0
    for block in range(last + 1):
        for _ in range(counts[block]):
            y[i] = means[block]
            i += 1


def check_falling(weights: Vector, nonnegative: bool) -> None:
    """Refuse weights of sorted entries for which the function is not convex."""
    slack = 1e-14 * np.abs(weights).max()
    for i in range(weights.size):
        if i > 0 and weights[i] - weights[i - 1] > slack:
            raise ValueError("the weights of the sorted entries rise: not convex")
        if nonnegative and weights[i] < 0:
            raise ValueError("the weights of the sorted sizes must not be negative")


def sorted_prox(v: Vector, steps: Vector, absolute: bool, out: Vector) -> None:
    """Take `steps` away from the sorted entries, or sizes, and pool what is out of order."""
    order, y = sorted_down(v, absolute)
    y -= steps
    pool_falling(y)
    for i in range(v.size):
        x = v[order[i]]
        out[order[i]] = np.copysign(max(y[i], 0.0), x) if absolute else y[i]


def keep_largest(v: Vector, count: int, out: Vector) -> None:
    """Keep the entries of largest size, of equal ones the first, and set the others to zero."""
    out[:] = 0.0
    if count <= 0:
        return
    if count >= v.size:
        out[:] = v
        return
    border = np.partition(np.abs(v), v.size - count)[v.size - count]
    left = count
    for i in range(v.size):
        if abs(v[i]) > border:
            out[i] = v[i]
            left -= 1
    for i in range(v.size):
        if left > 0 and abs(v[i]) == border:
            out[i] = v[i]
            left -= 1


def pooling(prox: Prox) -> Callable[[Vector, Vector, Parameters, Vector], None]:
    """Return the prox of ``dot(w, sort(phi(x)))``, ``steps`` times w, from that of phi."""

    @inner
    def pooled(v: Vector, steps: Vector, p: Parameters, out: Vector) -> None:
        order = descending(v, True)
        blocks, counts, last = np.empty((3, v.size)), np.empty(v.size, np.int64), -1
        point, found = np.empty(1), np.empty(1)
        for i in range(v.size):
            size, step, count = abs(v[order[i]]), steps[i], 1
            while True:
                point[0], found[0] = size / count, size / count
                if step > 0.0:
                    prox(point, step / count, p, found)
                if last < 0 or blocks[2, last] >= found[0]:
                    break
                size, step = size + blocks[0, last], step + blocks[1, last]
                count += counts[last]
                last -= 1
            last += 1
            blocks[0, last], blocks[1, last], blocks[2, last] = size, step, found[0]
            counts[last] = count
        i = 0
        for block in range(last + 1):
            for _ in range(counts[block]):
                out[order[i]] = np.copysign(blocks[2, block], v[order[i]])
                i += 1

    return pooled
