"""Linear regression and classification with parameters that are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from normcalc.engine import least_squares, loss, minimize
from normcalc.engine.design import Centred
from normcalc.engine.probabilities import probabilistic, probability
from normcalc.engine.problem import LeastSquares
from normcalc.errors import InputError
from normcalc.sklearn.normalizing import formula

if TYPE_CHECKING:
    from normcalc.engine.problem import Loss, Objective

SQUARES = "(z - y)**2/2"
LOGISTIC = "log(1 + exp(-y*z))"
SPARSE = ("csr", "csc")


class _Penalized(BaseEstimator):  # type: ignore[misc, unused-ignore]  # untyped
    """What regressors and classifiers share: one problem for each column of targets."""

    own_loss = SQUARES

    def __init__(
        self,
        penalty: Any = "lam*abs(x)",
        loss: Any = None,
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

    def set_params(self, **params: Any) -> Any:
        """Set parameters of the estimator; ``parameters__lam=0.1`` sets one of a formula.

        Examples
        --------
        >>> model = PenalizedRegressor(parameters={"lam": 1.0, "gamma": 3.0})
        >>> model.set_params(parameters__lam=0.5).parameters
        {'lam': 0.5, 'gamma': 3.0}
        """
        start = "parameters__"
        own = {k.removeprefix(start): v for k, v in params.items() if k.startswith(start)}
        rest = {k: v for k, v in params.items() if not k.startswith(start)}
        found = super().set_params(**rest)
        if own:
            self.parameters = {**self._values(), **own}
        return found

    def _loss(self) -> Any:
        return self.own_loss if self.loss is None else self.loss

    def _objective(self, X: Any, y: Any, weights: Any) -> Objective:
        made: Loss = loss(
            self._loss(), X, y, weights=weights, intercept=self.fit_intercept, scaling="mean"
        )
        objective: Objective = made + formula(self.penalty)
        return objective

    def _values(self) -> dict[str, Any]:
        return {"lam": 0.1} if self.parameters is None else dict(self.parameters)

    def _solve(self, X: Any, y: Any, weights: Any, values: dict[str, Any], x0: Any = None) -> Any:
        options = {"method": self.method, "tol": self.tol, "max_iter": self.max_iter, "x0": x0}
        penalty = formula(self.penalty)
        squares = self.loss is None and self.own_loss == SQUARES and weights is None
        of_coordinates = penalty.variable.kind == "scalar"
        if squares and of_coordinates and self.method == "auto" and isinstance(X, np.ndarray):
            return self._least_squares(X, y, penalty, {**options, **values})
        return minimize(self._objective(X, y, weights), **{**options, **values})

    def _least_squares(self, X: Any, y: Any, penalty: Any, options: dict[str, Any]) -> Any:
        """Solve with centred columns and targets, and add the constant that was left out."""
        made = least_squares(X, y, scaling="mean")
        if not self.fit_intercept:
            return minimize(made + penalty, **options)
        whole: Any = made.design  # dense, as X is
        design, mean = Centred(whole.array), float(made.target.mean())
        centred = LeastSquares(design, made.target - mean, "mean")
        found = minimize(centred + penalty, **options)
        found.intercept = mean - float(design.means @ found.x)
        return found

    def _read(self, X: Any, y: Any, weights: Any) -> tuple[Any, Any, Any]:
        X, y = validate_data(
            self, X, y, accept_sparse=SPARSE, dtype=np.float64, y_numeric=True, multi_output=True
        )
        return X, y, _weights(weights, X)

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


def _weights(given: Any, X: Any) -> Any:
    """Return weights of rows with the mean 1."""
    if given is None:
        return None
    weights = _check_sample_weight(given, X)
    if np.any(weights < 0.0):
        raise ValueError("sample_weight must not be negative")
    return weights * (len(weights) / weights.sum())


class PenalizedRegressor(RegressorMixin, _Penalized):  # type: ignore[misc, unused-ignore]
    """Linear regression with any loss and any penalty, both typed as formulas.

    Minimises ``1/n sum_i w_i loss(z_i; y_i) + penalty(coef)`` with ``z = X coef + intercept`` and
    weights of mean 1.

    Parameters
    ----------
    penalty : str, sympy.Expr or Function
        Of one coordinate ``x``, then summed over all, or of the vector ``x``.
    loss : str, sympy.Expr or Function, optional
        Of the prediction ``z`` and the target ``y``; half the square of their difference if left
        out.
    parameters : dict, optional
        A value for every parameter of penalty and loss; ``{"lam": 0.1}`` if left out.  A search
        over a grid may call one of them ``parameters__lam``.
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


def _has_probabilities(model: Any) -> bool:
    try:
        probabilistic(model._loss())
    except InputError as error:
        raise AttributeError(str(error)) from error
    return True


class PenalizedClassifier(ClassifierMixin, _Penalized):  # type: ignore[misc, unused-ignore]
    """Linear classification with any margin loss and any penalty, both typed as formulas.

    The targets of the loss, the logistic one if left out, are -1 and 1; with more than two classes
    each is told from the rest.
    Parameters and attributes are those of `PenalizedRegressor`, besides ``classes_``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> model = PenalizedClassifier("lam*x**2/2", parameters={"lam": 0.01})
    >>> model.fit(X, ["no", "no", "yes", "yes"]).predict([[0.4], [2.6]])
    array(['no', 'yes'], dtype='<U3')
    """

    own_loss = LOGISTIC

    def _read(self, X: Any, y: Any, weights: Any) -> tuple[Any, Any, Any]:
        X, y = validate_data(self, X, y, accept_sparse=SPARSE, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"a classifier needs two classes at least; y has {len(self.classes_)} class"
            )
        return X, codes, _weights(weights, X)

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

    @available_if(_has_probabilities)  # type: ignore[untyped-decorator, unused-ignore]
    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class, shape (n, n_classes).

        They come from the loss, which must be minus the logarithm of a probability; with more than
        two classes those of each against the rest are scaled to the sum 1.

        Raises
        ------
        AttributeError
            If the loss defines no probabilities.
        """
        z = self.decision_function(X)
        values = {k: v for k, v in self._values().items() if np.ndim(v) == 0}
        known = probability(self._loss(), z, **values)
        if known.ndim == 1:
            return np.stack([1.0 - known, known], axis=1)
        total = known.sum(axis=1, keepdims=True)
        even = np.full_like(known, 1.0 / known.shape[1])
        return np.divide(known, total, out=even, where=total > 0.0)

    def predict(self, X: Any) -> Any:
        """Return a label for each row."""
        z = self.decision_function(X)
        return self.classes_[(z > 0).astype(int) if z.ndim == 1 else z.argmax(axis=1)]
