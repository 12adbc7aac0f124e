"""How fast, how accurate and how right the scalar engine is on the functions of the literature.

Run ``python tests/benchmarks/bench_scalar.py time`` (or ``accuracy``, ``rightness``, ``sympy``,
``all``; ``--rows mcp scad`` for some rows only).  What each part measures stands above its table.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import os
import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np
import sympy

import normcalc as nc
import normcalc.theorems.line  # every room a derivation needs, before any clock runs
from normcalc.certify.interpret import Bound, bind, covering, matching, point_mp, points
from normcalc.certify.sampling import parameter_points, regime_points
from normcalc.certify.space import ranges
from normcalc.language.symbolic import symbolic
from normcalc.line.shape import convexity
from normcalc.line.table import Hull
from tests.language.catalogue import CASES, Case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from multiprocessing.connection import Connection

    from normcalc.codegen import Kernel
    from normcalc.derive import Derivation
    from normcalc.language import Function

Floats = np.ndarray
FORK = mp.get_context("fork")
DIGITS = 50


def in_fresh_process(work: Callable[[], Any], limit: float) -> tuple[str, Any, float]:
    """Run `work` in a forked process: ("done" | exception's name | "timeout", result, seconds)."""
    here, there = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_report, args=(work, there))
    process.start()
    there.close()
    found = ("timeout", None, limit)
    if here.poll(limit):
        try:
            found = here.recv()
        except EOFError:
            found = ("died", None, limit)
    process.kill()
    process.join()
    return found


def _report(work: Callable[[], Any], to: Connection) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    start = time.perf_counter()
    try:
        kind, result = "done", work()
    except Exception as error:  # noqa: BLE001  # whatever another library raises is the result
        kind, result = type(error).__name__, str(error)[:200]
    to.send((kind, result, time.perf_counter() - start))


def quietly(f: Callable[..., Any]) -> Callable[..., Floats]:
    """Return a function with NaN read as infeasible, and no warnings."""

    def call(*args: Any) -> Floats:
        with np.errstate(all="ignore"):
            found = np.asarray(f(*args), dtype=float)
        return np.where(np.isnan(found), np.inf, found)

    return call


# How long a derivation takes ---------------------------------------------------------------------


def derive_times(cases: Sequence[Case], rounds: int) -> None:
    print("Derive time.  Each row and goal in a process of its own, forked from one that has")
    print("imported everything and derived nothing; medians of", rounds, "rounds, in seconds.\n")
    print(f"{'row':20s} {'prox':>9s} {'conjugate':>9s}")
    kept: dict[str, list[float]] = {"prox": [], "conjugate": []}
    for case in cases:
        cells = []
        for goal, verb in (("prox", nc.prox), ("conjugate", nc.conjugate)):
            work = partial(_size, verb, case)
            runs = [in_fresh_process(work, 60) for _ in range(rounds)]
            seconds = median(run[2] for run in runs)
            kept[goal].append(seconds)
            mark = "" if runs[0][0] == "done" else {"NotDerivable": " r"}.get(runs[0][0], " !")
            cells.append(f"{seconds:9.3f}{mark:2s}")
        print(f"{case.name:20s} {''.join(cells)}", flush=True)
    for name, fold in (("median", median), ("max", max)):
        print(f"{name:20s} {fold(kept['prox']):9.3f}   {fold(kept['conjugate']):7.3f}")
    print("r: refused; !: anything else\n")


def _size(verb: Callable[..., Derivation], case: Case) -> int:
    table = verb(case.function()).table
    return len(table.regimes) if table is not None else 0


# How accurate a kernel is ------------------------------------------------------------------------


