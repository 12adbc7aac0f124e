"""The problems of `bench_peers.py`: what is minimised, by whom, and its value in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import peer_solvers as peers
from scipy.special import log_ndtr

import normcalc as nc
from normcalc.engine import largest

if TYPE_CHECKING:
    from collections.abc import Callable

SQUARES = "(z - y)**2/2"
LOSSES: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "squares": (SQUARES, lambda z, y: (z - y) ** 2 / 2),
    "logistic": ("log(1 + exp(-y*z))", lambda z, y: np.logaddexp(0.0, -y * z)),
    "Poisson": ("exp(z) - y*z", lambda z, y: np.exp(z) - y * z),
    "Huber": (
        "where(abs(z - y) <= 1, (z - y)**2/2, abs(z - y) - 1/2)",
        lambda z, y: np.where(abs(z - y) <= 1, (z - y) ** 2 / 2, abs(z - y) - 0.5),
    ),
    "probit": ("-log((1 + erf(y*z/sqrt(2)))/2)", lambda z, y: -log_ndtr(y * z)),
    "custom": ("sqrt(1 + (z - y)**2) - 1", lambda z, y: np.sqrt(1 + (z - y) ** 2) - 1),
}


def _mcp(x: Any, lam: float) -> Any:
    return np.where(abs(x) <= 3 * lam, lam * abs(x) - x**2 / 6, 1.5 * lam**2).sum()


def _scad(x: Any, lam: float, a: float = 3.7) -> Any:
    middle = (2 * a * lam * abs(x) - x**2 - lam**2) / (2 * (a - 1))
    last = np.where(abs(x) <= a * lam, middle, lam**2 * (a + 1) / 2)
    return np.where(abs(x) <= lam, lam * abs(x), last).sum()


def _group(x: Any) -> Any:
    return np.linalg.norm(x.reshape(-1, peers.GROUP), axis=1).sum()


PENALTIES: dict[str, tuple[str, Callable[[Any, float], Any]]] = {
    "l1": ("lam*abs(x)", lambda x, lam: lam * abs(x).sum()),
    "elastic net": (
        "lam*(abs(x) + x**2/2)/2", lambda x, lam: lam * (abs(x).sum() + x @ x / 2) / 2,
    ),
    "MCP": ("where(abs(x) <= 3*lam, lam*abs(x) - x**2/6, 3*lam**2/2)", _mcp),
    "SCAD": (
        "where(abs(x) <= lam, lam*abs(x), where(abs(x) <= 37*lam/10, "
        "(37*lam/5*abs(x) - x**2 - lam**2)*5/27, 47*lam**2/20))",
        _scad,
    ),
    "transformed l1": (
        "lam*2*abs(x)/(1 + abs(x))", lambda x, lam: (lam * 2 * abs(x) / (1 + abs(x))).sum(),
    ),
    "atan": ("lam*atan(abs(x))", lambda x, lam: (lam * np.arctan(abs(x))).sum()),
    "group": ("lam*sum(group_norms(x, G, 2))", lambda x, lam: lam * _group(x)),
    "sparse group": (
        "lam*(sum(group_norms(x, G, 2)) + norm(x, 1))/2",
        lambda x, lam: lam * (_group(x) + abs(x).sum()) / 2,
    ),
    "rows": ("lam*sum(row_norms(X, 2))", lambda x, lam: lam * np.linalg.norm(x, axis=1).sum()),
}  # fmt: skip

LASSO = {
    "scikit-learn": peers.sklearn_lasso,
    "celer": peers.celer_lasso,
    "skglm": peers.skglm("Quadratic", "L1"),
    "adelie": peers.adelie(),
}
OTHERS: dict[tuple[str, str], dict[str, Any]] = {
    ("squares", "l1"): LASSO,
    ("squares", "elastic net"): {
        "scikit-learn": peers.sklearn_elastic_net,
        "celer": peers.celer_elastic_net,
        "skglm": peers.skglm("Quadratic", "L1_plus_L2"),
        "adelie": peers.adelie(alpha=0.5),
    },
    ("squares", "MCP"): {"skglm": peers.skglm("Quadratic", "MCPenalty")},
    ("squares", "SCAD"): {"skglm": peers.skglm("Quadratic", "SCAD")},
    ("logistic", "l1"): {
        "skglm": peers.skglm("Logistic", "L1", "ProxNewton"),
        "celer": peers.celer_logistic,
        "adelie": peers.adelie("binomial"),
    },
    ("Poisson", "l1"): {"skglm": peers.skglm("Poisson", "L1", "ProxNewton")},
    ("Huber", "l1"): {"skglm": peers.skglm("Huber", "L1")},
    ("squares", "group"): {
        "celer": peers.celer_group,
        "skglm": peers.skglm_group,
        "adelie": peers.adelie(group=peers.GROUP),
    },
    ("squares", "rows"): {
        "scikit-learn": peers.sklearn_multi_task,
        "celer": peers.celer_multi_task,
        "skglm": peers.skglm_multi_task,
    },
}


@dataclass
class Row:
    """A problem with its solvers, each a function of a tolerance.

    `fun` gives the objective, or one for each point of a path; the worst of them counts.
    """

    name: str
    design: Any
    fun: Callable[[Any], Any]
    solvers: dict[str, Callable[[float], Any]]
    levels: tuple[float, float] = (1e-6, 1e-10)


def row(name: str, X: Any, y: Any, kinds: tuple[str, str], share: float) -> Row:
    """Return a problem at a share of the least weight at which zero is a solution.

    For penalties that are not convex that weight is the one of the 1-norm.
    """
    (formula, loss), (text, penalty) = LOSSES[kinds[0]], PENALTIES[kinds[1]]

    def data() -> Any:
        if kinds[0] == "squares":
            return nc.least_squares(X, y, scaling="mean")
        return nc.loss(formula, X, y, scaling="mean")

    size, grouped = X.shape[1], "group" in kinds[1]
    given = {"G": np.arange(size).reshape(-1, peers.GROUP).tolist()} if grouped else {}
    concave = kinds[1] in ("MCP", "SCAD", "transformed l1", "atan")
    first = PENALTIES["l1"][0] if concave else text
    lam = largest(data() + nc.function(first), "lam", **given) / share
    weight = nc.function(text)

    def fun(x: Any) -> float:
        return float(np.sum(loss(X @ x, y)) / len(y) + penalty(x, lam))

    def ours(tol: float) -> Any:
        return nc.minimize(data() + weight, lam=lam, tol=tol, **given).x

    solvers: dict[str, Any] = {"normcalc": ours}
    for other, solve in OTHERS.get(kinds, {}).items():
        solvers[other] = lambda tol, solve=solve: solve(X, y, lam, tol)
    return Row(f"{name}, max/{share:g}", X, fun, solvers)


def path(X: Any, y: Any, points: int = 30) -> Row:
    """Return a lasso path down to a hundredth of its start."""
    first = float(np.abs(X.T @ y).max()) / len(y)
    lams = first * np.logspace(0, -2, points + 1)[1:]

    def fun(xs: Any) -> Any:
        losses = ((y[:, None] - X @ xs.T) ** 2).sum(axis=0) / (2 * len(y))
        return losses + lams * abs(xs).sum(axis=1)

    def ours(tol: float) -> Any:
        objective = nc.least_squares(X, y, scaling="mean") + nc.function("lam*abs(x)")
        return nc.regularization_path(objective, "lam", lams, tol=tol).x

    solvers: dict[str, Any] = {"normcalc": ours}
    for name, solve in peers.PATHS.items():
        solvers[name] = lambda tol, solve=solve: solve(X, y, lams, tol)
    return Row(f"path of {points}", X, fun, solvers, (1e-6, 1e-9))
