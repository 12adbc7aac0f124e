"""What kernels cost beside fastprox, a library of hand-written ones in Rust, on one thread.

Run ``python tests/benchmarks/bench_fastprox.py`` where fastprox is installed (its wheels want
Python 3.12), with names of rows for these alone.  A figure is the median processor time of
fastprox over that of the kernel, the two in turns: above 1 the kernel is faster.  Both write into
an array that is given, and must agree to nine digits first.
"""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

import normcalc as nc
from tests.derive.vector_rows import BY_NAME
from tests.language.catalogue import CASES

try:
    import fastprox
except ImportError:
    fastprox = None

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (10, 1_000, 100_000, 1_000_000)
ROUNDS = {10: 400, 1_000: 200, 100_000: 40, 1_000_000: 12}
STEP = 0.5
_MCP, _SCAD, _BOX = (
    next(case for case in CASES if case.name == name).function()
    for name in ("mcp", "scad", "ind_interval")
)
_SLOPE = BY_NAME["slope_owl"].function()

_known: dict[int, Any] = {}


def sorted_norm(weights: Any) -> Any:
    """Return the operator for weights, made once."""
    if len(weights) not in _known:
        _known[len(weights)] = fastprox.SortedL1(weights)
    return _known[len(weights)]


# formula, parameters for n numbers, and the call of the other
ROWS: dict[str, tuple[Any, Callable[[int], dict[str, Any]], Callable[..., Any]]] = {
    "soft": ("lam*abs(x)", lambda n: {"lam": 1.0},
             lambda x, p, **o: fastprox.soft_threshold(x, p["lam"], STEP, **o)),
    "elastic net": ("a*abs(x) + b*x**2/2", lambda n: {"a": 1.0, "b": 0.8},
                    lambda x, p, **o: fastprox.elastic_net(x, p["a"], p["b"], STEP, **o)),
    "MCP": (_MCP, lambda n: {"lam": 1.0, "b": 3.0},
            lambda x, p, **o: fastprox.mcp(x, p["lam"], p["b"], STEP, **o)),
    "SCAD": (_SCAD, lambda n: {"lam": 1.0, "a": 3.7},
             lambda x, p, **o: fastprox.scad(x, p["lam"], p["a"], STEP, **o)),
    "box": (_BOX, lambda n: {"lo": -1.0, "hi": 2.0},
            lambda x, p, **o: fastprox.project_box(x, p["lo"], p["hi"], **o)),
    "log-sum": ("lam*log(1 + abs(x)/eps)", lambda n: {"lam": 1.0, "eps": 1.0},
                lambda x, p, **o: fastprox.prox_log(x, p["lam"], p["eps"], STEP, **o)),
    "l1/2": ("lam*sqrt(abs(x))", lambda n: {"lam": 1.0},
             lambda x, p, **o: fastprox.lq(x, p["lam"], 0.5, STEP, **o)),
    "l2/3": ("lam*abs(x)**(2/3)", lambda n: {"lam": 1.0},
             lambda x, p, **o: fastprox.lq(x, p["lam"], 2 / 3, STEP, **o)),
    "norm": ("lam*norm(x)", lambda n: {"lam": float(n) ** 0.5},
             lambda x, p, **o: fastprox.prox_l2(x, p["lam"], STEP, **o)),
    "simplex": ("indicator((x >= 0) & (sum(x) == r))", lambda n: {"r": 0.05 * n},
                lambda x, p, **o: fastprox.project_simplex(x, p["r"], **o)),
    "l1 ball": ("indicator(norm(x, 1) <= r)", lambda n: {"r": 0.05 * n},
                lambda x, p, **o: fastprox.project_l1_ball(x, p["r"], **o)),
    "linf": ("lam*norm(x, oo)", lambda n: {"lam": 0.1 * n},
             lambda x, p, **o: fastprox.prox_linf(x, p["lam"], STEP, **o)),
    "slope": (_SLOPE, lambda n: {"w": np.linspace(2.0, 0.1, n)},
              lambda x, p, **o: sorted_norm(p["w"]).prox(x, STEP, **o)),
    "tv": ("lam*norm(diff(x), 1)", lambda n: {"lam": 1.0},
           lambda x, p, **o: fastprox.tv1d(x, STEP * p["lam"], **o)),
}  # fmt: skip


def times(jobs: dict[str, Callable[[], Any]], rounds: int, inner: int) -> dict[str, float]:
    """Return the median processor time of a call, the jobs in turns."""
    found: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.process_time()
            for _ in range(inner):
                job()
            found[name].append((time.process_time() - start) / inner)
    return {name: median(values) for name, values in found.items()}


def ratio(name: str, size: int) -> tuple[float, float]:
    """Return fastprox over the kernel, and the microseconds of the kernel."""
    formula, parameters, other = ROWS[name]
    kernel = nc.compile(nc.prox(formula))
    values = parameters(size)
    x = np.random.default_rng(0).normal(size=size) * 2.0
    if name == "tv":
        x = np.cumsum(x) / 10
    out, out2 = np.empty(size), np.empty(size)
    named = {**({"step": STEP} if "step" in kernel.parameters else {}), **values}
    given = [named[p] for p in kernel.parameters]
    kernel(x, *given, out=out)
    other(x, values, out=out2, threads=1)
    assert np.allclose(out, out2, rtol=1e-9, atol=1e-9), (name, np.abs(out - out2).max())
    run: Callable[[], Any] = lambda: kernel(x, *given, out=out)  # noqa: E731
    if np.ndim(given[-1]):  # checked once, as the other does it
        bound = kernel.bind(**values)
        run = lambda: bound(x, STEP, out=out)  # noqa: E731
    jobs = {
        "kernel": run,
        "fastprox": lambda: other(x, values, out=out2, threads=1),
    }
    seconds = times(jobs, ROUNDS[size], max(1, 1000 // size))
    return seconds["fastprox"] / seconds["kernel"], seconds["kernel"] * 1e6


def main() -> None:
    if fastprox is None:
        sys.exit("fastprox is not installed: python3.12 -m pip install fastprox")
    names = sys.argv[1:] or list(ROWS)
    print("fastprox over kernel, and the kernel's microseconds\n")
    print(f"{'n':14s}" + "".join(f"{size:>18,d}" for size in SIZES))
    for name in names:
        found = [ratio(name, size) for size in SIZES]
        cells = "".join(f"{share:8.2f}{micro:10.1f}" for share, micro in found)
        print(f"{name:14s}{cells}", flush=True)


if __name__ == "__main__":
    main()
