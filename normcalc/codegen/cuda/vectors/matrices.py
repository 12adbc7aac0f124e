"""Small matrices in the memory of one thread of a graphics card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.cuda.vectors.runtime import copied, filled, filled_whole, refuse, take

if TYPE_CHECKING:
    from normcalc.codegen.cuda.vectors.runtime import Array, Held, Room


def filled_rows(arena: Room, m: int, n: int, value: float) -> Held:
    """Return a matrix of one number."""
    return (filled(arena, m * n, value)[0].reshape((m, n)),)


def filled_rows_whole(arena: Room, m: int, n: int, value: int) -> Held:
    """Return a matrix of one whole number."""
    return (filled_whole(arena, m * n, value)[0].reshape((m, n)),)


def copied_rows(arena: Room, a: Array) -> Held:
    """Return a copy of a matrix."""
    return (copied(arena, a.reshape(-1))[0].reshape((a.shape[0], a.shape[1])),)


def block(arena: Room, a: Array, top: int, bottom: int, left: int, right: int) -> Held:
    """Return a part of a matrix; ends may be counted from the other side."""
    i, j = end_of(top, a.shape[0]), end_of(left, a.shape[1])
    m, n = end_of(bottom, a.shape[0]) - i, end_of(right, a.shape[1]) - j
    b = filled_rows(arena, max(m, 0), max(n, 0), 0.0)[0]
    for row in range(b.shape[0]):
        for column in range(b.shape[1]):
            b[row, column] = a[i + row, j + column]
    return (b,)


def put_block(
    arena: Room, a: Array, top: int, bottom: int, left: int, right: int, b: Array
) -> None:
    """Write a part of a matrix."""
    i, j = end_of(top, a.shape[0]), end_of(left, a.shape[1])
    m, n = end_of(bottom, a.shape[0]) - i, end_of(right, a.shape[1]) - j
    flat = b.reshape(-1)
    if flat.size != m * n:
        refuse(arena, 1)
    for row in range(m):
        for column in range(n):
            a[i + row, j + column] = flat[row * n + column]


def end_of(place: int, n: int) -> int:
    """Return an end of a slice as a place."""
    place = place + n if place < 0 else place
    return min(max(place, 0), n)


def rows_backwards(arena: Room, a: Array) -> Held:
    """Return a matrix with its columns from the last on."""
    b = filled_rows(arena, a.shape[0], a.shape[1], 0.0)[0]
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[i, j] = a[i, a.shape[1] - 1 - j]
    return (b,)


def turned(arena: Room, a: Array) -> Held:
    """Return the transpose."""
    b = filled_rows(arena, a.shape[1], a.shape[0], 0.0)[0]
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            b[j, i] = a[i, j]
    return (b,)


def unit_rows(arena: Room, n: int) -> Held:
    """Return the unit matrix."""
    a = filled_rows(arena, n, n, 0.0)[0]
    for i in range(n):
        a[i, i] = 1.0
    return (a,)


def diagonal(arena: Room, a: Array) -> Held:
    """Return the diagonal."""
    b = take(arena, min(a.shape[0], a.shape[1]))[0]
    for i in range(b.size):
        b[i] = a[i, i]
    return (b,)


def inverse(arena: Room, a: Array) -> Held:
    """Return the inverse, by elimination with the largest pivot of each column."""
    n, b = a.shape[0], unit_rows(arena, a.shape[0])[0]
    rest = copied_rows(arena, a)[0]
    for k in range(n):
        pivot = k
        for i in range(k + 1, n):
            pivot = i if abs(rest[i, k]) > abs(rest[pivot, k]) else pivot
        scale = rest[pivot, k]
        for j in range(n):
            x, y = rest[pivot, j], b[pivot, j]
            rest[pivot, j], b[pivot, j] = rest[k, j], b[k, j]
            rest[k, j], b[k, j] = x / scale, y / scale
        for i in range(n):
            factor = rest[i, k]
            if i != k and factor != 0.0:
                for j in range(n):
                    rest[i, j] -= factor * rest[k, j]
                    b[i, j] -= factor * b[k, j]
    return (b,)


def times(arena: Room, a: Array, b: Array) -> Held:
    """Return the product of two matrices."""
    if a.shape[1] != b.shape[0]:
        refuse(arena, 1)
    c = filled_rows(arena, a.shape[0], b.shape[1], 0.0)[0]
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return (c,)
