"""Regimes whose points are searched for: the operator's own numbers against the global search.

The two searches share no code: the operator's narrows and bisects a compiled derivative, the one
here only compares values of what the user wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mpmath as mp
import numpy as np

from normcalc.certify.objective import Numbers, objective_mp, relative_excess
from normcalc.certify.search import minimum
from normcalc.certify.sharp import FAR
from normcalc.certify.witness import refute
from normcalc.line.table import Hull

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from normcalc.certify.claim import Claim
    from normcalc.line.table import Regime

    Floats = NDArray[np.float64]

_TOLERANCE = 1e-8


def is_searched(regime: Regime) -> bool:
    """Tell whether the table leaves a regime to a search."""
    return any(isinstance(case.point, Hull) for case in regime.cases)


def check_search(claim: Claim, subject: str, numbers: Numbers, v: Floats) -> tuple[int, float]:
    """Return how many arguments were checked, and the worst excess.

    Only a prox that can be called is checked: the values of other goals show no point.

    Raises
    ------
    Refuted
        A better point was found, or a point where there is none.
    """
    if claim.goal != "prox" or not callable(claim):
        return 0, -np.inf
    u = np.asarray(claim(v, **numbers))
    found, best = minimum(claim.function, claim.goal, v, numbers)
    endless = np.isnan(u) & (np.abs(found) >= FAR)
    excess = relative_excess(claim.function, claim.goal, u, v, best, numbers)
    # An objective of zero is met up to the rounding of the point.
    rounding = np.abs(u - found) <= 1e-14 * (np.abs(u) + np.abs(v))
    excess = np.where(endless | rounding, -np.inf, excess)
    for k in np.flatnonzero(~(excess <= _TOLERANCE)):
        # A formula may have its value at a point as a limit only, which floats do not see.
        excess[k] = _sharp_excess(claim, numbers, float(v[k]), float(u[k]), float(found[k]))
        if not excess[k] <= _TOLERANCE:
            at, better = {"v": v[k], **numbers}, {"claimed": u[k], "right": found[k]}
            refute(subject, "the search missed a better point", at, **better)
    return v.size, float(excess.max(initial=-np.inf))


def _sharp_excess(claim: Claim, numbers: Numbers, v: float, u: float, rival: float) -> float:
    if np.isnan(u):
        return np.inf
    beside = (u, np.nextafter(u, -np.inf), np.nextafter(u, np.inf))
    *mine, other = (
        objective_mp(claim.function, claim.goal, mp.mpf(float(x)), v, numbers)
        for x in (*beside, rival)
    )
    return float((min(mine) - other) / (abs(min(mine)) + abs(other) + mp.mpf("1e-300")))
