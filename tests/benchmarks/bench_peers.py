"""Solvers beside those of other libraries, in passes: CPU time over that of one ``X.T @ r``.

``python tests/benchmarks/bench_peers.py [rows]`` with ``--share 10 100``, ``--rounds 5``,
``--only normcalc skglm`` and, for the gene data, ``--data FOLDER`` (see `peer_data.genes`).
Every solver runs through tolerances of its own; what counts is the cheapest run whose objective is
within 1e-6 or 1e-10 of the best that any solver found, relatively.  Those runs are repeated, in
turn, and medians are shown.  A loss is made from the arrays in every run; the first call is not
counted.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
import warnings
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import peer_data
from peer_rows import path, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peer_rows import Row

TOLERANCES = [10.0**-k for k in range(2, 15)]
LONGEST = 30.0  # seconds of one run; looser tolerances were tried before
DENSE = {
    "lasso": ("squares", "l1"),
    "elastic-net": ("squares", "elastic net"),
    "mcp": ("squares", "MCP"),
    "scad": ("squares", "SCAD"),
    "transformed-l1": ("squares", "transformed l1"),
    "atan": ("squares", "atan"),
    "logistic": ("logistic", "l1"),
    "poisson": ("Poisson", "l1"),
    "huber": ("Huber", "l1"),
    "probit": ("probit", "l1"),
    "custom": ("custom", "l1"),
    "group": ("squares", "group"),
    "sparse-group": ("squares", "sparse group"),
    "multi-task": ("squares", "rows"),
}
COMPRESSED = {"sparse": ("squares", "l1"), "sparse-logistic": ("logistic", "l1")}


@dataclass
class Run:
    """What one solver did: seconds and objective for each tolerance."""

    first: float = np.nan
    tried: list[tuple[float, float, Any]] = field(default_factory=list)

    def at(self, best: Any, level: float) -> tuple[float, float] | None:
        """Return seconds and tolerance of the cheapest run within a level of the best."""
        good = [(t, tol) for tol, t, fun in self.tried if above(fun, best) <= level]
        return min(good) if good else None


def above(fun: Any, best: Any) -> float:
    """Return the worst relative distance of objectives from the best."""
    return float(np.max((fun - best) / np.abs(best)))


def timed(call: Any, *args: Any) -> tuple[float, Any]:
    """Return the processor's time of a call and its result."""
    start = time.process_time()
    answer = call(*args)
    return time.process_time() - start, answer


def ladder(problem: Row, name: str) -> Run:
    """Run a solver with smaller and smaller tolerances until nothing is gained."""
    solve, run = problem.solvers[name], Run()
    try:
        run.first = timed(solve, 0.5)[0]
    except (ImportError, AttributeError) as error:
        print(f"   {name}: {error}")
        return run
    for tol in TOLERANCES:
        try:
            seconds, x = timed(solve, tol)
        except Exception as error:  # noqa: BLE001  # a peer's failure is a result, not the end
            print(f"   {name} at {tol:.0e}: {type(error).__name__} {str(error)[:80]}")
            break
        run.tried.append((tol, seconds, problem.fun(x)))
        same = [above(fun, run.tried[-1][-1]) <= 1e-13 for *_, fun in run.tried[-3:]]
        if seconds > LONGEST or (len(same) == 3 and all(same)):
            break
    return run


def table(problem: Row, only: list[str] | None, rounds: int) -> Iterator[str]:
    """Run all solvers on a problem; return lines of a table."""
    names = [name for name in problem.solvers if not only or name in only]
    runs = {name: ladder(problem, name) for name in names}
    best = np.min([fun for run in runs.values() for *_, fun in run.tried], axis=0)
    chosen = {
        (name, level): found
        for name, run in runs.items()
        for level in problem.levels
        if (found := run.at(best, level)) is not None
    }
    times: dict[Any, list[float]] = {key: [seconds] for key, (seconds, _) in chosen.items()}
    unit: list[float] = []
    r = np.ones(problem.design.shape[0])
    for _ in range(rounds):
        unit += [timed(lambda: problem.design.T @ r)[0] for _ in range(5)]
        for (name, level), (_, tol) in chosen.items():
            if times[name, level][0] < LONGEST / 4:
                times[name, level].append(timed(problem.solvers[name], tol)[0])
    one = median(unit)
    size = " x ".join(map(str, problem.design.shape))
    yield f"\n{problem.name}, {size}; pass {1e3 * one:.2f} ms"
    for name, run in runs.items():
        cells = [
            f"{median(times[name, level]) / one:.0f} ({median(times[name, level]):.3f} s)"
            if (name, level) in times
            else "never"
            for level in problem.levels
        ]
        least = min((above(fun, best) for *_, fun in run.tried), default=np.nan)
        yield f"| {name} | {' | '.join(cells)} | {least:.0e} | {run.first:.2f} |"


def problems(asked: list[str], shares: list[float], folder: str | None) -> Iterator[Row]:
    """Return the problems that were asked for, one at a time."""
    if set(asked) & {*DENSE, "path"}:
        X, y = peer_data.dense()
        if "path" in asked:
            yield path(X, y)
        targets = {
            "poisson": peer_data.counts(X, y),
            "huber": y / np.std(y),
            "custom": y / np.std(y),
        }
        targets |= dict.fromkeys(("logistic", "probit"), np.sign(y))
        several = np.stack([y, np.roll(y, 1), X[:, 0] - y], axis=1)
        for name in (each for each in DENSE if each in asked):
            target = several if name == "multi-task" else targets.get(name, y)
            grouped = X[:, :5000] if "group" in name else X
            yield from (row(name, grouped, target, DENSE[name], share) for share in shares)
    if set(asked) & COMPRESSED.keys():
        X, y = peer_data.compressed()
        for name in (each for each in COMPRESSED if each in asked):
            target = np.sign(y) if "logistic" in name else y
            yield from (row(name, X, target, COMPRESSED[name], share) for share in shares)
    for name in ("ALL", "NCI60", "Khan") if folder and "genes" in asked else ():
        X, y, labels = peer_data.genes(str(folder), name)
        yield from (row(name, X, y, ("squares", "l1"), share) for share in (20.0, 200.0))
        if labels is not None:
            yield from (row(name, X, labels, ("logistic", "l1"), share) for share in (10.0, 100.0))


def main() -> None:
    """Measure the rows that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    every = [*DENSE, "path", *COMPRESSED, "genes"]
    parser.add_argument("asked", nargs="*", default=every, help=f"of {', '.join(every)}")
    parser.add_argument("--share", nargs="*", type=float, default=[10.0, 100.0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--data")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # peers warn of what is measured here
    print("| solver | passes to 1e-6 | to 1e-10 (path: 1e-9) | closest | first call, s |")
    for problem in problems(options.asked, options.share, options.data):
        for line in table(problem, options.only, options.rounds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
