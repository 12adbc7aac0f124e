"""The register of rules for induced norms, each with its hypotheses and its source."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    import sympy as sp

    from normcalc.induced.proof import Step
    from normcalc.induced.rules.problem import Found, Problem
    from normcalc.induced.vectors.abstract import AbstractVectorNorm

Verdict = Literal["exact", "globally convergent", "hard"]
_MODULES = ("vertices", "functionals", "euclidean", "ones", "nonnegative", "convex")


@dataclass(frozen=True)
class Rule:
    """A way to the value of an induced norm.

    Parameters
    ----------
    name : str
        Unique.
    statement : str
        The theorem, in one or two sentences.
    needs : tuple of str
        Its hypotheses, in words.
    source : str
        A key of ``sources.bib`` and the place in it.
    verdict : {"exact", "globally convergent"}
        Whether the value is a formula or the limit of a method that cannot miss it.
    cost : callable
        ``cost(problem)``: how many vectors are tried, or None where a hypothesis fails.
    prove : callable
        ``prove(problem)``: the value and the vector that attains it.
    chain : callable
        ``chain(problem, found)``: the upper bound, step by step.
    symbolic : callable, optional
        ``symbolic(n_in, n_out, matrix)``: the value for a matrix of real expressions.
    """

    name: str
    statement: str
    needs: tuple[str, ...]
    source: str
    verdict: Verdict
    cost: Callable[[Problem], int | None]
    prove: Callable[[Problem], Found]
    chain: Callable[[Problem, Found], tuple[Step, ...]]
    symbolic: Callable[[AbstractVectorNorm, AbstractVectorNorm, sp.Matrix], sp.Expr] | None = None

    def __str__(self) -> str:
        """Return the name and the source."""
        return f"{self.name} ({self.source})"


def all_rules() -> tuple[Rule, ...]:
    """Return every rule, in the order in which equal costs are preferred.

    Examples
    --------
    >>> [rule.name for rule in all_rules()][:2]
    ['vertices_of_the_input_ball', 'vertices_of_the_dual_output_ball']
    """
    rooms = [import_module(f"normcalc.induced.rules.{name}") for name in _MODULES]
    return tuple(rule for room in rooms for rule in room.RULES)


def best_rule(problem: Problem, most: int | None = None) -> Rule | None:
    """Return the cheapest rule whose hypotheses hold, of those that try at most `most` vectors."""
    costs = [(rule.cost(problem), rule) for rule in all_rules()]
    live = [(c, rule) for c, rule in costs if c is not None and (most is None or c <= most)]
    return min(live, key=lambda pair: pair[0])[1] if live else None
