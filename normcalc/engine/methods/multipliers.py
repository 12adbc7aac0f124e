"""Lower bounds from multipliers of a sum of terms: weak duality for splitting methods.

Multipliers ``y_i`` with ``sum K_i^T y_i = 0`` give ``sum <y_i, s_i> - h_i*(y_i)`` as a bound on
the least value of ``sum h_i(K_i x + s_i)`` (Fenchel-Rockafellar duality).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from normcalc.engine.maps import matrix_of
from normcalc.engine.methods.dual_points import closed

if TYPE_CHECKING:
    from normcalc.engine.composite import Term
    from normcalc.engine.jit import Floats
    from normcalc.engine.maps import NormalEquations

REGULAR = 1e-6  # the least pivot over the largest
NEARLY = 1.0 - 1e-9  # shares above this are rounding
NEAR = 1e-5  # optimality conditions, relatively: from where feasible multipliers are looked for
WIDE = 1e-9  # of the objective: smaller gaps need no better bound
GOOD = 100.0  # times the optimality conditions, relatively: such a gap falls with them
WORK = 1e10  # multiplications that a factor may take


def home_of(terms: list[Term]) -> int | None:
    """Return a term of the unknown itself, one summed over coordinates if there is one."""
    plain = [k for k, term in enumerate(terms) if term.plain]
    summed = [k for k in plain if hasattr(terms[k].penalty, "domain")]
    return next(iter([*summed, *plain]), None)


class Bounds:
    """The best lower bound so far of a sum of terms.

    Multipliers that come from an iteration do not add up to zero.  They are made to by replacing
    that of a term of the unknown itself, all shrunk until it is in the domain of the conjugate;
    by correcting, as little as possible, that of a term whose map has independent columns; and
    where there is no term of the unknown itself and `equations` can be solved, by spreading what
    is left over all terms.
    """

    def __init__(
        self, terms: list[Term], zero: Floats, equations: NormalEquations | None = None
    ) -> None:
        """Find the terms whose multipliers can close the sum."""
        self.terms, self.zero, self.best = terms, zero, -np.inf
        self.equations, self.looked = equations, NEAR  # how close the last look for a bound was
        self.known = all(term.penalty.has_conjugate for term in terms)
        self.home = home_of(terms)
        self.plain = [k for k, term in enumerate(terms) if term.plain]
        self.tall = next(filter(None, map(self._inverse, range(len(terms)))), None)

    @property
    def possible(self) -> bool:
        """Whether there can be bounds."""
        return self.known

    def _inverse(self, k: int) -> tuple[int, Any] | None:
        """Return the place of a term and the factor of ``K^T K``, if that is regular."""
        matrix = matrix_of(self.terms[k].map, self.zero) if self.known else None
        if matrix is None or matrix.shape[1] != self.zero.size or len(matrix) < self.zero.size:
            return None
        if matrix.size * self.zero.size > WORK:
            return None
        try:
            factor = cho_factor(matrix.T @ matrix)
        except np.linalg.LinAlgError:
            return None
        diagonal = np.abs(np.diag(factor[0]))
        return (k, factor) if diagonal.min() > REGULAR * diagonal.max() else None

    def update(self, multipliers: list[Floats]) -> float:
        """Return the best bound, that of new multipliers among them."""
        if self.known:
            listed = zip(self.terms, multipliers, strict=True)
            ys = [_of_loss(term, term.multiplier(y)) for term, y in listed]
            self.best = max(self.best, self._replaced(ys), self._corrected(ys), self._spread(ys))
        return self.best

    def gap(self, fun: float, kkt: float, multipliers: list[Floats], x: Floats) -> float:
        """Return what is left between an objective and the best bound.

        Near a solution feasible multipliers are looked for, if those at hand give no good bound.
        """
        bound = self.update(multipliers)
        if kkt < 0.1 * self.looked and abs(fun - bound) > max(WIDE, GOOD * kkt) * abs(fun):
            self.looked, bound = kkt, self.closed(multipliers, x)
        return abs(fun - bound)

    def closed(self, multipliers: list[Floats], x: Floats) -> float:
        """Return the best bound, that of slopes changed as the proxes let them among them."""
        ys = [_inside(term, y) for term, y in zip(self.terms, multipliers, strict=True)]
        found = closed(self.terms, ys, x) if self.known else None
        if found is not None:
            pairs = zip(self.terms, found, strict=True)
            share = min(_share(term, y) for term, y in pairs)
            self.best = max(self.best, self._value(found, share))
        return self.best

    def _pull(self, ys: list[Floats], but: int | None = None) -> Floats:
        """Return ``sum K_i^T y_i``, without one of the terms."""
        pairs = enumerate(zip(self.terms, ys, strict=True))
        pulls = (term.map.adjoint(y) for k, (term, y) in pairs if k != but)
        return np.asarray(sum(pulls, np.zeros_like(self.zero)))

    def _value(self, ys: list[Floats], share: float = 1.0) -> float:
        pairs = zip(self.terms, ys, strict=True)
        bound = sum(
            share * float(np.sum(y * t.shift)) - t.penalty.dual(share * y) for t, y in pairs
        )
        return float(bound) if np.isfinite(bound) else -np.inf

    def _replaced(self, ys: list[Floats]) -> float:
        """Return the best bound with the multiplier of one term of the unknown replaced."""
        return max((self._closed_by(k, ys) for k in self.plain), default=-np.inf)

    def _closed_by(self, k: int, ys: list[Floats]) -> float:
        closing = -self._pull(ys, k)
        share = self.terms[k].penalty.into_domain(closing)
        return self._value([*ys[:k], closing, *ys[k + 1 :]], share)

    def _corrected(self, ys: list[Floats]) -> float:
        if self.tall is None:
            return -np.inf
        k, factor = self.tall
        ys = [
            y if i == k else _inside(t, y)
            for i, (t, y) in enumerate(zip(self.terms, ys, strict=True))
        ]
        excess = cho_solve(factor, self._pull(ys).ravel()).reshape(self.zero.shape)
        return self._value([*ys[:k], ys[k] - self.terms[k].map.apply(excess), *ys[k + 1 :]])

    def _spread(self, ys: list[Floats]) -> float:
        if self.home is not None or self.equations is None:
            return -np.inf
        excess = self.equations.solve(self._pull(ys))
        pairs = list(zip(self.terms, ys, strict=True))
        closed = [y - term.map.apply(excess) for term, y in pairs]
        shares = (t.penalty.into_domain(y) for t, y in zip(self.terms, closed, strict=True))
        return self._value(closed, min(shares))


def _of_loss(term: Term, y: Floats) -> Floats:
    """Return slopes of a loss inside the domain of its conjugate; others as they are."""
    return _inside(term, y) if hasattr(term.penalty, "loss") else y


def _inside(term: Term, y: Floats) -> Floats:
    """Return a multiplier in the domain of the conjugate, shrunk if it is not."""
    penalty = term.penalty
    if not hasattr(penalty, "into_domain"):
        return y
    share = penalty.into_domain(y)
    return y if share > NEARLY and penalty.dual(y) < np.inf else np.asarray(share * y)


def _share(term: Term, y: Floats) -> float:
    into_domain = getattr(term.penalty, "into_domain", None)
    return 1.0 if into_domain is None else float(into_domain(y))


def largest(array: Floats) -> float:
    """Return the largest size of an entry."""
    return float(np.abs(array).max(initial=0.0))
