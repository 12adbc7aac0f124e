"""Projection on vectors with few entries that are not zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.language.evaluate import evaluate
from normcalc.operators.base import worth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from normcalc.language.function import Function
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Operator, Values


@dataclass(frozen=True)
class KeepLargest:
    """Keep the entries of largest size; of equal ones the first are kept."""

    count: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the projection."""
        count = whole_count(self.count, values)
        kept = np.argsort(-np.abs(v), kind="stable")[:count]
        found = np.zeros_like(v)
        found[kept] = v[kept]
        return found

    def steps(self) -> tuple[str, ...]:
        """Return the one step."""
        return ("keep the entries of largest size, and set the others to 0",)


@dataclass(frozen=True)
class SparseSymmetric:
    """The projection on the vectors of a set that have at most `count` entries other than 0.

    The set does not change when entries change places, nor when zeros are added.

    Parameters
    ----------
    count : Node
        How many entries may differ from zero.
    inner : Operator
        The projection on the set, for vectors of any length.
    indicator : Function
        The indicator of the set.
    """

    count: Node
    inner: Operator
    indicator: Function

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the projection; of equally near points one with more of the largest entries.

        Raises
        ------
        NotDerivable
            The set is empty.
        """
        count = min(whole_count(self.count, values), v.size)
        order = np.argsort(-v, kind="stable")
        places = (np.delete(order, slice(k, k + v.size - count)) for k in range(count, -1, -1))
        points = [u for p in places if (u := self._on(p, v, values)) is not None]
        if not points:
            raise NotDerivable("the set is empty: no vector with so few entries lies in it")
        return min(points, key=lambda u: float(np.sum((u - v) ** 2)))

    def _on(self, places: NDArray[np.intp], v: Floats, values: Values) -> Floats | None:
        """Return the nearest point of the set with zeros at all other places, if there is one."""
        u = np.zeros_like(v)
        if not places.size:
            return u if worth(self.indicator, u, values) == 0 else None
        try:
            u[places] = self.inner(v[places], 1.0, values)
        except NotDerivable:
            return None
        return u

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("for i = 0, ..., k: keep the k - i largest and the i smallest entries, and there",
                *self.inner.steps(), "of these points, the nearest to v")  # fmt: skip


def whole_count(count: Node, values: Values) -> int:
    """Return how many entries a bound allows.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> whole_count(parse("k"), {"k": 2.5})
    2
    """
    return max(0, int(np.floor(float(evaluate(count, values)))))
