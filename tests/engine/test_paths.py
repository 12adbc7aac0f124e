"""Paths start where zero is a solution, and cross-validation looks at rows a fit has not seen."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.data import diabetes
from normcalc.engine import largest

X, Y, _ = diabetes()
L1 = nc.function("lam*abs(x)")
OBJECTIVES = {
    "lasso": (nc.least_squares(X, Y) + L1, {}),
    "mcp": (nc.least_squares(X, Y, scaling="mean") + nc.zoo.mcp(), {"gamma": 3000.0}),
    "logistic": (nc.loss("log(1 + exp(-y*z))", X, np.sign(Y - 1), intercept=True) + L1, {}),
    "group": (
        nc.least_squares(X, Y) + nc.function("lam*sum(group_norms(x, G, 2))"),
        {"G": [[0, 1, 2, 3], [4, 5, 6, 7, 8, 9]]},
    ),
}


@pytest.mark.parametrize("name", OBJECTIVES)
def test_zero_is_a_solution_from_there_on_and_not_before(name: str) -> None:
    objective, params = OBJECTIVES[name]
    first = largest(objective, "lam", **params)
    above = nc.minimize(objective, lam=1.001 * first, **params)
    below = nc.minimize(objective, lam=0.99 * first, **params)
    assert not above.x.any()
    assert below.x.any()


def test_the_least_weight_is_the_derived_dual_norm() -> None:
    derived = nc.lambda_max("norm(A @ x - b)**2/2", "norm(x, 1)")(10, A=X, b=Y)
    assert largest(nc.least_squares(X, Y) + L1, "lam") == pytest.approx(derived, rel=1e-12)


def test_solutions_of_a_path_are_those_found_alone() -> None:
    objective = nc.least_squares(X, Y, scaling="mean") + L1
    along = nc.regularization_path(objective, "lam", n=8, tol=1e-10)
    assert [s.status for s in along.solutions] == ["optimal"] * 8
    for value, x in zip(along.values, along.x, strict=True):
        np.testing.assert_allclose(x, nc.minimize(objective, lam=value, tol=1e-10).x, atol=1e-3)


def test_rows_left_out_are_not_seen() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(40, 30)), rng.normal(size=40)
    objective = nc.loss("(z - y)**2/2", *noise, scaling="mean") + L1
    found = nc.cross_validate(objective, "lam", values=[1.0, 1e-4], folds=4)
    assert found.best == 0  # the fit of noise is worse than zero on other rows
    fitted = found.path.solutions[1].fun
    assert found.losses[:, 1].mean() > 2 * fitted


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "mu"}, "no penalty of"),
        ({"n": 0}, "n must be positive"),
        ({"gamma": 1.0}, "leave out gamma"),
    ],
)
def test_bad_paths(change: dict, message: str) -> None:
    with pytest.raises(nc.NormcalcError, match=message):
        nc.regularization_path(nc.least_squares(X, Y) + L1, **{"name": "lam", **change})


def test_penalties_that_do_not_decide_alone_are_refused() -> None:
    both = nc.least_squares(X, Y) + L1 + nc.function("mu*norm(x)")
    with pytest.raises(nc.SolverError, match="write the penalties as one formula"):
        largest(both, "lam", mu=1.0)
    one = nc.least_squares(X, Y) + nc.function("lam*norm(x, 1) + mu*norm(x)")
    first = largest(one, "lam", mu=1.0)
    assert not nc.minimize(one, lam=1.001 * first, mu=1.0).x.any()
    assert nc.minimize(one, lam=0.99 * first, mu=1.0).x.any()


def test_a_sum_is_not_cross_validated() -> None:
    with pytest.raises(nc.InputError, match="scaling='mean'"):
        nc.cross_validate(nc.loss("(z - y)**2", X, Y) + L1, "lam")
