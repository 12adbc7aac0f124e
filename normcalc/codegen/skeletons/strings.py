"""The taut string through a tube: what first differences come down to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from normcalc.codegen.skeletons.marks import Vector


def tube(width: Vector, out: Vector) -> Vector:
    """Write the widths after each entry, from all but the last's or from one; zero at the end."""
    last = out.size - 1
    if width.size not in (1, last):
        raise IndexError("a vector does not fit the number of differences")
    for i in range(last):
        out[i] = width[i if width.size > 1 else 0]
    out[last] = 0.0
    return out


def tubes(up: Vector, down: Vector, out: Vector) -> tuple[Vector, Vector]:
    """Return what the path may lie above the sums and below them; of one memory if it is the same.

    The former goes into the memory of the result: each width is read before the slope there is
    written, and fresh memory costs as much as a third of the path.
    """
    above, same = tube(up, out), True
    for i in range(max(up.size, down.size)):
        same = same and up[i if up.size > 1 else 0] == down[i if down.size > 1 else 0]
    return above, above if same else tube(down, np.empty(out.size))


def pull_string(v: Vector, above: Vector, below: Vector, out: Vector) -> None:
    """Write the slopes of the shortest path through a tube about the partial sums of `v`.

    After entry i the path lies at most ``above[i]`` over the sum and ``below[i]`` under it, either
    of which may be infinite, but zero at the last entry.  From each bend entries are looked at
    until the tube turns away; some are looked at again, and chains take over from where that has
    taken long.  The tube may lie in the memory of `out`.
    """
    n, start, height, endless = v.size, 0, 0.0, 0
    for i in range(n):
        endless += int(above[i] == np.inf) + int(below[i] == np.inf)
    patience = 0 if endless else 8 * n
    while start < n and patience > 0:
        end, slope, there, looked = next_bend(v, above, below, start, height)
        count = end + 1 - start
        if abs(slope) * count < 1e-3 * (above[start] + below[start]):
            write_slope(v, start, count, height, there, out)  # the sum of the widths was rounded
        else:
            for i in range(start, end + 1):
                out[i] = slope
        start, height, patience = end + 1, there, patience - looked
    if start < n:
        roof, ground = above[start:].copy(), below[start:].copy()  # chains look back
        pull_by_chains(v[start:], roof, ground, height, out[start:])


def next_bend(
    v: Vector, above: Vector, below: Vector, start: int, height: float
) -> tuple[int, float, float, int]:
    """Return where the string bends next, its slope, its height there, and how far it was sought.

    `least` and `most` are the slopes that the tube leaves, less the first entry, which keeps sums
    small.  What an entry allows, `floor` to `ceiling`, does not depend on them, so that entries
    follow each other as fast as numbers are compared.
    """
    first, total = v[start], -height
    least, most = total - below[start], total + above[start]
    low, high = start, start
    for i in range(start + 1, v.size):
        total += v[i] - first
        share = 1.0 / (i - start + 1)
        floor, ceiling = (total - below[i]) * share, (total + above[i]) * share
        if ceiling < least:
            return low, first + least, -below[low], i - start
        if floor > most:
            return high, first + most, above[high], i - start
        low = i if floor >= least else low
        high = i if ceiling <= most else high
        least, most = max(least, floor), min(most, ceiling)
    return v.size - 1, first + least, 0.0, v.size - start


def write_slope(v: Vector, start: int, count: int, left: float, right: float, out: Vector) -> None:
    """Write the slope of a piece between two heights over the partial sums."""
    total = right - left
    for i in range(start, start + count):
        total += v[i]
    for i in range(start, start + count):
        out[i] = total / count


def joined(
    slopes: Vector, counts: Vector, first: int, end: int, slope: float, count: int, sign: float
) -> int:
    """Append a piece to a chain whose slopes, times the sign, rise; join what is out of order."""
    while end > first and sign * (slopes[end - 1] - slope) >= 0.0:
        end -= 1
        both = counts[end] + count
        slope += (slopes[end] - slope) * (counts[end] / both)
        count = both
    slopes[end], counts[end] = slope, count
    return end + 1


def without(slope: float, count: int, part: float, part_count: int) -> float:
    """Return the slope of what is left of a piece without its first part."""
    return slope + (slope - part) * (part_count / (count - part_count))


def pull_by_chains(v: Vector, above: Vector, below: Vector, height: float, out: Vector) -> None:
    """Write what `pull_string` writes, in linear time for every tube.

    From the last point that is certain, one chain is the convex curve below the ceiling and one
    the concave curve above the floor.  When a chain reaches across the other, the first piece of
    that one is certain.  Each piece enters and leaves a chain once.
    """
    n, done = v.size, 0
    up, up_count = np.empty(n), np.empty(n, np.int64)
    down, down_count = np.empty(n), np.empty(n, np.int64)
    high, high_end, low, low_end = 0, 0, 0, 0
    roof, ground, over, under, over_count, under_count = height, -height, 0.0, 0.0, 0, 0
    for i in range(n):
        over, over_count, under, under_count = (
            over + v[i],
            over_count + 1,
            under + v[i],
            under_count + 1,
        )
        if above[i] < np.inf:
            slope = (over + (above[i] - roof)) / over_count
            high_end = joined(up, up_count, high, high_end, slope, over_count, 1.0)
            roof, over, over_count = above[i], 0.0, 0
        if below[i] < np.inf:
            slope = (under - (below[i] - ground)) / under_count
            low_end = joined(down, down_count, low, low_end, slope, under_count, -1.0)
            ground, under, under_count = below[i], 0.0, 0
        while high_end - high == 1 and over_count == 0 and low < low_end:
            count = down_count[low]
            if up[high] >= down[low] or count >= up_count[high]:
                break
            write_slope(v, done, count, height, -below[done + count - 1], out)
            up[high] = without(up[high], up_count[high], down[low], count)
            up_count[high] -= count
            done, height, low = done + count, -below[done + count - 1], low + 1
        while low_end - low == 1 and under_count == 0 and high < high_end:
            count = up_count[high]
            if down[low] <= up[high] or count >= down_count[low]:
                break
            write_slope(v, done, count, height, above[done + count - 1], out)
            down[low] = without(down[low], down_count[low], up[high], count)
            down_count[low] -= count
            done, height, high = done + count, above[done + count - 1], high + 1
    write_slope(v, done, n - done, height, 0.0, out)
