"""A polyhedral output norm: the vertices of its dual ball.  With the max-norm, the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.induced.proof import Step
from normcalc.induced.rules import vertices
from normcalc.induced.rules.problem import Found, Problem, through_transpose, transposed
from normcalc.induced.rules.registry import Rule
from normcalc.induced.writing import bars, latex_bars, listed, number

if TYPE_CHECKING:
    import sympy as sp

    from normcalc.induced.vectors.abstract import AbstractVectorNorm


def cost(problem: Problem) -> int | None:
    """Return the number of vertices of the dual ball, if the dual input norm is known."""
    flipped = transposed(problem)
    return None if flipped is None else vertices.cost(flipped)


def prove(problem: Problem) -> Found:
    """Try every vertex for the transpose."""
    return through_transpose(problem, vertices.prove(_flipped(problem)))


def chain(problem: Problem, found: Found) -> tuple[Step, ...]:
    """Return the proof by rows, or its like for other functionals."""
    flipped = _flipped(problem)
    sizes = listed(flipped.n_out.values(flipped.matrix @ flipped.n_in.vertices()))
    rows = problem.n_out.label == "oo"
    inside, typeset = ("a_i", "a_i") if rows else ("A' w_k", "A^{\\top} w_k")
    index = "i" if rows else "k"
    dual = bars(inside, flipped.n_out, "in*")
    latex_dual = latex_bars(typeset, flipped.n_out, "in*")
    names = "rows a_i" if rows else "vertices +-w_k of the dual ball"
    form = "a_i" if rows else "A' w_k"
    out, x = bars("A x", problem.n_out, "out"), bars("x", problem.n_in, "in")
    latex_x = latex_bars("x", problem.n_in, "in")
    return (
        Step(
            f"{out} = max_{index} |<{form}, x>| over the {names}, and {dual} = {sizes}",
            rf"{latex_bars('Ax', problem.n_out, 'out')} = \max_{index} "
            rf"|\langle {typeset}, x\rangle|,\quad {latex_dual} = {sizes}",
        ),
        Step(
            f"|<{form}, x>| <= {dual} {x} <= {number(found.upper)} {x}",
            rf"|\langle {typeset}, x\rangle| \le {latex_dual}\,{latex_x} \le "
            rf"{number(found.upper)}\,{latex_x}",
        ),
    )


def symbolic(n_in: AbstractVectorNorm, n_out: AbstractVectorNorm, matrix: sp.Matrix) -> sp.Expr:
    """Return the largest dual norm of the image of a vertex under the transpose."""
    turned_in, turned_out = n_out.dual(), n_in.dual()
    if turned_in is None or turned_out is None:
        raise NotDerivable("the dual of one of the norms is not known")
    return vertices.symbolic(turned_in, turned_out, matrix.T)


def _flipped(problem: Problem) -> Problem:
    flipped = transposed(problem)
    if flipped is None:
        raise NotDerivable("the dual of one of the norms is not known")
    return flipped


RULES = (
    Rule(
        "vertices_of_the_dual_output_ball",
        "The norm of A from n_in to n_out is that of its transpose from the dual of n_out to the "
        "dual of n_in, whose ball is a polytope.  With the max-norm at the output this is the "
        "largest dual norm of a row.",
        (
            "the unit ball of the dual output norm is a polytope with at most 2^16 vertices",
            "the dual of the input norm is known",
        ),
        "higham2002",
        "exact",
        cost,
        prove,
        chain,
        symbolic,
    ),
)
