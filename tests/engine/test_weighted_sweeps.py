"""Models without a Gram matrix reach what models with one reach."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import normcalc as nc
from normcalc.engine.methods import weighted_sweeps
from normcalc.engine.methods.kernels import setup_rows
from normcalc.engine.weights import bound

LOSSES = {"logistic": "log(1 + exp(-y*z))", "bent": "sqrt(1 + (y - z)**2)"}


def penalty_of_one(lam: float):
    """Return the kernels of the 1-norm, and what sets its prox up for curvatures."""
    penalty = bound(nc.function("lam*abs(x)"), {"lam": lam}, 1)
    prox = penalty.prox_kernel

    def table(curvature):
        constants = np.zeros((curvature.size, prox.constants.shape[1]))
        assert setup_rows(prox.setup, curvature, prox.values, constants) < 0
        return constants

    kernels = (prox.element, penalty.value.element)
    return kernels, lambda curvature: (table(curvature), penalty.value.constants)


def data():
    rng = np.random.default_rng(8)
    A = sparse.random(150, 300, density=0.03, random_state=rng, format="csc")
    A[:, 5] = 1e4 * A[:, [5]]  # a column of another size
    A[:, 7] = 0.0 * A[:, [7]]
    y = np.sign(A[:, :20] @ rng.normal(size=20) + 0.1 * rng.normal(size=150))
    return A.tocsc(), y


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    sizes: list[int] = []
    solve = weighted_sweeps.solve

    def counted(kernels, part, *rest):
        sizes.append(part.shape[1])
        return solve(kernels, part, *rest)

    monkeypatch.setattr(weighted_sweeps, "solve", counted)
    return sizes


def fit(A, y, loss: str, intercept: bool = False):
    data = nc.loss(LOSSES[loss], A, y, intercept=intercept)
    objective = data + nc.function("lam*abs(x)")
    return nc.minimize(objective, lam=0.05, method="prox_newton", tol=1e-9)


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_both_ways_end_at_one_value(loss: str, intercept: bool, seen: list[int]) -> None:
    A, y = data()
    if intercept:  # one that matters
        y = np.where(np.arange(y.size) % 5, y, 1.0)
    without = fit(A, y, loss, intercept)
    assert max(seen) > 20
    seen.clear()
    dense = fit(A.toarray(), y, loss, intercept)
    assert not seen
    assert without.status == dense.status == "optimal"
    assert without.fun == pytest.approx(dense.fun, rel=2e-9)
    assert without.intercept == pytest.approx(dense.intercept, abs=1e-3)
    assert (abs(without.intercept) > 0.01) == intercept


def test_a_model_with_a_constant_is_the_one_with_a_column_of_ones() -> None:
    rng = np.random.default_rng(1)
    A, slope, weights = data()[0][:, 20:120], rng.normal(size=150), rng.random(150) + 0.1
    x, kernels, around = np.zeros(100), *penalty_of_one(0.05)
    found = weighted_sweeps.solve(kernels, A, slope, weights, x, around, True, 1e-12, 10_000)
    ones = np.column_stack([A.toarray(), np.ones(150)])
    constant = -(found.surplus + found.means @ x)
    gradient = ones.T @ (slope + weights * (ones @ np.append(x, constant)))
    assert abs(gradient[-1]) < 1e-9
    used = x != 0.0
    assert used.sum() > 10
    np.testing.assert_allclose(gradient[:-1][used], -0.05 * np.sign(x[used]), atol=1e-9)
    assert np.abs(gradient[:-1]).max() <= 0.05 + 1e-9
    wrong = ones.T @ (slope + weights * (ones @ np.append(x, 0.0)))
    assert np.abs(wrong[:-1]).max() > 0.06


def test_that_wrong_weights_do_not_end_there(monkeypatch: pytest.MonkeyPatch) -> None:
    A, y = data()
    right, solve = fit(A, y, "logistic"), weighted_sweeps.solve

    def unweighted(kernels, part, slope, weights, *rest):
        return solve(kernels, part, 0.5 * slope, weights, *rest)

    monkeypatch.setattr(weighted_sweeps, "solve", unweighted)
    wrong = fit(A, y, "logistic")
    assert wrong.fun > right.fun * (1.0 + 1e-6)
    assert wrong.status != "optimal"
