"""What kernels of vector operators cost beside hand-written loops: CPU time, interleaved rounds.

Run ``python tests/benchmarks/bench_structured.py``, with names of rows for these alone.  The loops
by hand are the direct algorithms of the literature in numba, each for its one function; only
ratios of one run mean anything.
"""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

import normcalc as nc

if TYPE_CHECKING:
    from collections.abc import Callable

Floats = np.ndarray
fast = njit(error_model="numpy")
summed = njit(error_model="numpy", fastmath={"reassoc", "contract"})


@summed
def groups_by_hand(v: Floats, size: int, weight: float, out: Floats) -> None:
    """Group soft threshold for consecutive groups of one size."""
    for start in range(0, v.size, size):
        total = 0.0
        for i in range(start, start + size):
            total += v[i] * v[i]
        length = np.sqrt(total)
        scale = 1.0 - weight / length if length > weight else 0.0
        for i in range(start, start + size):
            out[i] = scale * v[i]


@fast
def pivoted(y: Floats, total: float) -> float:
    """Condat (2016): the threshold of the projection on the simplex."""
    kept, waiting = np.empty(y.size), np.empty(y.size)
    kept[0], count, held = y[0], 1, 0
    tau = y[0] - total
    for i in range(1, y.size):
        if y[i] > tau:
            tau += (y[i] - tau) / (count + 1)
            if tau > y[i] - total:
                kept[count] = y[i]
                count += 1
            else:
                for j in range(count):
                    waiting[held + j] = kept[j]
                held += count
                kept[0], count, tau = y[i], 1, y[i] - total
    for i in range(held):
        if waiting[i] > tau:
            kept[count] = waiting[i]
            count += 1
            tau += (waiting[i] - tau) / count
    while True:
        before, i = count, 0
        while i < count:
            if kept[i] <= tau:
                count -= 1
                tau += (tau - kept[i]) / count
                kept[i] = kept[count]
            else:
                i += 1
        if count == before:
            return tau


@fast
def simplex_by_hand(v: Floats, total: float, out: Floats) -> None:
    tau = pivoted(v, total)
    for i in range(v.size):
        out[i] = max(v[i] - tau, 0.0)


@fast
def l1_ball_by_hand(v: Floats, radius: float, out: Floats) -> None:
    tau = pivoted(np.abs(v), radius)
    for i in range(v.size):
        out[i] = np.copysign(max(abs(v[i]) - tau, 0.0), v[i])


@fast
def flattened_by_hand(v: Floats, radius: float, out: Floats) -> None:
    tau = pivoted(np.abs(v), radius)
    for i in range(v.size):
        out[i] = min(max(v[i], -tau), tau)


@fast
def pooled_by_hand(v: Floats, order: Floats, weights: Floats, out: Floats) -> None:
    sums, first, counts, last = np.empty(v.size), np.empty(v.size), np.empty(v.size), -1
    for i in range(v.size):
        last += 1
        sums[last], counts[last] = abs(v[order[i]]) - weights[i], 1.0
        while last > 0 and sums[last - 1] * counts[last] <= sums[last] * counts[last - 1]:
            sums[last - 1] += sums[last]
            counts[last - 1] += counts[last]
            last -= 1
    first[0], i = 0.0, 0
    for block in range(last + 1):
        size = max(sums[block] / counts[block], 0.0)
        for _ in range(int(counts[block])):
            out[order[i]] = np.copysign(size, v[order[i]])
            i += 1


def slope_by_hand(v: Floats, weights: Floats, out: Floats) -> None:
    """Bogdan and others (2015), with NumPy's argsort."""
    pooled_by_hand(v, np.argsort(-np.abs(v)), weights, out)


