"""A polyhedral input norm: the vertices of its ball.  With the 1-norm, the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.induced.proof import Step
from normcalc.induced.rules.problem import Found, Problem
from normcalc.induced.rules.registry import Rule
from normcalc.induced.writing import bars, latex_bars, listed, number

if TYPE_CHECKING:
    from normcalc.induced.vectors.abstract import AbstractVectorNorm


def cost(problem: Problem) -> int | None:
    """Return the number of vertices."""
    return problem.n_in.vertex_count


def prove(problem: Problem) -> Found:
    """Try every vertex."""
    vertices = problem.n_in.vertices()
    values = problem.n_out.values(problem.matrix @ vertices)
    best = int(np.argmax(values))
    value = float(values[best])
    return Found(value, value, vertices[:, best])


def chain(problem: Problem, found: Found) -> tuple[Step, ...]:
    """Return the classical proof by columns, or its like for vertices."""
    values = problem.n_out.values(problem.matrix @ problem.n_in.vertices())
    write = _by_columns if problem.n_in.label == "1" else _by_vertices
    return write(problem, number(found.upper), listed(values))


def _by_columns(problem: Problem, value: str, sizes: str) -> tuple[Step, ...]:
    out, x, a = (
        bars("A x", problem.n_out, "out"),
        bars("x", problem.n_in, "in"),
        bars("a_j", problem.n_out, "out"),
    )
    typeset = latex_bars("a_j", problem.n_out, "out")
    return (
        Step(
            f"A x = sum_j x_j a_j with the columns a_j, and {a} = {sizes}",
            rf"Ax = \sum_j x_j a_j,\quad {typeset} = {sizes}",
        ),
        Step(
            f"{out} <= sum_j |x_j| {a} <= max_j {a} sum_j |x_j| = {value} {x}",
            rf"{latex_bars('Ax', problem.n_out, 'out')} \le \sum_j |x_j|\,{typeset} \le "
            rf"\max_j {typeset} \sum_j |x_j| = {value}\,{latex_bars('x', problem.n_in, 'in')}",
        ),
    )


def _by_vertices(problem: Problem, value: str, sizes: str) -> tuple[Step, ...]:
    out, x, v = (
        bars("A x", problem.n_out, "out"),
        bars("x", problem.n_in, "in"),
        bars("A v_k", problem.n_out, "out"),
    )
    typeset = latex_bars("Av_k", problem.n_out, "out")
    return (
        Step(
            f"the ball {x} <= 1 is the hull of its vertices v_k and -v_k, and {v} = {sizes}",
            rf"\{{{latex_bars('x', problem.n_in, 'in')} \le 1\}} = \mathrm{{conv}}\{{\pm v_k\}},"
            rf"\quad {typeset} = {sizes}",
        ),
        Step(
            f"x = {x} sum_k t_k (+-v_k) with t_k >= 0 of sum 1, so "
            f"{out} <= {x} sum_k t_k {v} <= max_k {v} {x} = {value} {x}",
            rf"{latex_bars('Ax', problem.n_out, 'out')} \le "
            rf"{latex_bars('x', problem.n_in, 'in')} \sum_k t_k {typeset} \le "
            rf"\max_k {typeset}\,{latex_bars('x', problem.n_in, 'in')} = "
            rf"{value}\,{latex_bars('x', problem.n_in, 'in')}",
        ),
    )


def symbolic(n_in: AbstractVectorNorm, n_out: AbstractVectorNorm, matrix: sp.Matrix) -> sp.Expr:
    """Return the largest norm of the image of a vertex."""
    images = [matrix * sp.Matrix(list(v)) for v in n_in.exact_vertices()]
    return sp.Max(*(n_out.symbolic(list(image)) for image in images))


RULES = (
    Rule(
        "vertices_of_the_input_ball",
        "x -> n_out(A x) is convex, so its largest value over a polytope is taken at a vertex.  "
        "With the 1-norm at the input this is the largest norm of a column.",
        ("the unit ball of the input norm is a polytope with at most 2^16 vertices",),
        "rockafellar1970, Theorem 32.2",
        "exact",
        cost,
        prove,
        chain,
        symbolic,
    ),
)
