"""Vector norms of one length, behind the few maps that the rules for matrices need."""

from normcalc.induced.vectors.abstract import AbstractVectorNorm
from normcalc.induced.vectors.ellipsoid import Ellipsoid
from normcalc.induced.vectors.pnorm import PNorm
from normcalc.induced.vectors.polytope import Polytope
from normcalc.induced.vectors.read import as_norm, p_norm, resolve
from normcalc.induced.vectors.unstructured import Unstructured

__all__ = [
    "AbstractVectorNorm",
    "Ellipsoid",
    "PNorm",
    "Polytope",
    "Unstructured",
    "as_norm",
    "p_norm",
    "resolve",
]
