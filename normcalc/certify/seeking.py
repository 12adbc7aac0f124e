"""Parameter values for thin regimes, which a random draw misses: one parameter moved at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.certify.expressions import NUMPY, evaluate
from normcalc.certify.space import Range, legal, values_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from normcalc.certify.objective import Numbers
    from normcalc.language import Function

_ROUNDS = 3


def seek(
    function: Function,
    conditions: Iterable[sp.Basic],
    space: Sequence[Range],
    bases: Iterable[Numbers],
    rng: np.random.Generator,
) -> Iterator[dict[str, float]]:
    """Yield legal points at which all inequalities among the conditions hold.

    Each base is moved along one parameter at a time to where they are violated least.  Conditions
    on roots, which are known only after set-up, are left out.
    """
    names = {r.name for r in space}
    wanted = [
        c
        for condition in conditions
        for c in sp.And.make_args(condition)
        if not isinstance(c, sp.Eq) and {s.name for s in c.free_symbols} <= names
    ]
    for base in bases:
        point, violated = dict(base), np.inf
        for _ in range(_ROUNDS):
            for r in (r for r in space if not r.integer):
                point[r.name], violated = _best(wanted, r, point, rng)
        if violated == 0 and legal(function, space, point):
            yield point


def _best(
    wanted: Sequence[sp.Basic], r: Range, point: Numbers, rng: np.random.Generator
) -> tuple[float, float]:
    """Return the value of one parameter that violates least, the present one first; how much."""
    trials = np.concatenate([[point[r.name]], values_over(r)])
    violated = sum((_violation(c, r, point, trials) for c in wanted), np.zeros(len(trials)))
    best = np.flatnonzero(violated == violated.min())
    return float(trials[0 if best[0] == 0 else rng.choice(best)]), float(violated.min())


def _violation(
    condition: sp.Basic, r: Range, point: Numbers, trials: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return 0 where the condition holds, else a number up to 2, smaller towards its border."""
    given = {s: trials if s.name == r.name else point[s.name] for s in condition.free_symbols}
    with np.errstate(all="ignore"):
        holds = np.asarray(evaluate(condition, given, NUMPY), dtype=bool)
        if not isinstance(condition, sp.Rel):
            return np.where(holds, 0.0, 2.0) + 0.0 * trials
        left, right = (0.0 * trials + evaluate(side, given, NUMPY) for side in condition.args)
        relative = 1e-9 + np.abs(left - right) / (np.abs(left) + np.abs(right))
    return np.where(holds, 0.0, np.nan_to_num(relative, nan=2.0))
