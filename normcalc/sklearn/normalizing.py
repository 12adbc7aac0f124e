"""Rows scaled to norm 1."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from normcalc.errors import InputError
from normcalc.language import Function, function


def formula(given: Any) -> Function:
    """Return a Function from text or SymPy, or as it is; the same text is read once."""
    if isinstance(given, str):
        return _read(given)
    return given if isinstance(given, Function) else function(given)


@lru_cache(maxsize=64)
def _read(text: str) -> Function:
    return function(text)


class NormNormalizer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc, unused-ignore]
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
        made = formula(self.norm)
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
