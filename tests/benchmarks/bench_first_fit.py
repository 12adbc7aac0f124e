"""What a new penalty costs: its own kernels, and no compilation of any solver.

Run ``python tests/benchmarks/bench_first_fit.py`` twice; the first run fills numba's cache.
Figures are medians of process CPU time.
"""

from __future__ import annotations

import time

START = time.process_time()

import math  # noqa: E402  # the import of the engine is one of the figures
from statistics import median  # noqa: E402
from types import SimpleNamespace  # noqa: E402

import numba  # noqa: E402
import numpy as np  # noqa: E402
from numba import float64, int64  # noqa: E402

from normcalc.data import diabetes  # noqa: E402
from normcalc.engine import Operators, least_squares, minimize, operators  # noqa: E402
from normcalc.engine.jit import element_address, setup_address  # noqa: E402
from normcalc.engine.methods import kernels, sweeps  # noqa: E402

IMPORT = time.process_time() - START
Vector = float64[::1]


class Penalty(SimpleNamespace):
    """A penalty with kernels of its own."""

    def __str__(self) -> str:
        return "lam*abs(x)"


@operators.register
def _(penalty: Penalty) -> Operators:
    return penalty.operators


def fresh() -> Penalty:
    """Compile the l1 penalty anew, as if nobody had ever asked for it."""

    @numba.njit(int64(Vector, Vector))
    def prox_setup(parameters, constants):
        constants[0] = parameters[0] * parameters[1]
        return 0

    @numba.njit(float64(float64, Vector))
    def prox(v, constants):
        return v - min(max(v, -constants[0]), constants[0])

    @numba.njit(int64(Vector, Vector))
    def setup(parameters, constants):
        constants[0] = parameters[0]
        return 0

    @numba.njit(float64(float64, Vector))
    def value(v, constants):
        return constants[0] * abs(v)

    @numba.njit(float64(float64, Vector))
    def conjugate(v, constants):
        return 0.0 if abs(v) <= constants[0] else math.inf

    made = [
        SimpleNamespace(setup=first, element=then, n_constants=1)
        for first, then in ((prox_setup, prox), (setup, value), (setup, conjugate))
    ]
    variable = SimpleNamespace(name="x", kind="scalar")
    return Penalty(operators=Operators("l1", ("lam",), *made, True), variable=variable)


def cpu(work, repeats):
    """Return the median CPU time of a call, and the last result."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
    return median(times), result


def compilations():
    loops = [v for m in (kernels, sweeps) for v in vars(m).values() if hasattr(v, "stats")]
    return sum(sum(loop.stats.cache_misses.values()) for loop in loops)


def main() -> None:
    X, y, _ = diabetes()
    loss = least_squares(X, y)
    print(f"import of the engine             {IMPORT:9.3f} s")
    before = compilations()
    compiling, penalty = cpu(fresh, 5)
    print(f"kernels of a new penalty         {compiling:9.3f} s")
    first, _ = cpu(lambda: minimize(loss + penalty, lam=1000.0), 1)
    print(f"first fit with them              {first * 1e3:9.3f} ms")
    warm, found = cpu(lambda: minimize(loss + penalty, lam=1000.0), 500)
    print(f"warm fit, diabetes 442 x 10      {warm * 1e6:9.0f} us   {found.message}")
    print(f"solver compilations meanwhile    {compilations() - before:9d}")
    report_calls(penalty)


def report_calls(penalty: Penalty) -> None:
    """Time one call of a kernel by address, and the entry into a compiled loop."""
    kernel = penalty.operators.prox
    constants = np.zeros((1, 1))
    kernels.setup_table(setup_address(kernel.setup), np.ones((1, 2)), constants)
    where = element_address(kernel.element)
    for size in (10, 100_000):
        v = np.random.default_rng(0).standard_normal(size)
        out = np.empty_like(v)
        took, _ = cpu(lambda v=v, out=out: kernels.map_element(where, v, constants, out), 500)
        print(f"prox of {size:6d} entries by address {took * 1e9 / size:8.1f} ns each")


if __name__ == "__main__":
    main()
