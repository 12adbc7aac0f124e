"""Processor time of a kernel's first result: of a few numbers, and by machine code.

Run ``python tests/benchmarks/bench_first_result.py``.  Each figure is the median over processes
of their own, with the derivation in hand; numba has compiled another kernel before, so that its
own start is not counted, and what kernels have in common is on the disk.
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
    "soft threshold": ("lam*abs(x)", 50, "step=0.5, lam=1.0"),
    "log-sum": ("lam*log(1 + abs(x)/eps)", 50, "step=0.5, lam=1.0, eps=1.0"),
    "logistic": ("log(1 + exp(x))", 50, "step=0.5"),
    "Geman-McClure": ("lam*x**2/(eps + x**2)", 50, "step=0.5, lam=1.0, eps=1.0"),
    "norm, a vector": ("lam*norm(x)", 50, "step=0.5, lam=1.0"),
    "octagon's norm": ("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))", 2, "step=0.5"),
    "1-norm over norm": ("lam*norm(x, 1)/norm(x)", 50, "step=0.5, lam=1.0"),
}
BEFORE = ("a*abs(x) + b*x**2", 50, "step=0.5, a=1.0, b=1.0")
# These need what most kernels have in common.
COMMON = (
    ("mu*x**2 + lam*log(1 + abs(x)/eps)", 50, "step=0.5, mu=0.1, lam=1.0, eps=1.0"),
    ("mu*x**2 + log(1 + exp(x))", 50, "step=0.5, mu=0.1"),
    ("lam*norm(x, inf)", 50, "step=0.5, lam=1.0"),
)
CODE = """
import os
import time
import numpy as np
import normcalc as nc
chosen = os.environ.pop("NORMCALC_JIT", None)
os.environ["NORMCALC_JIT"] = "1"
nc.compile(nc.prox(nc.function({before[0]!r})))(np.ones({before[1]}), {before[2]})
os.environ.pop("NORMCALC_JIT") if chosen is None else None
v = np.linspace(-3.0, 3.0, {row[1]})
p = nc.prox(nc.function({row[0]!r}))
start = time.process_time(), time.perf_counter()
nc.compile(p)(v, {row[2]})
print(time.process_time() - start[0], time.perf_counter() - start[1])
"""


def first_result(row: tuple[str, int, str], cache: Path, machine: bool) -> tuple[float, float]:
    run = [sys.executable, "-c", CODE.format(row=row, before=BEFORE)]
    environment = {**os.environ, "NORMCALC_CACHE_DIR": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.pop("NORMCALC_JIT", None)
    if machine:
        environment["NORMCALC_JIT"] = "1"
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
    processor, clock = map(float, done.stdout.split())
    return processor, clock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print("ms of processor time (wall) to a kernel's first result, the derivation in hand\n")
    print(f"{'':18s}{'few numbers':>16s}{'machine code':>16s}{'from disk':>16s}")
    with tempfile.TemporaryDirectory() as common:
        for row in COMMON:
            first_result(row, Path(common), machine=True)
        for name, row in ROWS.items():
            found: list[list[tuple[float, float]]] = [[], [], []]
            for _ in range(rounds):
                with tempfile.TemporaryDirectory() as home:
                    for place, machine in enumerate((False, True, True)):
                        if place < 2:
                            shutil.copytree(common, home, dirs_exist_ok=True)
                        found[place].append(first_result(row, Path(home), machine))
                        if place == 0:
                            shutil.rmtree(home)
            cells = [tuple(median(c) * 1e3 for c in zip(*each, strict=True)) for each in found]
            texts = "".join(f"{cpu:8.0f} ({wall:5.0f})" for cpu, wall in cells)
            print(f"{name:18s}{texts}", flush=True)


if __name__ == "__main__":
    main()
