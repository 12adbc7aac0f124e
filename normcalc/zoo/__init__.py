"""Named functions, as definitions and nothing else: every operator of theirs is derived.

Each name is a function without arguments that returns the same `Function` every time.  Parameters
are given when the function is used, or fixed with ``bind``.

Examples
--------
>>> from normcalc import zoo
>>> print(zoo.l1())
lam*abs(x)
>>> zoo.huber()(2.0, delta=1.0)
1.5
"""

from __future__ import annotations

from normcalc.zoo.losses import (
    cross_entropy,
    hinge,
    huber,
    log_cosh,
    logistic,
    pinball,
    poisson,
    pseudo_huber,
    squared_hinge,
    vapnik,
)
from normcalc.zoo.nonconvex import (
    capped_l1,
    cauchy,
    exponential_type,
    geman_mcclure,
    l0,
    l_half,
    l_p,
    l_two_thirds,
    log_sum,
    mcp,
    scad,
)
from normcalc.zoo.scalar import (
    burg,
    elastic_net,
    entropy,
    fair,
    l1,
    nonnegative_l1,
    power,
    ridge,
    square,
)
from normcalc.zoo.sets import box, nonnegative_orthant, point, symmetric_interval
from normcalc.zoo.vectors import l2, linf, log_sum_exp, lp, owl, ptp, sparse_group

__all__ = [
    "box",
    "burg",
    "capped_l1",
    "cauchy",
    "cross_entropy",
    "elastic_net",
    "entropy",
    "exponential_type",
    "fair",
    "geman_mcclure",
    "hinge",
    "huber",
    "l0",
    "l1",
    "l2",
    "l_half",
    "l_p",
    "l_two_thirds",
    "linf",
    "log_cosh",
    "log_sum",
    "log_sum_exp",
    "logistic",
    "lp",
    "mcp",
    "nonnegative_l1",
    "nonnegative_orthant",
    "owl",
    "pinball",
    "point",
    "poisson",
    "power",
    "pseudo_huber",
    "ptp",
    "ridge",
    "scad",
    "sparse_group",
    "square",
    "squared_hinge",
    "symmetric_interval",
    "vapnik",
]
