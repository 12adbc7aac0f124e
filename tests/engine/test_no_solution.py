"""Problems without a solution are told apart, with proofs that are checked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

import normcalc as nc
from normcalc.engine import flat, largest, rays

RNG = np.random.default_rng(1)
A = RNG.normal(size=(3, 6))
DEPENDENT = np.vstack([A, A[0] + A[1]])
CONFLICTS = {
    "equations": ("norm(x, 1) + indicator(A @ x == b)", {"A": DEPENDENT, "b": [1.0, 2, 3, 4]}),
    "signs": (
        "sum(x) + indicator(x >= 0) + indicator(A @ x == b)",
        {"A": [[1.0, 1.0]], "b": [-1.0]},
    ),
    "a ball": (
        "norm(x, 1) + indicator(norm(x) <= 1) + indicator(A @ x == b)",
        {"A": [[1.0, 1.0]], "b": [4.0]},
    ),
}
WITHOUT_END = {
    "signs": ("dot(c, x) + indicator(x >= 0)", {"c": [-1.0, 2.0]}),
    "inequalities": (
        "dot(c, x) + indicator(A @ x <= b)",
        {"c": [-1.0, -2.0], "A": [[-1.0, 0], [0, -1.0]], "b": [0.0, 0.0]},
    ),
    "a norm that is too weak": ("dot(c, x) + norm(x)", {"c": [3.0, 0.0]}),
}


def _arrays(given: dict[str, Any]) -> dict[str, Any]:
    return {name: np.array(value, dtype=float) for name, value in given.items()}


@pytest.mark.parametrize("name", CONFLICTS)
def test_multipliers_prove_a_conflict(name: str) -> None:
    text, given = CONFLICTS[name]
    found = nc.minimize(nc.function(text), **_arrays(given))
    assert (found.status, found.success) == ("infeasible", False)
    assert found.certificate.kind == "infeasibility"
    assert found.certificate.value > 1e8
    assert "no point meets all constraints" in found.message


def test_the_multipliers_of_equations_are_those_of_farkas() -> None:
    text, given = CONFLICTS["equations"]
    found = nc.minimize(nc.function(text), **_arrays(given))
    (y,) = found.certificate.ray
    assert np.abs(DEPENDENT.T @ y).max() < 1e-8 * np.abs(y).max()
    assert abs(y @ np.array(given["b"])) > 0.1 * np.abs(y).max()


def test_constraints_that_nearly_exclude_each_other_are_met() -> None:
    b = np.array([1.0, 2.0, 3.0, 3.0])
    found = nc.minimize(nc.function(CONFLICTS["equations"][0]), A=DEPENDENT, b=b)
    both = linprog(np.ones(12), A_eq=np.hstack([DEPENDENT, -DEPENDENT]), b_eq=b)
    assert found.status == "optimal"
    assert found.fun == pytest.approx(both.fun, rel=1e-6)


@pytest.mark.parametrize("name", WITHOUT_END)
def test_a_direction_without_end(name: str) -> None:
    text, given = WITHOUT_END[name]
    function, values = nc.function(text), _arrays(given)
    found = nc.minimize(function, **values)
    assert (found.status, found.certificate.kind) == ("unbounded", "recession")
    (d,) = found.certificate.ray
    at = np.maximum(found.x, 0.0)
    fall = (function(at + 1e6 * d, **values) - function(at, **values)) / 1e6
    assert fall == pytest.approx(found.certificate.value, rel=1e-3)
    assert fall < 0


def test_a_smooth_objective_without_a_bound() -> None:
    wide = np.ones((2, 3))
    tilted = nc.least_squares(wide, np.ones(2)) + nc.function("dot(c, x)")
    found = nc.minimize(tilted, c=np.array([1.0, -1.0, 0.0]))
    (d,) = found.certificate.ray
    assert found.status == "unbounded"
    np.testing.assert_allclose(wide @ d, 0.0, atol=1e-6)
    assert nc.minimize(tilted, c=np.ones(3)).success


def test_an_infimum_that_is_not_attained_is_not_unbounded() -> None:
    separable = nc.loss("log(1 + exp(-y*z))", [[1.0], [2.0]], [1.0, 1.0])
    found = nc.minimize(separable + nc.function("mu*x"), mu=1e-300, max_iter=50)
    assert found.status != "unbounded"


@pytest.mark.parametrize(
    "text", ["mu*norm(diff(x), 1)", "mu*(max(x) - min(x))", "mu*norm(diff(x))"]
)
@pytest.mark.parametrize("rows", [8, 20])
def test_seminorms_end_with_a_gap(text: str, rows: int) -> None:
    X = np.random.default_rng(rows).normal(size=(rows, 12))
    y = X @ np.repeat([0.0, 2.0, 1.0], 4) + 0.1 * np.arange(rows)
    found = nc.minimize(nc.least_squares(X, y) + nc.function(text), mu=0.5)
    assert (found.status, found.certificate.kind) == ("optimal", "duality gap")
    better = nc.minimize(nc.least_squares(X, y) + nc.function(text), mu=0.5, tol=1e-10).fun
    assert found.fun - better <= found.gap * (1 + 1e-6)


def test_flat_directions_are_the_kernel() -> None:
    from normcalc.engine.penalties import JointPenalty

    seminorm = JointPenalty(nc.function("norm(diff(diff(x)), 1)"), {})
    found = np.array(
        flat.directions(JointPenalty(nc.function("norm(diff(x), 1)"), {}), np.zeros(5))
    )
    np.testing.assert_allclose(np.abs(found), np.full((1, 5), 5**-0.5), atol=1e-9)
    assert seminorm.derived.support
    assert not flat.directions(JointPenalty(nc.function("norm(x, 1)"), {}), np.zeros(5))


def test_a_direction_that_turns_up_again_is_refused() -> None:
    bent = lambda x: float(np.abs(x - 1e6).sum())  # noqa: E731
    assert rays.recession(bent, np.zeros(2), np.ones(2)) is None
    falling = lambda x: -float(x[0])  # noqa: E731
    found = rays.recession(falling, np.zeros(2), np.array([3.0, 0.0]))
    assert found is not None
    assert found.size == pytest.approx(-1.0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("intercept", [False, True])
def test_the_logistic_loss_is_solved_to_the_last_digits(seed: int, intercept: bool) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 90))
    y = np.where(X[:, 0] + rng.normal(size=60) > 0, 1.0, -1.0)
    made = nc.loss("log(1 + exp(-y*z))", X, y, intercept=intercept)
    lam = largest(made + nc.function("lam*abs(x)"), "lam") / 300
    assert nc.minimize(made + nc.function("lam*abs(x)"), lam=lam, tol=1e-10).status == "optimal"