def accuracy(cases: Sequence[Case], settings: int, arguments: int) -> None:
    print(f"Kernel accuracy against {DIGITS} digits.  Arguments from -50 to 50, half of them")
    print("log-uniform; steps from 1e-6 to 1e6; parameters over their kinds; not within 1e-6")
    print(
        "of a tie.  Worst |error|/|u|, and in brackets worst |error|/(|u| + |v|), which rounding"
    )
    print("the argument alone can cause.  A correctly rounded answer has no error.\n")
    print(f"{'row':20s} {'points':>6s} {'float64':>9s} {'':11s} {'float32':>9s}")
    worst: dict[type, list[tuple[float, float]]] = {np.float64: [], np.float32: []}
    for case in cases:
        try:
            p = nc.prox(case.function())
        except nc.NotDerivable:
            print(f"{case.name:20s} refused")
            continue
        if is_searched(p):
            print(f"{case.name:20s} found by a search in some regimes: left out")
            continue
        kernel, cells, count = nc.compile(p), [], 0
        for dtype in (np.float64, np.float32):
            rng = np.random.default_rng(7)
            count, strict, loose, where = _worst(p, kernel, dtype, settings, arguments, rng)
            worst[dtype].append((strict, loose))
            cells.append(f"{strict:9.1e} ({loose:7.1e})")
            goal = 1e-13 if dtype is np.float64 else 1e-6
            cells[-1] += f" at {where}" if strict > goal else ""
        print(f"{case.name:20s} {count:6d} {'  '.join(cells)}", flush=True)
    for dtype, goal in ((np.float64, 1e-13), (np.float32, 1e-6)):
        strict, loose = (sum(w[k] < goal for w in worst[dtype]) for k in (0, 1))
        print(
            f"{np.dtype(dtype).name}: {strict} of {len(worst[dtype])} rows below {goal:g} "
            f"relative to |u|, {loose} relative to |u| + |v|"
        )
    print()


def is_searched(p: Derivation) -> bool:
    assert p.table is not None
    points = [case.point for regime in p.table.regimes for case in regime.cases]
    return any(isinstance(point, Hull) for point in points)


def _worst(
    p: Derivation, kernel: Kernel, dtype: type, settings: int, arguments: int, rng: Any
) -> tuple[int, float, float, str]:
    count, strict, loose, where = 0, 0.0, 0.0, ""
    for numbers in _settings(p.function, settings, rng):
        rounded = {k: float(dtype(x)) for k, x in numbers.items()}
        v = _arguments(arguments, rng).astype(dtype)
        with mpmath.workdps(DIGITS):
            found = _exact(p, rounded, v)
        if found is None:
            continue
        kept, exact = found
        got = np.asarray(kernel(v[kept], *(rounded[name] for name in kernel.parameters)))
        error = np.abs(got.astype(float) - exact)
        alike = (got.astype(float) == exact.astype(dtype)) | (np.abs(exact) < np.finfo(dtype).tiny)
        error = np.where(alike, 0.0, error)
        with np.errstate(all="ignore"):
            relative = np.where(error == 0, 0.0, error / np.abs(exact))
            mixed = np.where(error == 0, 0.0, error / (np.abs(exact) + np.abs(v[kept])))
        relative, mixed = (np.nan_to_num(e, nan=np.inf) for e in (relative, mixed))
        count += len(kept)
        if len(kept) and relative.max() > strict:
            k = int(np.argmax(relative))
            strict = float(relative[k])
            where = f"v={float(v[kept][k]):.6g}, " + ", ".join(
                f"{n}={x:.6g}" for n, x in rounded.items()
            )
        loose = max(loose, float(mixed.max(initial=0.0)))
    return count, strict, loose, where


def _settings(function: Function, count: int, rng: Any) -> Iterable[dict[str, float]]:
    for numbers in parameter_points(function, ranges(function, with_step=True), rng, count):
        yield {**numbers, "step": float(10.0 ** rng.uniform(-6, 6))}


