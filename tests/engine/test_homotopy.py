"""Exact paths against conditions written by hand and coordinate descent."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import normcalc as nc
from normcalc.engine.methods import homotopy

RNG = np.random.default_rng(17)
WEIGHTS = RNG.random(12) + 0.5
# A penalty with its parameters, and by hand: slopes above and below zero, and curvature.
PENALTIES = {
    "sizes": (nc.function("lam*abs(x)"), {}, lambda v: (v, -v, 0.0)),
    "nonnegative": (nc.zoo.nonnegative_l1(), {}, lambda v: (v, -np.inf, 0.0)),
    "weights": (
        nc.function("lam*w*abs(x)"),
        {"w": WEIGHTS},
        lambda v: (v * WEIGHTS, -v * WEIGHTS, 0.0),
    ),
    "elastic net": (nc.function("lam*abs(x) + mu*x**2"), {"mu": 1.0}, lambda v: (v, -v, 2.0)),
    "two slopes": (nc.function("lam*max(2*x, -x)"), {}, lambda v: (2 * v, -v, 0.0)),
    "a fixed part": (
        nc.function("(lam + mu)*abs(x)"),
        {"mu": 0.5},
        lambda v: (v + 0.5, -v - 0.5, 0.0),
    ),
}


def data(rows: int, columns: int = 12):
    rng = np.random.default_rng(rows)
    A = rng.normal(size=(rows, columns)) + 0.7 * rng.normal(size=(rows, 1))
    return A, 2 * A[:, 0] - A[:, 1] + A[:, 2] + rng.normal(size=rows)


def missed(A, b, x, high, low, curvature) -> float:
    """Return by how much the optimality conditions fail."""
    pull = A.T @ (b - A @ x) - curvature * x
    high, low = (np.broadcast_to(end, x.shape) for end in (high, low))
    outside = np.maximum(np.maximum(pull - high, low - pull), 0.0)
    return float(max(np.where(x > 0, abs(pull - high), np.where(x < 0, abs(pull - low), outside))))


@pytest.mark.parametrize("rows", [30, 8])
@pytest.mark.parametrize("penalty", PENALTIES)
def test_all_along_the_path_the_conditions_hold(rows: int, penalty: str) -> None:
    formula, given, by_hand = PENALTIES[penalty]
    A, b = data(rows)
    path = nc.regularization_path(nc.least_squares(A, b) + formula, "lam", exact=True, **given)
    assert {s.status for s in path.solutions} == {"optimal"}
    assert max(s.nit for s in path.solutions) == 0  # nothing was left to improve
    for value in path.values[0] * np.geomspace(1.5, 0.0101, 40):
        assert missed(A, b, path.at(value), *by_hand(value)) < 1e-8 * path.values[0]


CENTRES = np.linspace(0.1, 1.0, 12)
# Kinks elsewhere: the penalty, its parameters, and where all coordinates rest at first.
ELSEWHERE = {
    "at one": ("lam*abs(x - 1)", {}, 1.0),
    "two kinks": ("lam*abs(x) + 2*abs(x - 1)", {}, 0.0),
    "two that grow": ("lam*(abs(x) + 2*abs(x - 1))", {}, 1.0),
    "of each coordinate": ("lam*abs(x - c)", {"c": CENTRES}, CENTRES),
    "of each, beside zero": ("lam*abs(x) + w*abs(x - c)", {"c": CENTRES, "w": 0.3}, 0.0),
    "in any order": (
        "lam*abs(x - c) + w*abs(x - d)",
        {"c": CENTRES, "w": 0.3, "d": WEIGHTS},
        CENTRES,
    ),
    "within bounds": ("Piecewise((lam*abs(x), abs(x) <= 1/2), (oo, True))", {}, 0.0),
    "bends": ("lam*abs(x) + 3*max(abs(x) - 1/2, 0)**2", {}, 0.0),
    "on one side": ("lam*max(x, -2*x, 3*x - 1)", {}, 0.0),
}


@pytest.mark.parametrize("rows", [30, 8])
@pytest.mark.parametrize("penalty", ELSEWHERE)
def test_kinks_are_where_the_formula_has_them(rows: int, penalty: str) -> None:
    text, given, rest = ELSEWHERE[penalty]
    A, b = data(rows)
    objective = nc.least_squares(A, b) + nc.function(text)
    path = nc.regularization_path(objective, "lam", exact=True, **given)
    np.testing.assert_array_equal(path.at(2 * path.values[0]), np.broadcast_to(rest, 12))
    assert len(path.values) > 5
    for value in path.values[0] * np.geomspace(0.99, 0.0101, 12):
        solved = nc.minimize(objective, lam=value, tol=1e-13, **given)
        x = path.at(value)
        reached = 0.5 * np.sum((A @ x - b) ** 2) + nc.function(text)(x, lam=value, **given)
        assert reached <= solved.fun + 1e-9 * (1.0 + abs(solved.fun))


def test_where_solutions_are_many_the_path_goes_on_from_another() -> None:
    A, b = data(8)
    objective = nc.least_squares(A, b) + nc.function("lam*abs(x) + w*abs(x - c)")
    path = nc.regularization_path(objective, "lam", exact=True, c=CENTRES, w=0.3)
    (place,) = np.flatnonzero(np.diff(path.values) == 0.0)
    before, after = path.x[place : place + 2]
    assert np.abs(after - before).max() > 0.01
    np.testing.assert_allclose(A @ before, A @ after, atol=1e-9)


def test_penalties_add_up() -> None:
    A, b = data(30)
    terms = [nc.function("lam*abs(x)"), nc.function("2*abs(x - 1)")]
    apart = nc.regularization_path(nc.least_squares(A, b) + terms[0] + terms[1], "lam", exact=True)
    whole = nc.function("lam*abs(x) + 2*abs(x - 1)")
    together = nc.regularization_path(nc.least_squares(A, b) + whole, "lam", exact=True)
    np.testing.assert_allclose(apart.values, together.values)
    np.testing.assert_allclose(apart.x, together.x, atol=1e-12)


def test_coordinates_leave_again_and_solutions_agree_with_coordinate_descent() -> None:
    A, b = data(10, 25)
    objective = nc.least_squares(A, b, scaling="mean") + nc.function("lam*abs(x)")
    path = nc.regularization_path(objective, "lam", exact=True, ratio=1e-3)
    sizes = [s.support.size for s in path.solutions]
    assert np.any(np.diff(sizes[1:]) < 0)
    for value in path.values[0] * np.geomspace(0.9, 0.002, 6):
        solved = nc.minimize(objective, lam=value, tol=1e-12)
        np.testing.assert_allclose(path.at(value), solved.x, atol=1e-6)


def test_breakpoints_are_those_of_least_angle_regression() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    A, b = data(40, 15)
    path = nc.regularization_path(
        nc.least_squares(A, b, scaling="mean") + nc.function("lam*abs(x)"), "lam", exact=True
    )
    values, _, points = linear_model.lars_path(A, b, method="lasso")
    kept = values > 1.001 * path.values[-1]
    np.testing.assert_allclose(path.values[:-1], values[kept], rtol=1e-9)
    np.testing.assert_allclose(path.x[:-1], points.T[kept], atol=1e-9)


@pytest.mark.parametrize(
    "A",
    [np.eye(6), np.vstack([np.eye(6), np.eye(6)]), np.hstack([np.eye(3), 2 * np.eye(3)])],
    ids=["orthogonal", "repeated rows", "dependent columns"],
)
def test_ties(A) -> None:
    b = np.resize([2.0, -2.0, 2.0, 1.0, 1.0, 0.0], len(A))
    path = nc.regularization_path(
        nc.least_squares(A, b) + nc.function("lam*abs(x)"), "lam", exact=True
    )
    for value in path.values[0] * np.geomspace(1.5, 0.0101, 20):
        assert missed(A, b, path.at(value), value, -value, 0.0) < 1e-9


def test_a_sparse_matrix_gives_the_same() -> None:
    A, b = data(20)
    A[np.abs(A) < 0.5] = 0.0
    paths = [
        nc.regularization_path(
            nc.least_squares(form(A), b) + nc.function("lam*abs(x)"), "lam", exact=True
        )
        for form in (np.asarray, sparse.csc_array)
    ]
    np.testing.assert_allclose(paths[0].x, paths[1].x, atol=1e-9)


def test_a_path_that_forgets_to_drop_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homotopy.State, "_arriving", lambda *_: [])
    A, b = data(10, 25)
    path = nc.regularization_path(
        nc.least_squares(A, b) + nc.function("lam*abs(x)"), "lam", exact=True, ratio=1e-3
    )
    worst = max(
        missed(A, b, path.at(value), value, -value, 0.0)
        for value in path.values[0] * np.geomspace(0.9, 0.0011, 60)
    )
    assert worst > 1e-3 or max(s.nit for s in path.solutions) > 0


@pytest.mark.parametrize(
    ("loss", "penalty", "message"),
    [
        ("squares", "lam*x**2", "piecewise quadratic in each coordinate"),
        ("squares", "lam**2*abs(x)", "affine in lam"),
        ("squares", "lam*norm(x)", "piecewise quadratic in each coordinate"),
        ("squares", "lam*abs(x - lam)", "kinks that stay"),
        ("squares", "lam*max(abs(x) - 1, 0)", "no solution for any value"),
        ("squares", "lam*abs(x) - 2*max(abs(x) - 1, 0)", "convex"),
        ("squares", "lam*abs(x) + lam*x**2", "affine in lam"),
        ("logistic", "lam*abs(x)", "least squares"),
    ],
)
def test_what_is_missing_is_said(loss: str, penalty: str, message: str) -> None:
    A, b = data(20)
    chosen = nc.least_squares(A, b)
    if loss == "logistic":
        chosen = nc.loss("log(1 + exp(-y*z))", A, np.sign(b))
    with pytest.raises(nc.SolverError, match=message):
        nc.regularization_path(chosen + nc.function(penalty), "lam", exact=True)


def test_bad_requests() -> None:
    A, b = data(20)
    objective = nc.least_squares(A, b) + nc.function("lam*abs(x)")
    with pytest.raises(nc.InputError, match="its own values"):
        nc.regularization_path(objective, "lam", [1.0], exact=True)
    path = nc.regularization_path(objective, "lam", exact=True, ratio=0.5)
    with pytest.raises(nc.InputError, match="the path ends at"):
        path.at(0.1 * path.values[0])
    np.testing.assert_array_equal(path.at(2 * path.values[0]), 0.0)
