"""Each axiom as a claim in formulas, for proofs, and in numbers, for counterexamples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from normcalc.facts import claims, trials

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.facts.claims import Claim
    from normcalc.facts.trials import Trial
    from normcalc.language.nodes import Node


@dataclass(frozen=True)
class Axiom:
    """One property of functions.

    Parameters
    ----------
    claim : callable
        From a formula in coordinates and their names to the property as a comparison.
    trial : callable
        From numbers for the parameters to a counterexample among simple points, or None.
    """

    claim: Callable[[Node, tuple[str, ...]], Claim]
    trial: Trial


HOMOGENEITY = Axiom(claims.homogeneity, trials.homogeneity)
POSITIVE_HOMOGENEITY = Axiom(claims.positive_homogeneity, trials.positive_homogeneity)
EVENNESS = Axiom(claims.evenness, trials.evenness)
TRIANGLE = Axiom(claims.triangle, trials.triangle)
CONVEXITY = Axiom(claims.convexity, trials.convexity)
NONNEGATIVITY = Axiom(claims.nonnegativity, trials.nonnegativity)
POSITIVITY = Axiom(claims.positivity, trials.positivity)
ZERO_AT_ZERO = Axiom(claims.zero_at_zero, trials.zero_at_zero)
ABSOLUTENESS = Axiom(claims.absoluteness, trials.absoluteness)
MONOTONICITY = Axiom(claims.monotonicity, trials.monotonicity)
PARALLELOGRAM = Axiom(claims.parallelogram, trials.parallelogram)
