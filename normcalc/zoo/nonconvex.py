"""Nonconvex penalties of one real variable."""

from __future__ import annotations

from functools import cache

from normcalc.language import Function, Interval, function

__all__ = [
    "l0",
    "nonnegative_l0",
    "l_half",
    "l_two_thirds",
    "l_p",
    "capped_l1",
    "truncated_square",
    "mcp",
    "scad",
    "log_sum",
    "log_shifted",
    "transformed_l1",
    "geman_mcclure",
    "exponential_type",
    "cauchy",
    "negative_l1",
    "l1_minus_square",
    "double_well",
    "sinusoid",
]


@cache
def l0() -> Function:
    """Counts the entries that are not zero.

    Also called l0 norm, cardinality, sparsity penalty.  Its prox is hard thresholding
    (hard threshold).
    """
    return function("Piecewise((0, x == 0), (lam, True))")


@cache
def nonnegative_l0() -> Function:
    """Counts the entries that are positive; none may be negative.

    Its prox is one-sided hard thresholding.
    """
    return function("Piecewise((0, x == 0), (lam, x > 0), (oo, True))")


@cache
def l_half() -> Function:
    """Square root of the absolute value.

    Also called l1/2 quasi-norm, bridge penalty.  Its prox is half thresholding.
    """
    return function("lam*sqrt(abs(x))")


@cache
def l_two_thirds() -> Function:
    """Two-thirds power of the absolute value.

    Also called l2/3 quasi-norm, hyper-Laplacian prior.
    """
    return function("lam*abs(x)**(2/3)")


@cache
def l_p() -> Function:
    """Power of the absolute value below one.

    Also called lp quasi-norm, bridge penalty.  Its prox is generalised soft thresholding.
    """
    return function("lam*abs(x)**p", p=Interval.open(0, 1))


@cache
def capped_l1() -> Function:
    """Absolute value, constant beyond `theta`.

    Also called capped l1 penalty, truncated l1, truncated lasso.
    """
    return function("lam*min(abs(x), theta)")


@cache
def truncated_square() -> Function:
    """Square, constant beyond a point.

    Also called truncated quadratic, weak membrane potential.
    """
    return function("lam*min(x**2, theta)")


@cache
def mcp() -> Function:
    """Minimax concave penalty.

    Also called MCP, quadratic envelope of the cardinality, CEL0 in other parameters.  Its prox is
    firm thresholding for short steps, hard thresholding for long ones.
    """
    return function(
        "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"
    )


@cache
def scad() -> Function:
    """Smoothly clipped absolute deviation.

    Also called SCAD.
    """
    return function(
        "Piecewise((lam*abs(x), abs(x) <= lam),"
        " ((2*a*lam*abs(x) - x**2 - lam**2)/(2*(a - 1)), abs(x) <= a*lam),"
        " ((a + 1)*lam**2/2, True))",
        where="a > 2",
    )


@cache
def log_sum() -> Function:
    """Logarithm of one plus the scaled absolute value.

    Also called log-sum penalty, LSP, the penalty behind reweighted l1.
    """
    return function("lam*log(1 + abs(x)/eps)")


@cache
def log_shifted() -> Function:
    """Logarithm of the shifted absolute value.

    The log-sum penalty less a constant.
    """
    return function("lam*log(delta + abs(x))")


@cache
def transformed_l1() -> Function:
    """Rational relative of the absolute value, between l0 and l1.

    Also called transformed l1, TL1.
    """
    return function("lam*(1 + a)*abs(x)/(a + abs(x))")


@cache
def geman_mcclure() -> Function:
    """Geman-McClure penalty.

    Also called Geman-McClure potential of robust statistics.
    """
    return function("lam*x**2/(x**2 + g)")


@cache
def exponential_type() -> Function:
    """Exponential-type penalty.

    Also called ETP, Laplace penalty, PiE.
    """
    return function("lam/(1 - exp(-g))*(1 - exp(-g*abs(x)))")


@cache
def cauchy() -> Function:
    """Cauchy penalty, also called Lorentzian.

    Negative log-likelihood of the Cauchy distribution.
    """
    return function("lam*log(1 + x**2/delta)")


@cache
def negative_l1() -> Function:
    """Minus the absolute value, concave.

    Its prox moves every number away from zero and has two values at zero.
    """
    return function("-lam*abs(x)")


@cache
def l1_minus_square() -> Function:
    """Absolute value less a square, weakly convex."""
    return function("lam*abs(x) - mu/2*x**2")


@cache
def double_well() -> Function:
    """Fourth power with two wells, at -1 and 1.

    Also called double well potential, Ginzburg-Landau potential.
    """
    return function("lam*(x**2 - 1)**2")


@cache
def sinusoid() -> Function:
    """One minus the cosine, with infinitely many minima."""
    return function("1 - cos(x)")
