"""One equation for a multiplier: linear constraints, sums, and directions with lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.draft import PROX
from normcalc.codegen.formulas import Written
from normcalc.codegen.rules.affine import image_of_map
from normcalc.codegen.rules.plain import is_positive_part, separable, table_of
from normcalc.codegen.rules.registry import refused, rule
from normcalc.codegen.rules.values import value_of
from normcalc.errors import NotDerivable
from normcalc.language.nodes import Apply, Symbol
from normcalc.operators import LinearlyConstrained, OfSumRoot, Polar, RootOfHomogeneous

if TYPE_CHECKING:
    from normcalc.codegen.draft import Draft


@rule(LinearlyConstrained)
def linearly_constrained(operator: LinearlyConstrained, draft: Draft) -> str:
    """Find the multiplier of the constraint; for nonnegative entries with a sum, by pivots."""
    is_sum = operator.form == Apply("sum", (Symbol(operator.name),))
    if is_sum and is_positive_part(separable(operator.inner)):
        equal = operator.relation == "=="
        body = [f"project_on_simplex(v, {draft.number(operator.bound)}, {equal}, out)"]
        return draft.define("prox", PROX, "Nonnegative entries with a given sum.", body)
    inner = draft.prox(operator.inner)
    matrix = draft.make("matrix", "matrix_of", image_of_map(operator.form, operator.name, draft))
    excess = draft.define("excess", "mu, args", "The linear form at the prox, above its bound.", [
        "v, step, p, a, bound, u = args", f"{inner}(v - mu*a, step, p, u)",
        "return inner_product(a, u) - bound"])  # fmt: skip
    root = draft.make("root", "monotone_zero", excess)
    body = [f"m, shift = {matrix}(v, p)", "a = m[0]",
            f"bound = ({draft.number(operator.bound)}) - shift[0]",
            "args = (v, step, p, a, bound, out)"]  # fmt: skip
    if operator.relation == "<=":
        body += [f"if {excess}(0.0, args) <= 0.0:", "    return"]
    body += ["if not np.any(a != 0.0):",
             f"    {refused('the set is empty: the linear form is constant')[0]}",
             "size = (np.abs(v).max() + abs(bound))/np.abs(a).max() + 1.0",
             f"mu = {root}(size, 0.0, args)", "u, w = np.empty_like(v), np.empty_like(v)",
             f"{inner}(v - np.nextafter(mu, np.inf)*a, step, p, u)",
             f"{inner}(v - np.nextafter(mu, -np.inf)*a, step, p, w)",
             "left, right = inner_product(a, u), inner_product(a, w)", "if right <= left:",
             f"    {inner}(v - mu*a, step, p, out)", "else:",
             "    share = min(max((bound - left)/(right - left), 0.0), 1.0)",
             "    out[:] = u + share*(w - u)"]  # fmt: skip
    return draft.define(
        "prox", PROX, "The multiplier at which a linear form meets its bound.", body
    )


@rule(OfSumRoot)
def of_sum(operator: OfSumRoot, draft: Draft) -> str:
    """Find the multiplier of the sum, or the shift that stands for it."""
    inner, total = draft.prox(operator.inner), value_of(operator.total, draft)
    slope = value_of(operator.slope, draft)
    less = "np.log(v.size)" if operator.shares else "0.0"
    if operator.rate is not None:
        gap = draft.define("gap", "z, args", "The slope at the shifted point.", [
            "v, step, p, left, rate, u = args", f"{inner}(v + z/rate, step, p, u)",
            f"return {slope}({total}(u, p), p) - left"])  # fmt: skip
        root = draft.make("root", "monotone_zero", gap)
        body = [f"rate, left = {draft.number(operator.rate)}, {less}",
                f"z = {root}(1.0 + np.abs(rate*v).max(), 0.0, (v, step, p, left, rate, out))",
                f"{inner}(v + z/rate, step, p, out)", "out[:] = out - z/rate"]  # fmt: skip
        return draft.define("prox", PROX, "A common shift of the entries.", body)
    gap = draft.define("gap", "z, args", "The slope of the sum, less the multiplier.", [
        "v, step, p, left, u = args", "t = z + np.log(step)", "if t > 690.0:", "    return -1.0",
        f"{inner}(v, np.exp(max(t, -690.0)), p, u)",
        f"return {slope}({total}(u, p), p) - left - z"])  # fmt: skip
    root = draft.make("root", "monotone_zero", gap)
    body = [f"z = {root}(1.0, 0.0, (v, step, p, {less}, out))",
            f"{inner}(v, np.exp(min(max(z + np.log(step), -690.0), 690.0)), p, out)"]  # fmt: skip
    return draft.define("prox", PROX, "The multiplier of the sum.", body)


@rule(RootOfHomogeneous)
def root_of_homogeneous(operator: RootOfHomogeneous, draft: Draft) -> str:
    """Find the multiplier of the sum under the root."""
    inner, total = draft.prox(operator.inner), value_of(operator.total, draft)
    slope = value_of(operator.slope, draft)
    gap = draft.define("gap", "z, args", "The slope of the sum, less the multiplier.", [
        "y, t, p, u = args",
        f"{inner}(y, np.exp(min(max(z + t, -600.0), 300.0)), p, u)",
        f"return {slope}({total}(u, p), p) - z"])  # fmt: skip
    root = draft.make("root", "monotone_zero", gap)
    body = ["size = np.abs(v).max()", "y = v/size if size > 0.0 else v.copy()",
            f"if size == 0.0 or {total}(y, p) == 0.0:", "    out[:] = v", "    return",
            "t = np.log(step) - np.log(size)", f"if {gap}(300.0 - t, (y, t, p, out)) > 0.0:",
            "    out[:] = 0.0", "    return", f"z = {root}(1.0, 0.0, (y, t, p, out))",
            f"{inner}(y, np.exp(min(max(z + t, -600.0), 300.0)), p, out)",
            "out[:] = size*out"]  # fmt: skip
    return draft.define("prox", PROX, "The multiplier of the sum under the root.", body)


@rule(Polar)
def polar(operator: Polar, draft: Draft) -> str:
    """The best direction, then the best length."""
    table = table_of(operator.length)
    if table is None:
        raise NotDerivable("no kernel: the prox of the length is not a table")
    scalar = draft.table(table)
    ones = {operator.name: Written("y", 1)}
    cost = draft.formula(operator.cost, ones).text
    body = [*scalar.prepared(draft.settings(scalar)), "y = np.ones(v.size)",
            f"left = v - step*({cost})", "y[:] = -1.0", f"right = -v - step*({cost})",
            "gain = np.maximum(left, right)", "w = np.maximum(gain, 0.0)",
            "if not np.any(w > 0.0):", "    w[np.argmax(gain)] = 1.0",
            "w = w/np.sqrt(np.sum(w*w))", "best = 0.0", "for i in range(v.size):",
            "    if w[i] > 0.0:", "        best += w[i]*gain[i]", "if best == -np.inf:",
            "    out[:] = 0.0", "    return",
            f"r = element_{scalar.tag}(best, consts_{scalar.tag})",
            "for i in range(v.size):",
            "    out[i] = r*w[i] if left[i] >= right[i] else -r*w[i]"]  # fmt: skip
    return draft.define("prox", PROX, "The best direction, then the best length.", body)
