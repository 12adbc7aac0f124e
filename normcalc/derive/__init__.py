"""The search for a derivation, the derivation itself, and the verbs of the public face."""

from normcalc.derive.balls import dual_norm, linear_minimizer, polar
from normcalc.derive.cite import cite
from normcalc.derive.critical import CriticalWeight, lambda_max
from normcalc.derive.derivation import Derivation
from normcalc.derive.measures import (
    Measure,
    lipschitz,
    smoothness,
    strong_convexity,
    weak_convexity,
)
from normcalc.derive.shrinkage import Penalty, penalty_from_shrinkage
from normcalc.derive.verbs import (
    bregman_prox,
    conjugate,
    derive,
    gradient,
    moreau_envelope,
    projection,
    prox,
    subdifferential,
)

__all__ = [
    "CriticalWeight",
    "Derivation",
    "Measure",
    "Penalty",
    "bregman_prox",
    "linear_minimizer",
    "cite",
    "conjugate",
    "derive",
    "dual_norm",
    "gradient",
    "lambda_max",
    "lipschitz",
    "moreau_envelope",
    "penalty_from_shrinkage",
    "polar",
    "projection",
    "prox",
    "smoothness",
    "strong_convexity",
    "subdifferential",
    "weak_convexity",
]
