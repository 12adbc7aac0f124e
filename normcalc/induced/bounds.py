"""What is known about the norm of one matrix: two bounds, a vector, and how hard it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.induced import intermediate, interpolation
from normcalc.induced.enclosing import enclosed
from normcalc.induced.power import lower_bound
from normcalc.induced.rules import Found, best_rule, scaled
from normcalc.induced.vectors import PNorm
from normcalc.induced.writing import number, vector

if TYPE_CHECKING:
    from normcalc.induced.rules import Problem
    from normcalc.induced.rules.registry import Verdict
    from normcalc.induced.vectors.abstract import Array

_MET = 1e-9


@dataclass(frozen=True, eq=False)
class Bounds:
    """Two numbers that hold the norm of a matrix between them.

    Parameters
    ----------
    lower, upper : float
        The norm lies between them; `lower` is attained.
    attained_at : ndarray, shape (n,)
        A vector of input norm one whose image has the norm `lower`.
    verdict : {"exact", "globally convergent", "hard"}
        A formula; a method that cannot miss the maximum; or a pair of norms for which no method is
        known that is both exact and fast.
    how : str
        The rule and its source, or where the two bounds come from.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.induced_norm(1, 2).bounds([[1, -2], [3, 4]]))
    4.47214, exact, attained at (0, 1): vertices_of_the_input_ball (rockafellar1970, Theorem 32.2)
    """

    lower: float
    upper: float
    attained_at: Array
    verdict: Verdict
    how: str

    @property
    def meet(self) -> bool:
        """Whether the bounds agree to nine digits."""
        return self.upper <= self.lower * (1 + _MET)

    def __str__(self) -> str:
        """Return the number or the interval, the verdict, the vector and the reason."""
        ends = [number(self.lower)] if self.meet else [number(self.lower), number(self.upper)]
        shown = ends[0] if self.meet else f"between {ends[0]} and {ends[1]}"
        return f"{shown}, {self.verdict}, attained at {vector(self.attained_at)}: {self.how}"


def bounds(problem: Problem, rng: np.random.Generator) -> Bounds:
    """Return the value by the cheapest rule that holds, else bounds from both sides."""
    small, factor = scaled(problem)
    rule = best_rule(small)
    if rule is not None:
        return _bounds(rule.prove(small), factor, rule.verdict, str(rule))
    lower, x = lower_bound(small, rng)
    found = enclosed(small, Found(lower, max(lower, _upper(small)), x))
    how = (
        f"no rule gives the norm from {_kind(small)}; lower bound by the power method (boyd1974), "
        "upper bound by interpolation, norm equivalence and enclosing polytopes"
    )
    return _bounds(found, factor, "hard", how)


def _upper(problem: Problem) -> float:
    general = intermediate.upper_bound(problem)
    n_in, n_out = problem.n_in, problem.n_out
    if not isinstance(n_in, PNorm) or not isinstance(n_out, PNorm):
        return general
    return min(general, interpolation.upper_bound(problem, n_in, n_out))


def _bounds(found: Found, factor: float, verdict: Verdict, how: str) -> Bounds:
    x = np.array(found.x)
    x.setflags(write=False)
    return Bounds(found.lower * factor, found.upper * factor, x, verdict, how)


def _kind(problem: Problem) -> str:
    """Name the pair, with what is known about its complexity."""
    n_in, n_out = problem.n_in, problem.n_out
    if not isinstance(n_in, PNorm) or not isinstance(n_out, PNorm):
        return "one of these to the other"
    pair = f"order {n_in.order} to order {n_out.order}".replace("oo", "inf")
    if n_in.order == n_out.order or n_in.p == np.inf:
        return f"{pair}, which is NP-hard in general (hendrickxolshevsky2010)"
    return pair
