"""Models without a Gram matrix reach what models with one reach."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import normcalc as nc
from normcalc.engine.methods import (
    block_descent,
    block_newton,
    weighted_sweeps,
    working_set,
)
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
    model = weighted_sweeps.scaled(A, slope, weights, intercept=True)
    weighted_sweeps.solve(kernels, A, model, x, around, 1e-12, 10_000)
    ones = np.column_stack([A.toarray(), np.ones(150)])
    gradient = ones.T @ (slope + weights * (ones @ np.append(x, model.shift(x))))
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

    def unweighted(kernels, part, model, *rest):
        return solve(kernels, part, model._replace(residual=0.5 * model.residual), *rest)

    monkeypatch.setattr(weighted_sweeps, "solve", unweighted)
    wrong = fit(A, y, "logistic")
    assert wrong.fun > right.fun * (1.0 + 1e-6)
    assert wrong.status != "optimal"


GROUPS = np.arange(300).reshape(-1, 5).tolist()


def fit_groups(A, y, loss: str, intercept: bool = False):
    given = {"scaling": "mean"} if loss == "squares" else {"intercept": intercept}
    data = nc.least_squares(A, y, **given) if loss == "squares" else None
    data = data or nc.loss(LOSSES[loss], A, y, **given)
    penalty = nc.function("lam*sum(group_norms(x, G, 2))")
    return nc.minimize(data + penalty, lam=2e-3 if loss == "squares" else 0.2, G=GROUPS, tol=1e-9)


@pytest.mark.parametrize("case", [("squares", False), ("logistic", False), ("logistic", True)])
def test_groups_of_compressed_columns(
    case: tuple[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    A, y = data()
    A[:, 5] = 1e-4 * A[:, [5]]
    calls: list[int] = []
    for module in (block_descent, block_newton):
        inside = module.sparse_blocks

        def counted(*given, inside=inside):
            calls.append(inside(*given))
            return calls[-1]

        monkeypatch.setattr(module, "sparse_blocks", counted)
    monkeypatch.setattr(working_set, "SMALL", 10)
    monkeypatch.setattr(working_set, "SPARSER", 0.0)
    found = fit_groups(A.tocsc(), y, *case)
    assert calls
    calls.clear()
    dense = fit_groups(A.toarray(), y, *case)
    assert not calls
    assert found.status == dense.status == "optimal"
    assert found.fun == pytest.approx(dense.fun, rel=2e-9)
    np.testing.assert_allclose(found.x, dense.x, atol=1e-3)
    assert 0 < np.count_nonzero(found.x) < 300


def test_several_targets_on_compressed_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    A, y = data()
    B = np.stack([y, np.roll(y, 3)], axis=1)
    objective = nc.least_squares(A, B) + nc.function("lam*sum(row_norms(X, 2))")
    expected = nc.minimize(objective, lam=0.5, tol=1e-10)
    monkeypatch.setattr(working_set, "SMALL", 10)
    monkeypatch.setattr(working_set, "SPARSER", 0.0)
    found = nc.minimize(objective, lam=0.5, tol=1e-10)
    assert found.status == expected.status == "optimal"
    assert found.fun == pytest.approx(expected.fun, rel=1e-9)


def test_own_products_are_those_of_the_block_less_its_means() -> None:
    A = data()[0][:, 20:32].tocsc()
    weights = np.random.default_rng(2).random(150) + 0.1
    model = weighted_sweeps.scaled(A, np.ones(150), weights, intercept=True)
    part = block_descent.sparse_parts(
        A, model.data, model.means, model.total, np.array([0, 5, 12])
    )
    centred = A.toarray() - model.means
    gram = centred.T @ (weights[:, None] * centred)
    np.testing.assert_allclose(part[0], gram[:5, :5], atol=1e-12)
    np.testing.assert_allclose(part[1], gram[5:, 5:], atol=1e-12)
    plain = block_descent.sparse_parts(A, model.data, np.empty(0), 0.0, np.array([0, 5, 12]))
    assert np.abs(plain[0] - gram[:5, :5]).max() > 1e-3
