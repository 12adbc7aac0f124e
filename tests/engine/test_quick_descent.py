"""Coordinate descent that is compiled as a whole ends where the parts of it do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import normcalc as nc
from normcalc.engine import products
from normcalc.engine.design import Centred, check_design
from normcalc.engine.methods import nested, quick_descent, quick_newton, quick_sweeps
from normcalc.engine.methods.highest import highest
from normcalc.engine.solve import Options, after
from normcalc.engine.weights import bound

PENALTIES = {
    "l1": "lam*abs(x)",
    "one side": "where(x >= 0, lam*x, -2*lam*x)",
    "MCP": "where(abs(x) <= 3*lam, lam*abs(x) - x**2/6, 3*lam**2/2)",
    "log-sum": "lam*log(1 + abs(x))",
}


def data(rows: int = 50, columns: int = 600, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    X = np.asfortranarray(rng.standard_normal((rows, columns)))
    for j in range(1, columns):
        X[:, j] = 0.8 * X[:, j - 1] + 0.6 * X[:, j]
    return X, X[:, ::60].sum(axis=1) + 0.3 * rng.standard_normal(rows)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keep what the compiled function came back with."""
    seen: list[int] = []
    descend = quick_descent.descend

    def counted(*given: Any) -> int:
        seen.append(descend(*given))
        return seen[-1]

    monkeypatch.setattr(quick_descent, "descend", counted)
    return seen


def fit(lam: Any = 0.05, text: str = PENALTIES["l1"], tol: float = 1e-10) -> Any:
    X, y = data()
    objective = nc.least_squares(X, y, scaling="mean") + nc.function(text)
    return after(None, objective, {"lam": lam}, Options(tol=tol))[0]


@pytest.mark.parametrize("text", PENALTIES.values(), ids=PENALTIES)
def test_it_ends_where_its_parts_do(
    text: str, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fit(text=text)
    assert asked
    assert asked[-1] == quick_descent.DONE
    asked.clear()
    monkeypatch.setattr(nested, "FEW", -1)
    parts = fit(text=text)
    assert not asked
    assert whole.status == parts.status
    assert whole.kkt <= 1e-8
    if whole.status == "optimal":
        assert whole.fun == pytest.approx(parts.fun, rel=1e-9)


def test_a_gram_matrix_by_the_library_and_columns_that_leave(
    asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = fit(0.001)
    monkeypatch.setattr(quick_descent, "WORK", 0.0)
    for few in (300, 70, 20):
        asked.clear()
        monkeypatch.setattr(nested, "FEW", few)
        found = fit(0.001)
        assert found.status == "optimal"
        assert found.fun == pytest.approx(expected.fun, rel=1e-8)
    assert quick_descent.SLOW in asked


def test_one_weight_for_each_coordinate(asked: list[int]) -> None:
    weights = np.linspace(0.02, 0.2, 600)
    found = fit(weights)
    X, y = data()
    slopes = X.T @ (y - X @ found.x) / len(y)
    assert asked
    assert found.status == "optimal"
    assert (np.abs(slopes) <= weights * (1 + 1e-4)).all()
    used = found.x != 0.0
    np.testing.assert_allclose(slopes[used], (weights * np.sign(found.x))[used], atol=1e-5)


def kernels(text: str, size: int, lam: float) -> Any:
    penalty = bound(nc.function(text), {"lam": lam}, size)
    prox = penalty.prox_kernel
    prox.prepare_at(1.0)
    constants = np.repeat(prox.constants, size, axis=0)
    return prox.element, penalty.value.element, constants, penalty.value.constants


def quadratic(size: int = 40) -> tuple[Any, Any]:
    """Return a Gram matrix with ones on its diagonal, hardly positive definite, and slopes."""
    rng = np.random.default_rng(3)
    A = rng.standard_normal((60, size)) + 3.0 * rng.standard_normal((60, 1))
    A /= np.linalg.norm(A, axis=0)
    return np.ascontiguousarray(A.T @ A), -A.T @ rng.standard_normal(60)


@pytest.mark.parametrize("text", PENALTIES.values(), ids=PENALTIES)
def test_sweeps_and_newton_steps_find_a_point_at_rest(text: str) -> None:
    gram, slopes = quadratic()
    prox, value, constants, values = kernels(text, len(gram), 0.02)
    x, gradient, ones = np.zeros(len(gram)), slopes.copy(), np.ones(len(gram))
    model = (prox, value, gram, x, gradient, ones, constants, values)
    assert quick_sweeps.solve(*model, 1e-12)
    np.testing.assert_allclose(gradient, slopes + gram @ x, atol=1e-8)
    rest = nc.prox(nc.function(text))(x - gradient, step=1.0, lam=0.02)
    np.testing.assert_allclose(x, rest, atol=1e-8)
    gradient[0] += 1.0  # a wrong slope is no rest
    rest = nc.prox(nc.function(text))(x - gradient, step=1.0, lam=0.02)
    assert np.abs(x - rest).max() > 1e-3


def test_one_newton_step_solves_what_has_no_kinks_left() -> None:
    gram, slopes = quadratic()
    prox, value, constants, values = kernels("lam*x**2", len(gram), 0.5)
    expected = np.linalg.solve(gram + np.eye(len(gram)), -slopes)
    x, ones = 0.1 * np.sign(expected), np.ones(len(gram))
    gradient = slopes + gram @ x
    model = (prox, value, gram, x, gradient, ones, constants, values)
    assert quick_newton.newton_step(*model)
    np.testing.assert_allclose(x, expected, atol=1e-5)


def test_a_system_that_is_not_definite_is_refused() -> None:
    matrix, right = np.array([[1.0, 2.0], [2.0, 1.0]]), np.ones(2)
    assert not quick_newton.solve(matrix, right)
    matrix, right = np.array([[4.0, np.nan], [2.0, 3.0]]), np.array([2.0, 5.0])
    assert quick_newton.solve(matrix, right)
    np.testing.assert_allclose(right, np.linalg.solve([[4.0, 2.0], [2.0, 3.0]], [2.0, 5.0]))


@pytest.mark.parametrize("most", [1, 7, 30, 200])
def test_the_highest_scores_are_chosen(most: int) -> None:
    rng = np.random.default_rng(most)
    scores = np.round(rng.random(120), 1)  # with many ties
    taken = rng.random(120) < 0.3
    out = np.empty(120, dtype=np.int64)
    chosen = out[: highest(scores, taken, 0.2, most, out)]
    able = np.flatnonzero((scores > 0.2) & ~taken)
    assert len(set(chosen)) == len(chosen) == min(most, len(able))
    assert set(chosen) <= set(able)
    expected = np.sort(scores[able])[::-1][: len(chosen)]
    np.testing.assert_array_equal(np.sort(scores[chosen])[::-1], expected)


def test_products_with_a_wide_matrix_are_those_of_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(products, "LARGE", 0)
    X, y = data()
    fixed = X.copy(order="F")
    fixed.flags.writeable = False
    assert products.pays(fixed)
    assert not products.pays(np.ascontiguousarray(X))
    design = check_design(fixed)
    np.testing.assert_allclose(design.adjoint(y), X.T @ y, rtol=1e-12, atol=1e-8)
    np.testing.assert_allclose(design.squares, (X**2).sum(axis=0), rtol=1e-12)
    centred = X - X.mean(axis=0)
    np.testing.assert_allclose(Centred(fixed).adjoint(y), centred.T @ y, rtol=1e-9, atol=1e-9)
