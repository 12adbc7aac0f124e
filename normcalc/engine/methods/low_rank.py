"""Accelerated proximal gradient whose iterates are products, for sums over singular values.

A gradient step leaves a matrix of low rank plus one with the entries that are seen, of which only
products are taken.  The space of its leading singular vectors is carried from step to step and
multiplied once by the matrix in each, so a prox is as exact as the iterates are near; the space
grows while all of its singular values survive.  Where the objective stops falling, the space is
joined by random directions and iterated until it is exact.  A lower bound takes a whole
decomposition, so it waits until the one in the space of the iterates says that it will be enough.

References
----------
Mazumder, Hastie and Tibshirani, "Spectral regularization algorithms for learning large incomplete
matrices", JMLR 2010.
O'Donoghue and Candes, "Adaptive restart for accelerated gradient schemes", FoCM 2015.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from normcalc.engine.certificate import Measure, Posed
from normcalc.engine.entries import SeenEntries
from normcalc.engine.factors import Factors, Mixture, distance, factored, inner, leading
from normcalc.engine.spectral import Spectral
from normcalc.engine.squares import EntrywiseQuadratic

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

SPARE = 10  # directions beyond those that survive
GROWTH = 10  # new directions where all survive
PART = 0.5  # of all directions: where more are asked for, all are taken
ITERATIONS = 30  # of a space that is to be exact
ACCURATE = 1e-11  # by how much, relatively, singular values still grow where it is
EVERY = 2  # steps between two looks at the gap
RARELY = 1.1  # the steps until the next over those so far
ROUNDING = 1e-14  # relative rises of the objective below this are noise


@dataclass
class PosedFactors(Posed):
    """The problem on factors, and the same one on whole matrices."""

    whole: Posed | None = None

    def escape(self, method: Any) -> Literal["unbounded"] | None:
        """Tell whether the objective falls without end from a method's point."""
        if self.whole is None or self.lower_bound > -np.inf:
            return None
        found = self.whole.escape(method)
        self.ray = self.whole.ray
        return found


def on_factors(posed: Posed) -> PosedFactors | None:
    """Return a problem as one on factors, if it is a quadratic of entries and a spectral sum."""
    terms: Any = getattr(posed.loss, "penalties", ())
    fits = len(terms) == 1 and isinstance(terms[0], EntrywiseQuadratic)
    if not fits or not isinstance(posed.penalty, Spectral) or posed.penalty.may_be_flat:
        return None
    loss = SeenEntries(terms[0])
    found = PosedFactors(loss, posed.penalty, posed.tol, whole=posed)
    found.flat = np.empty((0, 0))
    if found.convex:  # the least value of the loss, and of the penalty
        zeros = np.zeros(min(loss.shape))
        found.lower_bound = -loss.dual(np.zeros_like(loss.h)) - posed.penalty.dual_of(zeros)
    found.gradient_scale = float(np.abs(loss.first).max(initial=0.0))
    return found


