"""The order in which a question is tried: structure, counterexample, z3, then a condition."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.facts.search import confirm, refute
from normcalc.facts.setting import Setting, assume
from normcalc.facts.smt import entails
from normcalc.facts.truth import Truth, unknown, yes
from normcalc.language.parameters import Parameter

if TYPE_CHECKING:
    from normcalc.facts.claims import Claim

Proof = Callable[[Setting], str | None]
"""A way to prove a claim from the structure: the reason, or None."""


def settle(prepared: Setting, claim: Claim, proof: Proof) -> Truth:
    """Answer a question: YES by structure or z3, NO by a witness, else UNKNOWN.

    Where the answer depends on a parameter and a simple bound on it makes the proof work, the
    answer is UNKNOWN with that condition.
    """
    reason = proof(prepared)
    if reason is not None:
        return yes(reason)
    found = refute(claim, prepared.expanded)
    if found is not None:
        condition = _sufficient(prepared, proof)
        if condition is None:
            return found
        return Truth("UNKNOWN", found.reason, found.witness, f"whether {condition}", condition)
    return _by_smt(prepared, claim)


def _by_smt(prepared: Setting, claim: Claim) -> Truth:
    """Let z3 prove the claim in explicit coordinates, or find what the search did not."""
    if not prepared.whole:
        return unknown(f"a rule for {prepared.function} that shows {claim.words}")
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
        if p.kind.shape == "vector":
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
