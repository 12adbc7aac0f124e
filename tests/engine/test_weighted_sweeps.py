"""Models without a Gram matrix reach what models with one reach."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import normcalc as nc
from normcalc.engine.methods import weighted_sweeps

LOSSES = {"logistic": "log(1 + exp(-y*z))", "bent": "sqrt(1 + (y - z)**2)"}


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


def fit(A, y, loss: str):
    objective = nc.loss(LOSSES[loss], A, y) + nc.function("lam*abs(x)")
    return nc.minimize(objective, lam=0.05, method="prox_newton", tol=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_both_ways_end_at_one_value(loss: str, seen: list[int]) -> None:
    A, y = data()
    without = fit(A, y, loss)
    assert max(seen) > 20
    seen.clear()
    dense = fit(A.toarray(), y, loss)
    assert not seen
    assert without.status == dense.status == "optimal"
    assert without.fun == pytest.approx(dense.fun, rel=2e-9)


def test_that_wrong_weights_do_not_end_there(monkeypatch: pytest.MonkeyPatch) -> None:
    A, y = data()
    right, solve = fit(A, y, "logistic"), weighted_sweeps.solve

    def unweighted(kernels, part, slope, weights, *rest):
        return solve(kernels, part, 0.5 * slope, weights, *rest)

    monkeypatch.setattr(weighted_sweeps, "solve", unweighted)
    wrong = fit(A, y, "logistic")
    assert wrong.fun > right.fun * (1.0 + 1e-6)
    assert wrong.status != "optimal"
