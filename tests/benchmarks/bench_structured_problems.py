"""SLOPE, quantiles, basis pursuit, total variation and completion beside other libraries.

Run ``python tests/benchmarks/bench_structured_problems.py [rows] [--rounds 5]``; libraries
that are not installed are left out, and fastprox needs Python 3.12.  Each solver runs at several
tolerances.  Times are those of the largest tolerance at which it comes within 1e-4, 1e-6 and 1e-10
of the best objective that any solver found, relatively: processor time, medians of interleaved
rounds, after a first run that compiles.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import time
import warnings
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import normcalc as nc

if TYPE_CHECKING:
    from collections.abc import Callable

TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12)
LEVELS = (1e-4, 1e-6, 1e-10)
LONGEST = 5.0  # seconds, after which a solver gets no smaller tolerance


class Row(NamedTuple):
    """A problem: its objective, and how each library solves it to a tolerance."""

    objective: Callable[[np.ndarray], float]
    solvers: dict[str, Callable[[float], np.ndarray]]


def ours(formula: object, **params: object) -> Callable[[float], np.ndarray]:
    """Return what a user types."""
    return lambda tol: nc.minimize(formula, tol=tol, **params).x


def slope() -> Row:
    """Sorted weights of the Benjamini-Hochberg kind, a tenth of those that give zero."""
    from scipy.stats import norm

    rng, n, p = np.random.default_rng(0), 500, 2000
    X, planted = np.asfortranarray(rng.standard_normal((n, p))), np.zeros(p)
    planted[:30] = 1.0
    y = X @ planted
    y += y.std() / 3 * rng.standard_normal(n)
    weights = norm.ppf(1 - 0.1 * np.arange(1, p + 1) / (2 * p))
    correlations = np.cumsum(np.sort(np.abs(X.T @ y))[::-1] / n)
    weights *= np.max(correlations / np.cumsum(weights)) / 10

    def objective(x: np.ndarray) -> float:
        return 0.5 / n * np.sum((y - X @ x) ** 2) + np.sort(np.abs(x))[::-1] @ weights

    formula = nc.function("dot(w, sort(abs(x)))", w=nc.Nonincreasing)
    squares = nc.least_squares(X, y, scaling="mean")
    solvers = {"normcalc": ours(squares + formula, w=weights)}
    if find_spec("sortedl1"):
        from sortedl1 import Slope

        def sortedl1(tol: float) -> np.ndarray:
            plain = {"fit_intercept": False, "scaling": "none", "centering": "none"}
            found = Slope(lam=weights, alpha=1.0, tol=tol, max_iter=10**6, **plain).fit(X, y).coef_
            return np.asarray(found.todense() if hasattr(found, "todense") else found).ravel()

        solvers["sortedl1"] = sortedl1
    return Row(objective, solvers)


def quantile() -> Row:
    """The 0.7 quantile with a 1-norm, a fifth of the weight that gives zero."""
    rng, n, p, q = np.random.default_rng(0), 1000, 500, 0.7
    X, planted = np.asfortranarray(rng.standard_normal((n, p))), np.zeros(p)
    planted[:10] = 1.0
    y = X @ planted + rng.standard_t(2, n)
    lam = float(np.abs(X.T @ np.where(y > 0, q, q - 1)).max()) / n / 5

    def objective(x: np.ndarray) -> float:
        residual = y - X @ x
        return np.maximum(q * residual, (q - 1) * residual).mean() + lam * np.abs(x).sum()

    pinball = nc.loss("max(q*(y - z), (q - 1)*(y - z))", X, y, scaling="mean")
    solvers = {"normcalc": ours(pinball + nc.function("lam*abs(x)"), q=q, lam=lam)}
    if find_spec("sklearn"):
        from sklearn.linear_model import QuantileRegressor

        same = QuantileRegressor(quantile=q, alpha=lam, fit_intercept=False, solver="highs")
        solvers["HiGHS"] = lambda tol: same.fit(X, y).coef_
    return Row(objective, solvers)


def pursuit() -> Row:
    """The least 1-norm under 500 equations in 2000 numbers, 80 planted."""
    rng, m, n = np.random.default_rng(0), 500, 2000
    A, planted = rng.standard_normal((m, n)), np.zeros(n)
    planted[rng.choice(n, 80, replace=False)] = rng.standard_normal(80)
    b = A @ planted
    inverse = np.linalg.pinv(A)

    def objective(x: np.ndarray) -> float:
        return np.abs(x - inverse @ (A @ x - b)).sum()  # of the nearest point that meets them

    formula = nc.function("norm(x, 1) + indicator(A @ x == b)")
    solvers = {"normcalc": ours(formula, A=A, b=b)}
    if find_spec("spgl1"):
        from spgl1 import spg_bp

        solvers["spgl1"] = lambda tol: spg_bp(
            A, b, opt_tol=tol, bp_tol=tol, iter_lim=5000, verbosity=0
        )[0]
    return Row(objective, solvers)


def variation(kind: str) -> Row:
    """A photograph of 512 x 512 with noise of deviation 0.1, else a drawn one."""
    Y, lam = _photograph(), 0.12
    Y = Y + 0.1 * np.random.default_rng(0).standard_normal(Y.shape)

    def objective(image: np.ndarray) -> float:
        down = np.diff(image, axis=0, append=image[-1:])
        right = np.diff(image, axis=1, append=image[:, -1:])
        sizes = np.hypot(down, right) if kind == "isotropic" else np.abs(down) + np.abs(right)
        return 0.5 * np.sum((image - Y) ** 2) + lam * sizes.sum()

    inner = "row_norms(image_gradient(X), 2)" if kind == "isotropic" else "abs(image_gradient(X))"
    formula = nc.function(f"sum((X - Y)**2)/2 + lam*sum({inner})", Y=nc.Matrix)
    solvers = {"normcalc": ours(formula, Y=Y, lam=lam)}
    if find_spec("fastprox"):
        import fastprox

        other = fastprox.tv_iso if kind == "isotropic" else fastprox.tv_aniso
        solvers["fastprox"] = lambda tol: other(Y, lam, tol=tol, max_iter=20000, threads=1)[0]
    return Row(objective, solvers)


def _photograph() -> np.ndarray:
    if find_spec("sklearn"):
        from sklearn.datasets import load_sample_image

        grey = load_sample_image("china.jpg").mean(axis=2)[:, 64:576] / 255
        return np.concatenate([grey, grey[84::-1]])
    rows, columns = np.indices((512, 512))
    return 0.5 * ((rows // 64 + columns // 64) % 2) + 0.3 * np.sin(rows / 40) * np.cos(
        columns / 60
    )


def completion() -> Row:
    """A matrix of 500 x 500 with rank 5, a fifth of it seen, with noise."""
    rng, n = np.random.default_rng(0), 500
    whole = rng.standard_normal((n, 5)) @ rng.standard_normal((5, n))
    seen = rng.random((n, n)) < 0.2
    lam = float(np.linalg.norm(whole * seen, 2)) / 20
    Y = np.where(seen, whole + 0.1 * rng.standard_normal((n, n)), 0.0)

    def objective(X: np.ndarray) -> float:
        return 0.5 * np.sum((X - Y)[seen] ** 2) + lam * np.linalg.norm(X, "nuc")

    formula = nc.function(
        "sum(M*(X - Y)**2)/2 + lam*sum(singular_values(X))", M=nc.Matrix, Y=nc.Matrix
    )
    steps = {1e-2: 15, 1e-3: 20, 1e-4: 30, 1e-5: 40, 1e-6: 50, 1e-7: 60, 1e-8: 75}

    def whole_svd(tol: float) -> np.ndarray:
        X, ahead, momentum = np.zeros((n, n)), np.zeros((n, n)), 1.0
        for _ in range(steps.get(tol, 100)):
            left, sizes, right = np.linalg.svd(ahead - seen * (ahead - Y), full_matrices=False)
            new = (left * np.maximum(sizes - lam, 0.0)) @ right
            momentum = 1.0 if np.sum((ahead - new) * (new - X)) > 0 else momentum
            following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
            ahead, X = new + (momentum - 1) / following * (new - X), new
            momentum = following
        return X

    solvers = {"normcalc": ours(formula, M=seen.astype(float), Y=Y, lam=lam)}
    return Row(objective, solvers | {"FISTA, whole decompositions": whole_svd})


ROWS: dict[str, Callable[[], Row]] = {
    "slope": slope,
    "quantile": quantile,
    "pursuit": pursuit,
    "isotropic": lambda: variation("isotropic"),
    "anisotropic": lambda: variation("anisotropic"),
    "completion": completion,
}


def ladder(row: Row) -> dict[str, dict[float, float]]:
    """Return the objective of each solver at each tolerance."""
    found: dict[str, dict[float, float]] = {}
    for name, solve in row.solvers.items():
        solve(TOLERANCES[0])
        found[name] = {}
        for tol in TOLERANCES:
            start = time.process_time()
            found[name][tol] = float(row.objective(solve(tol)))
            if time.process_time() - start > LONGEST:
                break
    return found


def timed(row: Row, chosen: dict[str, float], rounds: int) -> dict[str, float]:
    """Return median times of solvers at chosen tolerances, interleaved."""
    times: dict[str, list[float]] = {name: [] for name in chosen}
    for _ in range(rounds):
        for name, tol in chosen.items():
            start = time.process_time()
            row.solvers[name](tol)
            times[name].append(time.process_time() - start)
    return {name: median(each) for name, each in times.items()}


def report(title: str, row: Row, rounds: int) -> None:
    """Print a line for each level."""
    found = ladder(row)
    best = min(min(each.values()) for each in found.values())
    for level in LEVELS:
        close = {
            name: [tol for tol, fun in each.items() if fun - best <= level * abs(best)]
            for name, each in found.items()
        }
        times = timed(row, {name: max(tols) for name, tols in close.items() if tols}, rounds)
        shown = [
            f"{name} {times[name]:.3f} s" if name in times else f"{name} never" for name in found
        ]
        print(f"{title} to {level:g}: {', '.join(shown)}", flush=True)


def main() -> None:
    """Print all rows, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", default=list(ROWS), help=", ".join(ROWS))
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in given.rows:
        report(name, ROWS[name](), given.rounds)


if __name__ == "__main__":
    main()
