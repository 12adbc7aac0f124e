"""Times of the methods for special structure, beside those that solve the same problems.

Run ``python tests/benchmarks/bench_further.py``.  Runs of a row are interleaved; a figure is the
median of five in milliseconds, after a first run that compiles.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

import normcalc as nc

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 5


def data(rows: int, columns: int, planted: int, seed: int = 0):
    """Return a random design and a target made from its first columns and noise."""
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(rows, columns))
    return A, A[:, :planted].sum(axis=1) + rng.normal(size=rows)


def compare(title: str, runs: dict[str, Callable[[], object]]) -> None:
    """Print the medians of several ways, and their ratios to the first."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(REPEATS):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            times[name].append(1e3 * (time.perf_counter() - start))
    middle = {name: median(each) for name, each in times.items()}
    first = next(iter(middle.values()))
    shown = ", ".join(f"{name} {ms:.3g} ms ({ms / first:.2g})" for name, ms in middle.items())
    print(f"{title}: {shown}")


def subsets() -> None:
    """Exact search: 40 columns, from easy to hard."""
    cases = [(100, 40, 8, 4.0), (100, 40, 8, 2.0), (60, 40, 5, 1.5), (30, 40, 4, 2.0)]
    for rows, columns, planted, lam in cases:
        A, b = data(rows, columns, planted)
        objective = nc.least_squares(A, b) + nc.zoo.l0()
        nc.minimize(objective, lam=lam, method="best_subset", max_iter=0)
        start = time.perf_counter()
        found = nc.minimize(objective, lam=lam, method="best_subset", time_limit=60)
        spent = 1e3 * (time.perf_counter() - start)
        size, title = found.support.size, f"best subset {rows} x {columns}, lam {lam}"
        print(f"{title}: {found.status}, {size} columns, {spent:.3g} ms")


def main() -> None:
    """Print all rows."""
    subsets()
    A, b = data(200, 500, 20)
    lasso = nc.least_squares(A, b, scaling="mean") + nc.function("lam*abs(x)")
    ways = {"exact path": lambda: nc.regularization_path(lasso, "lam", exact=True)}
    ways["100 values"] = lambda: nc.regularization_path(lasso, "lam", n=100)
    try:
        from sklearn.linear_model import lars_path
    except ImportError:
        pass
    else:
        least = nc.engine.largest(lasso, "lam") * 1e-2
        ways["scikit-learn lars_path"] = lambda: lars_path(A, b, method="lasso", alpha_min=least)
    compare("lasso path 200 x 500", ways)
    ball = nc.least_squares(A, b) + nc.function("indicator(norm(x, 1) <= r)")
    methods = ("frank_wolfe", "proximal_gradient")
    compare(
        "l1 ball 200 x 500, tol 1e-6",
        {m: lambda m=m: nc.minimize(ball, r=10.0, method=m, tol=1e-6) for m in methods},
    )
    D = np.random.default_rng(1).normal(size=(50, 100))
    A, b = data(300, 100, 10)
    images = nc.least_squares(A, b) + nc.function("mu*norm(D @ x)")
    methods = ("admm", "primal_dual")
    compare(
        "squares and the norm of an image 300 x 100, tol 1e-6",
        {m: lambda m=m: nc.minimize(images, mu=5.0, D=D, method=m, tol=1e-6) for m in methods},
    )


if __name__ == "__main__":
    main()
