"""Estimators for scikit-learn: a penalty and a loss as formulas, everything else derived.

They need the extra ``sklearn``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
from sklearn.model_selection import check_cv
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from normcalc.engine import largest, loss, minimize
from normcalc.errors import InputError
from normcalc.language import Function, function

if TYPE_CHECKING:
    from normcalc.engine.problem import Loss, Objective

__all__ = [
    "NormNormalizer",
    "PenalizedClassifier",
    "PenalizedClassifierCV",
    "PenalizedRegressor",
    "PenalizedRegressorCV",
]

SQUARES = "(z - y)**2/2"
LOGISTIC = "log(1 + exp(-y*z))"
SPARSE = ("csr", "csc")


def _formula(given: Any) -> Function:
    return given if isinstance(given, Function) else function(given)


class _Penalized(BaseEstimator):  # type: ignore[misc, unused-ignore]  # untyped
    """What regressors and classifiers share: one problem for each column of targets."""

    def __init__(
        self,
        penalty: Any = "lam*abs(x)",
        loss: Any = SQUARES,
        *,
        parameters: Any = None,
        fit_intercept: bool = True,
        method: str = "auto",
        tol: float = 1e-6,
        max_iter: int = 1000,
    ) -> None:
        self.penalty = penalty
        self.loss = loss
        self.parameters = parameters
        self.fit_intercept = fit_intercept
        self.method = method
        self.tol = tol
        self.max_iter = max_iter

    def __sklearn_tags__(self) -> Any:
        """Return what the estimator can do, in scikit-learn's words."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _objective(self, X: Any, y: Any, weights: Any) -> Objective:
        made: Loss = loss(
            self.loss, X, y, weights=weights, intercept=self.fit_intercept, scaling="mean"
        )
        objective: Objective = made + _formula(self.penalty)
        return objective

    def _values(self) -> dict[str, Any]:
        return {"lam": 0.1} if self.parameters is None else dict(self.parameters)

    def _solve(self, X: Any, y: Any, weights: Any, values: dict[str, Any], x0: Any = None) -> Any:
        options = {"method": self.method, "tol": self.tol, "max_iter": self.max_iter, "x0": x0}
        return minimize(self._objective(X, y, weights), **{**options, **values})

    def _read(self, X: Any, y: Any, weights: Any) -> tuple[Any, Any, Any]:
        X, y = validate_data(
            self, X, y, accept_sparse=SPARSE, dtype=np.float64, y_numeric=True, multi_output=True
        )
        if weights is not None:
            weights = _check_sample_weight(weights, X)
            weights = weights * (len(weights) / weights.sum())
        return X, y, weights

    def _keep(self, solutions: list[Any], single: bool) -> None:
        self.solutions_ = solutions
        self.coef_ = np.stack([s.x for s in solutions])
        self.intercept_ = np.array([s.intercept for s in solutions], dtype=np.float64)
        self.n_iter_ = max(1, *(s.nit for s in solutions), 1)
        if single:
            self.coef_, self.intercept_ = self.coef_[0], self.intercept_[0]

    def _predicted(self, X: Any) -> Any:
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse=SPARSE, dtype=np.float64, reset=False)
        return X @ self.coef_.T + self.intercept_


