"""Quasi-norms, and products of powers of the 1-norm and of the 2-norm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.draft import PROX
from normcalc.codegen.rules.registry import rule
from normcalc.operators.quasinorm import QuasiNorm
from normcalc.operators.ratios import RatioOfNorms

if TYPE_CHECKING:
    from normcalc.codegen.draft import Draft


@rule(QuasiNorm)
def quasi_norm(operator: QuasiNorm, draft: Draft) -> str:
    """For each number of entries, one equation for the multiplier."""
    gap = draft.define("gap", "z, args", "The multiplier of the larger solutions, less theirs.", [
        "v, weights, q = args", "return multiplier_gap(z, v, weights, q)"])  # fmt: skip
    root = draft.make("root", "zero_between", gap)
    found = draft.make("shrunk", "shrunk_by_quasi_norm", root)
    weight, order = draft.number(operator.weight), draft.number(operator.order)
    body = [f"best = np.log(step) + np.log({weight})", f"{found}(v, best, {order}, out)"]
    return draft.define("prox", PROX, "The best of one point for each number of entries.", body)


@rule(RatioOfNorms)
def ratio_of_norms(operator: RatioOfNorms, draft: Draft) -> str:
    """All stationary points, by the largest entries that they keep."""
    bend = draft.define("gap", "t, args", "Zero at the tangents of critical points.", [
        "a, b, cost, q, m = args", "return tangent_gap(t, a, b, cost, q, m)"])  # fmt: skip
    reach = draft.define("gap", "r, args", "Zero at the lengths of critical points.", [
        "a, k, cost = args", "return length_gap(r, a, k, cost)"])  # fmt: skip
    length = draft.make("length", "best_length", draft.make("root", "zero_between", reach))
    tangent = draft.make("root", "zero_between", bend)
    found = draft.make("shrunk", "shrunk_by_ratio", tangent, length)
    factor, q, m = (
        draft.number(node) for node in (operator.factor, operator.first, operator.second)
    )
    body = [f"best = np.log(step) + np.log({factor})", f"{found}(v, best, {q}, {m}, out)"]
    return draft.define("prox", PROX, "The best of all stationary points.", body)
