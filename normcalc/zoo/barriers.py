"""Barriers, entropies and likelihoods of a positive number: infinite outside it."""

from __future__ import annotations

from functools import cache

from normcalc.language import Function, Interval, Real, function

__all__ = [
    "entropy",
    "fermi_dirac",
    "burg",
    "log_barrier",
    "cross_entropy",
    "kullback_leibler",
    "gamma_likelihood",
    "weibull_likelihood",
    "inverse",
    "inverse_power",
    "negative_square_root",
    "negative_root",
]


@cache
def entropy() -> Function:
    """Negative entropy, with value 0 at 0.

    Also called Boltzmann-Shannon entropy.
    """
    return function("x*log(x)", domain=(0, None))


@cache
def fermi_dirac() -> Function:
    """Entropy of a probability.

    Also called Fermi-Dirac entropy, bit entropy.
    """
    return function("x*log(x) + (1 - x)*log(1 - x)", domain=(0, 1))


@cache
def burg() -> Function:
    """Burg entropy, the logarithmic barrier.

    Also called negative logarithm, log barrier.
    """
    return function("-lam*log(x)", domain=(0, None))


@cache
def log_barrier() -> Function:
    """Logarithmic barrier of the half-line where ``a*x + b`` is positive."""
    return function(
        "Piecewise((-mu*log(a*x + b), a*x + b > 0), (oo, True))", where="a != 0", a=Real
    )


@cache
def cross_entropy() -> Function:
    """Binary cross entropy of a probability, for the label `b`.

    Also called log loss of a probability.
    """
    return function("-b*log(x) - (1 - b)*log(1 - x)", domain=(0, 1), b=Interval.open(0, 1))


@cache
def kullback_leibler() -> Function:
    """Kullback-Leibler divergence of a rate from the count `b`.

    Also called generalised KL divergence, I-divergence, Poisson loss of a rate.
    """
    return function("x - b + b*log(b/x)", domain=(0, None))


@cache
def gamma_likelihood() -> Function:
    """Negative log-likelihood of a gamma distribution."""
    return function("-k*log(x) + w*x", domain=(0, None))


@cache
def weibull_likelihood() -> Function:
    """Negative log-likelihood of a Weibull distribution."""
    return function("-k*log(x) + w*x**p", domain=(0, None), p=Interval(1, None))


@cache
def inverse() -> Function:
    """One over a positive number.

    Also called inverse barrier.
    """
    return function("Piecewise((1/x, x > 0), (oo, True))")


@cache
def inverse_power() -> Function:
    """Negative power of a positive number."""
    return function("Piecewise((x**(-q), x > 0), (oo, True))", q=Interval(1, None))


@cache
def negative_square_root() -> Function:
    """Minus the square root of a nonnegative number.

    Also called Hellinger entropy in other parameters.
    """
    return function("Piecewise((-sqrt(x), x >= 0), (oo, True))")


@cache
def negative_root() -> Function:
    """Minus a root of a nonnegative number."""
    return function("Piecewise((-x**(1/q), x >= 0), (oo, True))", where="q > 1")
