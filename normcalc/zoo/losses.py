"""Losses of one real variable: a residual, a margin or a linear predictor."""

from __future__ import annotations

from functools import cache

from normcalc.language import Function, Interval, Nonnegative, function


@cache
def huber() -> Function:
    """Huber loss: square near zero, linear beyond `delta`."""
    return function("Piecewise((x**2/2, abs(x) <= delta), (delta*abs(x) - delta**2/2, True))")


@cache
def pseudo_huber() -> Function:
    """Smooth relative of the Huber loss."""
    return function("delta**2*(sqrt(1 + (x/delta)**2) - 1)")


@cache
def log_cosh() -> Function:
    """Logarithm of the hyperbolic cosine."""
    return function("log(cosh(x))")


@cache
def pinball() -> Function:
    """Quantile loss at level `tau`."""
    return function("tau*max(x, 0) + (1 - tau)*max(-x, 0)", tau=Interval.open(0, 1))


@cache
def vapnik() -> Function:
    """Absolute value with a dead zone of half-width `eps`."""
    return function("max(abs(x) - eps, 0)")


@cache
def hinge() -> Function:
    """Hinge loss of a margin."""
    return function("max(1 - x, 0)")


@cache
def squared_hinge() -> Function:
    """Squared hinge loss of a margin."""
    return function("max(1 - x, 0)**2")


@cache
def logistic() -> Function:
    """Logistic loss of a margin."""
    return function("log(1 + exp(-x))")


@cache
def poisson() -> Function:
    """Poisson loss of a log-rate, for the count `b`."""
    return function("exp(x) - b*x", b=Nonnegative)


@cache
def cross_entropy() -> Function:
    """Binary cross entropy of a probability, for the label `b`."""
    return function("-b*log(x) - (1 - b)*log(1 - x)", domain=(0, 1), b=Interval.open(0, 1))
