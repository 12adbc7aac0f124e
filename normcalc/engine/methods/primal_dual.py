"""Primal-dual splitting: gradients, proxes and products with linear maps, no linear systems.

For ``F(x) + G(x) + sum_m H_m(K_m x + s_m)`` with a differentiable F a round is

    x+ = prox of tau G at x - tau (grad F(x) + sum K_m^T y_m)
    y+ = prox of sigma H_m* at y + sigma (K_m (2 x+ - x) + s_m)

Without F this is the algorithm of Chambolle and Pock.  It is a forward-backward step in the
metric ``P = [[1/tau, -K^T], [-K, 1/sigma]]``: with ``|grad F(x) - grad F(z)| <= beta |x - z|`` it
converges where ``1/tau - sigma |K|^2 > beta/2``, since then P is positive and the gradient step is
averaged in it.  Norm and beta are estimated from below, and raised as soon as a round shows more.

References
----------
Condat, "A primal-dual splitting method for convex optimization involving Lipschitzian, proximable
and linear composite terms", JOTA 2013.
Vu, "A splitting algorithm for dual monotone inclusions involving cocoercive operators", ACOM 2013.
Chambolle and Pock, "A first-order primal-dual algorithm for convex problems with applications to
imaging", JMIV 2011.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.certificate import Measure
from normcalc.engine.methods.multipliers import Bounds, home_of, largest
from normcalc.engine.penalties import Zero
from normcalc.engine.rays import conflict, constraints

if TYPE_CHECKING:
    from normcalc.engine.composite import Term
    from normcalc.engine.jit import Floats, Seed
    from normcalc.engine.rays import Ray

POWER_STEPS = 20
ROUNDS = 10  # between two measures
BALANCE = 5.0  # how unequal the residuals may be
MARGIN = 1.02  # of the squared norm, which is estimated from below
HALF = 0.6  # of the curvature; the condition asks for more than one half


class PrimalDual:
    """One run; see the module for the method."""

    name = "primal-dual splitting"
    stalled = False

    def __init__(self, terms: list[Term], x0: Floats, rng: Seed) -> None:
        """Sort the terms, and estimate the norm of the linear maps."""
        self.terms, self.x = terms, x0
        self.smooth = [term for term in terms if slope_of(term) is not None]
        self.home, self.others = _parted([term for term in terms if term not in self.smooth])
        self.images = [term.image(x0) for term in self.others]
        self.duals = [np.zeros_like(image) for image in self.images]
        self.pull = self.rest = np.zeros_like(x0)
        self.gradient = self._gradient(x0)
        draws = np.random.default_rng(rng)
        self.norm = MARGIN * self._norm(draws)
        self.curvature = self._curvature(draws)
        self.sigma = 0.5 * self.curvature / self.norm if self.norm and self.curvature else 1.0
        self.sigma = self.sigma if self.curvature or not self.norm else self.norm**-0.5
        self.primal, self.dual, self.steps = np.inf, np.inf, 0
        self.bounds = Bounds(terms, x0)
        self.before: list[Floats] | None = None

    def _gradient(self, x: Floats) -> Floats:
        pulls = (term.map.adjoint(_slope(term, x)) for term in self.smooth)
        return np.asarray(sum(pulls, np.zeros_like(x)))

    def _norm(self, rng: np.random.Generator) -> float:
        """Return the squared norm of all linear maps together from below, by the power method."""
        direction, norm = rng.standard_normal(self.x.shape), 0.0
        for _ in range(POWER_STEPS if self.others else 0):
            direction = direction / (np.linalg.norm(direction) or 1.0)
            pulls = (term.map.adjoint(term.map.apply(direction)) for term in self.others)
            direction = np.asarray(sum(pulls))
            norm = float(np.linalg.norm(direction))
        return norm

    def _curvature(self, rng: np.random.Generator) -> float:
        """Return the curvature of the differentiable terms along some gradients of theirs."""
        direction, found = rng.standard_normal(self.x.shape), 0.0
        for _ in range(POWER_STEPS if self.smooth else 0):
            length = float(np.linalg.norm(direction))
            if not 0.0 < length < np.inf:
                break
            short = direction / length * (1.0 + float(np.linalg.norm(self.x)))
            direction = self._gradient(self.x + short) - self.gradient
            found = max(found, float(np.linalg.norm(direction) / np.linalg.norm(short)))
        return found if np.isfinite(found) else 1.0

    @property
    def tau(self) -> float:
        """The step of the unknown, as long as the condition allows."""
        return 1.0 / ((HALF * self.curvature + self.sigma * self.norm) or 1.0)

    def step(self) -> None:
        """Do some rounds; more and more rarely, balance the two residuals."""
        for _ in range(ROUNDS):
            self._round()
        self.steps += 1
        if self.steps & (self.steps - 1) == 0 and self.others:  # rarely, so that it converges
            ratio = self.dual / self.primal if self.primal > 0.0 else BALANCE**2
            if ratio > BALANCE or ratio < 1.0 / BALANCE:
                self.sigma *= float(np.clip(np.sqrt(ratio), 0.1, 10.0))

    def _round(self) -> None:
        tau, sigma, before, pull = self.tau, self.sigma, self.x, self.pull
        ahead = before - tau * (self.gradient + pull)
        x = self.home.prox(ahead, tau)
        self.rest = (ahead - x) / tau  # a subgradient of the term whose prox was taken
        images = [term.image(x) for term in self.others]
        pairs = list(zip(self.others, self.duals, images, self.images, strict=True))
        duals = [
            _dual(t.penalty, y + sigma * (2.0 * new - old), sigma) for t, y, new, old in pairs
        ]
        pulls = (term.map.adjoint(y) for term, y in zip(self.others, duals, strict=True))
        self.pull, gradient = np.asarray(sum(pulls, np.zeros_like(x))), self._gradient(x)
        moved, turned = x - before, gradient - self.gradient
        stretched = [new - old for _, _, new, old in pairs]
        slopes = max(largest(gradient), largest(self.pull))
        self.primal = largest(moved / tau - turned + self.pull - pull) / (1.0 + slopes)
        left = zip(duals, self.duals, stretched, strict=True)
        missed = max((largest((y - old) / sigma - z) for y, old, z in left), default=0.0)
        self.dual = missed / (1.0 + max(map(largest, images), default=0.0))
        self._learn(moved, turned, stretched)
        self.x, self.gradient, self.images, self.duals = x, gradient, images, duals

    def _learn(self, moved: Floats, turned: Floats, stretched: list[Floats]) -> None:
        """Raise the estimates of norm and curvature to what a move shows."""
        length = float(np.vdot(moved, moved))
        if not 1e-200 < length < np.inf:
            return
        norm = sum(float(np.vdot(z, z)) for z in stretched) / length
        curvature = float(np.linalg.norm(turned)) / np.sqrt(length)
        self.norm = self.norm if norm <= self.norm else MARGIN * norm
        if self.curvature * MARGIN < curvature < np.inf:
            self.curvature = 1.1 * curvature

    def value(self, x: Floats) -> float:
        """Return the objective at a point."""
        return float(sum(term.worth(x) for term in self.terms))

    def conflict(self) -> Ray | None:
        """Return a proof that no point meets all constraints, from how multipliers grow."""
        chosen = constraints(self.terms)
        now = self.multipliers()
        before, self.before = self.before, [now[k] for k in chosen]
        if not chosen or before is None:
            return None
        grown = [after - old for after, old in zip(self.before, before, strict=True)]
        return conflict([self.terms[k] for k in chosen], grown, self.x)

    def measure(self) -> Measure:
        """Return objective, gap, and by how much the optimality conditions are missed."""
        fun = self.value(self.x)
        kkt = max(self.primal, self.dual)
        return Measure(fun, self.bounds.gap(fun, kkt, self.multipliers(), self.x), kkt)

    def multipliers(self) -> list[Floats]:
        """Return a subgradient of each term."""
        duals = dict(zip(map(id, self.others), self.duals, strict=True))
        return [
            _slope(t, self.x) if t in self.smooth else duals.get(id(t), self.rest)
            for t in self.terms
        ]


def slope_of(term: Term) -> Any:
    """Return the gradient of a term's outer function, if it has one everywhere."""
    penalty = term.penalty
    if hasattr(penalty, "loss"):
        return penalty.slope if penalty.loss.smooth else None
    derived = getattr(penalty, "derived", None)
    return None if derived is None or derived.gradient is None else penalty.slope


def _slope(term: Term, x: Floats) -> Floats:
    return np.asarray(slope_of(term)(term.image(x)))


def _parted(terms: list[Term]) -> tuple[Any, list[Term]]:
    """Return one function of the unknown itself, zero if there is none, and the other terms."""
    home = home_of(terms)
    if home is None:
        return Zero(), terms
    return terms[home].penalty, [term for k, term in enumerate(terms) if k != home]


def _dual(penalty: Any, v: Floats, sigma: float) -> Floats:
    """Return the prox of the conjugate, by Moreau's decomposition."""
    return np.asarray(v - sigma * penalty.prox(v / sigma, 1.0 / sigma))
