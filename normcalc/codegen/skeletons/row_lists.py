"""The rows that an active set chooses from, and which of them it has chosen before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.codegen.skeletons.alternating import largest_size
from normcalc.codegen.skeletons.factors import with_last, written_after
from normcalc.codegen.skeletons.marks import apart

if TYPE_CHECKING:
    from normcalc.codegen.skeletons.marks import Vector


@apart
def rows_of_terms(
    matrix: Vector, shift: Vector, counts: Vector, terms: Vector, roles: Vector
) -> tuple[Vector, Vector, Vector]:
    """Return the rows of all affine maps with the blocks that they belong to.

    A map has its rows, its term, and that its role: 0 for the largest of all rows, 1 for the sum
    of the largest of each row, -1 and -2 for constraints.  In a sum, one row stands for many.
    """
    lengths, total = np.ones(roles.size, np.int64), 0
    for k in range(terms.size):
        lengths[terms[k]] = max(lengths[terms[k]], counts[k])
    for k in range(terms.size):
        total += lengths[terms[k]] if roles[terms[k]] == 1 else counts[k]
    found, level = np.empty((total, matrix.shape[1])), np.empty(total)
    block, firsts, free, row, at = np.empty(total, np.int64), np.empty_like(roles), 0, 0, 0
    for t in range(roles.size):
        firsts[t] = free if roles[t] >= 0 else roles[t]
        free += (1 if roles[t] == 0 else lengths[t]) if roles[t] >= 0 else 0
    for k in range(terms.size):
        t = terms[k]
        for i in range(lengths[t] if roles[t] == 1 else counts[k]):
            own = at + min(i, counts[k] - 1)
            level[row] = shift[own]
            for j in range(matrix.shape[1]):
                found[row, j] = matrix[own, j]
            block[row] = firsts[t] + (i if roles[t] == 1 else 0)
            row += 1
        at += counts[k]
    return found, level, block


@apart
def with_row(matrix: Vector, row: Vector) -> Vector:
    """Return the matrix with one more row."""
    m, n = matrix.shape
    found = np.empty((m + 1, n))
    for k in range(n):
        for i in range(m):
            found[i, k] = matrix[i, k]
        found[m, k] = row[k]
    return found


@apart
def greedy_vertex(u: Vector, table: Vector) -> Vector:
    """Return the growth of a set function at each entry, the largest entries joining first."""
    order, found, mask = np.argsort(-u, kind="mergesort"), np.empty(u.size), 0
    for i in order:
        more = mask | (1 << i)
        found[i], mask = table[more] - table[mask], more
    return found


@apart
def check_submodular(table: Vector, n: int) -> None:
    """Raise if two elements gain more together than apart, beyond rounding."""
    if n > 62 or table.size != 1 << n:
        raise IndexError("a table of a set function has a number for each set")
    room = 1e-12 * largest_size(table)
    for i in range(n):
        for j in range(i):
            a, b = 1 << i, 1 << j
            for base in range(table.size):
                if base & (a | b) == 0 and (
                    table[base | a | b] + table[base] - table[base | a] - table[base | b] > room
                ):
                    raise ValueError("the set function is not submodular")


@apart
def with_vertex(
    u: Vector, table: Vector, matrix: Vector, shift: Vector, block: Vector
) -> tuple[Vector, Vector, Vector]:
    """Return the rows and one more: the vertex of the base polytope that is largest along u."""
    more = with_row(matrix, greedy_vertex(u, table))
    return more, with_last(shift, 0.0), with_last(block, 0)


@apart
def seen_before(held: Vector, log: Vector) -> bool:
    """Tell whether a list of sets, each after its number of items, has these rows."""
    start = 0
    while start < log.size:
        common, count = 0, log[start]
        for i in range(count):
            for k in held:
                common += k == log[start + 1 + i]
        if common == count and count == held.size:
            return True
        start += count + 1
    return False


@apart
def with_set(log: Vector, held: Vector) -> Vector:
    """Return the list of sets with one more."""
    found = np.empty(log.size + 1 + held.size, np.int64)
    written_after(0, log, found)
    found[log.size] = held.size
    written_after(log.size + 1, held, found)
    return found


@apart
def next_equation(i: int, block: Vector) -> int:
    """Return the first equation after a row; -1 if there is none."""
    for k in range(i + 1, block.size):
        if block[k] == -2:
            return k
    return -1


@apart
def largest_of(x: Vector) -> float:
    """Return the largest entry, or zero."""
    top = 0.0
    for i in range(x.size):
        top = max(top, x[i])
    return top


@apart
def most_missed(missed: Vector, block: Vector, held: Vector, passed: Vector) -> int:
    """Return the row that is missed most, of those that may enter; -1 if there is none."""
    free, best = np.ones(missed.size, np.bool_), -1
    for i in held:
        free[i] = False
    for i in passed:
        free[i] = False
    for i in range(missed.size):
        if free[i] and block[i] != -2 and (best < 0 or missed[i] > missed[best]):
            best = i
    return best
