"""Columns left out of a gradient make no difference; working sets may have others inside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

import normcalc as nc
from normcalc.engine.certificate import Posed, dual_value
from normcalc.engine.design import Centred, Dense, check_design
from normcalc.engine.methods import lazy_gradient, nested
from normcalc.engine.methods.coordinate_descent import CoordinateDescent
from normcalc.engine.methods.lazy_gradient import complete, renewed
from normcalc.engine.methods.nested import NestedSet
from normcalc.engine.methods.working_set import WorkingSet
from normcalc.engine.solve import Options, after
from normcalc.engine.weights import bound

WEIGHT = 6.0
PENALTIES = {
    "l1": "lam*abs(x)",
    "elastic net": "lam*(abs(x) + x**2/2)/2",
    "one side": "where(x >= 0, lam*x, -2*lam*x)",
    "MCP": "where(abs(x) <= 3*lam, lam*abs(x) - x**2/6, 3*lam**2/2)",
}


def data(rows: int = 40, columns: int = 500, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    X = np.asfortranarray(rng.standard_normal((rows, columns)))
    X[:, 1:] += X[:, :-1]
    signal = np.where(rng.random(columns) < 0.03, 2.0, 0.0)
    return X, X @ signal + 0.5 * rng.standard_normal(rows)


def designs() -> dict[str, Any]:
    X = data()[0]
    thin = sparse.csc_array(np.where(abs(X) > 1.5, X, 0.0))
    return {"dense": check_design(X), "compressed": check_design(thin), "centred": Centred(X)}


def run(design: Any, text: str, lam: Any = WEIGHT) -> CoordinateDescent:
    """Return a run at its start."""
    loss = nc.least_squares(np.eye(40), data()[1])
    object.__setattr__(loss, "design", design)
    posed = Posed(loss, bound(nc.function(text), {"lam": lam}, design.shape[1]), 1e-8)
    return CoordinateDescent(posed, np.zeros(design.shape[1]))


def renewal(method: CoordinateDescent) -> tuple[Any, Any, Any]:
    """Return a point that is not far from the start, its slopes and the gradient there."""
    x, slope = np.zeros(method.x.size), -0.97 * data()[1]
    x[np.argmax(method.point.gradient)] = 0.01
    if isinstance(method.design, Centred):
        slope = slope - slope.mean()
    return x, slope, renewed(method.point.known, method.design, x, slope, method.rests)


@pytest.mark.parametrize("text", PENALTIES.values(), ids=PENALTIES)
@pytest.mark.parametrize("kind", designs())
def test_columns_left_out_change_neither_scores_nor_bounds(kind: str, text: str) -> None:
    design = designs()[kind]
    method = run(design, text, float(np.abs(design.adjoint(data()[1])).max()) / 1.5)
    x, slope, known = renewal(method)
    full = design.adjoint(slope)
    left = known.when == 0
    assert 0.5 < left.mean() < 1.0
    np.testing.assert_allclose(known.values[~left], full[~left], rtol=1e-12, atol=1e-10)
    assert np.abs(known.values[left] - full[left]).max() > 1e-3
    method._score(x, known.values)
    scores = method.scores.copy()
    method._score(x, full)
    np.testing.assert_allclose(scores, method.scores, atol=1e-9)
    if method.posed.convex:
        one, other = (dual_value(method.posed, slope, g) for g in (known.values, full))
        assert abs(one - other) <= 1e-10 * abs(other)


def test_a_reach_that_is_too_short_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    design = designs()["dense"]
    lam = float(np.abs(design.adjoint(data()[1])).max()) / 3.0
    method = run(design, PENALTIES["l1"], lam)
    monkeypatch.setattr(Dense, "lengths", np.zeros(500))
    monkeypatch.setattr(lazy_gradient, "MOST", 1.0)
    slope = -np.roll(data()[1], 1)
    known = renewed(method.point.known, design, method.x, slope, method.rests)
    method._score(method.x, known.values)
    wrong = method.scores.max()
    method._score(method.x, design.adjoint(slope))
    assert abs(wrong - method.scores.max()) > 0.01 * method.scores.max()


def test_one_weight_for_each_coordinate_and_columns_of_zeros() -> None:
    X, y = data()
    X[:, 7] = 0.0
    weights = np.linspace(5.0, 30.0, 500)
    objective = nc.least_squares(X, y) + nc.function(PENALTIES["l1"])
    found = nc.minimize(objective, lam=weights, tol=1e-10)
    plain = nc.minimize(objective, lam=weights, tol=1e-10, method="proximal_gradient")
    assert found.status == "optimal"
    np.testing.assert_allclose(found.x, plain.x, atol=1e-5)


def test_arrays_that_must_not_be_written_and_rows_that_are_contiguous() -> None:
    X, y = data()
    expected = nc.minimize(nc.least_squares(X, y) + nc.function("abs(x)*6"), tol=1e-10)
    fixed = X.copy(order="F")
    fixed.flags.writeable = False
    for other in (fixed, np.ascontiguousarray(X)):
        found = nc.minimize(nc.least_squares(other, y) + nc.function("abs(x)*6"), tol=1e-10)
        np.testing.assert_allclose(found.x, expected.x, atol=1e-8)


def test_all_columns_are_computed_once_many_slopes_are_known() -> None:
    method = run(designs()["dense"], PENALTIES["l1"], 1e6)
    known = complete(method.point.gradient, method.point.known.slopes[0])
    for k in range(lazy_gradient.KEPT + 2):
        slope = (1.0 + 1e-3 * k) * method.point.known.slopes[0]
        known = renewed(known, method.design, method.x, slope, method.rests)
    assert len(known.slopes) <= lazy_gradient.KEPT


@pytest.mark.parametrize("text", PENALTIES.values(), ids=PENALTIES)
@pytest.mark.parametrize("way", ["nested", "flattened at once", "few Gram matrices"])
def test_sets_within_sets_find_the_same(
    way: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    X, y = data()
    objective = nc.least_squares(X, y) + nc.function(text)
    if way == "flattened at once":
        monkeypatch.setattr(nested, "LARGE", 0.0)
        monkeypatch.setattr(nested, "CACHED", 0.0)
    if way == "few Gram matrices":
        monkeypatch.setattr(WorkingSet, "uses_gram", property(lambda s: s.columns.size <= 8))
    found, method = after(None, objective, {"lam": WEIGHT}, Options(tol=1e-10))
    working: Any = method.working
    assert isinstance(working, NestedSet)
    assert working.nested == (way != "flattened at once")
    assert found.status in ("optimal", "stationary")
    gradient = X.T @ (X @ found.x - y)
    curvature = (X**2).sum(axis=0)
    prox = nc.prox(nc.function(text))
    axis = [
        prox(np.array([v]), step=1 / c, lam=WEIGHT)[0]
        for v, c in zip(found.x - gradient / curvature, curvature, strict=True)
    ]
    np.testing.assert_allclose(found.x, axis, atol=1e-5)
    assert 0 < np.count_nonzero(found.x) < 100


def test_an_inner_gram_matrix_is_that_of_its_columns() -> None:
    X, y = data()
    _, method = after(
        None, nc.least_squares(X, y) + nc.function(PENALTIES["l1"]), {"lam": 3.0}, Options()
    )
    working = method.working
    inner = working.inner
    chosen = X[:, working.columns[inner.columns]]
    size = inner.columns.size
    assert size > 0
    np.testing.assert_allclose(inner.gram[:size, :size], chosen.T @ chosen, rtol=1e-10, atol=1e-9)
    inner.complete(working.part)
    np.testing.assert_array_equal(inner.part, chosen.T)
