"""A table against the global search: every regime, every case, every border."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import mpmath as mp
import numpy as np

from normcalc.certify.certificate import Outcome
from normcalc.certify.enclosure import enclosed
from normcalc.certify.interpret import Bound, bind, points
from normcalc.certify.objective import Numbers, relative_excess
from normcalc.certify.sampling import arguments, regime_points
from normcalc.certify.search import minimum
from normcalc.certify.searched import check_search, is_searched
from normcalc.certify.sharp import (
    FAR,
    Setting,
    check_argument,
    check_flats,
    check_formulas,
    check_result,
    check_ties,
    claims_infinity,
)
from normcalc.certify.witness import refute
from normcalc.line.table import Arc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from normcalc.certify.claim import Claim
    from normcalc.certify.space import Range

    Floats = NDArray[np.float64]

TOLERANCE = 1e-9
_SHARP = 3
_ENOUGH = 60


@dataclass(frozen=True)
class Tally:
    """How many arguments were checked in one regime, and the worst relative excess."""

    points: int = 0
    worst: float = -np.inf
    unbounded: int = 0
    undecided: int = 0
    enclosed: tuple[bool | None, ...] = ()

    def plus(
        self,
        points: int,
        worst: float,
        unbounded: int = 0,
        undecided: int = 0,
        enclosed: tuple[bool | None, ...] = (),
    ) -> Tally:
        """Return the tally with one more parameter point counted."""
        return Tally(
            self.points + points,
            max(self.worst, worst),
            self.unbounded + unbounded,
            self.undecided + undecided,
            self.enclosed + enclosed,
        )


Progress = Callable[[str], None]


def verify(
    claim: Claim,
    subject: str,
    space: Sequence[Range],
    rng: np.random.Generator,
    deadline: float,
    last: float,
    count: int = 8,
) -> tuple[Outcome, ...]:
    """Search every regime of a claim for a counterexample; one outcome per regime.

    A regime with few samples is searched beyond the `deadline`, but not beyond the `last` moment.

    Raises
    ------
    Refuted
        With the counterexample.
    """
    start = time.thread_time()
    tallies = [Tally() for _ in claim.table.regimes]
    for numbers, regimes in regime_points(claim.function, claim.table, space, rng, count, last):
        if not regimes:
            refute(subject, "no regime of the table holds for these parameters", numbers)
        for k in regimes:
            now, seen = time.thread_time(), tallies[k].points
            if seen == 0 or now < deadline or (seen < _ENOUGH and now < last):
                tallies[k] = _at(claim, subject, k, numbers, rng, tallies[k])
    seconds = (time.thread_time() - start) / max(1, len(tallies))
    return tuple(_outcome(claim, k, tally, seconds) for k, tally in enumerate(tallies))


def regime_name(claim: Claim, k: int) -> str:
    """Return a short name of a regime: its conditions."""
    conditions = ", ".join(str(c) for c in claim.table.regimes[k].conditions)
    return f"for {conditions}" if conditions else "for all parameters"


def _outcome(claim: Claim, k: int, tally: Tally, seconds: float) -> Outcome:
    regime = claim.table.regimes[k]
    found = ", found by a search" if is_searched(regime) else ""
    text = f"global minimiser {regime_name(claim, k)}{found}"
    outcome = Outcome(text, "verified", "search", tally.points, tally.worst, seconds=seconds)
    if regime.refusal is not None:
        seen = f"the objective fell without end at {tally.unbounded} of {tally.points} samples"
        text = f"refusal {regime_name(claim, k)}: {regime.refusal}"
        return replace(outcome, claim=text, note=seen)
    notes = [f"{tally.undecided} claims of plus infinity not decided"] * bool(tally.undecided)
    if tally.enclosed:
        sure = sum(found is True for found in tally.enclosed)
        notes.append(f"thresholds enclosed at {sure} of {len(tally.enclosed)} samples")
        outcome = replace(outcome, how="search, enclosed") if sure else outcome
    if notes:
        return replace(outcome, note="; ".join(notes))
    if found and claim.goal != "prox":
        return replace(outcome, how="none", worst_gap=0.0, note="only a prox is checked so")
    if tally.points == 0:
        note = "no legal parameter values were found"
        return replace(outcome, how="none", worst_gap=0.0, note=note)
    return outcome


def _at(
    claim: Claim, subject: str, k: int, numbers: Numbers, rng: np.random.Generator, tally: Tally
) -> Tally:
    bound = bind(claim.table, k, numbers)
    rounded = {name: float(value) for name, value in numbers.items()}
    v = arguments(bound, claim.function, claim.goal, rounded, rng)
    if is_searched(bound.regime):
        return tally.plus(*check_search(claim, subject, rounded, v))
    found, best = minimum(claim.function, claim.goal, v, rounded)
    if bound.regime.refusal is not None:
        return tally.plus(v.size, -np.inf, int(np.sum(np.abs(found) >= FAR)))
    setting = Setting(subject, claim.function, claim.goal, numbers, bound)
    u = points(bound, v)
    excess = relative_excess(claim.function, claim.goal, u, v, best, rounded)
    nowhere = np.isnan(u) & (claim.goal == "conjugate")
    for bad in _plainest_first(v, np.where(nowhere, -np.inf, excess)):
        # rounding may be to blame: only forty digits convict
        check_argument(setting, float(v[bad]), [float(found[bad])])
    undecided = _suprema(setting, v, found, nowhere)
    good = excess[excess <= TOLERANCE]
    _sharpen(setting, v, found, rng)
    worst = float(good.max(initial=-np.inf))
    sure = (enclosed(bound),) if bound.regime.roots else ()
    return tally.plus(v.size - undecided, worst, undecided=undecided, enclosed=sure)


def _suprema(at: Setting, v: Floats, found: Floats, nowhere: NDArray[np.bool_]) -> int:
    """Check the arguments at which the table names no point; return how many stay undecided.

    The domain of a conjugate is an interval: beyond an argument at which it is clearly infinite,
    seen from one at which it is finite, it is infinite as well.
    """
    inside = v[~nowhere]
    centre = float(np.median(inside)) if inside.size else np.nan
    undecided = 0
    for side in (v <= centre, v > centre) if inside.size else (nowhere,):
        outward = np.flatnonzero(nowhere & side)
        known = False
        for k in outward[np.argsort(np.abs(v[outward] - centre), kind="stable")]:
            endless = claims_infinity(at, float(v[k]))
            if not (known and endless):
                decided = check_argument(at, float(v[k]), [float(found[k])])
                undecided += not decided
                known |= endless and decided and inside.size > 0
    return undecided


def _plainest_first(v: Floats, excess: Floats) -> NDArray[np.intp]:
    """Return the failing samples, those with nonnegative arguments and large excess first."""
    failing = np.flatnonzero(~(excess <= TOLERANCE))
    size = np.nan_to_num(excess[failing], nan=np.inf)
    return failing[np.lexsort((-size, v[failing] < 0))]


def _sharpen(at: Setting, v: Floats, found: Floats, rng: np.random.Generator) -> None:
    """Repeat a few comparisons at forty digits, and all of them at the exact borders."""
    solved = any(isinstance(case.point, Arc) for case in at.bound.regime.cases)
    for k in rng.choice(v.size, size=min(v.size, 2 if solved else _SHARP), replace=False):
        check_argument(at, float(v[k]), [float(found[k])])
        check_formulas(at, float(v[k]))
        if at.goal != "prox":
            check_result(at, float(v[k]))
    for border in _borders(at.bound):
        nearest = found[np.argsort(np.abs(v - float(border)))[:4]]
        check_argument(at, border, [float(r) for r in nearest])
    check_ties(at)
    check_flats(at)


def _borders(bound: Bound) -> list[Any]:
    ends = {end for pair in bound.ends for end in pair if mp.isfinite(end)}
    return sorted(ends)
