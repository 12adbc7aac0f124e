"""Estimators for scikit-learn: a penalty and a loss as formulas, everything else derived.

They need the extra ``sklearn``.
"""

from normcalc.sklearn.linear import PenalizedClassifier, PenalizedRegressor
from normcalc.sklearn.normalizing import NormNormalizer
from normcalc.sklearn.selection import PenalizedClassifierCV, PenalizedRegressorCV

__all__ = [
    "NormNormalizer",
    "PenalizedClassifier",
    "PenalizedClassifierCV",
    "PenalizedRegressor",
    "PenalizedRegressorCV",
]