class PenalizedRegressor(RegressorMixin, _Penalized):  # type: ignore[misc, unused-ignore]
    """Linear regression with any loss and any penalty, both typed as formulas.

    Minimises ``1/n sum_i w_i loss(z_i; y_i) + penalty(coef)`` with ``z = X coef + intercept`` and
    weights of mean 1.

    Parameters
    ----------
    penalty : str, sympy.Expr or Function
        Of one coordinate ``x``, then summed over all, or of the vector ``x``.
    loss : str, sympy.Expr or Function
        Of the prediction ``z`` and the target ``y``.
    parameters : dict, optional
        A value for every parameter of penalty and loss; ``{"lam": 0.1}`` if left out.
    fit_intercept : bool
        Whether to fit a constant, which is not penalised.
    method, tol, max_iter
        As in `normcalc.minimize`.

    Attributes
    ----------
    coef_ : array, shape (n_features,) or (n_targets, n_features)
    intercept_ : float or array, shape (n_targets,)
    solutions_ : list of Solution
        What was proved, one for each target.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
    >>> model = PenalizedRegressor("lam*abs(x)", parameters={"lam": 0.5})
    >>> model.fit(X, [0.0, 1.0, 2.0, 3.0]).coef_.round(6)
    array([0.6, 0. ])
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> PenalizedRegressor:
        """Fit the coefficients.

        Parameters
        ----------
        X : array or sparse matrix, shape (n, p)
        y : array, shape (n,) or (n, n_targets)
        sample_weight : array, shape (n,), optional

        Returns
        -------
        PenalizedRegressor
        """
        X, y, weights = self._read(X, y, sample_weight)
        columns = [y] if y.ndim == 1 else list(np.ascontiguousarray(y.T))
        values = self._values()
        self._keep([self._solve(X, column, weights, values) for column in columns], y.ndim == 1)
        return self

    def predict(self, X: Any) -> Any:
        """Return the predictions, shape (n,) or (n, n_targets)."""
        return self._predicted(X)

    def __sklearn_tags__(self) -> Any:
        """Return what the estimator can do, in scikit-learn's words."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class PenalizedClassifier(ClassifierMixin, _Penalized):  # type: ignore[misc, unused-ignore]
    """Linear classification with any margin loss and any penalty, both typed as formulas.

    The targets of the loss are -1 and 1; with more than two classes each is told from the rest.
    Parameters and attributes are those of `PenalizedRegressor`, besides ``classes_``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> model = PenalizedClassifier("lam*x**2/2", parameters={"lam": 0.01})
    >>> model.fit(X, ["no", "no", "yes", "yes"]).predict([[0.4], [2.6]])
    array(['no', 'yes'], dtype='<U3')
    """

    def __init__(
        self,
        penalty: Any = "lam*abs(x)",
        loss: Any = LOGISTIC,
        *,
        parameters: Any = None,
        fit_intercept: bool = True,
        method: str = "auto",
        tol: float = 1e-6,
        max_iter: int = 1000,
    ) -> None:
        super().__init__(
            penalty,
            loss,
            parameters=parameters,
            fit_intercept=fit_intercept,
            method=method,
            tol=tol,
            max_iter=max_iter,
        )

    def _read(self, X: Any, y: Any, weights: Any) -> tuple[Any, Any, Any]:
        X, y = validate_data(self, X, y, accept_sparse=SPARSE, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"a classifier needs two classes at least; y has {len(self.classes_)} class"
            )
        if weights is not None:
            weights = _check_sample_weight(weights, X)
            weights = weights * (len(weights) / weights.sum())
        return X, codes, weights

    def _sides(self, codes: Any) -> list[Any]:
        """Return targets -1 and 1, one array for each class; one in all for two classes."""
        told = range(1, 2) if len(self.classes_) == 2 else range(len(self.classes_))
        return [np.where(codes == k, 1.0, -1.0) for k in told]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> PenalizedClassifier:
        """Fit the coefficients.

        Parameters
        ----------
        X : array or sparse matrix, shape (n, p)
        y : array, shape (n,)
            Labels.
        sample_weight : array, shape (n,), optional

        Returns
        -------
        PenalizedClassifier
        """
        X, codes, weights = self._read(X, y, sample_weight)
        values = self._values()
        self._keep([self._solve(X, side, weights, values) for side in self._sides(codes)], False)
        return self

    def decision_function(self, X: Any) -> Any:
        """Return predictions ``z``, shape (n,) for two classes, else (n, n_classes)."""
        z = self._predicted(X)
        return z[:, 0] if len(self.classes_) == 2 else z

    def predict(self, X: Any) -> Any:
        """Return a label for each row."""
        z = self.decision_function(X)
        return self.classes_[(z > 0).astype(int) if z.ndim == 1 else z.argmax(axis=1)]


class _Chosen:
    """Cross-validation of one parameter along a path, for the classes below."""

    def _search(self, X: Any, y: Any, targets: Any, weights: Any) -> float:
        """Return the value of the parameter with the best mean score over the folds."""
        me: Any = self
        fixed = {k: v for k, v in me._values().items() if k != me.name}
        self.values_ = self._grid(X, targets, weights, fixed)
        splits = check_cv(me.cv, y, classifier=hasattr(me, "classes_")).split(X, y)
        self.scores_ = np.array([self._fold(X, y, weights, fixed, *fold) for fold in splits])
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
            scores.append(model.score(X[test], y[test]))
        return scores


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

    Attributes
    ----------
    value_ : float
        The best value.
    values_ : array, shape (n_values,)
    scores_ : array, shape (folds, n_values)
    """

    def __init__(
        self,
        penalty: Any = "lam*abs(x)",
        loss: Any = SQUARES,
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

    def __init__(
        self,
        penalty: Any = "lam*abs(x)",
        loss: Any = LOGISTIC,
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


class NormNormalizer(TransformerMixin, BaseEstimator):  # type: ignore[misc, unused-ignore]
    """Scale each row to norm 1, in any norm typed as a formula; rows of zeros stay.

    Parameters
    ----------
    norm : str, sympy.Expr or Function
        Of the vector ``x``.
    parameters : dict, optional
        The values of its parameters.

    Examples
    --------
    >>> NormNormalizer("norm(x, 1)").fit_transform([[1.0, -3.0], [0.0, 0.0]])
    array([[ 0.25, -0.75],
           [ 0.  ,  0.  ]])
    """

    def __init__(self, norm: Any = "norm(x)", *, parameters: Any = None) -> None:
        self.norm = norm
        self.parameters = parameters

    def fit(self, X: Any, y: Any = None) -> NormNormalizer:
        """Check the norm and the shape of the rows."""
        validate_data(self, X, dtype=np.float64)
        made = _formula(self.norm)
        if made.variable.kind != "vector":
            raise InputError(f"{made} is a function of a {made.variable.kind}, not of a vector")
        self.norm_ = made
        return self

    def transform(self, X: Any) -> Any:
        """Return the rows over their norms."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        sizes = np.asarray(self.norm_(X, **(self.parameters or {})))
        return X / np.where(sizes > 0.0, sizes, 1.0)[:, None]
