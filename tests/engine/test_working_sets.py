"""What solvers keep from step to step, or along a path, is what it was made from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import normcalc as nc
from normcalc.engine.design import Centred, Dense
from normcalc.engine.methods import newton_system, prox_newton, support
from normcalc.engine.methods.coordinate_descent import CoordinateDescent
from normcalc.engine.methods.newton_system import Factored, Linearised
from normcalc.engine.methods.weighted_gram import following
from normcalc.engine.methods.working_set import BlockSet, WorkingSet
from normcalc.engine.operators import MANY, bind, operators
from normcalc.engine.partition import Partition
from normcalc.engine.solve import Options, after

L1 = nc.function("lam*abs(x)")


def data(rows: int = 60, columns: int = 300, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    X = np.asfortranarray(rng.standard_normal((rows, columns)))
    signal = np.where(rng.random(columns) < 0.05, 2.0, 0.0)
    return X, X @ signal + 0.5 * rng.standard_normal(rows)


def systems(size: int = 150) -> tuple[Any, list[Linearised]]:
    """Return a Gram matrix, and systems whose sets and diagonals change a little each time."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((2 * size, size))
    chosen, bend, found = np.arange(size - 20), np.full(size, 0.1), []
    for k in range(5):
        found.append(Linearised(chosen, bend[chosen], rng.standard_normal(chosen.size)))
        chosen = np.union1d(np.setdiff1d(chosen, [k, 3 * k + 1]), [size - 1 - k])
        bend = bend.copy()
        bend[10 * k + 50] += 2.0
    return X.T @ X, found


def exact(gram: Any, system: Linearised) -> Any:
    matrix = gram[np.ix_(system.chosen, system.chosen)] + np.diag(system.bend)
    return np.linalg.solve(matrix, system.right)


def test_systems_that_follow_are_solved_without_new_factors() -> None:
    gram, listed = systems()
    factored = Factored(gram)
    for system in listed:
        np.testing.assert_allclose(factored.solve(system), exact(gram, system), rtol=1e-8)
    assert factored.first.size == listed[0].chosen.size  # the first factors were kept


def test_a_border_that_is_forgotten_gives_another_solution(monkeypatch: Any) -> None:
    gram, listed = systems()
    factored = Factored(gram)
    factored.solve(listed[0])
    nothing = np.empty(0, dtype=np.intp)
    monkeypatch.setattr(factored, "_border", lambda system: nothing)
    wrong = factored.solve(listed[1])
    assert wrong is not None
    assert np.abs(wrong - exact(gram, listed[1])).max() > 1e-3


def test_many_changes_are_factored_anew() -> None:
    gram, listed = systems()
    factored = Factored(gram)
    factored.solve(listed[0])
    few = Linearised(np.arange(30), np.full(30, 0.1), np.ones(30))
    np.testing.assert_allclose(factored.solve(few), exact(gram, few), rtol=1e-8)
    assert factored.first.size == 30


def test_indefinite_systems_are_refused() -> None:
    system = Linearised(np.arange(5), np.full(5, -10.0), np.ones(5))
    assert newton_system.Factored(np.eye(5)).solve(system) is None


def test_weights_that_drift_little_keep_the_gram_matrix() -> None:
    part, weights = np.random.default_rng(0).standard_normal((4, 50)), np.ones(50)
    places = np.arange(4)
    first = following(None, places[:3], part[:3], weights)
    kept = following(first, places, part, 1.01 * weights, drift=0.1)
    np.testing.assert_allclose(kept.gram, part @ part.T)
    assert kept.weights is first.weights
    renewed = following(first, places, part, 1.5 * weights, drift=0.1)
    np.testing.assert_allclose(renewed.gram, 1.5 * part @ part.T)


@pytest.mark.parametrize("loss", ["log(1 + exp(-y*z))", "exp(z) - y*z", "sqrt(1 + (z - y)**2)"])
def test_solutions_do_not_depend_on_what_is_kept(loss: str, monkeypatch: Any) -> None:
    X, y = data()
    target = np.where(y > 0, 1.0, -1.0) if "log" in loss else np.round(np.abs(y))
    objective = nc.loss(loss, X, target, intercept=True, scaling="mean") + L1
    found = nc.minimize(objective, lam=0.05, tol=1e-10)
    monkeypatch.setattr(prox_newton, "DRIFT", 0.0)
    monkeypatch.setattr(support, "FEW", 10**6)
    plain = nc.minimize(objective, lam=0.05, tol=1e-10)
    assert found.status == plain.status == "optimal"
    assert abs(found.fun - plain.fun) <= 1e-9 * abs(plain.fun)


