"""Potentials whose proximal operators at step one are activation functions of neural networks."""

from __future__ import annotations

from functools import cache

from normcalc.language import Function, Interval, function

__all__ = [
    "arctan_potential",
    "arcsinh_potential",
    "bent_identity_potential",
    "elliot_potential",
    "isrlu_potential",
    "log_potential",
    "prelu_potential",
    "tanh_potential",
    "sigmoid_potential",
]


@cache
def arctan_potential() -> Function:
    """Its prox is the arctangent activation."""
    return function("Piecewise((-(2/pi)*log(cos(pi*x/2)) - x**2/2, abs(x) < 1), (oo, True))")


@cache
def arcsinh_potential() -> Function:
    """Its prox is the inverse hyperbolic sine activation."""
    return function("cosh(x) - x**2/2")


@cache
def bent_identity_potential() -> Function:
    """Its prox is the bent identity activation."""
    return function("Piecewise((x/2 - log(x + 1/2)/4, x > -1/2), (oo, True))")


@cache
def elliot_potential() -> Function:
    """Its prox is the Elliot activation, also called softsign."""
    return function("Piecewise((-abs(x) - log(1 - abs(x)) - x**2/2, abs(x) < 1), (oo, True))")


@cache
def isrlu_potential() -> Function:
    """Its prox is the inverse square root linear unit (ISRLU)."""
    return function("Piecewise((0, x >= 0), (1 - x**2/2 - sqrt(1 - x**2), x >= -1), (oo, True))")


@cache
def log_potential() -> Function:
    """Its prox is the logarithmic activation."""
    return function("exp(abs(x)) - abs(x) - 1 - x**2/2")


@cache
def prelu_potential() -> Function:
    """Its prox is the parametric rectified linear unit (PReLU, leaky ReLU)."""
    return function(
        "Piecewise((0, x >= 0), ((1/w - 1)*x**2/2, True))", w=Interval(0, 1, lo_open=True)
    )


@cache
def tanh_potential() -> Function:
    """Its prox is the hyperbolic tangent activation."""
    return function("Piecewise((x*atanh(x) + (log(1 - x**2) - x**2)/2, abs(x) < 1), (oo, True))")


@cache
def sigmoid_potential() -> Function:
    """Its prox is the logistic sigmoid activation, shifted."""
    return function(
        "Piecewise((x*log(x) + (1 - x)*log(1 - x) - x**2/2, (x > 0) & (x < 1)), (0, x == 0),"
        " (-1/2, x == 1), (oo, True))"
    )
