"""Processor time of the first fit with a penalty never seen before, each in a process of its own.

Run ``python tests/benchmarks/bench_new_penalty.py``.  NumPy, SciPy, SymPy and numba are imported
before the clock starts; everything of this package is counted, its import, the derivation and the
kernels.  Its loops, and what kernels have in common, are on the disk: other penalties ran before.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROWS = {
    "l1": ("lam*abs(x)", "lam=100.0"),
    "log-sum": ("lam*log(1 + abs(x)/eps)", "lam=100.0, eps=10.0"),
    "transformed l1": ("lam*(a + 1)*abs(x)/(a + abs(x))", "lam=100.0, a=3.0"),
    "arc tangent": ("lam*atan(abs(x)/eps)", "lam=100.0, eps=100.0"),
    "exponential": ("lam*(1 - exp(-abs(x)/eps))", "lam=100.0, eps=30.0"),
    "hyperbola": ("lam*(sqrt(x**2 + eps**2) - eps) + mu*abs(x)", "lam=30.0, mu=10.0, eps=20.0"),
    "hyperbolic tangent": ("lam*tanh(abs(x)/eps)", "lam=100.0, eps=30.0"),
    "norm": ("lam*norm(x)", "lam=100.0"),
}
COMMON = (
    ("mu*x**2 + lam*log(1 + abs(x)/eps)", "mu=0.1, lam=100.0, eps=10.0"),
    ("lam*log(1 + exp(x))", "lam=100.0"),
    ("lam*norm(x, inf)", "lam=100.0"),
)
CODE = """
import time
first = time.process_time()
import numpy, scipy.linalg, scipy.optimize, scipy.sparse.linalg, sympy, numba
start = time.process_time(), time.perf_counter()
import normcalc as nc
from normcalc.data import diabetes
X, y, _ = diabetes()
penalty = nc.function({0!r})
nc.minimize(nc.least_squares(X, y) + penalty, {1})
print(start[0] - first, time.process_time() - start[0], time.perf_counter() - start[1])
"""


def first_fit(row: tuple[str, str], cache: Path) -> tuple[float, ...]:
    environment = {**os.environ, "NORMCALC_CACHE_DIR": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    run = [sys.executable, "-c", CODE.format(*row)]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
    return tuple(map(float, done.stdout.split()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print("s of processor time (wall) of the first fit, diabetes 442 x 10\n")
    print(f"{'':18s}{'never seen':>18s}{'from disk':>18s}{'imports of others':>20s}")
    with tempfile.TemporaryDirectory() as common:
        for row in COMMON:
            first_fit(row, Path(common))
        for name, row in ROWS.items():
            found: list[list[tuple[float, ...]]] = [[], []]
            for _ in range(rounds):
                with tempfile.TemporaryDirectory() as home:
                    shutil.copytree(common, home, dirs_exist_ok=True)
                    for place in (0, 1):
                        found[place].append(first_fit(row, Path(home)))
            cells = [tuple(map(median, zip(*each, strict=True))) for each in found]
            texts = "".join(f"{cpu:10.2f} ({wall:5.2f})" for _, cpu, wall in cells)
            print(f"{name:18s}{texts}{cells[0][0]:20.2f}", flush=True)


if __name__ == "__main__":
    main()
