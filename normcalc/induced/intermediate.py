"""An upper bound for any pair: through norms for which a rule holds, and equivalence constants.

``|A|`` from n_in to n_out is at most the product of ``|I|`` from n_in to n', ``|A|`` from n' to
n'', and ``|I|`` from n'' to n_out; each factor is an induced norm itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.induced.rules import Problem, best_rule, convex
from normcalc.induced.vectors import PNorm

if TYPE_CHECKING:
    from normcalc.induced.vectors import AbstractVectorNorm

_MOST = 4096
_ROUGH = 1e-3
_ORDERS = (sp.Integer(1), sp.Integer(2), sp.oo)


def upper_bound(problem: Problem) -> float:
    """Return the least product over the 1-, 2- and max-norm between the two.

    Examples
    --------
    >>> three, half = PNorm(sp.Integer(3), 2), PNorm(sp.Rational(3, 2), 2)
    >>> round(upper_bound(Problem(three, half, np.eye(2))), 6)
    1.259921
    """
    rows, columns = problem.matrix.shape
    befores = _between(problem.n_in, columns)
    afters = _between(problem.n_out, rows)
    ins = [(norm, constant(problem.n_in, norm)) for norm in befores]
    outs = [(norm, constant(norm, problem.n_out)) for norm in afters]
    products = (
        c * d * _value(Problem(a, b, problem.matrix))
        for a, c in ins
        for b, d in outs
        if np.isfinite(c * d)
    )
    return min(products, default=np.inf)


def constant(stronger: AbstractVectorNorm, weaker: AbstractVectorNorm) -> float:
    """Return a c with ``weaker(x) <= c * stronger(x)``, infinite where no rule gives one."""
    if stronger is weaker:
        return 1.0
    if isinstance(stronger, PNorm) and isinstance(weaker, PNorm):
        power = max(0.0, 1 / weaker.p - 1 / stronger.p)
        return float(stronger.length**power * float(weaker.weight / stronger.weight))
    problem = Problem(stronger, weaker, np.eye(stronger.dimension))
    if convex.cost(problem) is not None:  # cutting planes: a rough constant will do
        return convex.prove(problem, _ROUGH).upper
    return _value(problem)


def _between(norm: AbstractVectorNorm, dimension: int) -> list[AbstractVectorNorm]:
    return [norm, *(PNorm(order, dimension) for order in _ORDERS)]


def _value(problem: Problem) -> float:
    rule = best_rule(problem, _MOST)
    return np.inf if rule is None else rule.prove(problem).upper
