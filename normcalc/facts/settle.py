"""The order in which a question is tried: structure, counterexample, z3, then a condition."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.facts import trials
from normcalc.facts.search import confirm, refute
from normcalc.facts.setting import Setting, assume
from normcalc.facts.smt import entails
from normcalc.facts.truth import Truth, unknown, yes
from normcalc.language.parameters import Parameter

if TYPE_CHECKING:
    from normcalc.facts.axioms import Axiom
    from normcalc.facts.claims import Claim

Proof = Callable[[Setting], str | None]
"""A way to prove a claim from the structure: the reason, or None."""


def settle(prepared: Setting, axiom: Axiom, proof: Proof) -> Truth:
    """Answer a question: YES by structure or z3, NO by a witness, else UNKNOWN.

    Where the answer depends on a parameter and a simple bound on it makes the proof work, the
    answer is UNKNOWN with that condition.
    """
    reason = proof(prepared)
    if reason is not None:
        return yes(reason)
    claim = None
    if prepared.expanded is not None:
        claim = axiom.claim(prepared.expanded.body, prepared.expanded.variable.names)
    found = _refuted(prepared, axiom, claim)
    if found is not None:
        condition = _sufficient(prepared, proof)
        if condition is None:
            return found
        return Truth("UNKNOWN", found.reason, found.witness, f"whether {condition}", condition)
    if claim is None or not prepared.whole:
        words = (axiom.trial.__doc__ or "").strip(".").replace("`", "")
        return unknown(f"a rule for {prepared.function} that shows {words}")
    return _by_smt(prepared, claim)


def _refuted(prepared: Setting, axiom: Axiom, claim: Claim | None) -> Truth | None:
    """Try exact points in coordinates, then points of every size for what has no coordinates."""
    found = None
    if claim is not None and prepared.expanded is not None:
        found = refute(claim, prepared.expanded)
    if found is None and not prepared.whole:
        return trials.refute(prepared.function, axiom.trial)
    return found


def _by_smt(prepared: Setting, claim: Claim) -> Truth:
    """Let z3 prove the claim in explicit coordinates, or find what the search did not."""
    answer = entails([*prepared.names.given, *claim.given], claim.comparison)
    if answer.value == "NO" and answer.witness is not None:
        names = {name for point in claim.points for name in point} | {claim.scale or ""}
        names |= {p.name for p in prepared.function.parameters}
        values = {name: answer.witness.get(name, 0) for name in names if name}
        confirmed = confirm(claim, {name: Fraction(str(value)) for name, value in values.items()})
        return confirmed or unknown("a counterexample that survives exact evaluation")
    if answer.value == "UNKNOWN":
        return unknown(f"a proof of {claim.words}: {answer.missing}")
    return answer


def _sufficient(prepared: Setting, proof: Proof) -> sp.Basic | None:
    """Return the first simple bound on a parameter under which the proof works."""
    for condition, parameter in _bounds(prepared):
        if proof(assume(prepared, parameter)) is not None:
            return condition
    return None


def _bounds(prepared: Setting) -> Iterator[tuple[sp.Basic, Parameter]]:
    """Yield narrower kinds for one parameter at a time, the weakest conditions first."""
    for p in prepared.function.parameters:
        if p.kind.shape == "matrix" or p.kind.order in ("groups", "partition"):
            continue
        symbol = sp.Symbol(p.name, real=True)
        lo = -math.inf if p.kind.lo is None else p.kind.lo
        hi = math.inf if p.kind.hi is None else p.kind.hi
        if lo < 0 < hi:
            yield symbol >= 0, Parameter(p.name, replace(p.kind, lo=0.0, lo_open=False))
        if lo <= 0 < hi and not p.kind.lo_open:
            yield symbol > 0, Parameter(p.name, replace(p.kind, lo=0.0, lo_open=True))
        if lo < 1 < hi:
            yield symbol >= 1, Parameter(p.name, replace(p.kind, lo=1.0, lo_open=False))
            yield symbol <= 1, Parameter(p.name, replace(p.kind, hi=1.0, hi_open=False))
