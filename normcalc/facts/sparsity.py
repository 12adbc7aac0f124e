"""Does the prox send a whole interval of arguments to zero?"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.facts.counter import Found, showing
from normcalc.facts.regimes import BUDGET, ask, decide, prox_within_budget
from normcalc.line.branches import one_sided_slopes
from normcalc.line.context import Context, Refusal
from normcalc.line.core import Line, settle
from normcalc.line.read import line_of
from normcalc.line.shape import Verdict, answer, verdict, verdicts
from normcalc.line.table import Arc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from normcalc.facts.places import Sample
    from normcalc.facts.truth import Truth
    from normcalc.language.function import Function
    from normcalc.line.curve import Curve
    from normcalc.line.table import Case, CaseTable, Regime

_NEAR = (0.01, -0.01, 0.1, -0.1)
_SHARES = np.array([digit * 10.0**-k for k in range(1, 7) for digit in (1, 2, 3, 5, 7)])


def sparsifying(function: Function) -> Truth:
    """Answer whether the prox is 0 on an interval around ``v = 0``; YES gives the interval.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(sparsifying(function("lam*abs(x)")))
    YES: the prox is 0 for |v| <= lam*step
    >>> print(sparsifying(function("x**2")).witness)
    {'v': Fraction(1, 100), 'u': Fraction(3, 1000), 'step': Fraction(1, 1)}
    """
    try:
        found = _verdicts(line_of(function))
    except NotDerivable as refusal:
        found = [Verdict((), None, str(refusal))]
    if all(v.holds is not None for v in found):
        return decide(found, function, showing(_better_than_zero))
    # Where the prox is out of reach, the slopes at 0 may still say that it is not sparse.
    local = ask(function, _local, showing(_better_than_zero))
    return local if local.value == "NO" else decide(found, function)


def _local(line: Line, budget: float) -> Sequence[Verdict]:
    """Return NO where the slopes on the two sides of 0 leave no room for an interval."""

    def judge(f: Curve, context: Context) -> tuple[bool, str]:
        at_zero = (k for k in f.knots if context.compare(k.at, sp.S.Zero) == 0)
        for knot in at_zero:
            left, right = one_sided_slopes(knot, f, context)
            if context.compare(left, right) < 0:
                raise Refusal("the prox itself")
        return False, "the prox is 0 for one v at most: f has no convex kink at 0"

    return verdicts(line, judge, budget)


@lru_cache(maxsize=256)
def _verdicts(line: Line) -> Sequence[Verdict]:
    table = prox_within_budget(line)
    return tuple(v for regime in table.regimes for v in _in_regime(regime, table, line))


def _in_regime(regime: Regime, table: CaseTable, line: Line) -> Iterator[Verdict]:
    if regime.refusal:
        none = "prox-bounded" in regime.refusal
        yield Verdict(regime.conditions, False if none else None, regime.refusal)
        return

    def compute(context: Context) -> Regime:
        context.roots = context.roots or list(regime.roots)
        for case in regime.cases:
            ends = _around_zero(case, table, context)
            if ends is not None:
                return answer(True, f"the prox is 0 for {ends}")
        return answer(False, "the prox is 0 on no interval around v = 0")

    given = replace(line, relations=(*line.relations, *regime.conditions))
    for part in map(verdict, settle(compute, given, table.parameters, BUDGET)):
        yield replace(part, conditions=(*regime.conditions, *part.conditions))


def _around_zero(case: Case, table: CaseTable, context: Context) -> str | None:
    """Return in words the interval of a case at zero, if v = 0 lies inside it."""
    if isinstance(case.point, Arc) or context.sign(case.point) != 0:
        return None
    lo, hi = (end.subs(list(context.substitution.items())) for end in (case.lo, case.hi))
    if context.compare(hi, sp.S.Zero) <= 0:
        return None
    if table.parity == "odd":
        return f"|v| <= {hi}"
    if context.compare(lo, sp.S.Zero) >= 0:
        return None
    ends = [f"{lo} <= " if lo != -sp.oo else "", f" <= {hi}" if hi != sp.oo else ""]
    return "v".join(ends) if any(ends) else "every v"


def _better_than_zero(s: Sample) -> Found | None:
    """Find an argument near 0 and a point other than 0 with a smaller objective."""
    for v in _NEAR:
        u = np.concatenate([np.linspace(-0.2, 0.2, 401) + v, v * _SHARES, s.breaks])
        u = np.array([float(f"{point:.6g}") for point in u])
        objective = s.at(u) + (u - v) ** 2 / (2 * s.step)
        at_zero = float(s.at(0.0)) + v**2 / (2 * s.step)
        best = int(np.nanargmin(objective))
        if objective[best] < at_zero - 1e-9:
            words = f"f(u) + (u - v)^2/(2 step) = {objective[best]:.6g} < {at_zero:.6g} at u = 0"
            return {"v": v, "u": float(u[best]), "step": s.step}, words
    return None
