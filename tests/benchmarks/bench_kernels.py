"""What generated kernels cost beside hand-written loops, in numba and in C.

Run ``python tests/benchmarks/bench_kernels.py`` (``--rounds 21`` for a quick look).  Competitors
take turns in random order, and a figure is the median of the processor time of its rounds; only
ratios of one run mean anything.  The loops by hand call the C library, as numba does; the C loops
are compiled here with gcc, ``-O3 -march=native -ffast-math`` and its vector library, if it exists.
All results are checked against each other first.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

import normcalc as nc
from tests.language.catalogue import CASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen import Kernel

Floats = np.ndarray


@dataclass(frozen=True)
class Row:
    """A function of the catalogue at some parameters, and its prox as one writes it by hand.

    The bodies compute ``r`` from ``v``, with the constants `given` at hand.
    """

    name: str
    settings: dict[str, float]
    given: dict[str, float]
    python: str
    c: str


def firm(scale: str, size: str) -> tuple[str, str]:
    """Return a shrunk value times a scale, in both languages."""
    return f"copysign(max(abs(v) - {size}, 0.0), v)*{scale}", f"(v - CLIP(v, {size}))*{scale}"


_OMEGA = (
    "w = exp(y)/(1.0 + exp(y)) if y < 1.0 else y - log(y)\n"
    "for _ in range(3):\n"
    "    f = w + log(w) - y\n"
    "    g = 1.0 + w\n"
    "    w *= 1.0 - f/g + f*f/(2.0*g*g*g)\n"
)
_C_OMEGA = (
    "T e = exp(y < 0 ? y : 0), w = y < 1 ? e/(1 + e) : y - log(y > 1 ? y : 1);"
    "for (int j = 0; j < 3; j++) {T f = w + log(w) - y, g = 1 + w; w *= 1 - f/g + f*f/(2*g*g*g);}"
)
_SOFT, _C_SOFT = firm("1.0", "l")
_ENET, _C_ENET = firm("c", "l")
_MCP, _C_MCP = firm("c", "l")
ROWS = {
    "soft": Row("abs", {"lam": 1.0}, {"l": 0.5}, f"r = {_SOFT}", "r = v - CLIP(v, l);"),
    "elastic net": Row(
        "enet", {"l1": 1.0, "l2": 0.8}, {"l": 0.5, "c": 1 / 1.4}, f"r = {_ENET}", f"r = {_C_ENET};"
    ),
    "MCP": Row(
        "mcp", {"lam": 1.0, "b": 3.0}, {"l": 0.5, "c": 1 / (1 - 0.5 / 3), "m": 3.0},
        f"r = v if abs(v) > m else {_MCP}", f"r = fabs(v) > m ? v : {_C_MCP};",
    ),
    "MCP, long step": Row(
        "mcp", {"lam": 1.0, "b": 0.3}, {"m": math.sqrt(0.15)},
        "r = v if abs(v) > m else 0.0", "r = fabs(v) > m ? v : 0;",
    ),
    "SCAD": Row(
        "scad", {"lam": 1.0, "a": 3.7}, {"l": 0.5, "a": 3.7, "m": 2.2, "n": 1.5},
        "r = v if abs(v) > a else ((a - 1.0)*v - copysign(a*l, v))/m if abs(v) > n "
        f"else {_SOFT}",
        "T b = fabs(v), q = ((a - 1)*v - copysign(a*l, v))/m; r = b <= n ? v - CLIP(v, l) : q;"
        " r = b > a ? v : r;",
    ),
    "Huber": Row(
        "huber", {"delta": 1.0}, {"l": 0.5, "c": 1 / 1.5, "m": 1.5},
        "r = v*c if abs(v) <= m else v - copysign(l, v)",
        "r = fabs(v) <= m ? v*c : v - copysign(l, v);",
    ),
    "box": Row(
        "ind_interval", {"lo": -1.0, "hi": 2.0}, {}, "r = min(max(v, -1.0), 2.0)",
        "r = v < -1 ? -1 : v; r = r > 2 ? 2 : r;",
    ),
    "log-sum": Row(
        "logsum_eps", {"lam": 1.0, "eps": 1.0}, {"e": 1.0, "d": 2.0, "m": 0.5},
        "a = abs(v)\nr = 0.0 if a <= m else copysign(0.5*(a - e + sqrt((a + e)*(a + e) - d)), v)",
        "T a = fabs(v), q = (a + e)*(a + e) - d; q = 0.5*(a - e + sqrt(q > 0 ? q : 0));"
        " r = a <= m ? 0 : copysign(q, v);",
    ),
    "l1/2": Row(
        "l_half", {"lam": 1.0}, {"l": 0.125, "m": 54 ** (1 / 3) / 4},
        "a = abs(v)\nt = max(a, m)/3.0\np = acos(l/(t*sqrt(t)))\n"
        "r = 2.0/3.0*v*(1.0 + cos(2.0943951023931953 - 2.0/3.0*p)) if a > m else 0.0",
        "T a = fabs(v), t = (a > m ? a : m)/3, p = acos(l/(t*sqrt(t)));"
        " r = a > m ? 2.0/3*v*(1 + cos(2.0943951023931953 - 2.0/3*p)) : 0;",
    ),
    "l2/3": Row(
        "l_two_thirds", {"lam": 1.0}, {"m": 2 / 3 * 3**0.25},
        "a = max(abs(v), m)\np = acosh(27.0/16.0*a*a)\nq = 2.0/sqrt(3.0)*sqrt(cosh(p/3.0))\n"
        "t = 0.5*(q + sqrt(2.0*a/q - q*q))\nr = copysign(t*t*t, v) if abs(v) > m else 0.0",
        "T a = fabs(v) > m ? fabs(v) : m, z = 27.0/16*a*a, p = log(z + sqrt(z*z - 1))/3,"
        " x = exp(p), q = 2/sqrt(3.0)*sqrt(0.5*(x + 1/x)), t = 0.5*(q + sqrt(2*a/q - q*q));"
        " r = fabs(v) > m ? copysign(t*t*t, v) : 0;",
    ),
    "entropy": Row(
        "entropy", {}, {"s": 0.5, "h": -1.0 - math.log(0.5)},
        "y = v/s + h\n" + _OMEGA + "r = s*w", "T y = v/s + h;" + _C_OMEGA + " r = s*w;",
    ),
    "exp": Row(
        "exp", {}, {"h": math.log(0.5)},
        "y = v + h\n" + _OMEGA + "r = v - w", "T y = v + h;" + _C_OMEGA + " r = v - w;",
    ),
    "logistic": Row(
        "logistic", {}, {"s": 0.5},
        "r = v\nfor _ in range(20):\n    e = exp(-r)\n    q = 1.0/(1.0 + e)\n"
        "    g = (r - v + s*q)/(1.0 + s*q*q*e)\n    r -= g\n    if abs(g) < 1e-9:\n        break",
        "r = v; for (int j = 0; j < 4; j++) {T e = exp(-r), q = 1/(1 + e);"
        " r -= (r - v + s*q)/(1 + s*q*q*e);}",
    ),
}  # fmt: skip
STEP = 0.5


def kernel_of(row: Row) -> tuple[Kernel, list[float]]:
    function = next(case for case in CASES if case.name == row.name).function()
    kernel = nc.compile(nc.prox(function))
    return kernel, [{**row.settings, "step": STEP}[name] for name in kernel.parameters]


def by_hand(row: Row, dtype: type) -> Callable[[Floats, Floats], None]:
    """Return the loop that a person writes with numba; constants have the type of the numbers."""
    body = "".join(f"        {line}\n" for line in row.python.splitlines())
    text = "def loop(x, out):\n    for i in range(x.size):\n        v = x[i]\n"
    text += f"{body}        out[i] = r\n"
    names = {name: getattr(math, name) for name in dir(math) if not name.startswith("_")}
    scope: dict[str, Any] = {**names, **{name: dtype(x) for name, x in row.given.items()}}
    exec(text, scope)  # noqa: S102  # the bodies above
    return numba.njit(error_model="numpy")(scope["loop"])


def in_c(home: Path) -> dict[str, Callable[[Floats, Floats], None]]:
    """Return the C loops for float64; none without gcc."""
    if shutil.which("gcc") is None:
        return {}
    text = (
        "#include <math.h>\n#define T double\n#define CLIP(v, l) (v < -l ? -l : v > l ? l : v)\n"
    )
    for number, row in enumerate(ROWS.values()):
        given = "".join(f"const T {name} = {value!r};" for name, value in row.given.items())
        text += f"void f{number}(const T *restrict x, T *restrict out, long size) {{ {given}"
        text += f" for (long i = 0; i < size; i++) {{ T v = x[i], r; {row.c} out[i] = r; }} }}\n"
    (home / "loops.c").write_text(text)
    compiled = "gcc -c -O3 -march=native -ffast-math -fPIC loops.c -o loops.o"
    # Linked without -ffast-math, which would flush subnormal numbers of the whole process.
    for command in (compiled, "gcc -shared loops.o -o loops.so -lmvec -lm"):
        subprocess.run(command.split(), cwd=home, check=True)
    library = ctypes.CDLL(str(home / "loops.so"))
    return {name: _called(library[f"f{i}"]) for i, name in enumerate(ROWS)}


def _called(function: Any) -> Callable[[Floats, Floats], None]:
    def call(x: Floats, out: Floats) -> None:
        function(ctypes.c_void_p(x.ctypes.data), ctypes.c_void_p(out.ctypes.data),
                 ctypes.c_long(x.size))  # fmt: skip

    return call


def medians(jobs: dict[str, Callable[[], object]], rounds: int, inner: int) -> dict[str, float]:
    """Return seconds a call: the median over rounds of all jobs in random order."""
    seen: dict[str, list[float]] = {name: [] for name in jobs}
    rng = np.random.default_rng(0)
    for job in jobs.values():
        job()
    for _ in range(rounds):
        for name in rng.permutation(list(jobs)).tolist():
            start = time.thread_time()
            for _ in range(inner):
                jobs[name]()
            seen[name].append((time.thread_time() - start) / inner)
    return {name: median(times) for name, times in seen.items()}


def loops(rounds: int) -> None:
    size = 100_000
    print(f"ns a number, n = {size}, out= given; ratios: kernel over the other, f32 over f64\n")
    print(f"{'prox':16s}{'copy':>7s}{'kernel':>8s}{'hand':>8s}{'C':>7s}{'f32':>8s}"
          f"{'/copy':>8s}{'/hand':>7s}{'/C':>7s}{'f32 speed':>11s}")  # fmt: skip
    with tempfile.TemporaryDirectory() as home:
        compiled = in_c(Path(home))
        for name, row in ROWS.items():
            found = _loop_times(row, compiled.get(name), size, rounds)
            ns = {job: seconds / size * 1e9 for job, seconds in found.items()}
            c = ns.get("C", math.nan)
            print(f"{name:16s}{ns['copy']:7.2f}{ns['kernel']:8.2f}{ns['hand']:8.2f}{c:7.2f}"
                  f"{ns['f32']:8.2f}{ns['kernel'] / ns['copy']:8.2f}"
                  f"{ns['kernel'] / ns['hand']:7.2f}{ns['kernel'] / c:7.2f}"
                  f"{ns['kernel'] / ns['f32']:10.1f}x", flush=True)  # fmt: skip


def _loop_times(row: Row, c: Any, size: int, rounds: int) -> dict[str, float]:
    kernel, params = kernel_of(row)
    x = np.random.default_rng(0).normal(size=size) * 2.0
    out, x32 = np.empty_like(x), x.astype(np.float32)
    out32, hand = np.empty_like(x32), by_hand(row, np.float64)
    want = kernel(x, *params)
    others = {"hand": hand, **({"C": c} if c else {})}
    for name, other in others.items():
        other(x, out)
        assert np.allclose(out, want, rtol=1e-6, atol=1e-8), (row.name, name)
    jobs: dict[str, Callable[[], object]] = {
        "copy": lambda: np.copyto(out, x),
        "kernel": lambda: kernel(x, *params, out=out),
        "f32": lambda: kernel(x32, *params, out=out32),
        **{name: (lambda f=f: f(x, out)) for name, f in others.items()},
    }
    return medians(jobs, rounds, 3)


def calls(rounds: int) -> None:
    print("\nns a call on 10 numbers, out= given\n")
    kernel, params = kernel_of(ROWS["soft"])
    bound, x, out = kernel.bind(*params), np.random.default_rng(0).normal(size=10), np.empty(10)
    hand, x32, out32 = (
        by_hand(ROWS["soft"], np.float64),
        np.ones(10, np.float32),
        np.empty(10, "f"),
    )
    weights = np.linspace(0.5, 1.0, 10)
    jobs: dict[str, Callable[[], object]] = {
        "np.copyto": lambda: np.copyto(out, x),
        "numba by hand": lambda: hand(x, out),
        "bound kernel": lambda: bound(x, out),
        "kernel": lambda: kernel(x, *params, out=out),
        "kernel, in place": lambda: kernel(out, *params, out=out),
        "kernel, no out": lambda: kernel(x, *params),
        "kernel, float32": lambda: kernel(x32, *params, out=out32),
        "kernel, weights": lambda: kernel(x, STEP, weights, out=out),
    }
    for name, seconds in medians(jobs, rounds, 300).items():
        print(f"{name:18s}{seconds * 1e9:9.0f}")


def long_ones(rounds: int) -> None:
    size = 10_000_000
    print(f"\nns a number, n = {size}, wall time of two threads beside one\n")
    x = np.random.default_rng(0).normal(size=size)
    out = np.empty_like(x)
    for name in ("soft", "entropy"):
        kernel, params = kernel_of(ROWS[name])
        jobs = {
            "np.copyto": lambda: np.copyto(out, x),
            "one thread": lambda k=kernel, p=params: k(x, *p, out=out),
            "two threads": lambda k=kernel, p=params: k.parallel(x, *p, out=out, threads=2),
        }
        best = dict.fromkeys(jobs, math.inf)
        for _ in range(max(3, rounds // 20)):
            for job, run in jobs.items():
                start = time.perf_counter()
                run()
                best[job] = min(best[job], time.perf_counter() - start)
        print(f"{name:10s}" + "".join(f"{j}: {s / size * 1e9:.2f}  " for j, s in best.items()))


def per_coordinate(rounds: int) -> None:
    size = 100_000
    print(f"\nns a number, n = {size}, parameters that are arrays\n")
    rng = np.random.default_rng(0)
    x, out = rng.normal(size=size), np.empty(size)
    weights, runs = rng.uniform(0.5, 1.0, size), np.repeat(rng.uniform(0.5, 1.0, 100), 1000)
    for name in ("soft", "MCP"):
        kernel, params = kernel_of(ROWS[name])
        rest = params[2:]
        jobs = {
            "one weight": lambda k=kernel, r=rest: k(x, STEP, 1.0, *r, out=out),
            "a weight each": lambda k=kernel, r=rest: k(x, STEP, weights, *r, out=out),
            "runs of 1000": lambda k=kernel, r=rest: k(x, STEP, runs, *r, out=out),
        }
        found = medians(jobs, max(5, rounds // 10), 1)
        print(f"{name:6s}" + "".join(f"{j}: {s / size * 1e9:.2f}  " for j, s in found.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=101)
    rounds = parser.parse_args().rounds
    loops(rounds)
    calls(rounds)
    per_coordinate(rounds)
    long_ones(rounds)


if __name__ == "__main__":
    main()
