"""A nonnegative matrix from a p-norm to a q-norm with q <= p: a concave problem in disguise.

With ``y_j = x_j**p`` the sum ``F(y) = sum_i (sum_j a_ij y_j**(1/p))**q`` is concave where q <= p,
and ``y >= 0`` has sum one.  So the power method cannot stop short of the maximum, and the tangent
plane of F at any positive y bounds it: with ``z = A' (A x)**(q-1)``,
``max F <= (1 - q/p) F(y) + (q/p) max_j z_j / x_j**(p-1)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.induced.proof import Step
from normcalc.induced.rules.ones import of_one_sign
from normcalc.induced.rules.problem import Found, Problem
from normcalc.induced.rules.registry import Rule
from normcalc.induced.vectors.pnorm import PNorm
from normcalc.induced.writing import bars, latex_bars, number

if TYPE_CHECKING:
    from normcalc.induced.vectors.abstract import Array

_MOST_ITERATIONS = 5000
_CLOSE = 1e-13
_DEAR = 10**6


def cost(problem: Problem) -> int | None:
    """Return a high cost: a formula is preferred to an iteration."""
    n_in, n_out = problem.n_in, problem.n_out
    if not isinstance(n_in, PNorm) or not isinstance(n_out, PNorm):
        return None
    usable = 1 < n_out.p <= n_in.p < np.inf and of_one_sign(problem.matrix)
    return _DEAR if usable else None


def prove(problem: Problem) -> Found:
    """Run the power method from the vector of ones, until the tangent plane closes the gap."""
    n_in, n_out = problem.n_in, problem.n_out
    assert isinstance(n_in, PNorm)
    assert isinstance(n_out, PNorm)
    size = np.abs(problem.matrix)
    live = np.any(size > 0, axis=0)
    x = np.zeros(n_in.dimension)
    if not live.any():
        x[0] = 1.0
        lower = upper = 0.0
    else:
        x[live], lower, upper = _iterate(size[:, live], n_in.p, n_out.p)
    weight = float(n_out.weight) / float(n_in.weight)
    return Found(lower * weight, upper * weight, x / float(n_in.weight))


def _iterate(matrix: Array, p: float, q: float) -> tuple[Array, float, float]:
    """Return x of p-norm one with the bounds that it gives; every column is nonzero."""
    x = np.ones(matrix.shape[1])
    upper, best, at = np.inf, -np.inf, x
    for _ in range(_MOST_ITERATIONS):
        x = x / np.linalg.norm(x, p)
        image = matrix @ x
        z = matrix.T @ image ** (q - 1)
        value = float(np.linalg.norm(image, q))
        if value > best:
            best, at = value, x
        upper = min(upper, _tangent(x, z, value, p, q))
        if upper <= best * (1 + _CLOSE):
            break
        x = (z / np.max(z)) ** (1 / (p - 1))
    return at, best, max(upper, best)


def _tangent(x: Array, z: Array, value: float, p: float, q: float) -> float:
    """Return the bound by the tangent plane, infinite where an entry has vanished."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slope = float(np.max(z / x ** (p - 1)))
    if not np.isfinite(slope):
        return np.inf
    return float(((1 - q / p) * value**q + q / p * slope) ** (1 / q))


def chain(problem: Problem, found: Found) -> tuple[Step, ...]:
    """Return the concave bound."""
    out, x = bars("A x", problem.n_out, "out"), bars("x", problem.n_in, "in")
    typeset = latex_bars("Ax", problem.n_out, "out"), latex_bars("x", problem.n_in, "in")
    assert isinstance(problem.n_in, PNorm)
    assert isinstance(problem.n_out, PNorm)
    p, q = problem.n_in.order, problem.n_out.order
    upper = number(found.upper)
    return (
        Step(
            f"with y_j = |x_j|^{p}, F(y) = sum_i (sum_j |a_ij| y_j^(1/{p}))^{q} is concave, since "
            f"{q} <= {p}",
            rf"F(y) = \sum_i\Bigl(\sum_j |a_{{ij}}| y_j^{{1/({p})}}\Bigr)^{{{q}}},\quad "
            rf"y_j = |x_j|^{{{p}}}",
        ),
        Step(
            f"its tangent plane at the vector below bounds it over y >= 0 of sum 1, so {out} <= "
            f"{upper} {x}",
            rf"{typeset[0]} \le {upper}\,{typeset[1]}",
        ),
    )


RULES = (
    Rule(
        "nonnegative_power_method",
        "For a matrix with entries of one sign and q <= p, the largest |A x|_q over |x|_p <= 1 is "
        "that of a concave function of the powers |x_j|^p, so the power method from a positive "
        "vector converges to it.",
        ("p-norm to q-norm with 1 < q <= p < inf", "entries of one sign"),
        "bhaskaravijayaraghavan2011",
        "globally convergent",
        cost,
        prove,
        chain,
    ),
)