class LowRank:
    """One run; see the module for the method."""

    name = "accelerated proximal gradient on factors"

    def __init__(self, posed: Posed, first: Floats) -> None:
        """Start at a matrix; `posed` has `SeenEntries` and a `Spectral` penalty."""
        self.posed, self.stalled = posed, False
        self.loss: SeenEntries = posed.loss
        self.curvature = self.loss.steepest or 1.0
        self.rng = np.random.default_rng(0)
        start = factored(first.T if self.loss.turned else first)
        self.now = self.before = start
        self.prediction = self.old = self.loss.prediction(start)
        self.fun = self._worth(start, self.prediction)
        self.momentum, self.share, self.exact = 1.0, 0.0, False
        self.block = np.hstack([start.right, self._random(SPARE)])
        self.measured, self.due, self.kkt = 0, 2, np.inf
        self.left, self.full = start.left, False
        self.overlap = float(start.sizes @ start.sizes)  # of the point and the one before

    @property
    def x(self) -> Floats:
        """The best point."""
        whole = self.now.whole
        return whole.T if self.loss.turned else whole

    @property
    def least(self) -> int:
        """How many singular values there are."""
        return int(min(self.loss.shape))

    def _random(self, count: int) -> Floats:
        return self.rng.standard_normal((self.loss.shape[1], count))

    def _worth(self, x: Factors, prediction: Floats) -> float:
        return self.loss.value(prediction) + self._summed(x.sizes)

    def _summed(self, sizes: Floats) -> float:
        missing = self.least - sizes.size
        return float(self.posed.penalty.element.worth(np.pad(sizes, (0, missing))))

    def step(self) -> None:
        """Take one accelerated step, or drop the momentum if that would not help."""
        z = self.prediction + self.share * (self.prediction - self.old)
        parts = [(1.0 + self.share, self.now), (-self.share, self.before)]
        x = self._forward(z, parts)
        prediction = self.loss.prediction(x)
        fun = self._worth(x, prediction)
        noise = ROUNDING * max(abs(self.fun), self.loss.at_zero)  # values are differences of these
        if not fun <= self.fun + noise:
            plain = self.share == 0.0
            self.stalled, self.exact = plain and self.exact, plain
            self.momentum, self.share = 1.0, 0.0
            return
        self.overlap, last = inner(self.now, x), self.overlap
        turned = self._turned(x, last)
        following = 1.0 if turned else 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * self.momentum**2))
        self.share = 0.0 if turned else (self.momentum - 1.0) / following
        self.before, self.old = self.now, self.prediction
        self.now, self.prediction, self.fun, self.momentum = x, prediction, fun, following
        self.exact = False

    def _turned(self, x: Factors, last: float) -> bool:
        """Tell whether the step from the mixture and the move are at an obtuse angle.

        `last` is the inner product of the point and the one before.
        """
        ahead = (1.0 + self.share) * (self.overlap - self.now.sizes @ self.now.sizes)
        behind = self.share * (inner(self.before, x) - last) if self.share else 0.0
        return bool(ahead - behind - x.sizes @ x.sizes + self.overlap > 0.0)

    def _forward(self, z: Floats, parts: list[tuple[float, Factors]]) -> Factors:
        """Return the proximal gradient step from a mixture of products."""
        slope = self.loss.slope(z)
        v = Mixture(parts, self.loss.matrix(slope / -self.curvature))
        return self._exactly(v) if self.exact else self._prox(v)

    def _exactly(self, v: Mixture) -> Factors:
        """Return the prox, the space iterated until the sizes that survive are exact."""
        self.block = np.hstack([self.block, self._random(GROWTH)])
        x = self._prox(v)
        for _ in range(ITERATIONS):
            last, x = x, self._prox(v)
            if (
                x.sizes.size == last.sizes.size
                and not self.full
                and np.allclose(x.sizes, last.sizes, rtol=ACCURATE, atol=0.0)
            ):
                break
        return x

    def _prox(self, v: Mixture) -> Factors:
        """Return the prox in the image of the space, which becomes the space."""
        if self.block.shape[1] >= PART * self.least:
            space = np.eye(self.loss.shape[0])
        else:
            space, _ = np.linalg.qr(v @ self.block)
        found = leading(v, space)
        sizes = np.asarray(self.posed.penalty.element.prox(found.sizes, 1.0 / self.curvature))
        kept = int(np.count_nonzero(sizes))
        self.full = kept == sizes.size < self.least  # all survived: some may be missing
        block = found.right[:, : kept + SPARE]
        new = min(kept + SPARE - block.shape[1], GROWTH)
        self.block = np.hstack([block, self._random(new)]) if new > 0 else block
        self.left = found.left[:, : kept + SPARE]
        return Factors(found.left[:, :kept], sizes[:kept], found.right[:, :kept])

    def measure(self) -> Measure:
        """Return objective, gap, and how far a step moves; the latter two now and then only."""
        self.measured += 1
        if self.measured >= self.due:
            self.due = max(self.measured + EVERY, int(RARELY * self.measured))
            self._look()
        if not self.posed.convex:
            return Measure(self.fun, np.nan, self.kkt)
        return Measure(self.fun, max(0.0, self.fun - self.posed.lower_bound), self.kkt)

    def _look(self) -> None:
        """Take the gap where it may be small enough, else how far a step moves."""
        slope = self.loss.slope(self.prediction)
        optimistic = self._gap_inside(slope)
        if self.posed.gap_tol(self.fun) < optimistic < np.inf:
            return
        if optimistic < np.inf:
            gap = self.posed.gap(self.fun, slope, self.loss.matrix(slope))
            if gap <= self.posed.gap_tol(self.fun):
                return
            self.exact = True  # something is missing in the space
        self.kkt = self._moved()

    def _gap_inside(self, slope: Floats) -> float:
        """Return the gap as if there were no singular values outside the space."""
        if not self.posed.convex:
            return np.inf
        image = self.loss.matrix(slope).T @ self.left
        sizes = np.sqrt(np.maximum(np.linalg.eigvalsh(image.T @ image), 0.0))
        penalty, sizes = self.posed.penalty, np.pad(sizes, (0, self.least - sizes.size))
        share = penalty.share_of(sizes)
        return float(self.fun + self.loss.dual(share * slope) + penalty.dual_of(share * sizes))

    def _moved(self) -> float:
        """Return how far an exact step from the best point moves, over the step."""
        self.exact = True
        x = self._forward(self.prediction, [(1.0, self.now)])
        return self.curvature * distance(x, self.now)
