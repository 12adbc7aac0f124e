"""Two ellipsoidal norms: the largest singular value, after a change of coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.induced.proof import Step
from normcalc.induced.rules.problem import Found, Problem
from normcalc.induced.rules.registry import Rule
from normcalc.induced.singular import largest_singular_value
from normcalc.induced.writing import bars, latex_bars, number

if TYPE_CHECKING:
    import sympy as sp

    from normcalc.induced.vectors.abstract import AbstractVectorNorm, Array


def cost(problem: Problem) -> int | None:
    """Return one, if both balls are ellipsoids."""
    both = problem.n_in.gram() is not None and problem.n_out.gram() is not None
    return 1 if both else None


def prove(problem: Problem) -> Found:
    """Return the largest singular value of ``R_out A R_in^-1``."""
    r_in, r_out = _factor(problem.n_in), _factor(problem.n_out)
    changed = np.linalg.solve(r_in.T, (r_out @ problem.matrix).T).T
    _, sizes, rows = np.linalg.svd(changed)
    value = float(sizes[0])
    return Found(value, value, np.linalg.solve(r_in, rows[0]))


def _factor(norm: AbstractVectorNorm) -> Array:
    """Return R with ``norm(x) = |R x|_2``."""
    return np.linalg.cholesky(np.array(_gram(norm), dtype=np.float64)).T


def _gram(norm: AbstractVectorNorm) -> sp.Matrix:
    gram = norm.gram()
    if gram is None:
        raise NotDerivable("the unit ball is no ellipsoid")
    return gram


def chain(problem: Problem, found: Found) -> tuple[Step, ...]:
    """Return the bound by the largest eigenvalue."""
    plain = problem.n_in.label == problem.n_out.label == "2"
    matrix, latex_matrix = ("A' A", r"A^{\top}A") if plain else ("B' B", r"B^{\top}B")
    value = number(found.upper**2)
    out, x = bars("A x", problem.n_out, "out"), bars("x", problem.n_in, "in")
    latex_out, latex_x = (
        latex_bars("Ax", problem.n_out, "out"),
        latex_bars("x", problem.n_in, "in"),
    )
    bound = Step(
        f"{out}^2 <= lambda_max({matrix}) {x}^2 = {value} {x}^2",
        rf"{latex_out}^2 \le \lambda_{{\max}}({latex_matrix})\,{latex_x}^2 = {value}\,{latex_x}^2",
    )
    return (bound,) if plain else (_coordinates(out, x, latex_out, latex_x), bound)


def _coordinates(out: str, x: str, latex_out: str, latex_x: str) -> Step:
    return Step(
        f"with Cholesky factors {x} = |R x|_2 and {out} = |S A x|_2 = |B R x|_2, B = S A R^-1",
        rf"{latex_x} = \|Rx\|_2,\quad {latex_out} = \|SAx\|_2 = \|B R x\|_2,\quad B = SAR^{{-1}}",
    )


def symbolic(n_in: AbstractVectorNorm, n_out: AbstractVectorNorm, matrix: sp.Matrix) -> sp.Expr:
    """Return the root of the largest eigenvalue, where that is one of a 2 by 2 matrix."""
    p_in, p_out = _gram(n_in), _gram(n_out)
    if matrix.cols <= matrix.rows:
        return largest_singular_value(p_in.inv() * matrix.T * p_out * matrix)
    return largest_singular_value(p_out * matrix * p_in.inv() * matrix.T)


RULES = (
    Rule(
        "largest_singular_value",
        "The norm induced by the 2-norm on both sides is the largest singular value.  Other "
        "ellipsoidal norms reduce to it by their Cholesky factors.",
        ("both norms are roots of positive definite quadratic forms",),
        "higham2002",
        "exact",
        cost,
        prove,
        chain,
        symbolic,
    ),
)
