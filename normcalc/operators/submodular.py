"""The prox of a Lovasz extension: an active set of vertices of the base polytope."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.language.evaluate import evaluate
from normcalc.language.polytopes import greedy_base
from normcalc.operators.active_set import Rows, minimised

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Values

_ROUNDING = 1e-12


@dataclass(frozen=True)
class BasePolytope:
    """The prox of ``factor * lovasz(x, table)`` for a submodular table.

    The function is the largest of as many linear forms as the base polytope has vertices; the
    greedy algorithm returns one that is largest, so that they need not be listed.
    """

    factor: Node
    table: str

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox.

        Raises
        ------
        NotDerivable
            The set function is not submodular; the message names two sets that show it.
        """
        table = float(evaluate(self.factor, values)) * np.asarray(values[self.table])
        if (witness := violation(table, v.size)) is not None:
            raise NotDerivable(f"{self.table} is not submodular, so its extension is not convex: "
                               f"{_in_words(self.table, *witness)}")  # fmt: skip

        def largest(u: Floats) -> Rows:
            return Rows(greedy_base(u, table)[None], np.zeros(1), np.zeros(1, dtype=np.intp))

        return minimised(v, step, largest(v), largest)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("v - u = step * (a convex combination of vertices of the base polytope)",
                "the vertex that is largest along u enters, by the greedy algorithm",
                "a vertex whose weight would fall below zero leaves")  # fmt: skip


def violation(table: Floats, n: int) -> tuple[int, int, int] | None:
    """Return a set and two elements that gain more together than apart, if there are any.

    The set is the sum of ``2**i`` over its elements.  A gain within rounding of the table counts
    as none.

    Examples
    --------
    >>> violation(np.array([0.0, 1.0, 1.0, 3.0]), 2)
    (0, 0, 1)
    >>> violation(np.array([0.0, 1.0, 1.0, 2.0]), 2)
    """
    if len(table) != 2**n:
        raise ValueError(f"{n} entries have {2**n} sets")
    sets = np.arange(2**n)
    room = _ROUNDING * float(np.abs(table).max())
    for i, j in combinations(range(n), 2):
        a, b = 1 << i, 1 << j
        base = sets[(sets & (a | b)) == 0]
        excess = table[base | a | b] + table[base] - table[base | a] - table[base | b]
        if excess.max() > room:
            return int(base[np.argmax(excess)]), i, j
    return None


def _in_words(name: str, base: int, i: int, j: int) -> str:
    held = [k for k in range(base.bit_length()) if base >> k & 1]
    first, second = [sorted([*held, i]), sorted([*held, j])]
    both = sorted([*held, i, j])
    return f"{name}({first}) + {name}({second}) < {name}({both}) + {name}({held})"
