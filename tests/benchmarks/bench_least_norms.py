"""Times of least norms under linear equations, exact and up to noise, for many norms.

Run ``python tests/benchmarks/bench_least_norms.py 100 400``: rows and columns.  A figure is the
median of three in milliseconds of processor time, reading the formula included, after a first run
that compiles; then by alternating directions, to the same tolerance or for twenty seconds.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from statistics import median
from typing import Any

import numpy as np

import normcalc as nc

NORMS = {
    "l1": "norm(x, 1)",
    "l2": "norm(x)",
    "l3": "norm(x, 3)",
    "max": "max(abs(x))",
    "four largest": "sum_largest(abs(x), 4)",
    "sorted weights": "dot(w, sort(abs(x)))",
    "groups of ten": "sum(group_norms(x, G, 2))",
    "slopes": "norm(diff(x), 1)",
    "slopes and l1": "norm(x, 1) + norm(diff(x), 1)",
    "l1 and l2": "norm(x, 1) + norm(x)",
}
SETS = {"exact": "A @ x == b", "noise": "norm(A @ x - b) <= s"}


def data(rows: int, columns: int) -> dict[str, Any]:
    """Return a random matrix, the image of a sparse vector, and what the norms need."""
    rng = np.random.default_rng(0)
    A, x = rng.standard_normal((rows, columns)), np.zeros(columns)
    x[rng.choice(columns, rows // 5, replace=False)] = rng.standard_normal(rows // 5)
    groups = [list(range(k, k + 10)) for k in range(0, columns, 10)]
    numbers = {"A": A, "b": A @ x, "s": 0.1 * np.linalg.norm(A @ x)}
    return {**numbers, "G": groups, "w": np.linspace(2.0, 0.1, columns)}


def timed(formula: Any, method: str, repeats: int, **given: Any) -> str:
    """Return the median time and how it ended."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        found = nc.minimize(formula, method=method, time_limit=20.0, **given)
        times.append(1e3 * (time.process_time() - start))
    return f"{median(times):.3g}" if found.status == "optimal" else found.status


def main() -> None:
    """Print a line for each norm."""
    rows, columns = map(int, sys.argv[1:3] or ("20", "60"))
    known = data(rows, columns)
    print(f"| {rows} x {columns} | exact | noise | exact, alternating directions |")
    for name, norm in NORMS.items():
        cells = []
        for words in SETS.values():
            kinds: Any = {"w": nc.Nonincreasing} if "w" in norm else {}
            formula = nc.function(f"{norm} + indicator({words})", **kinds)
            given = {p.name: known[p.name] for p in formula.parameters}
            timed(formula, "auto", 1, **given)
            cells.append(timed(formula, "auto", 3, **given))
            if "==" in words:
                slow = timed(formula, "admm", 1, **given)
        print(f"| {name} | {' | '.join(cells)} | {slow} |", flush=True)


if __name__ == "__main__":
    main()
