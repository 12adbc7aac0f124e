"""A nonnegative matrix from the max-norm, or to the 1-norm: the vector of ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.induced.proof import Step
from normcalc.induced.rules.problem import Found, Problem, through_transpose, transposed
from normcalc.induced.rules.registry import Rule
from normcalc.induced.vectors.pnorm import PNorm
from normcalc.induced.writing import bars, latex_bars, number

if TYPE_CHECKING:
    from normcalc.induced.vectors.abstract import Array


def of_one_sign(matrix: Array) -> bool:
    """Tell whether no two entries are of opposite sign."""
    return bool(np.all(matrix >= 0) or np.all(matrix <= 0))


def cost(problem: Problem) -> int | None:
    """Return more than the rules by columns and rows cost, so that those are preferred."""
    if not isinstance(problem.n_in, PNorm) or not isinstance(problem.n_out, PNorm):
        return None
    usable = problem.n_in.order == sp.oo and of_one_sign(problem.matrix)
    return 2 * sum(problem.matrix.shape) if usable else None


def prove(problem: Problem) -> Found:
    """Return the image of the vector of ones."""
    x = problem.n_in.maximiser(np.ones(problem.n_in.dimension))
    value = problem.n_out.value(problem.matrix @ x)
    return Found(value, value, x)


def chain(problem: Problem, found: Found) -> tuple[Step, ...]:
    """Return the bound entry by entry."""
    out, x = bars("A x", problem.n_out, "out"), bars("x", problem.n_in, "in")
    one = bars("A 1", problem.n_out, "out")
    latex_one = latex_bars(r"A\mathbf 1", problem.n_out, "out")
    typeset = latex_bars("Ax", problem.n_out, "out"), latex_bars("x", problem.n_in, "in")
    scale = number(found.upper)
    return (
        Step(
            "the entries of A are of one sign, so every |(A x)_i| <= max_j |x_j| |(A 1)_i|",
            r"|(Ax)_i| \le \max_j |x_j|\,|(A\mathbf 1)_i|",
        ),
        Step(
            f"a p-norm grows with the size of each entry, so {out} <= max_j |x_j| {one} = "
            f"{scale} {x}",
            rf"{typeset[0]} \le \max_j |x_j|\,{latex_one} = "
            rf"{scale}\,{typeset[1]}",
        ),
    )


def cost_transposed(problem: Problem) -> int | None:
    """Return the cost for the transpose."""
    flipped = transposed(problem)
    return None if flipped is None else cost(flipped)


def prove_transposed(problem: Problem) -> Found:
    """Return the dual norm of the column sums."""
    return through_transpose(problem, prove(_flipped(problem)))


def chain_transposed(problem: Problem, found: Found) -> tuple[Step, ...]:
    """Return the bound by the sum of the rows."""
    dual = bars("A' 1", _flipped(problem).n_out, "in*")
    latex_dual = latex_bars(r"A^{\top}\mathbf 1", _flipped(problem).n_out, "in*")
    out, x = bars("A x", problem.n_out, "out"), bars("x", problem.n_in, "in")
    typeset = latex_bars("Ax", problem.n_out, "out"), latex_bars("x", problem.n_in, "in")
    scale = number(found.upper)
    return (
        Step(
            "the entries of A are of one sign, so sum_i |(A x)_i| <= sum_j |x_j| |(A' 1)_j|",
            r"\sum_i |(Ax)_i| \le \sum_j |x_j|\,|(A^{\top}\mathbf 1)_j|",
        ),
        Step(
            f"by Hoelder's inequality the sum is at most {dual} {x}, so {out} <= {scale} {x}",
            rf"\sum_j |x_j|\,|(A^{{\top}}\mathbf 1)_j| \le {latex_dual}\,{typeset[1]},\quad "
            rf"{typeset[0]} \le {scale}\,{typeset[1]}",
        ),
    )


def _flipped(problem: Problem) -> Problem:
    flipped = transposed(problem)
    if flipped is None:
        raise NotDerivable("the dual of one of the norms is not known")
    return flipped


RULES = (
    Rule(
        "vector_of_ones",
        "For a matrix with entries of one sign, |(A x)_i| is at most max_j |x_j| |(A 1)_i|, and a "
        "p-norm grows with the size of each entry.",
        ("the input norm is the max-norm", "the output norm is a p-norm", "entries of one sign"),
        "hornjohnson2013",
        "exact",
        cost,
        prove,
        chain,
    ),
    Rule(
        "vector_of_ones_for_the_transpose",
        "The norm of A is that of its transpose between the dual norms, where the vector of ones "
        "is a maximiser.",
        ("the input norm is a p-norm", "the output norm is the 1-norm", "entries of one sign"),
        "higham2002",
        "exact",
        cost_transposed,
        prove_transposed,
        chain_transposed,
    ),
)
