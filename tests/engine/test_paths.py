"""Paths start where zero is a solution, and cross-validation looks at rows a fit has not seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import normcalc as nc
from normcalc.data import diabetes
from normcalc.engine import largest
from normcalc.engine.methods.coordinate_descent import CoordinateDescent

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


@pytest.mark.parametrize("values", [[np.nan], [], [[1.0, 2.0]], 1.0, ["a"]])
def test_values_are_a_vector_of_numbers(values: object) -> None:
    for follow in (nc.regularization_path, nc.cross_validate):
        with pytest.raises(nc.NormcalcError, match=r"values|finite number"):
            follow(nc.least_squares(X, Y, scaling="mean") + L1, "lam", values=values)


@pytest.mark.parametrize("given", [nc.least_squares(X, Y), nc.function("lam*norm(x)"), 3.0])
def test_a_path_needs_a_loss_and_a_penalty(given: object) -> None:
    follow: Any
    for follow in (nc.regularization_path, nc.cross_validate, largest):
        with pytest.raises(nc.InputError, match="a loss with data and a penalty"):
            follow(given, "lam")


def test_losses_without_a_gradient_are_named() -> None:
    with pytest.raises(nc.SolverError, match=r"max\(0, 1 - y\*z\).*pass the values"):
        nc.regularization_path(nc.loss("max(0, 1 - y*z)", X, np.sign(Y)) + L1, "lam")


def test_least_squares_are_cross_validated_as_the_same_formula_is() -> None:
    options: dict[str, Any] = {"values": [20.0, 1.0], "tol": 1e-10}
    squares = nc.cross_validate(nc.least_squares(X, Y, scaling="mean") + L1, "lam", **options)
    typed = nc.cross_validate(
        nc.loss("(z - y)**2/2", X, Y, scaling="mean") + L1, "lam", n_jobs=2, **options
    )
    np.testing.assert_allclose(squares.losses, typed.losses, rtol=1e-6)
    with pytest.raises(nc.InputError, match="not 'half'"):
        nc.cross_validate(nc.least_squares(X, Y) + L1, "lam")


def test_an_interruption_ends_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    steps, step = [], CoordinateDescent.step

    def interrupted(self: Any) -> None:
        steps.append(None)
        if len(steps) == 4:
            raise KeyboardInterrupt
        step(self)

    monkeypatch.setattr(CoordinateDescent, "step", interrupted)
    path = nc.regularization_path(nc.least_squares(X, Y) + L1, "lam", n=20, tol=1e-10)
    assert 0 < len(path.solutions) == len(path.values) < 20
    assert path.solutions[-1].status == "interrupted"
    steps.clear()
    concave = nc.least_squares(X, Y) + nc.zoo.mcp()
    found = nc.minimize(concave, lam=1e3, gamma=3.0, starts=30, tol=1e-12)
    assert len(steps) == 4
    assert np.isfinite(found.fun)


@pytest.mark.parametrize("jobs", [1, 2])
def test_numbers_do_not_depend_on_threads_or_runs(jobs: int) -> None:
    mean = nc.least_squares(X, Y, scaling="mean") + L1
    first = nc.cross_validate(mean, "lam", n=4, rng=7, n_jobs=1)
    again = nc.cross_validate(mean, "lam", n=4, rng=7, n_jobs=jobs)
    np.testing.assert_array_equal(first.losses, again.losses)
    np.testing.assert_array_equal(first.path.x, again.path.x)
    assert not np.array_equal(first.losses, nc.cross_validate(mean, "lam", n=4, rng=8).losses)
