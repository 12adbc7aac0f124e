"""Alternating directions for sums of convex functions of linear images.

For ``sum_i h_i(K_i x + s_i)`` each term has a copy ``z_i`` of its image: the unknown solves normal
equations, factored once, and every copy is a prox.  The multipliers are subgradients of the terms
and give lower bounds.

References
----------
Boyd et al., "Distributed optimization and statistical learning via the alternating direction
method of multipliers", FnTML 2011, sections 3 and 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.engine.certificate import Measure
from normcalc.engine.maps import NormalEquations
from normcalc.engine.methods.multipliers import Bounds, largest
from normcalc.engine.rays import conflict, constraints

if TYPE_CHECKING:
    from normcalc.engine.composite import Term
    from normcalc.engine.jit import Floats
    from normcalc.engine.rays import Ray

RELAXED = 1.6
ROUNDS = 10  # between two measures
BALANCE = 5.0  # how unequal the residuals may be


class Admm:
    """One run; see the module for the method."""

    name = "alternating directions"
    stalled = False

    def __init__(self, terms: list[Term], x0: Floats) -> None:
        """Factor the normal equations, and take copies of the starting point's images."""
        self.terms, self.point = terms, x0
        self.equations = NormalEquations([term.map for term in terms], x0)
        self.copies = [term.image(x0) for term in terms]
        self.scaled = [np.zeros_like(copy) for copy in self.copies]
        self.rho, self.primal, self.dual, self.steps = 1.0, np.inf, np.inf, 0
        self.bounds = Bounds(terms, x0, self.equations)
        self.place = self.bounds.home
        self.before: list[Floats] | None = None

    @property
    def x(self) -> Floats:
        """The unknown: the copy of a term of itself if there is one, which has exact zeros."""
        return self.point if self.place is None else self.copies[self.place]

    def step(self) -> None:
        """Do some rounds; more and more rarely, balance the two residuals."""
        for _ in range(ROUNDS):
            self._round()
        self.steps += 1
        if self.steps & (self.steps - 1) == 0:  # at powers of two, so that the method converges
            self._balance()

    def _balance(self) -> None:
        ratio = self.primal / self.dual if self.dual > 0.0 else BALANCE**2
        if ratio > BALANCE or ratio < 1.0 / BALANCE:
            factor = float(np.clip(np.sqrt(ratio), 0.1, 10.0))
            self.rho *= factor
            self.scaled = [each / factor for each in self.scaled]

    def _round(self) -> None:
        goal = zip(self.terms, self.copies, self.scaled, strict=True)
        right = sum(t.map.adjoint(z - t.shift - u) for t, z, u in goal)
        self.point = self.equations.solve(np.asarray(right))
        images = [term.image(self.point) for term in self.terms]
        before = self.copies
        mixed = [RELAXED * i + (1.0 - RELAXED) * z for i, z in zip(images, before, strict=True)]
        shifted = [m + u for m, u in zip(mixed, self.scaled, strict=True)]
        paired = zip(self.terms, shifted, strict=True)
        self.copies = [term.penalty.prox(v, 1.0 / self.rho) for term, v in paired]
        self.scaled = [v - z for v, z in zip(shifted, self.copies, strict=True)]
        pulls = zip(self.terms, self.copies, before, strict=True)
        moved = sum(term.map.adjoint(z - old) for term, z, old in pulls)
        self.primal = max(largest(i - z) for i, z in zip(images, self.copies, strict=True))
        self.dual = self.rho * largest(np.asarray(moved))

    def value(self, x: Floats) -> float:
        """Return the objective at a point."""
        return float(sum(term.worth(x) for term in self.terms))

    def multipliers(self) -> list[Floats]:
        """Return a subgradient of each term."""
        return [self.rho * each for each in self.scaled]

    def conflict(self) -> Ray | None:
        """Return a proof that no point meets all constraints, from how multipliers grow."""
        chosen = constraints(self.terms)
        before, self.before = self.before, [self.rho * self.scaled[k] for k in chosen]
        if not chosen or before is None:
            return None
        grown = [after - old for after, old in zip(self.before, before, strict=True)]
        return conflict([self.terms[k] for k in chosen], grown, self.point)

    def measure(self) -> Measure:
        """Return objective, gap, and by how much copies miss their images, relatively."""
        fun = self.value(self.x)
        missed = max(
            largest(t.image(self.x) - z) / (1.0 + largest(z))
            for t, z in zip(self.terms, self.copies, strict=True)
        )
        pull = max(largest(t.map.adjoint(u)) for t, u in zip(self.terms, self.scaled, strict=True))
        kkt = max(missed, self.dual / (1.0 + self.rho * pull))
        gap = self.bounds.gap(float(fun), float(kkt), self.multipliers(), self.x)
        return Measure(float(fun), gap, float(kkt))
