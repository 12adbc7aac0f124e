"""Vector and matrix calculus on formulas: gradients, Hessians and subdifferentials of vectors."""

from normcalc.calculus.derivative import Gradient, Hessian
from normcalc.calculus.subgradients import Subdifferential, subdifferential
from normcalc.calculus.verbs import Derivatives, derivatives, gradient, hessian

__all__ = [
    "Derivatives",
    "Gradient",
    "Hessian",
    "Subdifferential",
    "derivatives",
    "gradient",
    "hessian",
    "subdifferential",
]
