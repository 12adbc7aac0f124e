"""How far the answer of an inner solver is from the best one, from its own multipliers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from normcalc.operators.base import Floats
    from normcalc.operators.split import Found, SplitTerm


def duality_gap(v: Floats, step: float, terms: Sequence[SplitTerm], found: Found) -> float:
    """Return the objective at the answer minus a lower bound of the least one.

    With ``y_i`` a subgradient of ``h_i`` at ``z_i``, ``h_i(M_i x + c_i)`` is at least ``h_i(z_i) +
    <y_i, M_i x + c_i - z_i>`` for every x; the sum of these and the quadratic has its minimum in
    closed form.  Where the answer misses a constraint, an image that is a point is judged instead.

    Raises
    ------
    NotDerivable
        No value of a term is known, or all those points miss a constraint by more than rounding.

    Examples
    --------
    >>> from normcalc.operators.split import SplitTerm, minimised
    >>> one, v = np.eye(1), np.array([3.0])
    >>> term = SplitTerm(one, np.zeros(1), lambda y, t: np.maximum(y - t, 0), lambda y: y.sum())
    >>> bool(duality_gap(v, 0.5, [term], minimised(v, 0.5, [term])) < 1e-9)
    True
    """
    worths = [term.value for term in terms]
    known = [worth for worth in worths if worth is not None]
    if len(known) < len(terms) or found.point.size != v.size:
        raise NotDerivable("there is no bound: the solver knows no values of its terms")
    pull, least = np.zeros(v.size), 0.0
    for term, worth, z, y in zip(terms, known, found.images, found.multipliers, strict=True):
        pull += term.matrix.T @ y
        least += worth(z) + float(y @ (term.shift - z))
    least += float(pull @ v) - step * float(pull @ pull) / 2
    return max(0.0, _objective(v, step, terms, known, found) - least)


def _objective(
    v: Floats,
    step: float,
    terms: Sequence[SplitTerm],
    worths: Sequence[Callable[[Floats], float]],
    found: Found,
) -> float:
    """Return the objective at the answer, or at an image if the answer misses a constraint."""
    tried = [found.point]
    for term, z in zip(terms, found.images, strict=True):
        if np.array_equal(term.matrix, np.eye(v.size)):
            tried.append(z - term.shift)
    pairs = list(zip(terms, worths, strict=True))
    for u in tried:
        value = sum(worth(t.matrix @ u + t.shift) for t, worth in pairs)
        if value < np.inf:
            return float(value) + float((u - v) @ (u - v)) / (2 * step)
    raise NotDerivable("there is no bound: the answer misses a constraint")
