"""Losses as formulas, penalties of vectors, sums of linear images: against SciPy's searches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize as search

import normcalc as nc

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(5)
A = RNG.normal(size=(14, 3))
SIGNS = np.where(RNG.random(14) < 0.5, -1.0, 1.0)
REAL = A @ [1.5, 0.0, -1.0] + 0.3 * RNG.normal(size=14)
COUNTS = RNG.poisson(2.0, size=14).astype(float)
WEIGHTS = RNG.uniform(0.0, 2.0, size=14) * (np.arange(14) != 3)
OFFSET = RNG.normal(size=14)
L1 = nc.function("lam*abs(x)")


@dataclass(frozen=True)
class Case:
    """An objective with its parameters, and the same by hand in NumPy, at ``(x, c)``."""

    objective: Any
    params: dict[str, Any]
    by_hand: Callable[[np.ndarray, float], float]
    intercept: bool = False
    tol: float = 1e-9


def _loss(formula: str, y: np.ndarray, by_hand: Callable, **options: Any) -> Case:
    """Return the case of a loss with the l1 norm."""
    made = nc.loss(formula, A, y, **options)
    weights = options.get("weights", np.ones(14)) / (14 if options.get("scaling") == "mean" else 1)
    offset = options.get("offset", 0.0)
    params = dict.fromkeys(made.parameters, 0.7)

    def whole(x: np.ndarray, c: float) -> float:
        return float(weights @ by_hand(A @ x + offset + c, y)) + 0.1 * float(np.abs(x).sum())

    constant = bool(options.get("intercept"))
    smooth = "max(" not in formula or "**" in formula
    tol = 1e-9 if smooth else 1e-6
    return Case(made + L1, {"lam": 0.1, **params}, whole, constant, tol)


HUBER = "where(abs(z - y) <= d, (z - y)**2/2, d*abs(z - y) - d**2/2)"
CASES = {
    "logistic": _loss("log(1 + exp(-y*z))", SIGNS, lambda z, y: np.logaddexp(0, -y * z)),
    "logistic with all": _loss(
        "log(1 + exp(-y*z))", SIGNS, lambda z, y: np.logaddexp(0, -y * z),
        intercept=True, weights=WEIGHTS, offset=OFFSET, scaling="mean",
    ),
    "poisson": _loss("exp(z) - y*z", COUNTS, lambda z, y: np.exp(z) - y * z, intercept=True),
    "huber": _loss(
        HUBER, REAL,
        lambda z, y: np.where(abs(z - y) <= 0.7, (z - y) ** 2 / 2, 0.7 * abs(z - y) - 0.245),
    ),
    "squared hinge": _loss(
        "max(0, 1 - y*z)**2", SIGNS, lambda z, y: np.maximum(0, 1 - y * z) ** 2, intercept=True
    ),
    "squares": _loss("(z - y)**2/2", REAL, lambda z, y: (z - y) ** 2 / 2, weights=WEIGHTS),
    "hinge": _loss("max(0, 1 - y*z)", SIGNS, lambda z, y: np.maximum(0, 1 - y * z)),
    "hinge with a constant": _loss(
        "max(0, 1 - y*z)", SIGNS, lambda z, y: np.maximum(0, 1 - y * z), intercept=True
    ),
    "pinball": _loss(
        "max(t*(y - z), (t - 1)*(y - z))", REAL,
        lambda z, y: np.maximum(0.7 * (y - z), -0.3 * (y - z)),
    ),
    "group": Case(
        nc.least_squares(A, REAL) + nc.function("lam*sum(group_norms(x, G, 2))"),
        {"lam": 2.0, "G": [[0, 1], [2]]},
        lambda x, c: ((A @ x - REAL) ** 2).sum() / 2 + 2 * np.hypot(x[0], x[1]) + 2 * abs(x[2]),
    ),
    "sorted": Case(
        nc.loss("log(1 + exp(-y*z))", A, SIGNS)
        + nc.function("dot(w, sort(abs(x)))", w=nc.Nonincreasing),
        {"w": [1.0, 0.5, 0.1]},
        lambda x, c: np.logaddexp(0, -SIGNS * (A @ x)).sum()
        + np.sort(abs(x))[::-1] @ [1.0, 0.5, 0.1],
    ),
    "fused": Case(
        nc.least_squares(A, REAL) + nc.function("mu*norm(diff(x), 1)") + L1,
        {"lam": 0.5, "mu": 1.0},
        lambda x, c: ((A @ x - REAL) ** 2).sum() / 2 + abs(np.diff(x)).sum() + abs(x).sum() / 2,
    ),
    "image": Case(
        nc.least_squares(A, REAL) + nc.function("lam*norm(D @ x)") + L1,
        {"lam": 0.5, "D": [[1.0, 2.0, 0.0], [0.0, 1.0, -1.0]]},
        lambda x, c: ((A @ x - REAL) ** 2).sum() / 2 + abs(x).sum() / 2
        + np.hypot(x[0] + 2 * x[1], x[1] - x[2]) / 2,
    ),
    "formula": Case(
        nc.function("norm(A @ x - b) + lam*norm(x, 1)"), {"A": A, "b": REAL, "lam": 0.5},
        lambda x, c: np.linalg.norm(A @ x - REAL) + abs(x).sum() / 2,
    ),
    "weights of coordinates": Case(
        nc.least_squares(A, REAL) + L1, {"lam": np.array([0.1, 2.0, 0.0001])},
        lambda x, c: ((A @ x - REAL) ** 2).sum() / 2 + abs(x) @ [0.1, 2.0, 0.0001],
    ),
}  # fmt: skip


def best(case: Case) -> float:
    """Return the least value that a search by SciPy finds from several starts."""
    rng, found = np.random.default_rng(0), np.inf
    for _ in range(4):
        point = rng.normal(size=4)
        for method in ("Powell", "Nelder-Mead", "Powell"):
            run = search(
                lambda p: case.by_hand(p[:3], p[3] if case.intercept else 0.0), point,
                method=method, options={"xtol": 1e-9, "ftol": 1e-13}
                if method == "Powell" else {"xatol": 1e-9, "fatol": 1e-13, "maxiter": 2000},
            )  # fmt: skip
            point = run.x
        found = min(found, float(run.fun))
    return found


@pytest.mark.parametrize("name", CASES)
def test_no_search_finds_a_better_point(name: str) -> None:
    case = CASES[name]
    found = nc.minimize(case.objective, tol=case.tol, **case.params)
    assert found.success, found.message
    least = best(case)
    size = max(1.0, abs(least))
    assert found.fun == pytest.approx(case.by_hand(found.x, found.intercept), rel=1e-7)
    assert found.fun <= least + 1e-6 * size
    assert found.fun >= least - 1e-5 * size, "the search by hand was not good enough"
    if found.status == "optimal":
        assert found.fun - found.gap <= least + 1e-9 * size


def test_a_worse_point_is_seen() -> None:
    case = CASES["logistic"]
    found = nc.minimize(case.objective, **case.params)
    assert case.by_hand(found.x + 0.01, 0.0) > best(case) + 1e-6


@pytest.mark.parametrize("name", ["logistic", "logistic with all", "poisson", "squares"])
def test_methods_agree(name: str) -> None:
    case = CASES[name]
    runs = [
        nc.minimize(case.objective, tol=case.tol, method=method, **case.params)
        for method in ("prox_newton", "proximal_gradient")
    ]
    assert all(run.status == "optimal" for run in runs)
    assert runs[0].fun == pytest.approx(runs[1].fun, rel=1e-7)
    np.testing.assert_allclose(runs[0].x, runs[1].x, atol=1e-4)


@pytest.mark.parametrize("form", [np.asarray, sparse.csc_array])
def test_models_of_a_part_of_the_working_set(form, monkeypatch) -> None:
    rng = np.random.default_rng(2)
    wide, signs = form(rng.normal(size=(25, 40))), np.where(rng.random(25) < 0.5, -1.0, 1.0)
    objective = nc.loss("log(1 + exp(-y*z))", wide, signs) + nc.function("lam*x**2/2")
    whole = nc.minimize(objective, lam=1.0, method="prox_newton", tol=1e-10)
    monkeypatch.setattr("normcalc.engine.methods.prox_newton.GRAM_LIMIT", 7)
    monkeypatch.setattr("normcalc.engine.methods.nested.SHORT", 0)  # as if columns were long
    in_parts = nc.minimize(objective, lam=1.0, method="prox_newton", tol=1e-10)
    assert whole.status == in_parts.status == "optimal"
    assert in_parts.nit > whole.nit
    # strong convexity: gaps bound distances from the minimiser
    far = sum(np.sqrt(2 * run.gap) for run in (whole, in_parts))
    assert np.linalg.norm(in_parts.x - whole.x) <= far < 1e-3


def test_gaps_bound_the_error_on_the_way() -> None:
    case = CASES["logistic with all"]
    least = nc.minimize(case.objective, tol=1e-13, **case.params).fun
    for method in ("prox_newton", "proximal_gradient"):
        run = nc.minimize(case.objective, method=method, **case.params)
        assert all(r.fun - least <= r.gap + 1e-12 for r in run.history)


def test_a_loss_with_a_wrong_conjugate_is_noticed(monkeypatch) -> None:
    from normcalc.engine.losses import RowLoss

    case, right = CASES["logistic"], RowLoss.dual
    monkeypatch.setattr(RowLoss, "dual", lambda self, slope: right(self, slope) - 5.0)
    with pytest.raises(nc.SolverError, match="exceeds the objective"):
        nc.minimize(case.objective, **case.params)


def test_basis_pursuit() -> None:
    wide, planted = RNG.normal(size=(20, 50)), np.zeros(50)
    planted[[3, 17]] = 1.0, -2.0
    f = nc.function("norm(x, 1) + indicator(A @ x == b)")
    found = nc.minimize(f, A=wide, b=wide @ planted)
    assert found.status == "optimal"
    np.testing.assert_allclose(found.x, planted, atol=1e-6)


def test_one_target_more_is_one_column_more() -> None:
    Y = np.stack([REAL, SIGNS], axis=1)
    rows = nc.function("lam*sum(row_norms(X, 2))")
    found = nc.minimize(nc.least_squares(A, Y) + rows, lam=1e-8, tol=1e-9)
    np.testing.assert_allclose(found.x, np.linalg.lstsq(A, Y)[0], atol=1e-5)


WRONG = {
    "prox_newton": (nc.loss("max(0, 1 - y*z)", A, SIGNS) + L1, "a differentiable loss"),
    "coordinate_descent": (nc.loss("exp(z) - y*z", A, COUNTS) + L1, "least squares"),
    "proximal_gradient": (nc.loss("max(0, 1 - y*z)", A, SIGNS) + L1, "a differentiable loss"),
    "admm": (nc.least_squares(A, REAL) + nc.function("lam*sqrt(abs(x))"), "convex terms"),
}


@pytest.mark.parametrize("method", WRONG)
def test_wrong_pairs_say_what_is_missing(method: str) -> None:
    objective, message = WRONG[method]
    params = {"lam": 0.1}
    with pytest.raises(nc.SolverError, match=message) as error:
        nc.minimize(objective, method=method, **params)
    assert "use method=" in str(error.value)


def test_bad_losses_are_refused() -> None:
    with pytest.raises(nc.InputError, match="formula in the prediction"):
        nc.loss(nc.function("abs(x)"), A, REAL)
    with pytest.raises(nc.InputError, match="weights must not be negative"):
        nc.loss("(z - y)**2", A, REAL, weights=-np.ones(14))
    with pytest.raises(nc.InputError, match="y has 3 entries"):
        nc.loss("(z - y)**2", A, REAL[:3])
    with pytest.raises(nc.ParameterError, match="needs a value for d"):
        nc.minimize(nc.loss(HUBER, A, REAL) + L1, lam=1.0)
    with pytest.raises(nc.ParameterError, match="leave out gamma"):
        nc.minimize(nc.loss(HUBER, A, REAL) + L1, lam=1.0, d=1.0, gamma=2.0)
    with pytest.raises(nc.InputError, match="shape of x"):
        nc.minimize(nc.function("norm(x, 1)"))
