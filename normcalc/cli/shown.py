"""Derivations, facts and certificates as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from normcalc.derive.writing import write
from normcalc.language import text
from normcalc.line.table import Arc, Hull

if TYPE_CHECKING:
    from normcalc.calculus import Gradient, Hessian
    from normcalc.certify import Certificate, Outcome
    from normcalc.derive import Derivation, Measure, Penalty
    from normcalc.facts import Facts, Truth
    from normcalc.line.table import Case, CaseTable, Flat, Regime, Root


def derivation_data(derivation: Derivation) -> dict[str, Any]:
    """Return a derivation: its goal, its theorem, the answer as a table or a formula."""
    theorem, table, value = derivation.theorem, derivation.table, derivation.value
    return {
        "goal": derivation.goal,
        "function": str(derivation.function),
        "form": type(derivation.form).__name__,
        "theorem": theorem.name,
        "source": theorem.source,
        "hypotheses": list(theorem.hypotheses),
        "value": None if value is None else str(value),
        "table": None if table is None else table_data(table),
    }


def table_data(table: CaseTable) -> dict[str, Any]:
    """Return a case table with every formula as text in the package's own language."""
    return {
        "argument": str(table.argument),
        "point": str(table.point),
        "parameters": [str(parameter) for parameter in table.parameters],
        "parity": table.parity,
        "regimes": [_regime(regime) for regime in table.regimes],
    }


def _regime(regime: Regime) -> dict[str, Any]:
    return {
        "conditions": [write(condition) for condition in regime.conditions],
        "refusal": regime.refusal,
        "roots": [_root(root) for root in regime.roots],
        "cases": [_case(case) for case in regime.cases],
        "flats": [_flat(flat) for flat in regime.flats],
    }


def _case(case: Case) -> dict[str, Any]:
    """Return a case; a point without a formula is given by the equation that it solves."""
    arc = case.point if isinstance(case.point, Arc) else None
    searched = isinstance(case.point, Hull)
    formula = arc.shown if arc is not None else None if searched else case.point
    results = case.result if isinstance(case.result, tuple) else (case.result,)
    return {
        "from": write(case.lo),
        "to": write(case.hi),
        "point": None if formula is None else write(formula),
        "slope": None if arc is None else write(arc.slope),
        "method": "search" if searched else None if arc is None else arc.method,
        "result": ", ".join(write(result) for result in results),
        "jumps_above": case.tie_above,
    }


def _root(root: Root) -> dict[str, str]:
    return {
        "symbol": str(root.symbol),
        "variable": str(root.variable),
        "equation": write(root.equation),
        "from": write(root.lo),
        "to": write(root.hi),
    }


def _flat(flat: Flat) -> dict[str, str]:
    ends = {"from": write(flat.lo), "to": write(flat.hi)}
    return {"at": write(flat.at), **ends, "condition": write(flat.condition)}


def measure_data(measure: Measure) -> dict[str, Any]:
    """Return a constant, regime by regime; the value is null where there is no answer."""
    regimes = [
        {
            "conditions": [write(condition) for condition in regime.conditions],
            "value": None if regime.value is sp.nan else write(regime.value),
            "where": regime.where,
            "roots": [_root(root) for root in regime.roots],
        }
        for regime in measure.regimes
    ]
    return {"function": str(measure.function), "regimes": regimes}


def gradient_data(found: Gradient | Hessian) -> dict[str, Any]:
    """Return a gradient or a Hessian: its formula, and the conditions under which it holds."""
    conditions = [text(condition) for condition in found.conditions]
    return {"function": str(found.function), "formula": found.text, "conditions": conditions}


def penalty_data(penalty: Penalty) -> dict[str, Any]:
    """Return a penalty with its rule, and the intervals of points that the rule jumps over."""
    return {
        "function": str(penalty.function),
        "rule": str(penalty.rule),
        "step": str(penalty.step),
        "jumps": [{"from": write(lo), "to": write(hi)} for lo, hi in penalty.bridges],
    }


def certificate_data(certificate: Certificate) -> dict[str, Any]:
    """Return a certificate, claim by claim."""
    return {
        "subject": certificate.subject,
        "status": certificate.status,
        "seconds": round(certificate.seconds, 3),
        "points": certificate.points,
        "claims": [_claim(outcome) for outcome in certificate.outcomes],
    }


def _claim(outcome: Outcome) -> dict[str, Any]:
    names = ("claim", "status", "how", "points", "worst_gap", "note")
    return {
        **{name: getattr(outcome, name) for name in names},
        "queries": [
            {"verdict": query.verdict, "solver": query.solver} for query in outcome.queries
        ],
    }


def facts_data(found: Facts) -> dict[str, Any]:
    """Return every question with its answer."""
    answers = {question: _truth(found[question]) for question in found}
    return {"function": str(found.function), "kind": str(found.norm), "answers": answers}


def _truth(truth: Truth) -> dict[str, Any]:
    return {
        "value": truth.value,
        "reason": truth.reason,
        "witness": _witness(truth),
        "missing": truth.missing,
        "condition": None if truth.condition is None else write(truth.condition),
    }


def _witness(truth: Truth) -> dict[str, Any] | None:
    """Return a witness with its numbers as exact text."""
    if truth.witness is None:
        return None
    return {
        name: [str(entry) for entry in value] if isinstance(value, tuple | list) else str(value)
        for name, value in truth.witness.items()
    }