def _arguments(count: int, rng: Any) -> Floats:
    sizes = 10.0 ** rng.uniform(-6, np.log10(50), count // 2)
    signs = rng.choice([-1.0, 1.0], count // 2)
    return np.concatenate([rng.uniform(-50, 50, count - count // 2), sizes * signs])


def _exact(p: Derivation, numbers: dict[str, float], v: Floats) -> Any:
    """Return the indices of arguments away from ties, and the points there; None if refused."""
    assert p.table is not None
    chosen = matching(p.table, numbers)
    if not chosen or p.table.regimes[chosen[0]].refusal is not None:
        return None
    bound = bind(p.table, chosen[0], numbers)
    kept, exact = [], []
    for k, argument in enumerate(v):
        sign = -1 if p.table.parity and argument < 0 else 1
        w = mpmath.mpf(float(argument)) * sign
        cases = covering(bound, w)
        if cases and not _near_tie(bound, w):
            kept.append(k)
            exact.append(float(sign * point_mp(bound, cases[0], w)))
    return np.array(kept, dtype=int), np.array(exact)


def _near_tie(bound: Bound, w: Any) -> bool:
    ties = (
        end[1] for end, case in zip(bound.ends, bound.regime.cases, strict=True) if case.tie_above
    )
    return any(abs(w - tie) <= mpmath.mpf(10) ** -6 * (abs(w) + abs(tie)) for tie in ties)


# Whether the answers are right -------------------------------------------------------------------


def rightness(cases: Sequence[Case], settings: int) -> None:
    print("Rightness.  `certify` (its own global search, every regime and border), and a second")
    print("minimiser that shares nothing with it: SymPy's formula on grids, golden sections.\n")
    print(f"{'row':20s} {'regimes':>7s} {'searched':>9s} {'second':>7s}  verdict")
    totals = {"right": 0, "wrong": 0, "refused": 0}
    for case in cases:
        kind, found, _ = in_fresh_process(partial(_judged, case, settings), 600)
        if kind == "NotDerivable":
            totals["refused"] += 1
            print(f"{case.name:20s} refused: {found[-60:]}", flush=True)
            continue
        regimes, searched, second, verdict = found if kind == "done" else (0, 0, 0, kind)
        totals["right" if verdict.startswith("right") else "wrong"] += 1
        print(f"{case.name:20s} {regimes:7d} {searched:9d} {second:7d}  {verdict}", flush=True)
    print(", ".join(f"{number} {name}" for name, number in totals.items()), "\n")


def _judged(case: Case, settings: int) -> tuple[int, int, int, str]:
    p = nc.prox(case.function())
    searched, verdict = _certified(p)
    second, bad = second_opinion(p, settings)
    regimes = len(p.table.regimes) if p.table else 0
    verdict = "right, found by a search" if verdict == "right" and is_searched(p) else verdict
    return regimes, searched, second, f"wrong at {bad}" if bad else verdict


def _certified(p: Derivation) -> tuple[int, str]:
    try:
        certificate = nc.certify(p, smt=False)
    except (nc.Refuted, nc.Unsettled) as error:
        return 0, f"{type(error).__name__}: {error}"
    return sum(outcome.points for outcome in certificate.outcomes), "right"


def second_opinion(p: Derivation, settings: int) -> tuple[int, str]:
    """Compare a prox with `brute_force` everywhere; return the count and the first failure."""
    assert p.table is not None
    rng, f, count = np.random.default_rng(3), numeric(p.function), 0
    space = ranges(p.function, with_step=True)
    for numbers, chosen in regime_points(p.function, p.table, space, rng, settings):
        for k in chosen:
            if p.table.regimes[k].refusal is not None:
                continue
            v = np.concatenate([_arguments(10, rng), [0.0]])
            if is_searched(p):
                u = p(v, **numbers)
            else:
                with mpmath.workdps(DIGITS):
                    u = points(bind(p.table, k, numbers), v)
            step = numbers["step"]
            own = {q.name: numbers[q.name] for q in p.function.parameters}
            for at, point in zip(v, u, strict=True):
                claimed = _least(f, own, np.array([point]), at, step)
                best, value = brute_force(f, own, at, step)
                count += 1
                if not claimed <= value + 1e-8 * (abs(value) + abs(point - at) ** 2 / step + 1):
                    return count, f"v={at}, {numbers}: {point} for {best}"
    return count, ""


def numeric(function: Function) -> Callable[..., Floats]:
    """Return the formula as SymPy evaluates it: ``f(u, **parameters)``."""
    found = symbolic(function)
    names = list(found.parameters)
    compiled = sympy.lambdify(
        [found.variable, *(found.parameters[n] for n in names)], found.expr, ["scipy", "numpy"]
    )
    lo, hi = (float(end) for end in found.domain)

    def call(u: Floats, **own: float) -> Floats:
        value = np.broadcast_to(compiled(u, *(own[n] for n in names)), u.shape)
        return np.where((u < lo) | (u > hi), np.inf, value)

    return lambda u, **own: quietly(lambda: call(u, **own))()


def _cost(
    f: Callable[..., Floats], own: dict[str, float], u: Floats, v: float, step: float
) -> Floats:
    return f(u, **own) + (u - v) ** 2 / (2 * step)


def _least(
    f: Callable[..., Floats], own: dict[str, float], u: Floats, v: float, step: float
) -> float:
    """Return the cost at a point; the float beside it counts, as the point may round to an end."""
    return float(_cost(f, own, np.concatenate([u, np.nextafter(u, 0.0)]), v, step).min())


def brute_force(
    f: Callable[..., Floats], own: dict[str, float], v: float, step: float
) -> tuple[float, float]:
    """Return the best point and value of the prox objective: grids, then golden sections."""
    given = np.array([0.0, 1.0, v, *own.values()])
    pairs = np.concatenate([np.outer(given, given).ravel(), np.add.outer(given, given).ravel()])
    marks = np.unique(np.concatenate([given, pairs, -pairs, 1 / given[given != 0]]))
    far = 10.0 ** np.linspace(-7, 8, 400)
    around = np.array([0.0, v, *own.values(), *(-x for x in own.values())])
    rays = (around[:, None] + np.concatenate([-far, far])[None, :]).ravel()
    reach = 3 * (abs(v) + 1)
    grid = np.unique(np.concatenate([marks, rays, np.linspace(-reach, reach, 4001)]))
    value = _cost(f, own, grid, v, step)
    low = np.flatnonzero((value[1:-1] <= value[:-2]) & (value[1:-1] <= value[2:])) + 1
    low = low[np.argsort(value[low])[:6]]
    start = int(np.argmin(value))
    best, least = float(grid[start]), float(value[start])
    found = _golden(lambda u: _cost(f, own, u, v, step), grid[low - 1], grid[low + 1])
    costs = _cost(f, own, found, v, step)
    if costs.size and costs.min() < least:
        best, least = float(found[np.argmin(costs)]), float(costs.min())
    return best, least


def _golden(cost: Callable[[Floats], Floats], lo: Floats, hi: Floats) -> Floats:
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(80):
        left, right = hi - ratio * (hi - lo), lo + ratio * (hi - lo)
        below = cost(left) < cost(right)
        lo, hi = np.where(below, lo, left), np.where(below, right, hi)
    return (lo + hi) / 2


# What SymPy itself answers -----------------------------------------------------------------------


def beside_sympy(cases: Sequence[Case], limit: float) -> None:
    print(f"SymPy {sympy.__version__} beside the engine, {limit:g} s a row, a process each.")
    print("prox: the real solutions of solve(diff(f(u) + (u - v)**2/(2*step), u), u), the best of")
    print("them at each sample, against the least value a global search finds.  convex:")
    print("is_convex(f, x), against the midpoint inequality at sampled parameters.\n")
    print(f"{'row':20s} {'solve':>12s} {'normcalc':>12s}   {'is_convex':>12s} {'normcalc':>12s}")
    counts: list[dict[str, int]] = [{} for _ in range(4)]
    for case in cases:
        truth = seen_convex(case.function())
        verdicts = [
            in_fresh_process(partial(solved, case), limit),
            in_fresh_process(partial(derived, case), 300),
            in_fresh_process(partial(sympy_convex, case, truth), limit),
            in_fresh_process(partial(own_convex, case, truth), 60),
        ]
        cells = []
        for tally, (kind, result, _) in zip(counts, verdicts, strict=True):
            word = result if kind == "done" else kind
            word = "refused" if word == "NotDerivable" else word
            plain = word if word in ("right", "wrong", "timeout", "refused") else "exception"
            tally[plain] = tally.get(plain, 0) + 1
            cells.append(f"{plain:>12s}")
        print(f"{case.name:20s} {cells[0]} {cells[1]}   {cells[2]} {cells[3]}", flush=True)
    for name, tally in zip(("solve", "prox", "is_convex", "convex"), counts, strict=True):
        print(f"{name:10s}", ", ".join(f"{n} {word}" for word, n in sorted(tally.items())))
    print()


def _samples(function: Function) -> list[dict[str, float]]:
    space = ranges(function, with_step=True)
    drawn = parameter_points(function, space, np.random.default_rng(5), 8)
    return [{**numbers, "v": v} for numbers in drawn for v in (-3.0, -0.2, 0.4, 2.5, 20.0)]


def solved(case: Case) -> str:
    """Return whether SymPy's stationary points hold the minimiser at all samples."""
    function = case.function()
    found = symbolic(function)
    u, v, step = found.variable, sympy.Symbol("v", real=True), sympy.Symbol("step", positive=True)
    objective = found.expr + (u - v) ** 2 / (2 * step)
    roots = sympy.solve(sympy.diff(objective, u), u)
    f, symbols = numeric(function), {**found.parameters, "v": v, "step": step}
    return "right" if all(_hits(roots, f, s, symbols) for s in _samples(function)) else "wrong"


def _hits(roots: list[Any], f: Any, sample: dict[str, float], symbols: dict[str, Any]) -> bool:
    own = {n: x for n, x in sample.items() if n not in ("v", "step")}
    v, step = sample["v"], sample["step"]
    best, least = brute_force(f, own, v, step)
    if abs(best) > 1e7:
        return True  # no minimiser here: nothing to find
    values = {symbols[n]: x for n, x in sample.items()}
    tried = [complex(root.subs(values).evalf()) for root in roots if isinstance(root, sympy.Expr)]
    real = np.array([z.real for z in tried if abs(z.imag) < 1e-9 and np.isfinite(z.real)])
    costs = _cost(f, own, real, v, step)
    return bool(costs.size and costs.min() <= least + 1e-7 * (1 + abs(least)))


def derived(case: Case) -> str:
    """Return whether the derived prox holds the minimiser at the same samples."""
    function = case.function()
    p, f = nc.prox(function), numeric(function)
    seen = [_attains(p, f, s) for s in _samples(function)]
    return "wrong" if False in seen else "refused" if None in seen else "right"


def _attains(p: Derivation, f: Any, sample: dict[str, float]) -> bool | None:
    assert p.table is not None
    own = {n: x for n, x in sample.items() if n not in ("v", "step")}
    with mpmath.workdps(DIGITS):
        k = matching(p.table, sample)[0]
        best, least = brute_force(f, own, sample["v"], sample["step"])
        if p.table.regimes[k].refusal is not None:
            return True if abs(best) > 1e7 else None
        u = points(bind(p.table, k, sample), np.array([sample["v"]]))
    cost = _least(f, own, u, sample["v"], sample["step"])
    return bool(cost <= least + 1e-7 * (1 + abs(least)))


def seen_convex(function: Function) -> bool | None:
    """Return what midpoints say at sampled parameters; None where it depends on them."""
    f, space = numeric(function), ranges(function, with_step=False)
    rng = np.random.default_rng(11)
    seen = {_midpoints(f, n, rng) for n in parameter_points(function, space, rng, 30) or [{}]}
    return seen.pop() if len(seen) == 1 else None


def _midpoints(f: Any, own: dict[str, float], rng: Any) -> bool:
    marks = np.array([0.0, 1.0, *own.values()])
    ends = np.concatenate([_arguments(3000, rng), rng.choice(marks, 1000), rng.normal(size=2000)])
    a, b = ends, rng.permutation(ends)
    left, middle, right = (f(x, **own) for x in (a, (a + b) / 2, b))
    finite = np.isfinite(left) & np.isfinite(right)
    size = np.abs(left) + np.abs(right) + 1
    with np.errstate(all="ignore"):
        return bool(np.all((middle <= (left + right) / 2 + 1e-9 * size)[finite]))


def sympy_convex(case: Case, truth: bool | None) -> str:
    """Return whether SymPy's `is_convex` agrees with the midpoints."""
    from sympy.calculus.util import is_convex

    found = symbolic(case.function())
    answer = is_convex(found.expr, found.variable)
    return "right" if truth is not None and answer is truth else "wrong"


def own_convex(case: Case, truth: bool | None) -> str:
    """Return whether the verdicts of the line agree with the midpoints."""
    from normcalc.line.read import line_of

    verdicts = {verdict.holds for verdict in convexity(line_of(case.function()))}
    said = verdicts.pop() if len(verdicts) == 1 else None
    return "right" if said is truth else "wrong"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parts = ("time", "accuracy", "rightness", "sympy")
    parser.add_argument("part", choices=(*parts, "all"))
    parser.add_argument("--rows", nargs="*", help="names of rows of the catalogue; all by default")
    parser.add_argument("--rounds", type=int, default=1, help="of derive times")
    parser.add_argument("--settings", type=int, default=8, help="parameter points a row")
    parser.add_argument("--arguments", type=int, default=40, help="arguments a parameter point")
    parser.add_argument("--limit", type=float, default=15.0, help="seconds for SymPy, a row")
    options = parser.parse_args()
    cases = [c for c in CASES if not options.rows or c.name in options.rows]
    if options.part in ("time", "all"):
        derive_times(cases, options.rounds)
    if options.part in ("accuracy", "all"):
        accuracy(cases, options.settings, options.arguments)
    if options.part in ("rightness", "all"):
        rightness(cases, min(4, options.settings))
    if options.part in ("sympy", "all"):
        beside_sympy(cases, options.limit)


if __name__ == "__main__":
    main()