@fast
def tv_by_hand(y: Floats, lam: float, x: Floats) -> None:
    """Condat (2013): total variation denoising, both ends treated as his inner points are."""
    n, start, height = y.size, 0, 0.0
    while start < n:
        room = lam if start < n - 1 else 0.0
        vmin, vmax = y[start] - height - room, y[start] - height + room
        umin, umax, low, high, stop = room, -room, start, start, n
        for k in range(start + 1, n):
            room = lam if k < n - 1 else 0.0
            umin += y[k] - vmin
            umax += y[k] - vmax
            if umin < -room or umax > room:
                stop = k
                break
            if umin >= room:
                vmin += (umin - room) / (k - start + 1)
                umin, low = room, k
            if umax <= -room:
                vmax += (umax + room) / (k - start + 1)
                umax, high = -room, k
        room = lam if stop < n - 1 else 0.0
        end, slope = (n - 1, vmin) if stop == n else (low, vmin) if umin < -room else (high, vmax)
        height = -lam if umin < -room else lam
        for k in range(start, end + 1):
            x[k] = slope
        start = end + 1


def medians(jobs: dict[str, Callable[[], Any]], seconds: float = 1.0) -> dict[str, float]:
    """Return CPU seconds a call, the median over interleaved rounds."""
    seen: dict[str, list[float]] = {name: [] for name in jobs}
    repeats = {}
    for name, job in jobs.items():
        job()
        start = time.process_time()
        job()
        repeats[name] = max(1, int(0.003 / max(time.process_time() - start, 1e-6)))
    stop = time.perf_counter() + seconds * len(jobs)
    while time.perf_counter() < stop or min(map(len, seen.values())) < 3:
        for name, job in jobs.items():
            start = time.process_time()
            for _ in range(repeats[name]):
                job()
            seen[name].append((time.process_time() - start) / repeats[name])
    return {name: median(times) for name, times in seen.items()}


def report(name: str, size: str, jobs: dict[str, Callable[[], Any]]) -> None:
    found = medians(jobs)
    ours = found["kernel"]
    figures = "  ".join(f"{job} {seconds * 1e6:10.1f} us" for job, seconds in found.items())
    ratios = "  ".join(
        f"{job}/kernel {t / ours:6.2f}" for job, t in found.items() if job != "kernel"
    )
    print(f"{name:16s} {size:>9}  {figures}   {ratios}", flush=True)


def kernel_of(formula: str, **kinds: Any) -> Any:
    return nc.compile(nc.prox(nc.function(formula, **kinds)))


def vectors(n: int) -> tuple[Floats, Floats]:
    v = np.random.default_rng(0).normal(size=n)
    return v, np.empty(n)


def groups(n: int) -> dict[str, Callable[[], Any]]:
    v, out = vectors(n)
    listed = tuple(tuple(range(i, i + 10)) for i in range(0, n, 10))
    bound = kernel_of("lam*sum(group_norms(x, G, 2))").bind(lam=1.0, G=listed)
    return {"kernel": lambda: bound(v, 2.0, out=out), "copy": lambda: np.copyto(out, v),
            "by hand": lambda: groups_by_hand(v, 10, 2.0, out)}  # fmt: skip


def simplex(n: int) -> dict[str, Callable[[], Any]]:
    v, out = vectors(n)
    kernel = kernel_of("indicator((x >= 0) & (sum(x) == r))")
    return {"kernel": lambda: kernel(v, 1.0, 1.0, out=out),
            "by hand": lambda: simplex_by_hand(v, 1.0, out)}  # fmt: skip


def l1_ball(n: int) -> dict[str, Callable[[], Any]]:
    v, out = vectors(n)
    kernel, r = kernel_of("indicator(sum(abs(x)) <= r)"), 0.05 * n
    return {"kernel": lambda: kernel(v, 1.0, r, out=out),
            "by hand": lambda: l1_ball_by_hand(v, r, out)}  # fmt: skip


def linf(n: int) -> dict[str, Callable[[], Any]]:
    v, out = vectors(n)
    kernel, r = kernel_of("lam*max(abs(x))"), 0.05 * n
    return {"kernel": lambda: kernel(v, r, 1.0, out=out),
            "by hand": lambda: flattened_by_hand(v, r, out)}  # fmt: skip


