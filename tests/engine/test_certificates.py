"""What is claimed is proved: duality gaps, stationarity, and a conjugate that is wrong."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import lsq_linear

import normcalc as nc
from normcalc.data import diabetes
from normcalc.engine import least_squares, minimize
from normcalc.engine.operators import bind
from normcalc.errors import InputError, SolverError


def test_gap_bounds_the_error_at_every_step(l1):
    X, y, _ = diabetes(interactions=True)
    problem = least_squares(X, y) + l1
    best = minimize(problem, lam=100.0, tol=1e-12).fun
    for method in ("coordinate_descent", "proximal_gradient"):
        run = minimize(problem, lam=100.0, method=method)
        for record in run.history:
            assert record.fun - best <= record.gap * (1 + 1e-9) + 1e-9 * best
        funs = [record.fun for record in run.history]
        assert all(after <= before * (1 + 1e-12) for before, after in itertools.pairwise(funs))


def test_a_wrong_conjugate_is_noticed(wrong_l1):
    X, y, _ = diabetes()
    with pytest.raises(SolverError, match="conjugate given for lam"):
        minimize(least_squares(X, y) + wrong_l1, lam=1000.0)


def test_domain_of_the_conjugate_is_found(l1, elastic_net):
    for lam in (1e-9, 0.1, 3.0, 1e9):
        assert bind(l1.operators, {"lam": lam}).domain == (-lam, lam)
    assert bind(elastic_net.operators, {"lam": 1.0, "mu": 1.0}).domain == (-np.inf, np.inf)


@pytest.mark.parametrize("method", ["coordinate_descent", "proximal_gradient"])
@pytest.mark.parametrize("gamma", [0.5, 3.0])
def test_nonconvex_runs_end_stationary(concave, method, gamma):
    X, y, _ = diabetes(interactions=True)
    found = minimize(
        least_squares(X, y, scaling="mean") + concave, lam=4.0, gamma=gamma, method=method
    )
    assert found.status == "stationary"
    assert found.certificate.kind == "stationarity"
    assert np.isnan(found.gap)
    assert 0 < found.support.size < 64
    if method == "coordinate_descent":
        assert_no_coordinate_improves(X, y, found, concave, {"lam": 4.0, "gamma": gamma})


def assert_no_coordinate_improves(X, y, found, penalty, params):
    value = bind(penalty.operators, params).value

    def fun(x):
        return 0.5 * np.mean((y - X @ x) ** 2) + value.sum(x)

    assert found.fun == pytest.approx(fun(found.x), rel=1e-12)
    for j in range(found.x.size):
        for point in np.linspace(-60, 60, 61):
            other = found.x.copy()
            other[j] = point
            assert fun(other) >= found.fun * (1 - 1e-10)


def test_the_search_along_coordinates_can_fail(concave):
    X, y, _ = diabetes()
    found = minimize(least_squares(X, y, scaling="mean") + concave, lam=4.0, gamma=3.0)
    found.x = found.x + 5.0
    with pytest.raises(AssertionError):
        assert_no_coordinate_improves(X, y, found, concave, {"lam": 4.0, "gamma": 3.0})


@pytest.mark.parametrize("method", ["coordinate_descent", "proximal_gradient"])
@pytest.mark.parametrize("lo", [-3.0, 1.0])
def test_bounds(between, method, lo):
    X, y, _ = diabetes()
    found = minimize(least_squares(X, y) + between, lo=lo, hi=20.0, method=method, tol=1e-12)
    expected = lsq_linear(X, y, bounds=(lo, 20.0), tol=1e-14).x
    assert found.status == "optimal"
    assert (found.x >= lo).all()
    np.testing.assert_allclose(found.x, expected, atol=1e-4)


@pytest.mark.parametrize("method", ["coordinate_descent", "proximal_gradient"])
def test_an_infeasible_start_is_never_called_optimal(between, method):
    X, y, _ = diabetes()
    found = minimize(least_squares(X, y) + between, lo=1.0, hi=2.0, method=method, max_iter=0)
    assert found.fun == np.inf
    assert found.status == "max_iter"


@pytest.mark.parametrize("method", ["coordinate_descent", "proximal_gradient"])
def test_a_refused_step_is_an_error(refusing, method):
    X, y, _ = diabetes()
    with pytest.raises(SolverError, match=r"-x\*\*4 does not exist for step"):
        minimize(least_squares(X, y) + refusing, lam=1.0, method=method)


def test_report_and_message(l1):
    X, y, names = diabetes()
    found = minimize(least_squares(X, y) + l1, lam=10_000.0)
    text = found.report(names)
    assert text.startswith("minimise 1/2 ||A x - b||^2 + sum_j [lam*abs(x_j)] at {'lam': 10000.0}")
    assert "optimal: duality gap" in text
    assert "2 of 10 coordinates not zero" in text
    assert "bmi" in text
    assert "age" not in text
    assert str(found).split() == text.replace("bmi", "x3").replace("s5", "x9").split()
    np.testing.assert_array_equal(found.support, [2, 8])
    with pytest.raises(InputError, match="9 names for 10"):
        found.report(names[1:])


@pytest.mark.parametrize("seed", [0, 6, 26, 51])
def test_a_dual_norm_without_a_formula_is_not_taken_from_a_search(seed: int) -> None:
    # The search for it stops below its value, by 1e-9 relatively: lower bounds came out too high.
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(4, 15)), int(rng.integers(3, 9))
    A, b = rng.normal(size=(n, p)), rng.normal(size=n)
    mu = float(rng.uniform(0.05, 1.5))
    f = nc.function("mu*norm(x, 1) + mu*norm(diff(x), 1)")
    found = nc.minimize(nc.least_squares(A, b) + f, mu=mu, tol=1e-9, method="proximal_gradient")
    assert found.status == "optimal"
    close = nc.minimize(nc.least_squares(A, b) + f, mu=mu, tol=1e-11, method="proximal_gradient")
    assert found.fun - found.gap <= close.fun * (1 + 1e-13)
