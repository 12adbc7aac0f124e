"""The search for a derivation, the derivation itself, and the verbs of the public face."""

from normcalc.derive.cite import cite
from normcalc.derive.derivation import Derivation
from normcalc.derive.verbs import (
    bregman_prox,
    conjugate,
    derive,
    dual_norm,
    gradient,
    moreau_envelope,
    projection,
    prox,
    subdifferential,
)

__all__ = [
    "Derivation",
    "bregman_prox",
    "cite",
    "conjugate",
    "derive",
    "dual_norm",
    "gradient",
    "moreau_envelope",
    "projection",
    "prox",
    "subdifferential",
]
