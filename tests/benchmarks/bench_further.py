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


CONCAVE = {
    "MCP": (nc.zoo.mcp(), {"lam": 0.2, "gamma": 3.0}),
    "SCAD": (nc.zoo.scad(), {"lam": 0.2, "a": 3.7}),
    "log": (nc.function("lam*log(1 + abs(x)/eps)"), {"lam": 0.1, "eps": 0.1}),
    "root": (nc.function("lam*sqrt(abs(x))"), {"lam": 0.1}),
    "atan": (nc.function("lam*atan(abs(x)/eps)"), {"lam": 0.1, "eps": 0.1}),
    "capped": (nc.function("min(lam*abs(x), c)"), {"lam": 0.3, "c": 0.1}),
}
ROBUST = {
    "Geman-McClure": "(z - y)**2/(1 + (z - y)**2)",
    "Welsch": "1 - exp(-(z - y)**2/2)",
    "truncated": "min((z - y)**2, 1)",
}


def alike(rows: int, columns: int, correlation: float) -> tuple[np.ndarray, np.ndarray]:
    """Return a design whose neighbouring columns are correlated, and a target."""
    rng = np.random.default_rng(0)
    A = rng.normal(size=(rows, columns))
    for j in range(1, columns):
        A[:, j] = correlation * A[:, j - 1] + np.sqrt(1 - correlation**2) * A[:, j]
    planted = np.zeros(columns)
    planted[::4] = 1.5 * rng.normal(size=len(planted[::4]))
    return A, A @ planted + 0.7 * rng.normal(size=rows)


def least_values() -> None:
    """Global search beside the best of twenty starts."""
    problems = []
    for size in ((60, 15, 0.8), (100, 25, 0.5)):
        A, b = alike(*size)
        for name, (penalty, params) in CONCAVE.items():
            objective = nc.least_squares(A, b, scaling="mean") + penalty
            problems.append((f"{name} {size[0]} x {size[1]}", objective, params, 1e-8))
        side = np.where(b > 0, 1.0, -1.0)
        logistic = nc.loss("log(1 + exp(-y*z))", A, side, scaling="mean")
        bounded = logistic + nc.zoo.mcp() + nc.function("indicator(abs(x) <= 5)")
        params = {"lam": 0.05, "gamma": 10.0}
        problems.append((f"logistic MCP {size[0]} x {size[1]}", bounded, params, 1e-6))
    for columns in (2, 3):
        A, b = alike(40, columns, 0.0)
        b[:10] += 6.0
        for name, formula in ROBUST.items():
            objective = nc.loss(formula, A, b, scaling="mean") + nc.function("lam*abs(x)")
            problems.append((f"{name} 40 x {columns}", objective, {"lam": 0.02}, 1e-6))
    for title, objective, params, tol in problems:
        nc.minimize(objective, method="global_search", tol=tol, max_iter=0, **params)
        start = time.perf_counter()
        limits = {"tol": tol, "time_limit": 60.0}
        found = nc.minimize(objective, method="global_search", **limits, **params)
        spent, away = time.perf_counter() - start, found.certificate.value / abs(found.fun)
        print(f"least value, {title}: {found.status}, {spent:.3g} s, gap {away:.1e}, ", end="")
        try:
            other = nc.minimize(objective, starts=20, rng=0, **params).fun / found.fun - 1.0
        except nc.SolverError:
            print("no other method")
        else:
            print(f"twenty starts {other:.1e} above")


def main() -> None:
    """Print all rows."""
    subsets()
    least_values()
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
