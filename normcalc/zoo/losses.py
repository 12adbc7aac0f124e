"""Losses of one real variable: a residual, a margin or a linear predictor."""

from __future__ import annotations

from functools import cache

from normcalc.language import Function, Interval, Nonnegative, Real, function

__all__ = [
    "huber",
    "normalized_huber",
    "berhu",
    "pseudo_huber",
    "hyperbolic",
    "log_cosh",
    "fair",
    "absolute_deviation",
    "weighted_square",
    "pinball",
    "vapnik",
    "distance_to_interval",
    "hinge",
    "squared_hinge",
    "positive_part",
    "negative_part",
    "logistic",
    "softplus",
    "squared_softplus",
    "exponential",
    "poisson",
    "gamma",
    "amplitude",
]


@cache
def huber() -> Function:
    """Huber loss: square near zero, linear beyond `delta`.

    The Moreau envelope of a multiple of the absolute value; the loss of robust regression.
    """
    return function("Piecewise((x**2/2, abs(x) <= delta), (delta*abs(x) - delta**2/2, True))")


@cache
def normalized_huber() -> Function:
    """Huber loss with slope one far out.

    The Moreau envelope of the absolute value at step `delta`.
    """
    return function("Piecewise((x**2/(2*delta), abs(x) <= delta), (abs(x) - delta/2, True))")


@cache
def berhu() -> Function:
    """Reverse Huber loss: absolute value near zero, square beyond `delta`."""
    return function("Piecewise((abs(x), abs(x) <= delta), ((x**2 + delta**2)/(2*delta), True))")


@cache
def pseudo_huber() -> Function:
    """Smooth relative of the Huber loss.

    Also called Charbonnier loss.
    """
    return function("delta**2*(sqrt(1 + (x/delta)**2) - 1)")


@cache
def hyperbolic() -> Function:
    """Square root of the square plus `delta` squared.

    Also called hyperbolic penalty, smoothed absolute value, smoothed total variation potential.
    """
    return function("sqrt(x**2 + delta**2)")


@cache
def log_cosh() -> Function:
    """Logarithm of the hyperbolic cosine."""
    return function("log(cosh(x))")


@cache
def fair() -> Function:
    """Fair potential: quadratic near zero, linear far out.

    Also called smoothed Laplace potential.
    """
    return function("w*abs(x) - log(1 + w*abs(x))")


@cache
def absolute_deviation() -> Function:
    """Weighted distance to the point `c`.

    Also called absolute error, l1 loss, median loss.
    """
    return function("lam*abs(x - c)", c=Real)


@cache
def weighted_square() -> Function:
    """Weighted squared distance to the point `c`.

    Also called squared error, l2 loss, least squares.
    """
    return function("w/2*(x - c)**2", c=Real)


@cache
def pinball() -> Function:
    """Quantile loss at level `tau`.

    Also called check loss, tilted absolute value.
    """
    return function("tau*max(x, 0) + (1 - tau)*max(-x, 0)", tau=Interval.open(0, 1))


@cache
def vapnik() -> Function:
    """Absolute value with a dead zone of half-width `eps`.

    Also called epsilon-insensitive loss of support vector regression, dead-zone linear.
    """
    return function("max(abs(x) - eps, 0)")


@cache
def distance_to_interval() -> Function:
    """Distance to the interval from `lo` to `hi`."""
    return function("max(lo - x, 0) + max(x - hi, 0)", where="lo <= hi", lo=Real, hi=Real)


@cache
def hinge() -> Function:
    """Hinge loss of a margin.

    The loss of support vector machines.
    """
    return function("max(1 - x, 0)")


@cache
def squared_hinge() -> Function:
    """Squared hinge loss of a margin."""
    return function("max(1 - x, 0)**2")


@cache
def positive_part() -> Function:
    """Positive part.

    Also called ramp; a rectified linear unit as a function.
    """
    return function("max(x, 0)")


@cache
def negative_part() -> Function:
    """Negative part."""
    return function("max(-x, 0)")


@cache
def logistic() -> Function:
    """Logistic loss of a margin.

    Also called log loss.
    """
    return function("log(1 + exp(-x))")


@cache
def softplus() -> Function:
    """Logarithm of one plus the exponential.

    Also called logistic function of the other sign, smooth positive part.
    """
    return function("log(1 + exp(x))")


@cache
def squared_softplus() -> Function:
    """Square of the softplus function."""
    return function("log(1 + exp(x))**2")


@cache
def exponential() -> Function:
    """Exponential of a multiple.

    Also called exponential loss, the loss of boosting.
    """
    return function("w*exp(a*x)", where="a != 0", a=Real)


@cache
def poisson() -> Function:
    """Poisson loss of a log-rate, for the count `b`.

    Negative log-likelihood of Poisson regression.
    """
    return function("exp(x) - b*x", b=Nonnegative)


@cache
def gamma() -> Function:
    """Gamma loss of a log-mean, for the observation `b`.

    Negative log-likelihood of gamma regression.
    """
    return function("x + b*exp(-x)")


@cache
def amplitude() -> Function:
    """Squared error of an absolute value, not convex.

    The amplitude loss of phase retrieval.
    """
    return function("(abs(x) - b)**2/2")
