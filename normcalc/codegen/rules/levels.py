"""Projections on level sets and epigraphs: one monotone equation for the multiplier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.draft import PROX
from normcalc.codegen.rules.plain import rate_of_shrinkage
from normcalc.codegen.rules.registry import rule
from normcalc.codegen.rules.values import value_of
from normcalc.operators import EpigraphProjection, LevelProjection, Pooled, RootOfHomogeneous

if TYPE_CHECKING:
    from normcalc.codegen.draft import Draft
    from normcalc.operators import Operator


@rule(LevelProjection)
def level_projection(operator: LevelProjection, draft: Draft) -> str:
    """Find the step at which the level function meets its bound."""
    base = _below_the_root(operator.inner)
    inner, value = draft.prox(base), value_of(operator.level, draft)
    excess = draft.define("excess", "mu, args", "The level at the prox, above the bound.", [
        "v, p, u, bound = args", f"{inner}(v, mu, p, u)",
        f"return {value}(u, p) - bound"])  # fmt: skip
    root = draft.make("root", "falling_zero", excess)
    body = [f"bound = {draft.number(operator.bound)}",
            *quick_way(operator, draft, value),
            f"if {value}(v, p) <= bound:", "    out[:] = v", "    return",
            *_found(base, inner, root)]  # fmt: skip
    return draft.define("prox", PROX, f"The projection on {operator.level} <= bound.", body)


def _below_the_root(inner: Operator) -> Operator:
    """Return the prox of h for that of a root of h: both have the same level sets.

    A point on the border of a level set is the prox of either, with multipliers of its own.
    """
    return inner.inner if isinstance(inner, RootOfHomogeneous) else inner


def _found(base: Operator, inner: str, root: str) -> list[str]:
    """Return the lines that find the multiplier and the point.

    A function of sorted sizes needs them sorted once, and not anew for each multiplier.
    """
    if not isinstance(base, Pooled):
        return [f"mu = {root}(1e-300, 1.0, (v, p, out, bound))", f"{inner}(v, mu, p, out)"]
    return ["order, y = sorted_down(v, True)", "u = np.empty_like(y)",
            f"mu = {root}(1e-300, 1.0, (y, p, u, bound))", f"{inner}(y, mu, p, u)",
            "for i in range(v.size):",
            "    out[order[i]] = np.copysign(u[i], v[order[i]])"]  # fmt: skip


def quick_way(operator: LevelProjection, draft: Draft, value: str) -> list[str]:
    """Return the lines for a level function with a prox that shrinks all sizes alike.

    Such a function is a multiple of the sum of the sizes, and a constant besides.
    """
    text = rate_of_shrinkage(operator.inner, draft)
    if not text:
        return []
    return [f"if {value}(np.zeros(1), p) == 0.0 and {value}(np.zeros(2), p) == 0.0:",
            f"    project_on_l1_ball(v, bound/({text}), out)", "    return"]  # fmt: skip


@rule(EpigraphProjection)
def epigraph_projection(operator: EpigraphProjection, draft: Draft) -> str:
    """Find the multiplier by which the last entry rises."""
    inner, value = draft.prox(operator.inner), value_of(operator.level, draft)
    excess = draft.define("excess", "mu, args", "The level at the prox, above the last entry.", [
        "v, p, u, t = args", f"{inner}(v, mu, p, u)",
        f"return {value}(u, p) - t - mu"])  # fmt: skip
    root = draft.make("root", "falling_zero", excess)
    body = ["x, t = v[:-1], v[-1]", f"if {value}(x, p) <= t:", "    out[:] = v", "    return",
            f"mu = {root}(1e-300, 1.0, (x, p, out[:-1], t))",
            f"{inner}(x, mu, p, out[:-1])", "out[-1] = t + mu"]  # fmt: skip
    return draft.define("prox", PROX, f"The projection on {operator.level} <= t.", body)
