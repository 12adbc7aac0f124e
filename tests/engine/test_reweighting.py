"""Reweighting against first-order conditions written by hand."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.engine.methods import reweighting

RNG = np.random.default_rng(9)
A = RNG.normal(size=(30, 12))
B = 2 * A[:, 0] - A[:, 3] + 0.5 * RNG.normal(size=30)
SIDE = np.sign(B)
LOSSES = {
    "squares": (nc.least_squares(A, B), lambda x, c: A.T @ (A @ x - B)),
    "logistic, constant": (
        nc.loss("log(1 + exp(-y*z))", A, SIDE, intercept=True),
        lambda x, c: A.T @ (-SIDE / (1 + np.exp(SIDE * (A @ x + c)))),
    ),
}
# A penalty with its parameters, and its slope in the size by hand.
PENALTIES = {
    "log-sum": (nc.zoo.log_sum(), {"lam": 2.0, "eps": 0.5}, lambda t: 2 / (0.5 + t)),
    "root": (nc.zoo.l_half(), {"lam": 2.0}, lambda t: 1 / np.sqrt(np.maximum(t, 1e-300))),
    "power": (
        nc.zoo.l_p(),
        {"lam": 2.0, "p": 0.3},
        lambda t: 0.6 * np.maximum(t, 1e-300) ** -0.7,
    ),
    "mcp": (nc.zoo.mcp(), {"lam": 3.0, "gamma": 3.0}, lambda t: np.maximum(3 - t / 3, 0)),
    "scad": (
        nc.zoo.scad(),
        {"lam": 3.0, "a": 3.7},
        lambda t: np.where(t <= 3, 3, np.maximum(3.7 * 3 - t, 0) / 2.7),
    ),
    "atan": (
        nc.function("lam*atan(abs(x)/eps)"),
        {"lam": 2.0, "eps": 0.5},
        lambda t: 2 / (0.5 * (1 + (t / 0.5) ** 2)),
    ),
    "weights": (
        nc.zoo.log_sum(),
        {"lam": np.linspace(1, 3, 12), "eps": 0.5},
        lambda t: np.linspace(1, 3, 12) / (0.5 + t),
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_it_descends_to_a_stationary_point(loss: str, penalty: str) -> None:
    ours, gradient = LOSSES[loss]
    formula, given, slope = PENALTIES[penalty]
    found = nc.minimize(ours + formula, method="reweighting", tol=1e-7, **given)
    assert (found.status, np.isnan(found.gap)) == ("stationary", True)
    values = [record.fun for record in found.history]
    assert np.all(np.diff(values) <= 0.0)
    x, steep = found.x, slope(np.abs(found.x))
    here = gradient(x, found.intercept)
    assert 0 < found.support.size < 12
    assert np.all(np.abs(here[x == 0]) <= steep[x == 0] + 1e-5)
    np.testing.assert_allclose(here[x != 0], -(steep * np.sign(x))[x != 0], atol=1e-4)


def test_the_first_step_from_zero_is_the_lasso() -> None:
    formula, given = nc.zoo.scad(), {"lam": 3.0, "a": 3.7}
    loss = nc.least_squares(A, B)
    found = nc.minimize(loss + formula, method="reweighting", max_iter=1, **given)
    lasso = nc.minimize(loss + nc.function("lam*abs(x)"), lam=3.0, tol=1e-12)
    np.testing.assert_allclose(found.x, lasso.x, atol=1e-2)


def test_for_a_convex_penalty_it_proves_optimality() -> None:
    objective = nc.least_squares(A, B) + nc.function("lam*abs(x)")
    found = nc.minimize(objective, method="reweighting", lam=2.0)
    assert found.status == "optimal"
    assert found.fun == pytest.approx(nc.minimize(objective, lam=2.0).fun, rel=1e-7)


def test_wrong_slopes_do_not_descend_to_a_stationary_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half the slopes are not those of tangents: the conditions by hand find it out."""
    right = reweighting._Slope.__call__
    monkeypatch.setattr(reweighting._Slope, "__call__", lambda s, t: 0.5 * right(s, t))
    formula, given, slope = PENALTIES["log-sum"]
    found = nc.minimize(nc.least_squares(A, B) + formula, method="reweighting", **given)
    x = found.x
    missed = LOSSES["squares"][1](x, 0.0) + slope(np.abs(x)) * np.sign(x)
    assert np.abs(missed[x != 0]).max() > 0.1


@pytest.mark.parametrize(
    ("penalty", "message"),
    [
        (nc.function("lam*x**2"), "concave in the size"),
        (nc.zoo.l0(), "continuous"),
        (nc.function("-lam*abs(x)"), "does not fall"),
        (nc.function("lam*norm(x)"), "concave in the size"),
        (nc.function("lam*max(x, 0)"), "concave in the size"),
    ],
    ids=str,
)
def test_what_is_missing_is_said(penalty, message: str) -> None:
    with pytest.raises(nc.SolverError, match=f"reweighting needs.*{message}.*use method="):
        nc.minimize(nc.least_squares(A, B) + penalty, method="reweighting", lam=1.0)
