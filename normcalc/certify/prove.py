"""From answers to outcomes: what z3 proved about a claim, and counterexamples it found.

A counterexample is never reported on the solver's word: its numbers are put into the user's
function first.  One that does not survive (the solver may answer for a point that the formula
does not have) leaves the claim unproved.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import mpmath as mp
import numpy as np
import sympy as sp

from normcalc.certify.certificate import Outcome, Query
from normcalc.certify.curvature import is_hull
from normcalc.certify.existence import attempt
from normcalc.certify.forward import argument, readable
from normcalc.certify.interpret import bind, matching
from normcalc.certify.proofs import (
    Setup,
    covers_arguments,
    covers_parameters,
    is_even,
    is_optimal,
    parameter_terms,
    place,
    point_exists,
    regime_terms,
    result_matches,
    roots_exist,
    space_terms,
)
from normcalc.certify.search import minimum
from normcalc.certify.sharp import Setting, check_argument
from normcalc.certify.smt import Answer, Model, Session
from normcalc.certify.space import Range, legal
from normcalc.certify.suprema import is_infinite, is_limit
from normcalc.certify.terms import NotAlgebraic
from normcalc.certify.witness import refute
from normcalc.line.table import Arc, Hull

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from normcalc.certify.claim import Claim
    from normcalc.line.table import Case, Regime


_BY_CURVATURE = "two convex arcs of the objective, a concave one between, a line touching both"
_FEW_PIECES = 2  # of more, the lines are too many to read


@dataclass(frozen=True)
class Verdict:
    """How one claim, or one case of it, came out: what is missing, or why it holds."""

    proved: bool
    note: str = ""
    argument: str = ""


@dataclass(frozen=True)
class Proof:
    """What a proof attempt left for one claim."""

    proved: bool
    queries: tuple[Query, ...]
    seconds: float
    note: str = ""
    argument: str = ""

    def strengthen(self, outcome: Outcome) -> Outcome:
        """Return the outcome of the search, raised to "proved" where this proof is complete."""
        solvers = sorted(
            {q.solver.removeprefix("z3, ") for q in self.queries if q.verdict == "unsat"}
        )
        how = f"smt (z3: {' and '.join(solvers)})" if self.proved and solvers else outcome.how
        return Outcome(
            outcome.claim,
            "proved" if self.proved else outcome.status,
            "smt (z3)" if self.proved and not solvers else how,
            outcome.points,
            outcome.worst_gap,
            self.queries,
            outcome.seconds + self.seconds,
            "; ".join(part for part in (self.note, outcome.note) if part),
            self.argument,
        )


def prove(
    claim: Claim, subject: str, space: Sequence[Range], deadline: float, limit_ms: int
) -> tuple[Proof, tuple[Proof, ...]]:
    """Return the proof that the regimes cover all parameters, and one proof per regime.

    Raises
    ------
    Refuted
        If a solver finds a counterexample that the user's function confirms, or if no parameters
        satisfy the declared kinds and relations, so that every proof would be empty.
    """
    session = Session(deadline, limit_ms)
    try:
        setup = _setup(session, claim, subject, space)
    except NotAlgebraic as reason:
        nothing = Proof(False, tuple(session.queries), 0.0, f"no proof: {reason} is not algebraic")
        return nothing, tuple(nothing for _ in claim.table.regimes)
    cover = _timed(session, partial(_cover, setup, subject, space))
    regimes = tuple(
        _timed(session, partial(_regime, setup, subject, space, k))
        for k in range(len(claim.table.regimes))
    )
    return cover, regimes


def _setup(session: Session, claim: Claim, subject: str, space: Sequence[Range]) -> Setup:
    assumed = space_terms(session, claim, space)
    if session.possible("legal parameters exist", assumed).verdict == "unsat":
        refute(subject, "no parameters satisfy the declared kinds and relations", {})
    even = claim.table.parity is not None and attempt(
        lambda: is_even(session, claim, assumed).verdict == "unsat"
    )
    return Setup(claim, session, assumed, even)


def _timed(session: Session, run: Callable[[], Verdict]) -> Proof:
    """Run one proof; collect its queries and its time, and treat untranslatable as unproved."""
    start, first = time.thread_time(), len(session.queries)
    try:
        found = run()
    except NotAlgebraic as reason:
        found = Verdict(False, f"no proof: {reason} is not algebraic")
    queries, seconds = tuple(session.queries[first:]), time.thread_time() - start
    return Proof(found.proved, queries, seconds, found.note, found.argument)


def _cover(setup: Setup, subject: str, space: Sequence[Range]) -> Verdict:
    answer = covers_parameters(setup)
    if answer.verdict == "sat":
        point = _parameters(answer.model, space)
        with mp.workdps(40):
            if legal(setup.claim.function, space, point) and not matching(
                setup.claim.table, point
            ):
                refute(subject, "no regime of the table holds for these parameters", point)
    return Verdict(answer.verdict == "unsat")


def _parameters(model: Model, space: Sequence[Range]) -> dict[str, float]:
    return {r.name: float(model.get(r.name, 1)) for r in space}


def _regime(setup: Setup, subject: str, space: Sequence[Range], k: int) -> Verdict:
    """Prove one regime: it covers all arguments, its points exist, and nothing beats them."""
    regime = setup.claim.table.regimes[k]
    if regime.refusal is not None:
        return Verdict(False, "a refusal")
    plain = setup.session.possible("the regime is not empty", parameter_terms(setup, regime))
    if plain.verdict == "unsat":
        return Verdict(True, "empty regime: no parameters satisfy its conditions")
    if setup.claim.table.parity is not None and not setup.even:
        return Verdict(False, "evenness not proved")
    if not attempt(lambda: roots_exist(setup, regime)):
        return Verdict(False, "existence not proved")
    if any(root.inner for root in regime.roots):
        sure = attempt(lambda: is_hull(setup, regime))
        return Verdict(sure, "" if sure else "common tangent not proved", _BY_CURVATURE * sure)
    inhabited = setup.session.possible("its roots exist", regime_terms(setup, regime))
    if inhabited.verdict != "sat":
        return Verdict(False, "no parameters found")
    complete = _confirm(setup, subject, space, k, covers_arguments(setup, regime))
    cases = [_case(setup, subject, space, k, j) for j in range(len(regime.cases))]
    notes = [case.note for case in sorted(cases, key=lambda case: case.proved) if case.note]
    lines = [
        f"on {_name(case)}: {found.argument}"
        for case, found in zip(regime.cases, cases, strict=True)
        if found.argument
    ]
    proved = complete and all(case.proved for case in cases)
    return Verdict(proved, "; ".join(notes), "\n".join(lines) if proved else "")


def _name(case: Case) -> str:
    return f"[{case.lo}, {case.hi}]"


def _case(setup: Setup, subject: str, space: Sequence[Range], k: int, j: int) -> Verdict:
    """Prove one case: it is optimal, has the value claimed, and its point exists."""
    regime: Regime = setup.claim.table.regimes[k]
    case: Case = regime.cases[j]
    name = f"case {_name(case)}"
    if isinstance(case.point, Hull):
        return Verdict(False, f"{name}: found by a search")
    if case.point in (sp.oo, -sp.oo, sp.nan):
        unattained = is_infinite if case.result == sp.oo else is_limit
        sure = attempt(lambda: unattained(setup, regime, j))
        return Verdict(sure, "" if sure else f"{name}: supremum not proved")
    placed = place(setup, regime, case)
    if setup.session.possible(f"the {name} is not empty", placed.assumed).verdict == "unsat":
        return Verdict(True, f"empty {name}")
    line = argument(setup, regime, case) if _has_roots(case) else None
    if not line and not _confirm(setup, subject, space, k, is_optimal(setup, placed)):
        return Verdict(False, f"{name}: optimality not proved")
    if result_matches(setup, regime, case, placed).verdict != "unsat":
        return Verdict(False, f"{name}: value not proved")
    if not point_exists(setup, regime, case):
        return Verdict(False, f"{name}: existence not proved")
    return Verdict(True, "", readable(line or argument(setup, regime, case, _FEW_PIECES)))


def _has_roots(case: Case) -> bool:
    """Tell whether roots occur in the slope, over which solvers stumble."""
    slope = case.point.slope if isinstance(case.point, Arc) else sp.S.Zero
    return any(not p.exp.is_integer for p in slope.atoms(sp.Pow))


def _confirm(setup: Setup, subject: str, space: Sequence[Range], k: int, answer: Answer) -> bool:
    """Tell whether an answer is a proof; raise Refuted if it is a counterexample that holds."""
    if answer.verdict != "sat":
        return answer.verdict == "unsat"
    claim, numbers = setup.claim, _parameters(answer.model, space)
    if not legal(claim.function, space, numbers) or k not in matching(claim.table, numbers):
        return False
    bound = bind(claim.table, k, numbers)
    setting = Setting(subject, claim.function, claim.goal, numbers, bound)
    rival = float(answer.model.get("competitor", 0))
    for v in _arguments(answer.model):
        found, _ = minimum(claim.function, claim.goal, np.array([v]), numbers)
        check_argument(setting, v, [rival, float(found[0])])
    return False


def _arguments(model: Model) -> list[float]:
    """Return the model's argument; for a forward statement only its point is known."""
    return [float(model["v"])] if "v" in model else []
