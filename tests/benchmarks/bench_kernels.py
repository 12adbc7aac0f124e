"""What a generated kernel costs beside hand-written code: soft threshold at three sizes.

Run ``python tests/benchmarks/bench_kernels.py``.  Rounds of the competitors are interleaved, and
figures are medians of wall time with ``out=`` given; only ratios of one run mean anything.
"""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

import numba
import numpy as np
import sympy as sp

from normcalc.codegen import compile as compile_kernel
from normcalc.line.table import Arc, Case, CaseTable, Regime

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen import Kernel

Floats = np.ndarray
STEP, LAM = 0.5, 1.0
v, u = sp.symbols("v u", real=True)
p, step, lam = sp.symbols("u step lam", positive=True)


def soft() -> Kernel:
    cases = (
        Case(sp.S.Zero, lam * step, sp.S.Zero, u),
        Case(lam * step, sp.oo, v - lam * step, u),
    )
    table = CaseTable(v, u, (step, lam), (Regime((), cases=cases),), "odd")
    return compile_kernel(table, name="prox_soft")


def arcs() -> dict[str, Kernel]:
    """Kernels of one arc: a quadratic, Lambert's W, and Newton's method."""
    root = (sp.sqrt(1 + 12 * step * v) - 1) / (6 * step)
    lambert = v - sp.LambertW(step * sp.exp(v))
    logistic = u - step * sp.exp(-u) / (1 + sp.exp(-u))
    found = {
        "abs(x)**3": (Arc(p + 3 * step * p**2, p, sp.S.Zero, sp.oo, closed=root), "odd"),
        "exp(x)": (Arc(u + step * sp.exp(u), u, -sp.oo, sp.oo, closed=lambert), None),
        "logistic": (Arc(logistic, u, -sp.oo, sp.oo), None),
    }
    return {name: _one_arc(arc, parity) for name, (arc, parity) in found.items()}


def _one_arc(arc: Arc, parity: str | None) -> Kernel:
    case = Case(sp.S.Zero if parity else -sp.oo, sp.oo, arc, u)
    table = CaseTable(v, u, (step,), (Regime((), cases=(case,)),), parity)
    return compile_kernel(table, name="prox")


@numba.njit(error_model="numpy")
def by_hand(x: Floats, threshold: float, out: Floats) -> None:
    for i in range(x.size):
        out[i] = np.copysign(max(abs(x[i]) - threshold, 0.0), x[i])


def medians(jobs: dict[str, Callable[[], object]], rounds: int, inner: int) -> dict[str, float]:
    """Return seconds a call, the median over interleaved rounds."""
    seen: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.perf_counter()
            for _ in range(inner):
                job()
            seen[name].append((time.perf_counter() - start) / inner)
    return {name: median(times) for name, times in seen.items()}


def compare(kernel: Kernel, size: int, rounds: int, inner: int, dtype: type) -> None:
    x = np.random.default_rng(0).normal(size=size).astype(dtype)
    out, again = np.empty_like(x), x.copy()
    threshold = dtype(STEP * LAM)
    found = medians(
        {
            "np.copyto": lambda: np.copyto(out, x),
            "by hand": lambda: by_hand(x, threshold, out),
            "kernel": lambda: kernel(x, STEP, LAM, out=out),
            "in place": lambda: kernel(again, STEP, LAM, out=again),
        },
        rounds,
        inner,
    )
    unit, scale = ("us a call", 1e6) if size < 1000 else ("ns an entry", 1e9 / size)
    figures = "".join(f"{name} {seconds * scale:8.3f}  " for name, seconds in found.items())
    ratio = found["kernel"] / found["by hand"], found["kernel"] / found["np.copyto"]
    print(f"{size:>9} {np.dtype(dtype).name}  {figures}{unit}; "
          f"kernel/hand {ratio[0]:.2f}  kernel/copy {ratio[1]:.2f}")  # fmt: skip


def main() -> None:
    kernel = soft()
    for dtype in (np.float64, np.float32):
        for size, rounds, inner in ((10, 201, 200), (100_000, 201, 5), (10_000_000, 9, 1)):
            compare(kernel, size, rounds, inner, dtype)
    x = np.random.default_rng(1).normal(size=100_000)
    out = np.empty_like(x)
    jobs = {name: (lambda k=k: k(x, STEP, out=out)) for name, k in arcs().items()}
    for name, seconds in medians(jobs, 21, 1).items():
        print(f"{x.size:>9} {name:10s} {seconds / x.size * 1e9:8.2f} ns an entry")


if __name__ == "__main__":
    main()
