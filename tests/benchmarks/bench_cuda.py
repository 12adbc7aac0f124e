"""What kernels do on a graphics card: elements per second beside a copy on the card.

Run ``python tests/benchmarks/bench_cuda.py`` where numba-cuda finds a card, with names of rows for
these alone; ``--size N`` says how many numbers, 2**24 by default.  Each row writes the module that
``target="cuda"`` gives, compares what the card computes with the kernel of the processor, and
times the loop by events of the card, in turns with a copy from memory to memory of the card.
With ``NUMBA_ENABLE_CUDASIM=1`` it runs without a card, on few numbers, and its times mean nothing.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import os
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import normcalc as nc
from normcalc.codegen import source_of

try:
    from numba import cuda
except ImportError:
    cuda = None

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

SIMULATED = os.environ.get("NUMBA_ENABLE_CUDASIM") == "1"
ROUNDS = 2 if SIMULATED else 15
THREADS = 32 if SIMULATED else 256
# What a card may differ by: its elementary functions err by up to two units of the last place.
NEAR = 1e-11


class Row(NamedTuple):
    """A formula, its parameters in the order of the call, and where its points lie."""

    formula: str
    given: tuple[float, ...]
    domain: tuple[float | None, float | None] | None = None
    spread: float = 4.0


ROWS = {
    "soft": Row("lam*abs(x)", (0.5, 1.0)),
    "elastic net": Row("a*abs(x) + b*x**2/2", (0.5, 1.0, 0.8)),
    "capped": Row("min(lam*abs(x), c)", (0.5, 1.0, 2.0)),
    "log-sum": Row("lam*log(1 + abs(x)/eps)", (0.5, 1.0, 0.5)),
    "l1/2": Row("lam*sqrt(abs(x))", (0.5, 1.0)),
    "l2/3": Row("lam*abs(x)**(2/3)", (0.5, 1.0)),
    "l4": Row("lam*x**4", (0.5, 1.0)),
    "-log": Row("-log(x)", (0.5,), (0, None)),
    "entropy": Row("x*log(x)", (0.5,), (0, None)),
    "exp": Row("exp(x)", (0.5,)),
    "logistic": Row("log(1 + exp(x))", (0.5,)),
}


def derived(row: Row) -> Any:
    """Return the prox of a row."""
    domain = {} if row.domain is None else {"domain": row.domain}
    return nc.prox(nc.function(row.formula, **domain))


def imported(text: str, name: str, folder: Path) -> ModuleType:
    """Return a module made of a text: numba wants a real file."""
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def milliseconds(run: Callable[[], Any]) -> float:
    """Return how long the card takes for one run."""
    if SIMULATED:
        begun = time.perf_counter()
        run()
        return 1e3 * (time.perf_counter() - begun)
    start, end = cuda.event(timing=True), cuda.event(timing=True)
    start.record()
    run()
    end.record()
    end.synchronize()
    return float(cuda.event_elapsed_time(start, end))


def in_turns(jobs: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Return the median milliseconds of each job, the jobs in turns, after one run of each."""
    found: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(ROUNDS + 1):
        for name, job in jobs.items():
            found[name].append(milliseconds(job))
    return {name: median(times[1:]) for name, times in found.items()}


def worst_difference(got: Any, expected: Any) -> float:
    """Return the largest relative difference; infinite where one is a number and one is not."""
    if (np.isnan(got) != np.isnan(expected)).any():
        return math.inf
    scale = np.maximum(np.abs(expected), 1e-3)
    return float(np.nanmax(np.abs(got - expected) / scale))


def measured(name: str, row: Row, size: int, dtype: Any, folder: Path) -> str:
    """Return one line of the table."""
    answer = derived(row)
    text = source_of(answer, target="cuda", name="operator")
    module = imported(text, f"card_{list(ROWS).index(name)}", folder)
    rng = np.random.default_rng(0)
    v = (row.spread * rng.standard_normal(size)).astype(dtype)
    expected = nc.compile(answer)(v, *row.given)
    there = cuda.to_device(v)
    out, copied = cuda.device_array_like(there), cuda.device_array_like(there)
    params, regime = cuda.to_device(np.array(row.given)), cuda.to_device(np.zeros(1, np.int64))
    # More than any set-up has: its number stands in the text of the friendly function alone.
    consts = cuda.to_device(np.zeros(256))
    module.prepare[1, 1](params, consts, regime)
    assert int(regime.copy_to_host()[0]) >= 0, name
    blocks = max(1, min(4096, size // THREADS))

    def run() -> None:
        module.apply[blocks, THREADS](there, consts, out)

    times = in_turns({"kernel": run, "copy": lambda: copied.copy_to_device(there)})
    worst = worst_difference(out.copy_to_host(), expected)
    near = NEAR if dtype is np.float64 else 1e-6
    per_second = {job: size / (1e-3 * each) / 1e9 for job, each in times.items()}
    return (
        f"{name:14s}{np.dtype(dtype).name:>9s}{per_second['kernel']:12.2f}"
        f"{per_second['copy']:12.2f}{times['copy'] / times['kernel']:10.2f}{worst:12.1e}"
        f"   {'agrees' if worst <= near else 'DIFFERS'}"
    )


def table(names: list[str], size: int) -> int:
    """Print the table of element-wise kernels, and return how many rows failed."""
    print(f"element-wise, {size:,d} numbers; 10**9 numbers a second\n")
    print(f"{'':14s}{'':>9s}{'kernel':>12s}{'copy':>12s}{'share':>10s}{'difference':>12s}")
    failed = 0
    with TemporaryDirectory() as folder:
        for name in names:
            for dtype in (np.float64, np.float32):
                try:
                    line = measured(name, ROWS[name], size, dtype, Path(folder))
                except Exception as error:  # noqa: BLE001 - the other rows are still worth having
                    line = f"{name:14s} FAILED {type(error).__name__}: {str(error)[:300]}"
                failed += "agrees" not in line
                print(line, flush=True)
    return failed


def main() -> None:
    """Run the rows that the command line names."""
    if cuda is None or not cuda.is_available():
        sys.exit("numba finds no graphics card: install numba-cuda, or set NUMBA_ENABLE_CUDASIM=1")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(ROWS))
    parser.add_argument("--size", type=int, default=256 if SIMULATED else 2**24)
    chosen = parser.parse_args()
    if not SIMULATED:
        print(cuda.get_current_device().name)
    failed = table(chosen.names, chosen.size)
    sys.exit(f"{failed} rows failed" if failed else 0)


if __name__ == "__main__":
    main()
