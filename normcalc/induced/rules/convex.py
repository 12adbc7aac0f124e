"""A polyhedral output norm and any input norm: finitely many convex problems."""

from __future__ import annotations

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.induced.proof import Step
from normcalc.induced.rules.problem import Found, Problem
from normcalc.induced.rules.registry import Rule
from normcalc.induced.vectors.unstructured import WITHIN, Unstructured
from normcalc.induced.writing import bars, latex_bars, number

_DEAR = 10**6
_MOST_PROBLEMS = 64


def cost(problem: Problem) -> int | None:
    """Return a high cost: a formula is preferred to an iteration."""
    if not isinstance(problem.n_in, Unstructured):
        return None
    polar = problem.n_out.dual()
    count = None if polar is None else polar.vertex_count
    return None if count is None or count > _MOST_PROBLEMS else _DEAR * count


def prove(problem: Problem, within: float = WITHIN) -> Found:
    """Return the largest dual norm of ``A' w`` over the vertices w of the dual output ball."""
    n_in, polar = problem.n_in, problem.n_out.dual()
    if not isinstance(n_in, Unstructured) or polar is None:
        raise NotDerivable("the output norm is not known to be polyhedral")
    pairs = [n_in.support(z, within) for z in (problem.matrix.T @ polar.vertices()).T]
    ratios = [problem.ratio(x) for x, _ in pairs]
    best = int(np.argmax(ratios))
    return Found(ratios[best], max(*(upper for _, upper in pairs), ratios[best]), pairs[best][0])


def chain(problem: Problem, found: Found) -> tuple[Step, ...]:
    """Return the bound by the dual norms."""
    out, x = bars("A x", problem.n_out, "out"), bars("x", problem.n_in, "in")
    typeset = latex_bars("Ax", problem.n_out, "out"), latex_bars("x", problem.n_in, "in")
    upper = number(found.upper)
    return (
        Step(
            f"{out} = max_k |<A' w_k, x>| over the vertices +-w_k of the dual ball",
            rf"{typeset[0]} = \max_k |\langle A^{{\top}} w_k, x\rangle|",
        ),
        Step(
            f"tangent planes of {x} <= 1 enclose the ball, and a linear programme over them gives "
            f"max_k |<A' w_k, x>| <= {upper} {x}",
            rf"\max_k |\langle A^{{\top}} w_k, x\rangle| \le {upper}\,{typeset[1]}",
        ),
    )


RULES = (
    Rule(
        "dual_norm_by_cutting_planes",
        "The output norm is the largest of finitely many linear forms, and each is maximised over "
        "the convex ball of the input norm by cutting planes, with a bound from either side.",
        ("the output norm is polyhedral", "the input norm is convex"),
        "kelley1960",
        "globally convergent",
        cost,
        prove,
        chain,
    ),
)
