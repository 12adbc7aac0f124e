"""What norms of large matrices cost: CPU time over that of one product with the matrix.

Run ``OPENBLAS_NUM_THREADS=1 python tests/benchmarks/bench_matrix_norms.py``.  Competitors take
turns; a figure is the median of its rounds over the median of ``X.T @ r`` in the same rounds, the
pass, which every row has first.  Values are compared with each other first.
"""

from __future__ import annotations

import argparse
import time
from statistics import median
from typing import TYPE_CHECKING

import numba  # noqa: F401 - loaded, so that the loops are compiled ones
import numpy as np
from scipy.sparse.linalg import svds

import normcalc as nc

if TYPE_CHECKING:
    from collections.abc import Callable

    Jobs = dict[str, Callable[[], object]]


def passes(jobs: Jobs, rounds: int) -> dict[str, float]:
    """Return each job's median processor time over that of the first one."""
    seen: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.process_time()
            job()
            seen[name].append(time.process_time() - start)
    middle = {name: median(times) for name, times in seen.items()}
    return {name: one / middle["pass"] for name, one in middle.items()}


def sums(matrix: np.ndarray, order: float) -> Jobs:
    norm, r = nc.induced_norm(order, order), np.ones(matrix.shape[0])
    assert np.isclose(norm(matrix), np.linalg.norm(matrix, order), rtol=1e-12)
    return {
        "pass": lambda: matrix.T @ r,
        "normcalc": lambda: norm(matrix),
        "A.sum()": lambda: matrix.sum(),
        "numpy": lambda: np.linalg.norm(matrix, order),
    }


def spectral(matrix: np.ndarray) -> Jobs:
    norm, r = nc.induced_norm(2, 2), np.ones(matrix.shape[0])
    true = float(np.linalg.norm(matrix, 2))
    print(f"  relative error {abs(norm(matrix) / true - 1):.0e}", end="")
    return {
        "pass": lambda: matrix.T @ r,
        "normcalc": lambda: norm(matrix),
        "svds, tol 1e-10": lambda: svds(matrix, k=1, tol=1e-10, return_singular_vectors=False),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=31)
    rounds = parser.parse_args().rounds
    rng = np.random.default_rng(0)
    square = rng.standard_normal((2000, 2000))
    falling = square * 0.97 ** np.arange(2000)
    high, few = rng.standard_normal((3000, 500)), max(3, rounds // 6)
    rows = {
        "1-norm, by rows": (sums, (square, 1), rounds),
        "1-norm, by columns": (sums, (np.asfortranarray(square), 1), rounds),
        "max-norm, by rows": (sums, (square, np.inf), rounds),
        "max-norm, by columns": (sums, (np.asfortranarray(square), np.inf), rounds),
        "spectral, random": (spectral, (square,), few),
        "spectral, falling": (spectral, (falling,), few),
        "spectral, 3000 x 500": (spectral, (high,), few),
    }
    for name, (make, arguments, count) in rows.items():
        print(f"{name:22s}", end="", flush=True)
        found = passes(make(*arguments), count)
        print("".join(f"  {job} {value:.2f}" for job, value in found.items()), flush=True)


if __name__ == "__main__":
    main()
