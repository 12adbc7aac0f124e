"""Fits on designs and groups that no choice was made on.

Run ``python tests/benchmarks/bench_designs.py``.  Lassos are in passes, the time of one
``X.T @ r``, to a gap of 1e-6; groups in seconds, to the same.  Processor time; a first fit, which
compiles, is left out.  Where CVXPY is installed its objective and seconds stand beside.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

import normcalc as nc
from normcalc.engine import largest

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 60.0
TENS = [list(range(i, i + 10)) for i in range(0, 1000, 10)]
FIFTIES = [list(range(i, i + 50)) for i in range(0, 1000, 50)]
SHARED = [list(range(i, i + 10)) for i in range(0, 991, 5)]


def seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor's time of a second call, and its result."""
    call()
    start = time.process_time()
    found = call()
    return time.process_time() - start, found


def lassos(rows: int, columns: int, correlation: float) -> None:
    """Print the passes of two lassos and of a path."""
    rng = np.random.default_rng(0)
    X = np.asfortranarray(rng.normal(size=(rows, columns)))
    for j in range(1, columns):
        X[:, j] = correlation * X[:, j - 1] + np.sqrt(1 - correlation**2) * X[:, j]
    y = X[:, :20].sum(axis=1) + rng.normal(size=rows)
    sizes = nc.function("lam*abs(x)")

    def lasso() -> Any:
        """Return the objective made anew, so that nothing is known of the columns."""
        return nc.least_squares(X, y, scaling="mean") + sizes

    one = min(seconds(lambda: X.T @ y)[0] for _ in range(9))
    most = largest(lasso(), "lam")
    calls: dict[str, Callable[[], Any]] = {
        "a tenth": lambda: nc.minimize(lasso(), lam=most / 10, tol=1e-6),
        "a hundredth": lambda: nc.minimize(lasso(), lam=most / 100, tol=1e-6),
        "path": lambda: nc.regularization_path(lasso(), "lam", n=30, ratio=0.01, tol=1e-6),
    }
    shown = (f"{name} {seconds(call)[0] / one:.0f}" for name, call in calls.items())
    print(f"lasso {rows} x {columns}, correlation {correlation}: {', '.join(shown)} passes")


def compressed_groups() -> None:
    """Print the seconds of groups of five over compressed columns."""
    rng = np.random.default_rng(0)
    draw = rng.standard_normal
    X = sparse.random(5000, 30_000, 2e-3, format="csc", random_state=rng, data_rvs=draw)
    y = X @ np.repeat(rng.normal(size=6000) * (rng.random(6000) < 0.01), 5) + rng.normal(size=5000)
    groups = [list(range(i, i + 5)) for i in range(0, 30_000, 5)]
    norms = nc.function("lam*sum(group_norms(x, G, 2))")
    logistic = {"intercept": True, "scaling": "mean"}
    losses: dict[str, Any] = {
        "squares": nc.least_squares(X, y, scaling="mean"),
        "logistic": nc.loss("log(1 + exp(-y*z))", X, np.sign(y), **logistic),
    }
    for name, loss in losses.items():
        slope = loss.bound({}).gradient_at_zero.reshape(-1, 5)
        most = float(np.linalg.norm(slope, axis=1).max())
        for share in (10, 50):
            params: dict[str, Any] = {"G": groups, "lam": most / share}
            spent, found = seconds(lambda p=params, f=loss: nc.minimize(f + norms, tol=1e-6, **p))
            print(f"groups of five, {name}, share {share}: {found.status}, {spent:.2f} s")


def groups_that_share() -> None:
    """Print the seconds of groups that nest or overlap, beside CVXPY."""
    rng = np.random.default_rng(0)
    A, planted = rng.normal(size=(200, 1000)), np.repeat([1.0, 0.0], [30, 970])
    y = A @ planted + rng.normal(size=200)
    problem = nc.least_squares(A, y, scaling="mean") + nc.function("lam*sum(group_norms(x, G, 2))")
    for name, groups, lam in (("nested", TENS + FIFTIES, 0.15), ("overlapping", SHARED, 0.15)):
        start = time.process_time()
        found = nc.minimize(problem, G=groups, lam=lam, tol=1e-6, time_limit=LONGEST)
        spent, beside = time.process_time() - start, by_cvxpy(A, y, groups, lam)
        print(f"{name} groups: {found.status} {found.fun:.9g}, {spent:.1f} s; {beside}")


def by_cvxpy(A: Any, y: Any, groups: list[list[int]], lam: float) -> str:
    """Return the objective that CVXPY finds, and its seconds."""
    try:
        import cvxpy as cp
    except ImportError:
        return "CVXPY is not installed"
    x = cp.Variable(A.shape[1])
    penalty = lam * sum(cp.norm(x[group]) for group in groups)
    problem = cp.Problem(cp.Minimize(cp.sum_squares(A @ x - y) / (2 * len(y)) + penalty))
    start = time.process_time()
    value = problem.solve(solver="CLARABEL")
    return f"CVXPY {value:.9g}, {time.process_time() - start:.1f} s"


def main() -> None:
    """Print all rows."""
    lassos(20_000, 500, 0.5)
    lassos(300, 20_000, 0.9)
    compressed_groups()
    groups_that_share()


if __name__ == "__main__":
    main()
