"""Functions of vectors, groups, matrices and coordinates, with true answers worked out by hand.

Each row: the formula, its value in plain NumPy, the kind of norm, the answers to seven questions,
why they are true, the kinds that the formula does not give away, and numbers for its parameters.
There is a letter for each question in the order of `QUESTIONS`: Y is yes, N is no, - is not asked.
`open` names the questions that the rules and the search leave UNKNOWN.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

import normcalc as nc
from normcalc.language.parameters import Partition

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTIONS = (
    "convex", "definite", "absolute", "monotone", "permutation-invariant", "hilbertian",
    "polyhedral",
)  # fmt: skip
W = nc.Positive.vector
BELOW_ONE = nc.Interval.open(0, 1)
ABOVE_ONE = nc.Interval(1, None)


@dataclass(frozen=True)
class Row:
    formula: str
    value: Callable[..., Any]
    norm: str
    answers: str
    why: str
    kinds: dict[str, Any] = field(default_factory=dict)
    draw: Callable[[Any, int], dict[str, Any]] = lambda rng, n: {}
    open: tuple[str, ...] = ()


def none(rng: Any, n: int) -> dict[str, Any]:
    return {}


def weights(rng: Any, n: int) -> dict[str, Any]:
    return {"w": rng.uniform(0.2, 2.0, n)}


def falling(rng: Any, n: int) -> dict[str, Any]:
    return {"w": -np.sort(-rng.uniform(0.2, 2.0, n))}


def wide(rng: Any, n: int) -> dict[str, Any]:
    return {"A": rng.standard_normal((n - 1, n)), "b": rng.standard_normal(n - 1)}


def square(rng: Any, n: int) -> dict[str, Any]:
    root = rng.standard_normal((n, n))
    return {"P": root @ root.T + np.eye(n)}


def halves(rng: Any, n: int) -> dict[str, Any]:
    return {"G": [list(range(n // 2)), list(range(n // 2, n))]}


def overlapping(rng: Any, n: int) -> dict[str, Any]:
    return {"G": [[0, 1], [1, 2]]}


def number(name: str, lo: float, hi: float) -> Callable[[Any, int], dict[str, Any]]:
    return lambda rng, n: {name: float(rng.uniform(lo, hi))}


def size(x: Any, p: float, groups: Any) -> Any:
    return np.array([np.linalg.norm(x[list(g)], p) if len(g) else 0.0 for g in groups])


def sv(X: Any) -> Any:
    return np.linalg.svd(X, compute_uv=False)


def top(x: Any, k: int) -> Any:
    return np.sort(x)[::-1][: int(k)].sum()


def by_size(x: Any) -> Any:
    return np.sort(np.abs(x))[::-1]


VECTORS = [
    Row("norm(x, 1)", lambda x: np.abs(x).sum(), "norm", "YYYYYNY",
        "a sum of sizes; e1 and e2 break the parallelogram law: 4 + 4 against 4"),
    Row("norm(x)", lambda x: np.sqrt(x @ x), "norm", "YYYYYYN", "the Euclidean norm"),
    Row("norm(x, oo)", lambda x: np.abs(x).max(), "norm", "YYYYYNY", "the cube"),
    Row("norm(x, 3)", lambda x: np.linalg.norm(x, 3), "norm", "YYYYYNN", "Minkowski; curved"),
    Row("norm(x, p)", lambda x, p: np.linalg.norm(x, p), "norm", "YYYYYN-",
        "Minkowski; p = 1 breaks the law", {"p": ABOVE_ONE}, number("p", 1, 5)),
    Row("norm(x, p)", lambda x, p: np.linalg.norm(x, p), "quasi-norm", "NYYYYNN",
        "disjoint supports break convexity", {"p": BELOW_ONE}, number("p", 0.3, 0.9)),
    Row("norm(x, 1/2)", lambda x: np.sqrt(np.abs(x)).sum() ** 2, "quasi-norm", "NYYYYNN", "p < 1"),
    Row("norm(x, 0)", lambda x: float(np.count_nonzero(x)), "none", "NYYYYNN",
        "a count does not scale: f(2 e1) = 1; it jumps at zero, so it is no F-norm"),
    Row("sum(w*abs(x))", lambda x, w: (w * np.abs(x)).sum(), "norm", "YYYYNNY",
        "positive weights, which differ", {"w": W}, weights),
    Row("sqrt(sum(w*x**2))", lambda x, w: np.sqrt((w * x**2).sum()), "norm", "YYYYNYN",
        "Gram matrix diag(w)", {"w": W}, weights),
    Row("sum(abs(x)) + lam*norm(x)", lambda x, lam: np.abs(x).sum() + lam * np.linalg.norm(x),
        "norm", "YYYYYNN", "a sum of norms", {}, number("lam", 0.2, 2)),
    Row("max(norm(x), sum(abs(x))/2)", lambda x: max(np.linalg.norm(x), np.abs(x).sum() / 2),
        "norm", "YYYYYNN", "the larger of two norms; up to n = 4 it is the Euclidean one",
        open=("hilbertian",)),
    Row("sum_largest(abs(x), 2)", lambda x: top(np.abs(x), 2), "norm", "YYYYYNY",
        "the largest sum of two sizes"),
    Row("dot(w, sort(abs(x)))", lambda x, w: w @ by_size(x), "unknown", "Y-YYYNY",
        "a maximum over orders; zero for w = 0, a norm if w > 0", {"w": nc.Nonincreasing},
        falling),
    Row("norm(x - mean(x))", lambda x: np.linalg.norm(x - x.mean()), "seminorm", "YNNNYYN",
        "zero on constant vectors; invariant since the mean is; Gram matrix I - 11'/n",
        open=("permutation-invariant",)),
    Row("max(x) - min(x)", lambda x: x.max() - x.min(), "seminorm", "YNNNYNY",
        "zero on constant vectors; at n = 3, (1,0,-1), (0,1,0) break the law",
        open=("polyhedral",)),
    Row("abs(sum(x))", lambda x: abs(x.sum()), "seminorm", "YNNYYYY",
        "the size of one linear form with coefficients one: rising where x >= 0"),
    Row("norm(diff(x))", lambda x: np.linalg.norm(np.diff(x)), "seminorm", "YNNNNYN",
        "zero on constant vectors; Gram matrix D'D"),
    Row("sum(abs(diff(x)))", lambda x: np.abs(np.diff(x)).sum(), "seminorm", "YNNNNNY",
        "total variation: (0,1,0) counts twice, (1,0,0) once"),
    Row("sum(abs(diff(diff(x))))", lambda x: np.abs(np.diff(x, 2)).sum(), "seminorm", "YNNNNNY",
        "zero on linear sequences"),
    Row("sum(abs(x)) + sum(abs(diff(x)))", lambda x: np.abs(x).sum() + np.abs(np.diff(x)).sum(),
        "norm", "YYNNNNY", "fused lasso: (1, 0, 1) against (1, 1, 1): 4 against 3"),
    Row("norm(cumsum(x))", lambda x: np.linalg.norm(np.cumsum(x)), "norm", "YYNYNYN",
        "partial sums are one-to-one and rise with every entry"),
    Row("norm(A @ x)", lambda x, A: np.linalg.norm(A @ x), "seminorm", "YNNNNYN",
        "zero on the null space; Gram matrix A'A",
        {}, lambda rng, n: {"A": wide(rng, n)["A"]}),
    Row("max(abs(A @ x))", lambda x, A: np.abs(A @ x).max(), "seminorm", "YNNNNNY",
        "a maximum of |rows|", {}, lambda rng, n: {"A": wide(rng, n)["A"]}),
    Row("sqrt(dot(x, P @ x))", lambda x, P: np.sqrt(x @ P @ x), "norm", "YYNNNYN",
        "P positive definite", {"P": nc.PositiveDefinite}, square),
    Row("norm(P @ x, 1)", lambda x, P: np.abs(P @ x).sum(), "norm", "YYNNNNY",
        "P is one-to-one", {"P": nc.PositiveDefinite}, square),
    Row("sum(sqrt(abs(x)))", lambda x: np.sqrt(np.abs(x)).sum(), "F-norm", "NYYYYNN",
        "a concave function of the size, zero at zero"),
    Row("sum(log(1 + abs(x)))", lambda x: np.log1p(np.abs(x)).sum(), "F-norm", "NYYYYNN",
        "concave in the size"),
    Row("sqrt(norm(x))", lambda x: np.sqrt(np.linalg.norm(x)), "F-norm", "NYYYYNN",
        "the root of a norm is subadditive"),
    Row("min(norm(x), 1)", lambda x: min(np.linalg.norm(x), 1.0), "F-norm", "NYYYYNN",
        "a norm cut off"),
    Row("sum(x**2)", lambda x: (x**2).sum(), "none", "YYYYYNN", "degree two"),
    Row("norm(x)**3", lambda x: np.linalg.norm(x) ** 3, "none", "YYYYYNN", "degree three"),
    Row("sum(abs(x))**2", lambda x: np.abs(x).sum() ** 2, "none", "YYYYYNN", "degree two"),
    Row("max(x)", lambda x: x.max(), "none", "YNNYYNY", "negative at -1"),
    Row("log(sum(exp(x)))", lambda x: np.log(np.exp(x).sum()), "none", "YNNYYNN",
        "log-sum-exp is convex, and log n at zero"),
    Row("sum(log(1 + exp(A @ x)))", lambda x, A: np.log1p(np.exp(A @ x)).sum(), "none", "YNNNNNN",
        "softplus of a linear map; n log 2 at zero",
        {}, lambda rng, n: {"A": wide(rng, n)["A"]}),
    Row("norm(A @ x - b)**2", lambda x, A, b: ((A @ x - b) ** 2).sum(), "none", "YNNNNNN",
        "least squares", {}, wide),
    Row("sum(max(abs(x) - 1, 0)**2)", lambda x: (np.maximum(np.abs(x) - 1, 0) ** 2).sum(), "none",
        "YNYYYNN", "the squared distance to the cube"),
    Row("sqrt(1 + norm(x)**2)", lambda x: np.sqrt(1 + x @ x), "none", "YNYYYNN",
        "one at zero"),
    Row("-norm(x)", lambda x: -np.linalg.norm(x), "none", "NNYNY-N", "concave and negative"),
    Row("norm(x) + dot(a, x)", lambda x, a: np.linalg.norm(x) + a @ x, "none", "YNNNNNN",
        "negative along -a for a larger than one", {"a": nc.Vector},
        lambda rng, n: {"a": rng.standard_normal(n)}, open=("monotone",)),
    Row("sum(max(x, 0))", lambda x: np.maximum(x, 0).sum(), "gauge", "YNNYYNY",
        "zero for negative x, not even"),
    Row("sum(abs(x)) + max(x)", lambda x: np.abs(x).sum() + x.max(), "gauge", "Y-NYYNY",
        "f(e1) = 2, f(-e1) = 1: not even, and at n = 1 zero for x = -1", open=("norm",)),
    Row("norm(x)**2/(1 + norm(x)**2)", lambda x: x @ x / (1 + x @ x), "none", "NYYYYNN",
        "bounded: f(2x) > 2 f(x) for small x"),
]  # fmt: skip

GROUPS = [
    Row("sum(group_norms(x, G, 2))", lambda x, G: size(x, 2, G).sum(), "norm", "YYYYNNN",
        "disjoint groups that hold every index", {"G": Partition}, halves),
    Row("sum(w*group_norms(x, G, 2))", lambda x, G, w: (w * size(x, 2, G)).sum(), "norm",
        "YYYYNNN", "positive weights", {"G": Partition, "w": W},
        lambda rng, n: {**halves(rng, n), "w": rng.uniform(0.5, 2, 2)}),
    Row("sum(group_norms(x, G, oo))", lambda x, G: size(x, np.inf, G).sum(), "norm", "YYYYNNY",
        "maxima over disjoint groups", {"G": Partition}, halves),
    Row("norm(group_norms(x, G, 1), 2)", lambda x, G: np.linalg.norm(size(x, 1, G)), "norm",
        "YYYYNNN", "the exclusive lasso's root", {"G": Partition}, halves),
    Row("max(group_norms(x, G, 1))", lambda x, G: size(x, 1, G).max(), "norm", "YYYYNNY",
        "the largest block", {"G": Partition}, halves),
    Row("sum(group_norms(x, G, 2))", lambda x, G: size(x, 2, G).sum(), "seminorm", "YNYYNNN",
        "groups need not hold every index", {}, overlapping),
    Row("norm(group_norms(x, G, 2), 1/2)", lambda x, G: np.sqrt(size(x, 2, G)).sum() ** 2,
        "quasi-norm", "NYYYNNN", "two singleton groups break convexity", {"G": Partition}, halves),
    Row("sum(sqrt(group_norms(x, G, 2)))", lambda x, G: np.sqrt(size(x, 2, G)).sum(), "F-norm",
        "NYYYNNN", "roots of norms", {"G": Partition}, halves),
    Row("sum(group_norms(x, G, 2)) + lam*sum(abs(x))",
        lambda x, G, lam: size(x, 2, G).sum() + lam * np.abs(x).sum(), "norm", "YYYYNNN",
        "definite by the second term", {}, lambda rng, n: {**overlapping(rng, n), "lam": 0.4}),
]  # fmt: skip

MATRICES = [
    Row("sum(singular_values(X))", lambda X: sv(X).sum(), "norm", "YYNNNNN", "nuclear"),
    Row("max(singular_values(X))", lambda X: sv(X).max(), "norm", "YYNYNNN",
        "spectral: rises with nonnegative entries (Perron), changes with signs",
        open=("monotone",)),
    Row("norm(singular_values(X))", lambda X: np.linalg.norm(X), "norm", "YYYYYYN", "Frobenius"),
    Row("norm(entries(X))", lambda X: np.linalg.norm(X), "norm", "YYYYYYN", "Frobenius"),
    Row("norm(singular_values(X), 3)", lambda X: np.linalg.norm(sv(X), 3), "norm", "YYNYNNN",
        "Schatten 3; whether it rises with the entries is left open", open=("monotone",)),
    Row("norm(singular_values(X), 1/2)", lambda X: np.sqrt(sv(X)).sum() ** 2, "quasi-norm",
        "NYNNNNN", "diagonal matrices break convexity"),
    Row("sum_largest(singular_values(X), 2)", lambda X: top(sv(X), 2), "norm", "YYN-NNN",
        "Ky Fan"),
    Row("dot(w, singular_values(X))", lambda X, w: w @ sv(X), "norm", "YYN-NNN",
        "weights that fall", {"w": nc.Nonincreasing},
        lambda rng, n: {"w": -np.sort(-rng.uniform(0.2, 2, n))}, open=("definite", "norm")),
    Row("sum(abs(X))", lambda X: np.abs(X).sum(), "norm", "YYYYYNY", "the sum of sizes"),
    Row("max(column_norms(X, 1))", lambda X: np.abs(X).sum(0).max(), "norm", "YYYYNNY",
        "the induced 1-norm"),
    Row("max(row_norms(X, 1))", lambda X: np.abs(X).sum(1).max(), "norm", "YYYYNNY",
        "the induced max-norm"),
    Row("sum(row_norms(X, 2))", lambda X: np.linalg.norm(X, axis=1).sum(), "norm", "YYYYNNN",
        "a sum of row norms"),
    Row("norm(row_norms(X, 2))", lambda X: np.linalg.norm(X), "norm", "YYYYYYN", "Frobenius"),
    Row("rank(X)", lambda X: float(np.linalg.matrix_rank(X)), "none", "NYNNNNN",
        "a count: the rank of 2X is that of X"),
    Row("sum(X**2)", lambda X: (X**2).sum(), "none", "YYYYYNN", "degree two"),
    Row("norm(entries(A @ X))", lambda X, A: np.linalg.norm(A @ X), "seminorm", "YNNNNYN",
        "zero where the columns are in the null space", {},
        lambda rng, n: {"A": rng.standard_normal((n - 1, n))}),
    Row("sum(singular_values(X)) + sum(abs(X))", lambda X: sv(X).sum() + np.abs(X).sum(), "norm",
        "YYNNNNN", "a sum of norms", open=("monotone",)),
]  # fmt: skip

COORDINATES = [
    Row("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))",
        lambda x: max(np.abs(x).max(), np.abs(x).sum() / np.sqrt(2)), "norm", "YYYYYNY",
        "the octagon"),
    Row("sqrt(x1**2 + x1*x2 + x2**2)", lambda x: np.sqrt(x[0] ** 2 + x[0] * x[1] + x[1] ** 2),
        "norm", "YYNYYYN", "Gram matrix ((1, 1/2), (1/2, 1))"),
    Row("sqrt(x1**2 - x1*x2 + x2**2)", lambda x: np.sqrt(x[0] ** 2 - x[0] * x[1] + x[1] ** 2),
        "norm", "YYNNYYN", "Gram matrix ((1, -1/2), (-1/2, 1)): falls from (1, 0) to (1, 1/2)"),
    Row("abs(x1 - x2)", lambda x: abs(x[0] - x[1]), "seminorm", "YNNNYYY", "one linear form"),
    Row("abs(x1) + 2*abs(x2)", lambda x: abs(x[0]) + 2 * abs(x[1]), "norm", "YYYYNNY", "weights"),
    Row("sqrt(x1**2 + x2**2) + abs(x3)", lambda x: np.hypot(x[0], x[1]) + abs(x[2]), "norm",
        "YYYYNNN", "a cylinder's polar: a double cone"),
    Row("log(exp(x1) + exp(x2))", lambda x: np.log(np.exp(x).sum()), "none", "YNNYYNN",
        "log-sum-exp"),
]  # fmt: skip

ROWS = VECTORS + GROUPS + MATRICES + COORDINATES
