"""Vector and matrix calculus on formulas: gradients and Hessians as formulas of the language."""

from normcalc.calculus.derivative import Gradient, Hessian
from normcalc.calculus.verbs import Derivatives, derivatives, gradient, hessian

__all__ = ["Derivatives", "Gradient", "Hessian", "derivatives", "gradient", "hessian"]
