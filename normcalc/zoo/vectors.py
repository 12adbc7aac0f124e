"""Norms and other functions of a vector."""

from __future__ import annotations

from functools import cache

from normcalc.language import Function, Interval, Nonincreasing, function

__all__ = [
    "l2",
    "linf",
    "lp",
    "owl",
    "ptp",
    "sparse_group",
    "log_sum_exp",
]


@cache
def l2() -> Function:
    """Euclidean norm, the group lasso penalty.

    Its prox is block soft thresholding.
    """
    return function("lam*norm(x)")


@cache
def linf() -> Function:
    """Largest absolute value.

    Also called maximum norm, Chebyshev norm.
    """
    return function("lam*max(abs(x))")


@cache
def lp() -> Function:
    """The p-norm."""
    return function("lam*norm(x, p)", p=Interval(1, None))


@cache
def owl() -> Function:
    """Ordered weighted l1 norm.

    Also called OWL, SLOPE, sorted l1; OSCAR for weights that fall linearly.
    """
    return function("dot(w, sort(abs(x)))", w=Nonincreasing)


@cache
def ptp() -> Function:
    """Largest minus smallest entry, a seminorm.

    Also called range, peak to peak.
    """
    return function("max(x) - min(x)")


@cache
def sparse_group() -> Function:
    """Sum of absolute values plus the Euclidean norm of the group."""
    return function("lam*sum(abs(x)) + mu*norm(x)")


@cache
def log_sum_exp() -> Function:
    """Logarithm of the sum of exponentials."""
    return function("log(sum(exp(x)))")
