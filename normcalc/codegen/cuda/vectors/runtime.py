"""What kernels of vectors for graphics cards carry in place of NumPy's arrays.

A thread takes memory piece by piece from a block of its own, and gives it back from the end:
`arena` holds floats, whole numbers, and how many of each are taken.  Arrays are without gaps.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any
Number = Any
# numba lets functions of cards return new arrays in tuples alone.
Held = tuple[Array]
Room = Any


def refuse(arena: Room, code: int) -> None:
    """Leave a code for the host and stop the thread."""
    arena[2][2] = code
    raise ValueError("the kernel refuses; its state holds the number of the reason")


def take(arena: Room, n: int) -> Held:
    """Return memory for floats."""
    start = arena[2][0]
    if start + n > arena[0].size:
        arena[2][2] = -1
        raise MemoryError("a thread needs more floats")
    arena[2][0] = start + n
    return (arena[0][start : start + n],)


def take_whole(arena: Room, n: int) -> Held:
    """Return memory for whole numbers."""
    start = arena[2][1]
    if start + n > arena[1].size:
        arena[2][2] = -2
        raise MemoryError("a thread needs more whole numbers")
    arena[2][1] = start + n
    return (arena[1][start : start + n],)


def filled(arena: Room, n: int, value: float) -> Held:
    """Return a vector of one number."""
    a = take(arena, n)[0]
    for i in range(n):
        a[i] = value
    return (a,)


def filled_whole(arena: Room, n: int, value: int) -> Held:
    """Return a vector of one whole number."""
    a = take_whole(arena, n)[0]
    for i in range(n):
        a[i] = value
    return (a,)


def fill(a: Array, value: float) -> None:
    """Write one number everywhere."""
    flat = a.reshape(-1)
    for i in range(flat.size):
        flat[i] = value


def copy_into(arena: Room, a: Array, b: Array) -> None:
    """Write the entries of another array."""
    to, given = a.reshape(-1), b.reshape(-1)
    if to.size != given.size:
        refuse(arena, 1)
    for i in range(to.size):
        to[i] = given[i]


def copied(arena: Room, a: Array) -> Held:
    """Return a copy of a vector."""
    b = take(arena, a.size)[0]
    for i in range(a.size):
        b[i] = a[i]
    return (b,)


def copied_whole(arena: Room, a: Array) -> Held:
    """Return a copy of a vector of whole numbers."""
    b = take_whole(arena, a.size)[0]
    for i in range(a.size):
        b[i] = a[i]
    return (b,)


def backwards(arena: Room, a: Array) -> Held:
    """Return a vector from its end."""
    b = take(arena, a.size)[0]
    for i in range(a.size):
        b[i] = a[a.size - 1 - i]
    return (b,)


def counted(arena: Room, n: int) -> Held:
    """Return the numbers from zero."""
    a = take_whole(arena, n)[0]
    for i in range(n):
        a[i] = i
    return (a,)


def rising_order(arena: Room, a: Array) -> Held:
    """Return the order that sorts, equal entries as they are: merging, from below."""
    n, width = a.size, 1
    order, spare = counted(arena, n)[0], counted(arena, n)[0]
    while width < n:
        for start in range(0, n, 2 * width):
            middle, stop = min(start + width, n), min(start + 2 * width, n)
            i, j = start, middle
            for k in range(start, stop):
                if i >= middle or (j < stop and a[order[j]] < a[order[i]]):
                    spare[k] = order[j]
                    j += 1
                else:
                    spare[k] = order[i]
                    i += 1
        for k in range(n):
            order[k] = spare[k]
        width *= 2
    return (order,)


def sorted_up(arena: Room, a: Array) -> Held:
    """Return the entries, the least first."""
    return gathered(arena, a, rising_order(arena, a)[0])


def gathered(arena: Room, a: Array, places: Array) -> Held:
    """Return the entries at some places."""
    b = take(arena, places.size)[0]
    for i in range(places.size):
        b[i] = a[places[i]]
    return (b,)


def scatter(arena: Room, a: Array, places: Array, b: Array) -> None:
    """Write entries at some places."""
    if places.size != b.size:
        refuse(arena, 1)
    for i in range(places.size):
        a[places[i]] = b[i]


def places_of(arena: Room, a: Array) -> Held:
    """Return the places of the entries that are not zero."""
    found, count = take_whole(arena, a.size)[0], 0
    for i in range(a.size):
        if a[i] != 0:
            found[count] = i
            count += 1
    return (found[:count],)


def sums_so_far(arena: Room, a: Array) -> Held:
    """Return the sums of the first entries."""
    b = copied(arena, a)[0]
    for i in range(1, b.size):
        b[i] += b[i - 1]
    return (b,)


def bits_of(arena: Room, a: Array) -> Held:
    """Return the bits of floats as whole numbers."""
    bits, b = a.view(np.int64), take_whole(arena, a.size)[0]
    for i in range(a.size):
        b[i] = bits[i]
    return (b,)


def bits_of_one(arena: Room, x: float) -> Number:
    """Return the bits of a float as a whole number."""
    start = arena[2][0]
    one = take(arena, 1)[0]
    one[0] = x
    arena[2][0] = start
    return one.view(np.int64)[0]


def from_bits(arena: Room, bits: int) -> Number:
    """Return the float with some bits."""
    start = arena[2][1]
    one = take_whole(arena, 1)[0]
    one[0] = bits
    arena[2][1] = start
    return one.view(np.float64)[0]


def largest(a: Array) -> Number:
    """Return the largest entry."""
    flat = a.reshape(-1)
    found = flat[0]
    for i in range(1, flat.size):
        found = flat[i] if flat[i] > found else found
    return found


def least(a: Array) -> Number:
    """Return the least entry."""
    flat = a.reshape(-1)
    found = flat[0]
    for i in range(1, flat.size):
        found = flat[i] if flat[i] < found else found
    return found


def place_of_largest(a: Array) -> Number:
    """Return the first place of the largest entry."""
    found = 0
    for i in range(1, a.size):
        found = i if a[i] > a[found] else found
    return found


def total(a: Array) -> Number:
    """Return the sum."""
    flat = a.reshape(-1)
    found = 0.0
    for i in range(flat.size):
        found += flat[i]
    return found


def total_whole(a: Array) -> Number:
    """Return the sum of whole numbers."""
    flat = a.reshape(-1)
    found = 0
    for i in range(flat.size):
        found += flat[i]
    return found


def product_of(a: Array) -> Number:
    """Return the product."""
    found = 1.0
    for i in range(a.size):
        found *= a[i]
    return found


def any_of(a: Array) -> Number:
    """Tell whether an entry is not zero."""
    flat = a.reshape(-1)
    found = False
    for i in range(flat.size):
        found = found or flat[i] != 0
    return found


def all_of(a: Array) -> Number:
    """Tell whether no entry is zero."""
    flat = a.reshape(-1)
    found = True
    for i in range(flat.size):
        found = found and flat[i] != 0
    return found


def finite(a: Array) -> Number:
    """Tell whether all entries are numbers."""
    flat = a.reshape(-1)
    found = True
    for i in range(flat.size):
        found = found and math.isfinite(flat[i])
    return found


def root_of(x: float) -> float:
    """Return the square root, and what is not a number below zero."""
    return math.sqrt(x) if x >= 0.0 else math.nan


def logarithm_of(x: float) -> float:
    """Return the logarithm, with its limit at zero."""
    return math.log(x) if x > 0.0 else (-math.inf if x == 0.0 else math.nan)


def exponential_of(x: float) -> float:
    """Return ``exp(x)``, infinite where it is too large."""
    return math.exp(x) if x < 709.78 else (x if math.isnan(x) else math.inf)


def floor_of(x: float) -> float:
    """Return the largest whole number up to x, as a float."""
    return float(math.floor(x)) if abs(x) < 4503599627370496.0 else x


def ceil_of(x: float) -> float:
    """Return the least whole number from x, as a float."""
    return -floor_of(-x)
