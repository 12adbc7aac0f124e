"""Small fits again and again: `minimize`, and the estimator beside scikit-learn's.

Run ``python tests/benchmarks/bench_small_fits.py``.  Figures are medians of process CPU time of
interleaved fits of the diabetes data, 442 x 10, by machine code.
"""

from __future__ import annotations

import os

os.environ["NORMCALC_JIT"] = "1"

import time
from statistics import median

import numpy as np
from sklearn.linear_model import Lasso

import normcalc as nc
from normcalc.data import diabetes
from normcalc.sklearn import PenalizedRegressor

ROUNDS = 1000


def main() -> None:
    X, y, _ = diabetes()
    X = np.asfortranarray(X)
    objective = nc.least_squares(X, y) + nc.function("lam*abs(x)")
    theirs = Lasso(alpha=0.1, tol=1e-6)
    ours = PenalizedRegressor("lam*abs(x)", parameters={"lam": 0.1}, tol=1e-6)
    works = {
        "minimize, lasso, weight 1000": lambda: nc.minimize(objective, lam=1000.0),
        "minimize, lasso, weight 100": lambda: nc.minimize(objective, lam=100.0),
        "PenalizedRegressor": lambda: ours.fit(X, y),
        "scikit-learn's Lasso": lambda: theirs.fit(X, y),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.process_time()
            work()
            times[name].append(time.process_time() - start)
    for name, found in times.items():
        print(f"{name:30s} {median(found) * 1e6:6.0f} us, least {min(found) * 1e6:6.0f} us")
    assert np.allclose(ours.coef_, theirs.coef_, atol=1e-2)


if __name__ == "__main__":
    main()
