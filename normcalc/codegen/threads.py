"""Long vectors shared among threads: compiled loops do not hold Python's lock."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from normcalc.codegen.arrays import Array, checked_out, flat
from normcalc.errors import InputError

if TYPE_CHECKING:
    from normcalc.codegen.machine import Constants, Machine

# Starting a thread costs as much as this many simple numbers.
SHORTEST = 100_000


def mapped_in_threads(
    machine: Machine, v: Array, constants: Constants, out: Array | None, threads: int | None
) -> Array:
    """Map an array as `Machine.array` does, its parts in different threads."""
    count = _count(v.size, threads)
    result = np.empty_like(v) if out is None else checked_out(out, v)
    source, target = flat(v), flat(result)
    alike = v.flags.c_contiguous == result.flags.c_contiguous or v.ndim < 2
    if count == 1 or source is None or target is None or not alike:
        return machine.array(v, constants, result)
    if np.may_share_memory(v, result):
        return machine.array(v, constants, result)
    machine.vector(source[:1], constants, np.empty_like(source[:1]))  # compile once, here
    borders = [round(part * v.size / count) for part in range(count + 1)]
    with ThreadPoolExecutor(count) as pool:
        parts = [slice(a, b) for a, b in pairwise(borders)]
        work = [pool.submit(machine.vector, source[p], constants, target[p]) for p in parts]
        for each in work:
            each.result()
    return result


def _count(size: int, threads: int | None) -> int:
    """Return how many threads to use."""
    if threads is None:
        available = getattr(os, "sched_getaffinity", None)
        threads = len(available(0)) if available else os.cpu_count() or 1
        return max(1, min(threads, size // SHORTEST))
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise InputError(f"threads must be a whole number from 1, not {threads!r}")
    return max(1, min(threads, size))
