"""How many columns gradients leave out, since their coordinates surely stay at zero.

``python tests/benchmarks/bench_screening.py``.  The gradient at zero, of which all columns are
computed, comes with the data and is not counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import peer_data

import normcalc as nc
from normcalc.engine.methods import coordinate_descent

TOL = 1e-6
shares: list[float] = []


def watched(renewed: Any) -> Any:
    """Return `renewed`, which also notes the share of columns that were left out."""

    def noted(known: Any, design: Any, *rest: Any) -> Any:
        found = renewed(known, design, *rest)
        shares.append(float(np.mean(found.when < len(found.slopes) - 1)))
        return found

    return noted


def report(name: str) -> None:
    """Print the gradients and how many whole ones were saved."""
    print(f"| {name} | {len(shares)} | {sum(shares):.1f} |")
    shares.clear()


def main() -> None:
    """Count on the problems of `bench_peers.py`."""
    coordinate_descent.renewed = watched(coordinate_descent.renewed)
    print("| lasso | gradients | saved |\n|---|---|---|")
    for name, (X, y) in (("dense", peer_data.dense()), ("sparse", peer_data.compressed())):
        objective = nc.least_squares(X, y, scaling="mean") + nc.function("lam*abs(x)")
        first = float(np.abs(X.T @ y).max()) / len(y)
        for share in (10, 100):
            nc.minimize(objective, lam=first / share, tol=TOL)
            report(f"{name}, max/{share}")
        if name == "dense":
            values = first * np.logspace(0, -2, 31)[1:]
            nc.regularization_path(objective, "lam", values, tol=TOL)
            report("dense, path of 30")


if __name__ == "__main__":
    main()
