"""Solvers in passes: CPU time over that of one ``X.T @ r``, the unit that carries across machines.

``python tests/benchmarks/bench_engine.py [lasso logistic Huber group sparse multi-task]``, with
``--rounds 5`` and ``--small``; every job is repeated in turn with the others, and medians are
shown.  scikit-learn is timed beside where it has the problem, at a tolerance that reaches the same
relative suboptimality, which is measured afterwards.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
import warnings
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

import normcalc as nc
from normcalc.engine import largest

if TYPE_CHECKING:
    from collections.abc import Callable

L1 = nc.function("lam*abs(x)")
LOGISTIC = "log(1 + exp(-y*z))"


@dataclass
class Job:
    """Something to time; `suboptimality` is measured on its first answer."""

    name: str
    run: Callable[[], Any]
    fun: Callable[[Any], float]
    best: float
    times: list[float] = field(default_factory=list)
    suboptimality: float = np.nan

    def once(self) -> None:
        """Run it and add the processor's time."""
        start = time.process_time()
        answer = self.run()
        self.times.append(time.process_time() - start)
        self.suboptimality = (self.fun(answer) - self.best) / abs(self.best)


def data(rows: int, columns: int, rho: float = 0.5) -> tuple[Any, Any]:
    """Return columns correlated like an autoregression, and a sparse signal in noise."""
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((rows, columns))
    X = np.asfortranarray(noise)
    for j in range(1, columns):
        X[:, j] = rho * X[:, j - 1] + np.sqrt(1 - rho**2) * noise[:, j]
    planted = np.zeros(columns)
    planted[rng.choice(columns, columns // 100, replace=False)] = rng.standard_normal(
        columns // 100
    )
    y = X @ planted
    return X, y + 0.3 * np.std(y) * rng.standard_normal(rows)


def jobs(X: Any, y: Any, asked: list[str]) -> list[Job]:
    """Return the jobs, their best values solved to the last digits."""
    found: list[Job] = []
    signs = np.where(y > 0, 1.0, -1.0)
    losses = {
        "lasso": nc.least_squares(X, y, scaling="mean"),
        "logistic + l1": nc.loss(LOGISTIC, X, signs, scaling="mean"),
        "Huber + l1": nc.loss(
            "where(abs(z - y) <= 1, (z - y)**2/2, abs(z - y) - 1/2)", X, y, scaling="mean"
        ),
    }
    for name, loss in losses.items():
        if not name.startswith(tuple(asked)):
            continue
        objective = loss + L1
        first = largest(objective, "lam")
        for share in (10, 100):
            lam = first / share
            best = nc.minimize(objective, lam=lam, tol=1e-12, max_iter=40).fun
            found += _ours(f"{name}, max/{share}", objective, lam, best)
            found += _theirs(f"{name}, max/{share}", X, y, signs, lam, best)
    return found + _blocks(X, y, asked)


def _ours(name: str, objective: Any, lam: float, best: float, **given: Any) -> list[Job]:
    def at(tol: float) -> Callable[[], Any]:
        return lambda: nc.minimize(objective, lam=lam, tol=tol, **given)

    return [Job(f"{name}, {tol:.0e}", at(tol), lambda s: s.fun, best) for tol in (1e-6, 1e-10)]


def _theirs(name: str, X: Any, y: Any, signs: Any, lam: float, best: float) -> list[Job]:
    from sklearn.linear_model import Lasso

    if not name.startswith("lasso"):
        return []

    def fun(model: Any) -> float:
        return float(np.mean((y - X @ model.coef_) ** 2) / 2 + lam * np.abs(model.coef_).sum())

    def at(tol: float) -> Callable[[], Any]:
        return lambda: Lasso(lam, fit_intercept=False, tol=tol, max_iter=100_000).fit(X, y)

    return [
        Job(f"scikit-learn: {name}, tol {tol:.0e}", at(tol), fun, best) for tol in (1e-5, 1e-9)
    ]


def _blocks(X: Any, y: Any, asked: list[str]) -> list[Job]:
    """Return group lasso, sparse group lasso and multi-task lasso."""
    groups = [list(range(j, j + 10)) for j in range(0, X.shape[1], 10)]
    several = np.stack([y, np.roll(y, 1), X[:, 0] - y], axis=1)
    listed = {
        "group": (y, "lam*sum(group_norms(x, G, 2))", {"G": groups}),
        "sparse group": (y, "lam*(sum(group_norms(x, G, 2)) + norm(x, 1))", {"G": groups}),
        "multi-task": (several, "lam*sum(row_norms(X, 2))", {}),
    }
    found: list[Job] = []
    for name, (target, text, given) in listed.items():
        if name.split()[0] not in asked:
            continue
        objective = nc.least_squares(X, target, scaling="mean") + nc.function(text)
        first = largest(objective, "lam", **given)
        for share in (10, 100):
            lam = first / share
            best = nc.minimize(objective, lam=lam, tol=1e-12, max_iter=40, **given).fun
            found += _ours(f"{name}, max/{share}", objective, lam, best, **given)
            if name == "multi-task":
                found += _multi_task(f"{name}, max/{share}", X, several, lam, best)
    return found


def _multi_task(name: str, X: Any, Y: Any, lam: float, best: float) -> list[Job]:
    from sklearn.linear_model import MultiTaskLasso

    def fun(model: Any) -> float:
        left = Y - X @ model.coef_.T
        sizes = np.linalg.norm(model.coef_, axis=0)
        return float((left**2).sum() / (2 * len(Y)) + lam * sizes.sum())

    def at(tol: float) -> Callable[[], Any]:
        return lambda: MultiTaskLasso(lam, fit_intercept=False, tol=tol, max_iter=5000).fit(X, Y)

    return [Job(f"scikit-learn: {name}, tol 1e-05", at(1e-5), fun, best)]


def one_pass(X: Any, rounds: int) -> float:
    """Return the processor's time of one product with the transpose."""
    r, times = np.ones(X.shape[0]), []
    for _ in range(5 * rounds):
        start = time.process_time()
        X.T @ r
        times.append(time.process_time() - start)
    return median(times)


def main() -> None:
    """Time all jobs in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    every = ["lasso", "logistic", "Huber", "group", "sparse", "multi-task"]
    parser.add_argument("asked", nargs="*", default=every, help=f"of {', '.join(every)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="300 x 2000 instead of 1000 x 10000")
    options = parser.parse_args()
    X, y = data(*((300, 2000) if options.small else (1000, 10000)))
    warnings.simplefilter("ignore")  # scikit-learn warns of what is measured here
    listed, unit = jobs(X, y, options.asked), one_pass(X, options.rounds)
    for _ in range(options.rounds):
        for job in listed:
            job.once()
    print(f"one pass over {X.shape[0]} x {X.shape[1]}: {1e3 * unit:.2f} ms\n")
    print("| job | passes | relative suboptimality |\n|---|---|---|")
    for job in listed:
        print(f"| {job.name} | {median(job.times) / unit:.0f} | {job.suboptimality:.0e} |")


if __name__ == "__main__":
    main()