def test_a_run_that_ended_elsewhere_lends_nothing() -> None:
    X, y = data()
    objective = nc.least_squares(X, y) + L1
    found, last = after(None, objective, {"lam": 20.0}, Options())
    assert isinstance(last, CoordinateDescent)
    _, near = after(last, objective, {"lam": 10.0}, Options(x0=found.x, max_iter=0))
    _, far = after(last, objective, {"lam": 10.0}, Options(x0=found.x + 1.0, max_iter=0))
    assert near.working is last.working
    assert far.working is not last.working
    np.testing.assert_allclose(far.point.residual, y - X @ (found.x + 1.0))


def test_points_of_a_path_are_those_found_alone() -> None:
    X, y = data()
    groups = np.arange(300).reshape(-1, 5).tolist()
    grouped = nc.function("lam*sum(group_norms(x, G, 2))")
    logistic = nc.loss("log(1 + exp(-y*z))", X, np.sign(y), scaling="mean") + L1
    for objective, given in (
        (nc.least_squares(X, y) + L1, {}),
        (nc.least_squares(X, y) + grouped, {"G": groups}),
        (logistic, {}),
    ):
        path = nc.regularization_path(objective, "lam", n=5, ratio=0.1, tol=1e-10, **given)
        for value, solution in zip(path.values, path.solutions, strict=True):
            alone = nc.minimize(objective, lam=value, tol=1e-10, **given)
            assert abs(solution.fun - alone.fun) <= 1e-9 * alone.fun


def test_sets_with_other_blocks_are_not_taken_over() -> None:
    X, _ = data(10, 6)
    design, starts = Dense(X), np.array([0, 3, 6])
    mine, other = (
        BlockSet(design, 1.0, Partition(np.array(order), starts, 1), 100)
        for order in ([0, 1, 2, 3, 4, 5], [0, 1, 3, 2, 4, 5])
    )
    same = BlockSet(design, 1.0, mine.partition, 100)
    assert mine.after(same, np.zeros(6)) is same
    assert mine.after(other, np.zeros(6)) is mine


def test_sets_that_are_mostly_zero_are_not_taken_over() -> None:
    X, _ = data(10, 400)
    mine, large = WorkingSet(Dense(X), 1.0), WorkingSet(Dense(X), 1.0)
    large.columns = np.arange(300)
    assert mine.after(large, np.zeros(400)) is mine
    assert mine.after(large, np.ones(400)) is large


def test_sums_over_many_coordinates_are_those_of_each() -> None:
    rng = np.random.default_rng(0)
    x = np.where(rng.random(2 * MANY) < 0.1, rng.standard_normal(2 * MANY), 0.0)
    u = rng.uniform(-0.5, 0.5, x.size)
    for text in ("lam*abs(x)", "lam*abs(x) + 1", "lam*abs(x) + x**2/2", "max(2*x, -3*x)"):
        f = nc.function(text)
        given = {"lam": 0.5} if "lam" in text else {}
        many, each = bind(operators(f), given, x.size), bind(operators(f), given)
        assert many.worth(x) == pytest.approx(sum(each.worth(x[k : k + 1]) for k in range(x.size)))
        dual = sum(each.dual(u[k : k + 1]) for k in range(u.size))
        assert many.dual(u) == pytest.approx(dual, abs=1e-9)


def test_centred_columns_are_the_columns_less_their_means() -> None:
    X, y = data()
    X[:, 7] = 1e6 + X[:, 7]
    X[:, 8] = 0.1
    design, plain = Centred(X), X - X.mean(axis=0)
    plain[:, 8] = 0.0
    x = np.random.default_rng(3).standard_normal(X.shape[1])
    np.testing.assert_allclose(design.squares, (plain**2).sum(axis=0), rtol=1e-8)
    np.testing.assert_allclose(design.apply(x), plain @ x, atol=1e-8)
    np.testing.assert_allclose(design.adjoint(y), plain.T @ y, atol=1e-6)
    np.testing.assert_allclose(design.rows(np.array([3, 7])), plain.T[[3, 7]], atol=1e-8)


def test_wide_compressed_columns_are_extrapolated_to_the_solution() -> None:
    from scipy import sparse

    rng = np.random.default_rng(0)
    X = sparse.random(
        300, 2000, 0.02, format="csc", random_state=rng, data_rvs=rng.standard_normal
    )
    y = rng.standard_normal(300)
    for text in ("lam*abs(x)", "lam*(abs(x) + x**2)", "lam*2*abs(x)/(1 + abs(x))"):
        objective = nc.least_squares(X, y) + nc.function(text)
        found = nc.minimize(objective, lam=0.3, tol=1e-9)
        whole = nc.minimize(
            nc.least_squares(X.toarray(), y) + nc.function(text), lam=0.3, tol=1e-9
        )
        assert found.success
        if found.status == "optimal":
            assert abs(found.fun - whole.fun) <= 1e-8 * whole.fun
