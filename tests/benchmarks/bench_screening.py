"""How many products with columns a gap-safe screening would save, if working sets used one.

``python tests/benchmarks/bench_screening.py``.  After each look at all columns the sphere around
the dual point with the radius ``sqrt(2 weight gap)`` is asked which columns must be zero at the
solution; the next look could leave them out.  Looks at the last point need no next one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import peer_data

import normcalc as nc
from normcalc.engine.certificate import Posed

TOL = 1e-6
measured: dict[int, list[float]] = {}


def watched(gap: Any) -> Any:
    """Return `Posed.gap`, which also notes the share of columns that could be left out."""

    def noted(self: Any, fun: float, slope: Any, gradient: Any) -> float:
        found = float(gap(self, fun, slope, gradient))
        scale = self.penalty.into_domain(-gradient)
        radius = np.sqrt(2.0 * self.loss.weight * found)
        reach = scale * np.abs(gradient) + radius * np.sqrt(self.design.squares)
        share = float(np.mean(reach < self.penalty.domain[1]))
        measured.setdefault(id(self), []).append(share)
        kept.append(self)
        return found

    return noted


kept: list[Any] = []  # so that no two problems have one identity


def report(name: str) -> None:
    """Print the looks at all columns and how many of them would have been saved."""
    looks = sum(map(len, measured.values()))
    saved = sum(sum(shares[:-1]) for shares in measured.values())
    print(f"| {name} | {looks} | {saved:.1f} |")
    measured.clear()
    kept.clear()


def main() -> None:
    """Count on the problems of `bench_peers.py`."""
    Posed.gap = watched(Posed.gap)  # type: ignore[method-assign]
    print("| lasso | looks at all columns | saved |\n|---|---|---|")
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
