"""One parameter of a penalty chosen by cross-validation."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from sklearn.model_selection import check_cv

from normcalc.engine import largest
from normcalc.errors import InputError
from normcalc.sklearn.linear import PenalizedClassifier, PenalizedRegressor


class _Chosen:
    """Cross-validation of one parameter along a path, for the classes below."""

    def __init__(
        self,
        penalty: Any = "lam*abs(x)",
        loss: Any = None,
        *,
        name: str = "lam",
        values: Any = None,
        n_values: int = 10,
        ratio: float = 1e-2,
        cv: Any = 5,
        parameters: Any = None,
        fit_intercept: bool = True,
        method: str = "auto",
        tol: float = 1e-6,
        max_iter: int = 1000,
        n_jobs: int | None = None,
    ) -> None:
        self.penalty = penalty
        self.loss = loss
        self.name = name
        self.values = values
        self.n_values = n_values
        self.ratio = ratio
        self.cv = cv
        self.parameters = parameters
        self.fit_intercept = fit_intercept
        self.method = method
        self.tol = tol
        self.max_iter = max_iter
        self.n_jobs = n_jobs

    def _search(self, X: Any, y: Any, targets: Any, weights: Any) -> float:
        """Return the value of the parameter with the best mean score over the folds."""
        me: Any = self
        fixed = {k: v for k, v in me._values().items() if k != me.name}
        self.values_ = self._grid(X, targets, weights, fixed)
        splits = check_cv(me.cv, y, classifier=hasattr(me, "classes_")).split(X, y)
        with ThreadPoolExecutor(_threads(me.n_jobs)) as threads:
            folds = threads.map(lambda fold: self._fold(X, y, weights, fixed, *fold), splits)
            self.scores_ = np.array(list(folds))
        return float(self.values_[int(self.scores_.mean(axis=0).argmax())])

    def _grid(self, X: Any, targets: Any, weights: Any, fixed: dict[str, Any]) -> Any:
        me: Any = self
        if me.values is not None:
            return np.asarray(me.values, dtype=np.float64)
        first = max(
            largest(me._objective(X, target, weights), me.name, **fixed) for target in targets
        )
        return first * np.geomspace(1.0, me.ratio, me.n_values)

    def _fold(
        self, X: Any, y: Any, weights: Any, fixed: Any, train: Any, test: Any
    ) -> list[float]:
        me: Any = self
        part = None if weights is None else weights[train]
        scores = []
        for value in self.values_:
            model = me._plain({**fixed, me.name: float(value)})
            model.fit(X[train], y[train], part)
            seen = None if weights is None or not weights[test].any() else weights[test]
            scores.append(model.score(X[test], y[test], seen))
        return scores


def _threads(n_jobs: int | None) -> int:
    """Return how many folds are fitted at once.

    Examples
    --------
    >>> _threads(None), _threads(3)
    (1, 3)
    """
    if n_jobs is not None and (n_jobs == 0 or n_jobs < -1):
        raise InputError(f"n_jobs must be positive, or -1 for all processors, got {n_jobs}")
    return (os.cpu_count() or 1) if n_jobs == -1 else n_jobs or 1


def _options(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    names = ("penalty", "loss", "fit_intercept", "method", "tol", "max_iter")
    return {**{name: getattr(model, name) for name in names}, "parameters": values}


class PenalizedRegressorCV(_Chosen, PenalizedRegressor):
    """`PenalizedRegressor` with one parameter chosen by cross-validation.

    Parameters
    ----------
    penalty, loss, parameters, fit_intercept, method, tol, max_iter
        As there; `parameters` holds all others.
    name : str
        The parameter that is chosen.
    values : sequence of float, optional
        What it may be; if left out, `n_values` from the least value at which zero is a solution
        down to `ratio` times that.
    n_values : int
    ratio : float
    cv : int or splitter
        As in scikit-learn.
    n_jobs : int, optional
        How many folds are fitted at once, in threads; -1 for as many as there are processors.
        What is found does not depend on it.

    Attributes
    ----------
    value_ : float
        The best value.
    values_ : array, shape (n_values,)
    scores_ : array, shape (folds, n_values)
    """

    def _plain(self, values: dict[str, Any]) -> PenalizedRegressor:
        return PenalizedRegressor(**_options(self, values))

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> PenalizedRegressorCV:
        """Choose the parameter, then fit on all rows; arguments as in `PenalizedRegressor`."""
        X, y, weights = self._read(X, y, sample_weight)
        columns = [y] if y.ndim == 1 else list(np.ascontiguousarray(y.T))
        self.value_ = self._search(X, y, columns, weights)
        values = {**self._values(), self.name: self.value_}
        self._keep([self._solve(X, column, weights, values) for column in columns], y.ndim == 1)
        return self


class PenalizedClassifierCV(_Chosen, PenalizedClassifier):
    """`PenalizedClassifier` with one parameter chosen by cross-validation.

    Parameters and attributes are those of `PenalizedRegressorCV`.
    """

    def _plain(self, values: dict[str, Any]) -> PenalizedClassifier:
        return PenalizedClassifier(**_options(self, values))

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> PenalizedClassifierCV:
        """Choose the parameter, then fit on all rows; arguments as in `PenalizedClassifier`."""
        X, codes, weights = self._read(X, y, sample_weight)
        sides = self._sides(codes)
        self.value_ = self._search(X, self.classes_[codes], sides, weights)
        values = {**self._values(), self.name: self.value_}
        self._keep([self._solve(X, side, weights, values) for side in sides], False)
        return self
