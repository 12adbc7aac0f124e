"""Losses of every kind with penalties of every kind by every method; slow but for one row.

What each method finds is compared with the formulas evaluated alone and with the others; an error
is one of ours, and a method that it names works.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator

import normcalc as nc
from normcalc.engine.posing import NAMES

RNG = np.random.default_rng(11)
A, D, B = RNG.normal(size=(9, 4)), RNG.normal(size=(3, 4)), RNG.normal(size=(2, 4))
SIGNS = np.where(A[:, 0] + 0.5 * RNG.normal(size=9) > 0, 1.0, -1.0)
Y = A @ np.array([1.0, 0.0, -0.5, 0.2]) + 0.3 * RNG.normal(size=9)
COUNTS, OFFSET = RNG.poisson(2.0, 9).astype(float), 0.3 * RNG.normal(size=9)
WEIGHTS = np.where(np.arange(9) == 2, 0.0, 0.2 + RNG.random(9))
ALL: dict[str, Any] = {"weights": WEIGHTS, "offset": OFFSET, "intercept": True}
HUBER = "Piecewise(((z - y)**2/2, abs(z - y) <= 1/2), (abs(z - y)/2 - 1/8, True))"
LOGISTIC, PINBALL = "log(1 + exp(-y*z))", "max(3*(y - z)/4, (z - y)/4)"
LOSSES: dict[str, tuple[str, Any, Any, dict[str, Any]]] = {
    "squares": ("(z - y)**2/2", A, Y, ALL),
    "logistic": (LOGISTIC, A, SIGNS, ALL),
    "logistic, sparse": (LOGISTIC, sparse.csr_array(A), SIGNS, {}),
    "logistic, operator": (LOGISTIC, aslinearoperator(A), SIGNS, {"intercept": True}),
    "huber": (HUBER, A, Y, {}),
    "pinball": (PINBALL, A, Y, ALL),
    "hinge": ("max(0, 1 - y*z)", A, SIGNS, {}),
    "squared hinge": ("max(0, 1 - y*z)**2", A, SIGNS, {}),
    "probit": ("-log((1 + erf(y*z/sqrt(2)))/2)", A, SIGNS, {}),
    "exponential": ("exp(-y*z)", A, SIGNS, {"intercept": True}),
    "poisson": ("exp(z) - y*z", A, COUNTS, {"offset": OFFSET}),
    "not convex": ("(z - y)**2/(1 + (z - y)**2)", A, Y, {}),
}
TREE = [[0], [2], [0, 1], [2, 3], [0, 1, 2, 3]]
PENALTIES: dict[str, dict[str, Any]] = {
    "lam*abs(x)": {"lam": np.array([0.1, 0.2, 0.05, 0.4])},
    "lam*abs(x) + mu*x**2/2": {"lam": 0.1, "mu": 0.2},
    "lam*log(1 + abs(x)/eps)": {"lam": 0.1, "eps": 0.5},
    "lam*(1 - cos(x))": {"lam": 0.1},
    "lam*norm(x, 0)": {"lam": 0.1},
    "mu*norm(x)": {"mu": 0.2},
    "mu*norm(x)**2": {"mu": 0.2},
    "mu*norm(x, inf)": {"mu": 0.2},
    "mu*norm(x, 1)**2": {"mu": 0.2},
    "dot(w, sort(abs(x)))": {"w": np.array([0.4, 0.3, 0.2, 0.1])},
    "mu*(max(x) - min(x))": {"mu": 0.2},
    "lam*sum(group_norms(x, G, 2)) + mu*norm(x, 1)": {
        "lam": 0.2, "mu": 0.05, "G": [[0, 1], [2, 3]],
    },
    "lam*sum(group_norms(x, G, 2))": {"lam": 0.1, "G": TREE},
    "lam*norm(x, 1) + mu*norm(diff(x), 1)": {"lam": 0.1, "mu": 0.1},
    "mu*norm(D @ x)": {"mu": 0.1, "D": D},
    "sum(min(abs(D @ x), 1))": {"D": D},
    "indicator(norm(x, 1) <= r)": {"r": 0.5},
    "indicator((x >= 0) & (sum(x) == r))": {"r": 1.0},
    "lam*norm(x, 1) + indicator(B @ x <= b)": {"lam": 0.1, "B": B, "b": np.array([0.1, 0.1])},
    "mu*norm(x) - mu*norm(x, 1)/4": {"mu": 0.2},
    "dot(x, Q @ x)/2": {"Q": D.T @ D},
}  # fmt: skip
WORDS = {"w": nc.Nonincreasing}
FEW = [("squares", "lam*abs(x)"), ("logistic", "mu*norm(x)**2"), ("poisson", "mu*norm(x, 1)**2")]
REST = [p for p in itertools.product(LOSSES, PENALTIES) if p not in FEW]


def penalty(text: str) -> nc.Function:
    """Return the formula of a coordinate, or of the vector."""
    kinds = {name: kind for name, kind in WORDS.items() if f"dot({name}" in text}
    return nc.function(text, **kinds)


def worth(loss: str, text: str, found: Any) -> float:
    """Return the objective, evaluated from the formulas."""
    formula, _, y, options = LOSSES[loss]
    f, given = penalty(text), PENALTIES[text]
    z = A @ found.x + options.get("offset", 0.0) + found.intercept
    kinds = {"y": nc.Real} if "y" in formula else {}
    rows = nc.function(formula, "z", **kinds).elementwise(z, y=y)
    mean = float(np.mean(options.get("weights", 1.0) * rows))
    if f.variable.kind == "scalar":
        return mean + float(np.sum(f.elementwise(found.x, **given)))
    return mean + float(f(found.x, **given))


def outcomes(loss: str, text: str) -> dict[str, Any]:
    """Return what each method finds, or the error."""
    formula, design, y, options = LOSSES[loss]
    objective = nc.loss(formula, design, y, scaling="mean", **options) + penalty(text)
    found: dict[str, Any] = {}
    name: Any
    for name in NAMES:
        try:
            found[name] = nc.minimize(
                objective, method=name, tol=1e-6, time_limit=10.0, **PENALTIES[text]
            )
        except nc.SolverError as error:
            found[name] = error
    return found


def walk(loss: str, text: str) -> None:
    """Compare what methods find with each other, and follow what errors say."""
    found = outcomes(loss, text)
    solved = {name: each for name, each in found.items() if not isinstance(each, Exception)}
    funs = {name: worth(loss, text, each) for name, each in solved.items()}
    finite = [fun for fun in funs.values() if np.isfinite(fun)]
    least = min([*finite, *(s.fun for s in solved.values() if s.status == "optimal")], default=0.0)
    for name, each in solved.items():
        assert np.isfinite(each.x).all(), name
        if np.isfinite(funs[name]):
            assert each.fun == pytest.approx(funs[name], rel=1e-5, abs=1e-7), name
        if each.status == "optimal":
            assert each.fun <= least + 3e-6 * max(abs(least), 1e-3), name
        assert each.certificate.lower_bound <= least + 3e-6 * max(abs(least), 1e-3), name
    for name in set(found) - set(solved):
        assert "needs" in str(found[name]), name
        for named in re.findall(r"use method='(\w+)'", str(found[name])):
            assert named in solved, f"{name} recommends {named}: {found[named]}"
    if "auto" not in solved:  # the search of few coordinates is named, not taken
        assert set(solved) <= {"global_search"}
        assert not solved or "global_search" in str(found["auto"])


@pytest.mark.parametrize(("loss", "text"), FEW)
def test_some_pairs(loss: str, text: str) -> None:
    walk(loss, text)


@pytest.mark.slow
@pytest.mark.parametrize(("loss", "text"), REST)
def test_every_pair(loss: str, text: str) -> None:
    walk(loss, text)
