"""Terms of linear images as one: their maps below each other, their proxes side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.composite import LossTerm, Term
from normcalc.engine.constant import ButTheLast
from normcalc.engine.maps import DIRECT, Identity, LinearMap, matrix_of
from normcalc.engine.methods.semismooth import derivative, turning, turning_entries
from normcalc.engine.operators import BoundPenalty
from normcalc.engine.penalties import JointPenalty, Zero
from normcalc.forms.lower import lower
from normcalc.forms.separable import Separable

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.jit import Floats


def entrywise(term: Term) -> bool:
    """Tell whether a term's outer function is a sum over the entries of its argument."""
    penalty = term.penalty
    if isinstance(penalty, ButTheLast):
        penalty = penalty.penalty
    if isinstance(penalty, LossTerm | BoundPenalty | Zero):
        return True
    return isinstance(penalty, JointPenalty) and isinstance(lower(penalty.function), Separable)


def exact(term: Term, zero: Floats) -> bool:
    """Tell whether a term's prox is a formula, so that differences tell its derivatives."""
    penalty = term.penalty
    if type(penalty) is not JointPenalty:
        return False
    return penalty.derived.direct_at(term.image(zero), penalty.values)


def as_matrix(linear: LinearMap, zero: Floats) -> Floats | None:
    """Return a map as a matrix, if it is at hand or small enough to be made."""
    if isinstance(linear, Identity):
        return np.eye(zero.size) if zero.size <= DIRECT else None
    return matrix_of(linear, zero)


@dataclass
class Rows:
    """The terms of linear images, one below the other."""

    terms: list[Term]
    matrix: Floats
    shift: Floats
    cuts: Any

    @classmethod
    def of(cls, terms: list[Term], zero: Floats) -> Rows:
        """Stack the maps; a single one is not copied."""
        matrices: list[Any] = [as_matrix(term.map, zero) for term in terms]
        whole = matrices[0] if len(matrices) == 1 else np.concatenate(matrices)
        sizes = [len(each) for each in matrices]
        shifts = zip(terms, sizes, strict=True)
        shift = np.concatenate([np.broadcast_to(t.shift, size) for t, size in shifts])
        return cls(terms, whole, shift, np.cumsum(sizes)[:-1])

    def parts(self, u: Floats) -> list[Floats]:
        """Return what belongs to each term."""
        parts: list[Floats] = np.split(u, self.cuts)
        return parts

    def derivative(self, v: Floats, step: float) -> Floats:
        """Return the derivatives of proxes of entries; ones where entries move together."""
        found = np.ones_like(v)
        for term, own, part in zip(self.terms, self.parts(found), self.parts(v), strict=True):
            if entrywise(term):
                own[:] = derivative(term.penalty.prox, part, step)
        return found

    def turning(self, v: Floats, step: float) -> Callable[[Floats], Floats]:
        """Return the derivative of the prox as a map."""
        pairs = zip(self.terms, self.parts(v), strict=True)
        maps = [
            (turning_entries if entrywise(t) else turning)(t.penalty.prox, part, step)
            for t, part in pairs
        ]

        def turned(d: Floats) -> Floats:
            pairs = zip(maps, self.parts(d), strict=True)
            return np.concatenate([each(part) for each, part in pairs])

        return turned

    def prox(self, v: Floats, step: float) -> Floats:
        """Return the prox of all terms."""
        pairs = zip(self.terms, self.parts(v), strict=True)
        return np.concatenate([term.penalty.prox(part, step) for term, part in pairs])
