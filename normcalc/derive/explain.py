"""The steps of a derivation in words that a referee can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.derive.writing import write
from normcalc.line.table import Arc, Hull, Regime

if TYPE_CHECKING:
    from normcalc.derive.derivation import Derivation

HOW = {
    "assumptions": "by the kinds of the parameters",
    "smt": "proved by the SMT solver z3 from the conditions",
    "forty digits": "by its value to forty digits",
    "squares": "by comparing squares",
}


def explanation(derivation: Derivation, depth: int = 0) -> str:
    """Return the theorem, its hypotheses and source, then the log of every regime."""
    theorem = derivation.theorem
    pad = "  " * depth
    lines = [
        f"{derivation.goal} of {derivation.function}, as {type(derivation.form).__name__}",
        f"theorem {theorem.name} [{theorem.source}]: {theorem.statement}",
    ]
    lines += [f"hypothesis: {need}" for need in theorem.hypotheses]
    if derivation.premises:
        lines = [pad + line for line in lines]
        below = [explanation(premise, depth + 1) for premise in derivation.premises]
        return "\n".join(lines + below)
    if derivation.table is not None:
        for regime in derivation.table.regimes:
            lines += _regime(regime)
    return "\n".join(pad + line for line in lines)


def _regime(regime: Regime) -> list[str]:
    conditions = " and ".join(write(c) for c in regime.conditions) or "all parameters"
    lines = [f"regime {conditions}:"]
    lines += [f"  {entry}" for entry in regime.log]
    for case in regime.cases:
        if isinstance(case.point, Hull):
            lines.append(f"  not derived, since {case.point.reason}: a search finds the point")
        if isinstance(case.point, Arc):
            lines.append(f"  invert {write(case.point.slope)} = v: {case.point.method}")
    signs = dict.fromkeys(f"  {fact}: {HOW.get(how, how)}" for fact, how in regime.how)
    lines += list(signs)
    if regime.refusal:
        lines.append(f"  no answer: {regime.refusal}")
    return lines
