"""Products of powers of the 1-norm and of the 2-norm: all stationary points, the best of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.language.evaluate import evaluate
from normcalc.operators.roots import zeros_between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Values


@dataclass(frozen=True)
class RatioOfNorms:
    """The prox of ``factor * norm(x, 1)**p * norm(x, 2)**m`` with p > 0 and any m.

    Parameters
    ----------
    factor, first, second : Node
        The factor, p and m.
    """

    factor: Node
    first: Node
    second: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox; of equally good points, one that prefers the first entries.

        Raises
        ------
        NotDerivable
            The power of the 1-norm is not positive, or the least value is only approached at 0.
        """
        numbers = (float(evaluate(n, values)) for n in (self.factor, self.first, self.second))
        factor, p, m = numbers
        if not p > 0:
            raise NotDerivable(f"the power of the 1-norm must be positive, and is {p}")
        size = float(np.abs(v).max()) or 1.0
        order = np.argsort(-np.abs(v), kind="stable")
        weight = np.log(step) + np.log(factor) + (p + m - 2) * np.log(size)
        search = _Search(np.abs(v)[order] / size, float(weight), p, m)
        found = np.empty_like(v)
        found[order] = size * search.best()
        return np.copysign(found, v)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("for t = 1, ..., n: on the t largest |v_i|, all critical points r*w of length r "
                "with w = (|v| - c)/norm(|v| - c) for some c",
                "and r*w for w along the axis of the largest |v_i|, or with equal sizes on all of "
                "them",
                "of these points with the signs of v, the best")  # fmt: skip


@dataclass(frozen=True)
class _Block:
    """The `count` largest entries: their sum over ``sqrt(count)``, and the length of the rest.

    The directions ``cos*(1, ..., 1)/sqrt(count) + sin*(rest)`` with the tangent in [lo, hi] are
    those of ``v - c`` for a number c between this entry and the next.
    """

    count: int
    along: float
    across: float
    lo: float
    hi: float