def slope(n: int) -> dict[str, Callable[[], Any]]:
    v, out = vectors(n)
    w = np.linspace(2.0, 0.5, n)
    bound = kernel_of("dot(w, sort(abs(x)))", w=nc.Nonincreasing).bind(w=w)
    return {"kernel": lambda: bound(v, 1.0, out=out), "by hand": lambda: slope_by_hand(v, w, out)}


def tv(n: int) -> dict[str, Callable[[], Any]]:
    v, out = vectors(n)
    kernel = kernel_of("lam*sum(abs(diff(x)))")
    return {"kernel": lambda: kernel(v, 1.0, 1.0, out=out),
            "by hand": lambda: tv_by_hand(v, 1.0, out)}  # fmt: skip


def fused(n: int) -> dict[str, Callable[[], Any]]:
    v, out = vectors(n)
    kernel = kernel_of("lam*sum(abs(x)) + mu*sum(abs(diff(x)))")
    return {"kernel": lambda: kernel(v, 1.0, 0.3, 1.0, out=out),
            "by hand": lambda: tv_by_hand(v, 1.0, out)}  # fmt: skip


def sparse_group(n: int) -> dict[str, Callable[[], Any]]:
    v, out = vectors(n)
    kernel = kernel_of("lam*sum(abs(x)) + mu*norm(x)")
    return {"kernel": lambda: kernel(v, 1.0, 0.3, 1.0, out=out), "copy": lambda: np.copyto(out, v)}


def exclusive(n: int) -> dict[str, Callable[[], Any]]:
    v, out = vectors(n)
    kernel = kernel_of("sum(abs(x))**2")
    return {"kernel": lambda: kernel(v, 1e-4, out=out), "copy": lambda: np.copyto(out, v)}


def ksupport(n: int) -> dict[str, Callable[[], Any]]:
    v, out = vectors(n)
    kernel = kernel_of("dual_norm(sqrt(sum_largest(x**2, k)))")
    return {"kernel": lambda: kernel(v, 1.0, float(n // 100), out=out),
            "sort": lambda: np.sort(v)}  # fmt: skip


def nuclear(n: int) -> dict[str, Callable[[], Any]]:
    rng = np.random.default_rng(0)
    low = rng.normal(size=(n, 20)) @ rng.normal(size=(20, n))
    v = low + 0.1 * rng.normal(size=(n, n))
    kernel = kernel_of("lam*sum(singular_values(X))")
    step = 0.3 * np.sqrt(n)

    def full() -> Floats:
        left, sizes, right = np.linalg.svd(v, full_matrices=False)
        return (left * np.maximum(sizes - step, 0.0)) @ right

    return {"kernel": lambda: kernel(v, step, 1.0), "full SVD": full}


ROWS = {
    "groups": (groups, (1_000, 100_000, 1_000_000)),
    "simplex": (simplex, (1_000, 100_000, 1_000_000)),
    "l1_ball": (l1_ball, (1_000, 100_000, 1_000_000)),
    "linf": (linf, (1_000, 100_000, 1_000_000)),
    "slope": (slope, (1_000, 100_000, 1_000_000)),
    "tv": (tv, (1_000, 100_000, 1_000_000)),
    "fused": (fused, (1_000, 100_000, 1_000_000)),
    "sparse_group": (sparse_group, (1_000, 100_000, 1_000_000)),
    "exclusive": (exclusive, (1_000, 100_000, 1_000_000)),
    "ksupport": (ksupport, (1_000, 100_000)),
    "nuclear": (nuclear, (500, 2_000)),
}


def main() -> None:
    for name in sys.argv[1:] or ROWS:
        make, sizes = ROWS[name]
        for n in sizes:
            report(name, str(n), make(n))


if __name__ == "__main__":
    main()
