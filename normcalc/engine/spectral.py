"""Sums over singular values, with a prox that decomposes only what survives.

The prox of ``sum f(s_i)`` maps singular values by the prox of f, which is monotone: where it takes
one of them to zero, smaller ones vanish with it.  So the leading ones are enough, up to the first
that vanishes.  They are found by subspace iteration that starts from the space of the call before:
between two steps of a method the matrix changes little.  A start that is drawn at random misses
none of them with probability one.

References
----------
Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 2011.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse

from normcalc.engine.factors import singular_values
from normcalc.engine.operators import BoundPenalty, bind, operators
from normcalc.engine.penalties import JointPenalty
from normcalc.forms.lower import lower
from normcalc.forms.separable import Separable
from normcalc.language.nodes import Apply, Symbol, substitute

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats
    from normcalc.language.function import Function

LARGE = 100  # rows and columns from which a part of the decomposition pays
FRESH = 2  # directions beside those of the call before, which may lack a new one
SPARE = 10  # singular values beyond those that survive
PART = 0.3  # of all singular values: where more survive, all are computed
ACCURATE = 1e-9  # residual of a singular value that survives, over the largest
ITERATIONS = 12
SAME = 1e-14  # relatively: so near a multiple is one
OUTSIDE = 1.0 - 1e-9  # shares below this are more than rounding
INSIDE = 1.0 - 1e-12  # rounding must not carry a dual point out of the domain


class Spectral(JointPenalty):
    """A function of a matrix that is a sum over its singular values."""

    costly = True  # its dual decomposes a whole matrix, and its prox does not

    def __init__(self, whole: JointPenalty, element: BoundPenalty) -> None:
        """Take the function of a singular value, as an even function."""
        self.function, self.derived = whole.function, whole.derived
        self.values, self.name = whole.values, whole.name
        self.element = element
        self.tested: tuple[Any, Floats] = (None, np.empty(0))  # entries and singular values
        self.space: Floats | None = None
        self.last: tuple[Any, Floats] = (None, np.empty(0))  # a point and its singular values

    def worth(self, x: Floats) -> float:
        """Return the value; of the last point that `prox` returned without decomposing it."""
        point, sizes = self.last
        if point is not x:
            sizes = np.asarray(np.linalg.svd(x, compute_uv=False), dtype=np.float64)
        return self.element.worth(sizes)

    def dual(self, u: Any) -> float:
        """Return the conjugate, that of the singular values' function."""
        return self.dual_of(self._sizes(u))

    def dual_of(self, sizes: Floats) -> float:
        """Return the conjugate at a matrix with all these singular values."""
        outside = self.element.into_domain(sizes) < OUTSIDE
        return np.inf if outside else self.element.dual(sizes)

    def into_domain(self, u: Any) -> float:
        """Return the largest ``s <= 1`` with ``s*u`` in the domain of the conjugate."""
        return self.share_of(self._sizes(u))

    def share_of(self, sizes: Floats) -> float:
        """Return `into_domain` of a matrix with all these singular values."""
        return INSIDE * self.element.into_domain(sizes / INSIDE)

    def _sizes(self, u: Any) -> Floats:
        """Return singular values; those of a multiple of the matrix before are known."""
        entries = u.data if issparse(u) else u.ravel()
        before, sizes = self.tested
        same = before is not None and before.size == entries.size
        place = int(np.argmax(np.abs(entries))) if entries.size else 0
        factor = float(entries[place] / (before[place] or 1.0)) if same and entries.size else 0.0
        off = 0.0 if not factor else float(np.abs(entries - factor * before).max())
        if not factor or off > SAME * abs(float(entries[place])):
            factor, sizes = 1.0, singular_values(u, self._flat_from)
            self.tested = entries.copy(), sizes
        return abs(factor) * sizes

    def _flat_from(self, size: float) -> bool:
        """Tell whether the conjugate is the same for all singular values up to `size`."""
        return bool(self.element.dual(np.array([size])) == self.element.dual(np.zeros(1)))

    def prox(self, v: Floats, step: float) -> Floats:
        """Return the prox."""
        left, sizes, right = self._leading(v, step)
        found = self.element.prox(sizes, step)
        kept = np.flatnonzero(found)
        x = np.asarray((left[:, kept] * found[kept]) @ right[kept])
        self.last = x, found[kept]
        return x

    def _leading(self, v: Floats, step: float) -> tuple[Floats, Floats, Floats]:
        """Return singular values and vectors, up to one whose prox is zero at least."""
        rng, least = np.random.default_rng(0), min(v.shape)
        start = self.space if self.space is not None and len(self.space) == len(v) else None
        space = rng.standard_normal((len(v), 2 * SPARE if start is None else FRESH))
        space = space if start is None else np.hstack([start, space])
        while space.shape[1] < PART * least:
            found = self._refined(v, space, step)
            if found is None:
                break
            left, sizes, right = found
            kept = int(np.count_nonzero(self.element.prox(sizes, step)))
            if kept < len(sizes):
                self.space = left[:, : kept + SPARE]
                return found
            space = np.hstack([left, rng.standard_normal((len(v), len(sizes)))])
        left, sizes, right = np.linalg.svd(v, full_matrices=False)
        kept = int(np.count_nonzero(self.element.prox(sizes, step)))
        self.space = left[:, : kept + SPARE]
        return left, sizes, right

    def _refined(
        self, v: Floats, space: Floats, step: float
    ) -> tuple[Floats, Floats, Floats] | None:
        """Iterate a subspace until the values that survive are accurate; None if that is slow."""
        for _ in range(ITERATIONS):
            space, _ = np.linalg.qr(v @ (v.T @ space))
            long, short = np.linalg.qr(v.T @ space)
            inner, sizes, turn = np.linalg.svd(short.T)
            left, right = space @ inner, turn @ long.T
            kept = np.count_nonzero(self.element.prox(sizes, step))
            missed = v @ right[:kept].T - left[:, :kept] * sizes[:kept]
            if np.abs(missed).max(initial=0.0) <= ACCURATE * max(float(sizes[0]), 1e-300):
                return left, sizes, right
        return None


@lru_cache(maxsize=256)
def lowered(function: Function) -> Any:
    """Return the canonical form of a function; of the same function once a process."""
    return lower(function)


def spectral(whole: JointPenalty, zero: Floats) -> Spectral | None:
    """Return a function of large matrices as a sum over singular values, if it is one."""
    if zero.ndim != 2 or min(zero.shape) < LARGE:
        return None
    form: Any = lowered(whole.function)
    listing = getattr(form, "listing", None)
    if listing is None or listing.head != "singular_values" or listing.args[0] != _variable(whole):
        return None
    summed = lowered(form.outer)
    if not isinstance(summed, Separable) or summed.varying:
        return None
    element = summed.element
    size = Apply("abs", (Symbol(element.variable.name),))
    body = substitute(element.body, {element.variable.name: size})
    return Spectral(whole, bind(operators(replace(element, body=body, text="")), whole.values))


def _variable(whole: JointPenalty) -> Symbol:
    return Symbol(whole.function.variable.name)
