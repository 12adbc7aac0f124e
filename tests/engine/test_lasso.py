"""The lasso, where scikit-learn knows the answer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator
from sklearn.linear_model import ElasticNet, Lasso

from normcalc.data import diabetes
from normcalc.engine import least_squares, minimize
from normcalc.engine.methods import working_set

METHODS = ["coordinate_descent", "proximal_gradient"]
FORMS = {
    "C": np.ascontiguousarray,
    "F": np.asfortranarray,
    "strided": lambda X: np.repeat(X, 2, axis=1)[:, ::2],
    "sparse": sparse.csr_array,
    "operator": aslinearoperator,
}


def objective(X, y, x, lam):
    return 0.5 * np.sum((y - X @ x) ** 2) + lam * np.abs(x).sum()


def reference(X, y, lam):
    model = Lasso(alpha=lam / len(y), fit_intercept=False, tol=1e-14, max_iter=1_000_000)
    return model.fit(X, y).coef_


@pytest.fixture(scope="module", params=[False, True], ids=["10", "64"])
def data(request):
    X, y, _ = diabetes(interactions=request.param)
    return X, y


@pytest.mark.parametrize("fraction", [0.9, 0.1, 0.02])
@pytest.mark.parametrize("method", METHODS)
def test_objective_agrees_with_scikit_learn(data, l1, method, fraction):
    X, y = data
    lam = fraction * np.abs(X.T @ y).max()
    found = minimize(least_squares(X, y) + l1, lam=lam, method=method)
    best = objective(X, y, reference(X, y, lam), lam)
    assert found.status == "optimal"
    assert found.success
    assert found.fun == pytest.approx(objective(X, y, found.x, lam), rel=1e-12)
    assert abs(found.fun - best) <= 1e-8 * best
    assert found.fun - best <= found.gap + 1e-10 * best


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_matrix_has_the_same_solution(data, l1, form):
    X, y = data
    lam = 0.1 * np.abs(X.T @ y).max()
    expected = minimize(least_squares(X, y) + l1, lam=lam, tol=1e-12)
    found = minimize(least_squares(FORMS[form](X), y) + l1, lam=lam, tol=1e-12)
    np.testing.assert_allclose(found.x, expected.x, atol=1e-5 * np.abs(expected.x).max())


def test_scaling_is_what_it_says(data, l1):
    X, y = data
    n, lam = len(y), 0.1 * np.abs(X.T @ y).max()
    half = minimize(least_squares(X, y) + l1, lam=lam, tol=1e-12)
    mean = minimize(least_squares(X, y, scaling="mean") + l1, lam=lam / n, tol=1e-12)
    total = minimize(least_squares(X, y, scaling="sum") + l1, lam=2 * lam, tol=1e-12)
    assert half.fun == pytest.approx(n * mean.fun, rel=1e-10)
    assert half.fun == pytest.approx(total.fun / 2, rel=1e-10)


def test_zeros_are_exact_and_zero_solves_above_the_critical_weight(data, l1):
    X, y = data
    critical = np.abs(X.T @ y).max()
    below = minimize(least_squares(X, y) + l1, lam=0.3 * critical)
    assert 0 < below.support.size < X.shape[1]
    assert below.support.size == np.count_nonzero(np.abs(below.x) > 1e-6)
    above = minimize(least_squares(X, y) + l1, lam=1.001 * critical)
    assert not above.x.any()
    assert above.nit == 0


def test_elastic_net(data, elastic_net):
    X, y = data
    n, lam, mu = len(y), 800.0, 50.0
    found = minimize(least_squares(X, y) + elastic_net, lam=lam, mu=mu, tol=1e-12)
    model = ElasticNet(
        alpha=(lam + mu) / n, l1_ratio=lam / (lam + mu), fit_intercept=False, tol=1e-12,
        max_iter=100_000,
    )  # fmt: skip
    expected = model.fit(X, y).coef_
    assert found.status == "optimal"
    np.testing.assert_allclose(found.x, expected, atol=1e-5 * np.abs(expected).max())


def wide(seed=0, n=60, p=600):
    rng = np.random.default_rng(seed)
    X = np.asfortranarray(rng.standard_normal((n, p)) + 0.5 * rng.standard_normal((n, 1)))
    return X, X[:, :8] @ rng.standard_normal(8) + 0.1 * rng.standard_normal(n)


@pytest.mark.parametrize("form", ["C", "F", "sparse"])
@pytest.mark.parametrize("limit", [4000, 0], ids=["gram", "residual"])
@pytest.mark.parametrize("fraction", [0.2, 0.01])
def test_working_sets(l1, form, limit, fraction, monkeypatch):
    monkeypatch.setattr(working_set, "GRAM_LIMIT", limit)
    monkeypatch.setattr(working_set, "SMALL", limit and 100)
    X, y = wide()
    lam = fraction * np.abs(X.T @ y).max()
    found = minimize(least_squares(FORMS[form](X), y) + l1, lam=lam)
    best = objective(X, y, reference(X, y, lam), lam)
    assert found.status == "optimal"
    assert abs(found.fun - best) <= 1e-8 * best


def test_warm_start(l1):
    X, y = wide(1)
    lam = 0.05 * np.abs(X.T @ y).max()
    cold = minimize(least_squares(X, y) + l1, lam=lam, tol=1e-10)
    warm = minimize(least_squares(X, y) + l1, lam=lam, x0=cold.x)
    assert warm.nit == 0
    np.testing.assert_array_equal(warm.x, cold.x)
    start = np.random.default_rng(0).standard_normal(600)
    kept = start.copy()
    far = minimize(least_squares(X, y) + l1, lam=lam, x0=start)
    np.testing.assert_array_equal(start, kept)
    assert far.fun == pytest.approx(cold.fun, rel=1e-7)


def test_a_zero_column_gets_zero(l1):
    X, y, _ = diabetes()
    X[:, 3] = 0.0
    found = minimize(least_squares(X, y) + l1, lam=500.0, x0=np.ones(10))
    assert found.status == "optimal"
    assert found.x[3] == 0.0


def test_runs_are_deterministic(l1):
    X, y = wide(2)
    for method in METHODS:
        runs = [
            minimize(least_squares(X, y) + l1, lam=5.0, method=method, tol=1e-6) for _ in range(2)
        ]
        np.testing.assert_array_equal(runs[0].x, runs[1].x)
        assert runs[0].nit == runs[1].nit
