"""The estimators pass scikit-learn's own checks, and agree with scikit-learn where it has them."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
from scipy import sparse

pytest.importorskip("sklearn")

from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.exceptions import EstimatorCheckFailedWarning, SkipTestWarning
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from normcalc.data import diabetes
from normcalc.engine.probabilities import probability
from normcalc.sklearn import (
    NormNormalizer,
    PenalizedClassifier,
    PenalizedClassifierCV,
    PenalizedRegressor,
    PenalizedRegressorCV,
)

SMOOTH = {"penalty": "lam*x**2/2", "parameters": {"lam": 1e-3}, "tol": 1e-9}
ESTIMATORS = [
    PenalizedRegressor(**SMOOTH),
    PenalizedClassifier(**SMOOTH),
    PenalizedRegressorCV(penalty="lam*x**2/2", values=[1e-3, 1e-2], cv=2, tol=1e-9),
    PenalizedClassifierCV(penalty="lam*x**2/2", values=[1e-3, 1e-2], cv=2, tol=1e-9),
    NormNormalizer(),
]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_checks_of_scikit_learn(estimator) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (SkipTestWarning, EstimatorCheckFailedWarning))
        results = check_estimator(estimator, on_fail=None)
    failed = {
        r["check_name"]: repr(r["exception"])[:300] for r in results if r["status"] == "failed"
    }
    assert not failed
    assert sum(r["status"] == "passed" for r in results) > 30


def test_lasso_agrees() -> None:
    X, y, _ = diabetes()
    ours = PenalizedRegressor(parameters={"lam": 0.5}, tol=1e-10).fit(X, y)
    theirs = Lasso(alpha=0.5, tol=1e-10).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-4 * abs(theirs.coef_).max())
    assert ours.intercept_ == pytest.approx(theirs.intercept_, rel=1e-6)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_logistic_regression_agrees_class_by_class(form) -> None:
    X, y = load_iris(return_X_y=True)
    X = form(X)
    ours = PenalizedClassifier("lam*x**2/2", parameters={"lam": 0.1}, tol=1e-10).fit(X, y)
    for k in range(3):
        theirs = LogisticRegression(C=1 / (0.1 * len(y)), tol=1e-10).fit(X, y == k)
        np.testing.assert_allclose(ours.coef_[k], theirs.coef_[0], atol=1e-4)
    assert ours.score(X, y) > 0.8


def test_a_weight_of_two_is_a_row_twice() -> None:
    X, y, _ = diabetes()
    X, y, weights = X[:60], y[:60], np.ones(60)
    weights[7] = 2.0
    model = PenalizedRegressor(parameters={"lam": 0.5}, tol=1e-10)
    weighted = model.fit(X, y, weights).coef_
    twice = model.fit(np.vstack([X, X[7:8]]), np.append(y, y[7])).coef_
    np.testing.assert_allclose(weighted, twice, atol=1e-3)
    assert not np.allclose(weighted, model.fit(X, y).coef_, atol=1e-3)


def test_the_best_value_is_found_again_by_a_grid() -> None:
    X, y, _ = diabetes()
    found = PenalizedRegressorCV(n_values=6, cv=3).fit(X, y)
    grid = GridSearchCV(
        make_pipeline(StandardScaler(with_mean=False, with_std=False), PenalizedRegressor()),
        {"penalizedregressor__parameters": [{"lam": float(v)} for v in found.values_]},
        cv=3,
    ).fit(X, y)
    assert grid.best_params_["penalizedregressor__parameters"] == {"lam": found.value_}
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.predict(X), found.predict(X))


def test_nothing_is_chosen_by_chance() -> None:
    X, y, _ = diabetes()
    worst = PenalizedRegressorCV(values=[1e6, 0.1], cv=3).fit(X, y)
    assert worst.value_ == 0.1
    assert worst.scores_.shape == (3, 2)


def test_probabilities_are_those_of_logistic_regression() -> None:
    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    theirs = LogisticRegression(C=1 / (0.05 * len(y)), tol=1e-10, max_iter=5000).fit(X, y)
    ours = PenalizedClassifier("lam*x**2/2", parameters={"lam": 0.05}, tol=1e-10).fit(X, y)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-5)
    three = ours.fit(X[:60], np.arange(60) % 3).predict_proba(X[:60])
    np.testing.assert_allclose(three.sum(axis=1), 1.0)


@pytest.mark.parametrize(
    ("loss", "known"),
    [
        (None, True),
        ("-log(1/2 + y*atan(z)/pi)", True),
        ("max(0, 1 - y*z)", False),
        ("2*log(1 + exp(-y*z))", False),
        ("exp(-y*z)", False),
    ],
)
def test_only_losses_that_are_probabilities_have_them(loss: str | None, known: bool) -> None:
    X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), [0, 1, 0, 1]
    model = PenalizedClassifier("lam*x**2/2", loss, parameters={"lam": 0.1})
    assert hasattr(model, "predict_proba") == known
    if not known:
        with pytest.raises(AttributeError) as caught:
            model.predict_proba(X)
        assert "defines no probabilities" in str(caught.value.__cause__)
    elif loss is None:
        assert model.fit(X, y).predict_proba(X)[3, 1] > 0.5
    else:
        found = probability(loss, np.array([-1.0, 0.0, 1.0]))
        np.testing.assert_allclose(found, [0.25, 0.5, 0.75])


def test_grids_reach_the_parameters_of_formulas() -> None:
    X, y, _ = diabetes()
    model = PenalizedRegressor(
        parameters={"lam": 1.0, "gamma": 3.0}, penalty="lam*log(1 + abs(x)/gamma)"
    )
    search = GridSearchCV(model, {"parameters__lam": [0.1, 1e3]}, cv=2).fit(X, y)
    assert search.best_params_ == {"parameters__lam": 0.1}
    assert search.best_estimator_.parameters == {"lam": 0.1, "gamma": 3.0}
    assert model.parameters == {"lam": 1.0, "gamma": 3.0}


def test_weights_are_not_negative() -> None:
    X, y, _ = diabetes()
    for model, target in ((PenalizedRegressor(), y), (PenalizedClassifier(), y > 0)):
        with pytest.raises(ValueError, match="sample_weight must not be negative"):
            model.fit(X, target, -np.ones(len(y)))


@pytest.mark.parametrize("kind", [PenalizedRegressorCV, PenalizedClassifierCV])
def test_folds_in_threads_find_the_same(kind) -> None:
    X, y, _ = diabetes()
    target = y if kind is PenalizedRegressorCV else y > 0
    weights = np.arange(len(y)) % 3 + 1.0
    alone = kind(cv=3, n_values=3).fit(X, target, weights)
    beside = kind(cv=3, n_values=3, n_jobs=3).fit(X, target, weights)
    np.testing.assert_array_equal(alone.scores_, beside.scores_)
    np.testing.assert_array_equal(alone.coef_, beside.coef_)
    with pytest.raises(ValueError, match="n_jobs"):
        kind(n_jobs=0).fit(X, target)


def test_the_normalizer_names_its_columns() -> None:
    X, _, names = diabetes()
    model = NormNormalizer().fit(X)
    assert list(model.get_feature_names_out(names)) == list(names)
    assert model.set_output(transform="default").transform(X).shape == X.shape