@dataclass(frozen=True)
class _Search:
    """The minimisers of ``exp(weight)*s**p*r**k + r**2/2 - r*<w, v>`` for nonincreasing v.

    Here r is the length of a point, w its direction, s the 1-norm of w, and k = p + m.
    """

    v: Floats
    weight: float
    p: float
    m: float

    def best(self) -> Floats:
        """Return the best point."""
        points = list(self._points())
        costs = [self._cost(*point) for point in points]
        k = int(np.argmin(costs)) if points else 0
        if not points or (self.p + self.m > 0 and costs[k] > 0):
            raise NotDerivable(
                "there is no minimiser: the infimum is approached at 0, where a ratio has no value"
            )
        count, tangent, length = points[k]
        return length * self._direction(count, tangent)

    def _points(self) -> Iterator[tuple[int, float, float]]:
        """Yield how many entries are kept, the tangent, and the length of all candidates."""
        for count in {1, int(np.sum(self.v == self.v[0]))}:
            along = float(self.v[:count].sum() / np.sqrt(count))
            weight = self.weight + self.p / 2 * np.log(count)
            yield from ((count, 0.0, r) for r in _lengths(along, weight, self.p + self.m))
        with np.errstate(all="ignore"):
            for count in range(2, self.v.size + 1):
                block = self._block(count)
                for tangent in self._tangents(block):
                    if (length := self._length(block, tangent)) > 0:
                        yield count, tangent, length

    def _block(self, count: int) -> _Block:
        kept = self.v[:count]
        gaps = kept[0] - kept
        root = np.sqrt(count)
        across = float(np.linalg.norm(gaps - gaps.mean()))
        after = self.v[count] if count < self.v.size else 0.0
        near, far = (float(np.sum(kept - c)) / root for c in (after, kept[-1]))
        lo = across / near if across else 0.0
        hi = min(across / far, root * np.sqrt(1 - 1 / count)) if far else np.sqrt(count - 1.0)
        return _Block(count, float(kept.sum() / root), across, lo, float(hi))

    def _tangents(self, block: _Block) -> list[float]:
        """Return where the derivative vanishes, and the ends, which roundings may have passed."""
        inner = [float(x) for x in self._turns(block) if block.lo < x < block.hi]
        ends = [block.lo, *sorted(inner), block.hi]
        return [block.lo, block.hi, *zeros_between(lambda x: self._gap(block, x), ends)]

    def _gap(self, block: _Block, tangent: float) -> float:
        """Return ``log(c) - log(p*exp(weight)*s**(p-1)*r**(k-1))``, zero at critical points."""
        k, b, d = self.p + self.m, block.along, block.across
        bend = (self.p + k - 2) / 2 * np.log1p(tangent**2)
        slope = np.log(max(b - (d / tangent if d else 0.0), 0.0)) - np.log(self.p)
        length = (k - 1) * np.log(max(self._stretch(block, tangent), 0.0)) if k != 1 else 0.0
        return float(slope + bend - length - self.weight - self.p / 2 * np.log(block.count))

    def _stretch(self, block: _Block, tangent: float) -> float:
        """Return the length of the critical point over the cosine."""
        ratio, d = 1 + self.m / self.p, block.across
        return (1 - ratio) * block.along + (d * tangent + ratio * d / tangent if d else 0.0)

    def _turns(self, block: _Block) -> Floats:
        """Return points between which `_gap` is monotone: roots of its derivative's numerator."""
        k, ratio, b, d = self.p + self.m, 1 + self.m / self.p, block.along, block.across
        slope, stretch = np.poly1d([b, -d]), np.poly1d([d, (1 - ratio) * b, ratio * d])
        square, one = np.poly1d([1.0, 0.0, 0.0]), np.poly1d([1.0, 0.0, 1.0])
        top = d * one * stretch + (self.p + k - 2) * square * slope * stretch
        top -= (k - 1) * d * (square - ratio) * slope * one
        return np.concatenate([np.real(top.roots), np.real(stretch.roots)])

    def _length(self, block: _Block, tangent: float) -> float:
        return float(self._stretch(block, tangent) / np.sqrt(1 + tangent**2))

    def _cost(self, count: int, tangent: float, length: float) -> float:
        w = self._direction(count, tangent)
        power = self.weight + self.p * np.log(w.sum()) + (self.p + self.m) * np.log(length)
        with np.errstate(over="ignore"):
            return float(np.exp(power) + length**2 / 2 - length * (w @ self.v))

    def _direction(self, count: int, tangent: float) -> Floats:
        """Return the unit vector; of equal entries the first is larger than the others."""
        kept = self.v[:count]
        gaps = kept[0] - kept
        if not gaps.any():
            gaps = np.minimum(np.arange(count), 1.0)
        rest = gaps.mean() - gaps
        w = np.zeros_like(self.v)
        size = float(np.linalg.norm(rest))
        w[:count] = 1 / np.sqrt(count) + (tangent / size * rest if size else 0.0)
        found: Floats = np.maximum(w, 0.0) / np.sqrt(1 + tangent**2)
        return found


def _lengths(along: float, weight: float, k: float) -> list[float]:
    """Return all r > 0 with ``k*exp(weight)*r**(k-1) + r == along``."""
    if k == 0:
        return [along] if along > 0 else []
    level = weight + np.log(abs(k))

    def gap(r: float) -> float:
        power = (k - 1) * np.log(r) if k != 1 else 0.0
        return float(np.log(abs(along - r)) - power - level)

    with np.errstate(all="ignore"):
        if k < 0:
            far = along + float(np.exp(level / (2 - k)))
            return zeros_between(gap, [along, 2 * far])
        turn = [(1 - k) / (2 - k) * along] if k < 1 else []
        return zeros_between(gap, [0.0, *turn, along])
