"""Processor time of a kernel's first result: compiled, and from the cache on the disk.

Run ``python tests/benchmarks/bench_first_result.py``.  Each figure is the median over processes
of their own; numba has compiled another kernel before, so that its own start is not counted.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROWS = {
    "soft threshold": ("lam*abs(x)", "step=0.5, lam=1.0"),
    "log-sum": ("lam*log(1 + abs(x)/eps)", "step=0.5, lam=1.0, eps=1.0"),
    "logistic": ("log(1 + exp(x))", "step=0.5"),
    "norm, a vector": ("lam*norm(x)", "step=0.5, lam=1.0"),
}
CODE = """
import time
import numpy as np
import normcalc as nc
v = np.linspace(-3.0, 3.0, 50)
nc.compile(nc.prox(nc.function("a*abs(x) + b*x**2")))(v, 0.5, 1.0, 1.0)
p = nc.prox(nc.function({formula!r}))
start = time.process_time()
nc.compile(p)(v, {values})
print(time.process_time() - start)
"""


def first_result(row: str, cache: Path) -> float:
    formula, values = ROWS[row]
    run = [sys.executable, "-c", CODE.format(formula=formula, values=values)]
    environment = {**os.environ, "NORMCALC_CACHE_DIR": str(cache)}
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print("ms of processor time to a kernel's first result, the derivation in hand\n")
    print(f"{'':18s}{'compiled':>10s}{'from disk':>11s}")
    for row in ROWS:
        cold, warm = [], []
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as home:
                cold.append(first_result(row, Path(home)))
                warm.append(first_result(row, Path(home)))
        print(f"{row:18s}{median(cold) * 1e3:10.0f}{median(warm) * 1e3:11.0f}", flush=True)


if __name__ == "__main__":
    main()
