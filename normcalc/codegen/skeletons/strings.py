"""The taut string through a tube: what first differences come down to."""

from __future__ import annotations

import numpy as np

from normcalc.codegen.skeletons.marks import Vector


def pushed(
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


def pull_string(v: Vector, above: Vector, below: Vector, out: Vector) -> None:
    """Write the slopes of the shortest path through a tube about the partial sums of `v`.

    After i entries the path lies at most ``above[i - 1]`` over the sum and ``below[i - 1]`` under
    it, either of which may be infinite; its ends are fixed.  From the last point that is certain,
    one chain is the convex curve below the ceiling and one the concave curve above the floor.
    When a chain reaches across the other, the first piece of that one is certain.  Each piece
    enters and leaves a chain once.
    """
    n, done = v.size, 0
    up, up_count = np.empty(n), np.empty(n, np.int64)
    down, down_count = np.empty(n), np.empty(n, np.int64)
    high, high_end, low, low_end = 0, 0, 0, 0
    ceiling, floor, over, under, over_count, under_count = 0.0, 0.0, 0.0, 0.0, 0, 0
    for i in range(n):
        roof = above[i] if i < n - 1 else 0.0
        ground = below[i] if i < n - 1 else 0.0
        over, over_count = over + v[i], over_count + 1
        under, under_count = under + v[i], under_count + 1
        if roof < np.inf:
            slope = (over + (roof - ceiling)) / over_count
            high_end = pushed(up, up_count, high, high_end, slope, over_count, 1.0)
            ceiling, over, over_count = roof, 0.0, 0
        if ground < np.inf:
            slope = (under - (ground - floor)) / under_count
            low_end = pushed(down, down_count, low, low_end, slope, under_count, -1.0)
            floor, under, under_count = ground, 0.0, 0
        while over_count == 0 and high_end - high == 1 and low < low_end and up[high] < down[low]:
            for j in range(down_count[low]):
                out[done + j] = down[low]
            done += down_count[low]
            left = up_count[high] - down_count[low]
            up[high] += (up[high] - down[low]) * (down_count[low] / left)
            up_count[high] = left
            low += 1
        while under_count == 0 and low_end - low == 1 and high < high_end and down[low] > up[high]:
            for j in range(up_count[high]):
                out[done + j] = up[high]
            done += up_count[high]
            left = down_count[low] - up_count[high]
            down[low] += (down[low] - up[high]) * (up_count[high] / left)
            down_count[low] = left
            high += 1
    for piece in range(high, high_end):
        for j in range(up_count[piece]):
            out[done + j] = up[piece]
        done += up_count[piece]
