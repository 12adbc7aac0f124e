"""C files for kernels of vectors beside the kernels that numba compiles, in CPU time.

Run ``python tests/benchmarks/bench_c_vectors.py``, with sizes for some alone.  Each file is
compiled by ``cc -O3 -march=native``; calls alternate, and the table shows medians in microseconds.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

import normcalc as nc
from normcalc.codegen import source_of

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS: list[tuple[str, str, dict[str, Any], Callable[[int], Any]]] = [
    ("group", "lam*norm(x)", {}, lambda n: 0.5),
    ("simplex", "indicator((x >= 0) & (sum(x) == r))", {}, lambda n: 1.0),
    ("l1 ball", "indicator(norm(x, 1) <= r)", {}, lambda n: 1.0),
    ("SLOPE", "dot(w, sort(abs(x)))", {"w": nc.Nonincreasing}, lambda n: np.linspace(1.0, 0.1, n)),
    ("TV-1D", "lam*sum(abs(diff(x)))", {}, lambda n: 0.5),
]


def built(source: str, folder: Path) -> Any:
    """Return the compiled file."""
    (folder / "prox.c").write_text(source, encoding="utf-8")
    flags = ["-std=c99", "-O3", "-march=native", "-shared", "-fPIC"]
    subprocess.run(["cc", *flags, "-o", "prox.so", "prox.c", "-lm"], cwd=folder, check=True)
    return ctypes.CDLL(str(folder / "prox.so")).prox


def spent(call: Callable[[], Any], turns: int) -> float:
    """Return microseconds of CPU time a call."""
    start = time.process_time()
    for _ in range(turns):
        call()
    return (time.process_time() - start) / turns * 1e6


def compared(operator: Any, kernel: Any, n: int, value: Any) -> tuple[float, float]:
    """Return the medians of both."""
    v = np.random.default_rng(0).normal(size=n)
    out, mine = np.empty(n), np.empty(n)
    bound = kernel.bind(value)
    pointer = ctypes.c_void_p
    given: list[Any] = [ctypes.c_double(float(value))] if np.ndim(value) == 0 else [
        pointer(value.ctypes.data), ctypes.c_size_t(n)
    ]  # fmt: skip
    arguments = [pointer(v.ctypes.data), pointer(out.ctypes.data), ctypes.c_size_t(n),
                 ctypes.c_double(1.0), *given, None]  # fmt: skip
    assert operator(*arguments) == 0
    assert np.allclose(out, bound(v, 1.0, out=mine), rtol=1e-12, atol=1e-12)
    turns = max(1, 200_000 // n)
    pairs = [
        (spent(lambda: operator(*arguments), turns), spent(lambda: bound(v, 1.0, out=mine), turns))
        for _ in range(15)
    ]
    return median(a for a, _ in pairs), median(b for _, b in pairs)


def main(sizes: list[int]) -> None:
    """Print the table."""
    print(f"{'':10}{'n':>9}{'C us':>12}{'numba us':>12}{'C/numba':>9}")
    for name, formula, kinds, value in ROWS:
        answer = nc.prox(nc.function(formula, **kinds))
        kernel = nc.compile(answer)
        with tempfile.TemporaryDirectory() as folder:
            operator = built(source_of(answer, target="c", name="prox"), Path(folder))
            for n in sizes:
                c, mine = compared(operator, kernel, n, value(n))
                print(f"{name:10}{n:9}{c:12.2f}{mine:12.2f}{c / mine:9.2f}", flush=True)


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [1_000, 100_000])
