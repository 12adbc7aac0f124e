"""Functions of the sorted entries, p-norms, and the largest entries alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.draft import PROX
from normcalc.codegen.rules.plain import table_of
from normcalc.codegen.rules.registry import rule
from normcalc.codegen.rules.values import value_of
from normcalc.errors import NotDerivable
from normcalc.language.nodes import Constant, Number
from normcalc.operators import (
    Isotonic,
    KeepLargest,
    LpBall,
    Pooled,
    SortedSphere,
    SparseSymmetric,
)

if TYPE_CHECKING:
    from normcalc.codegen.draft import Draft
    from normcalc.language.nodes import Node

    Terms = tuple[tuple[Node, str, Node | None], ...]


def weights_of(terms: Terms, draft: Draft, nonnegative: bool) -> list[str]:
    """Return the lines that compute the weights of the sorted entries, times nothing yet."""
    lines = ["weights = np.zeros(v.size)"]
    for factor, pattern, detail in terms:
        lines += _pattern(draft.number(factor), pattern, detail, draft)
    return [*lines, f"check_falling(weights, {nonnegative})"]


def _pattern(factor: str, pattern: str, detail: Node | None, draft: Draft) -> list[str]:
    if pattern == "sort":
        assert detail is not None
        return [f"w = {draft.formula(detail).text}", "if w.size != v.size:",
                '    raise ValueError("the weights are not as many as the entries")',
                f"weights += {factor}*w"]  # fmt: skip
    if pattern == "sum_largest":
        assert detail is not None
        return [f"weights[:int({draft.number(detail)})] += {factor}"]
    places = {"amax": "weights[0]", "amin": "weights[-1]", "sum": "weights[:]"}
    if pattern in places:
        return [f"{places[pattern]} += {factor}"]
    return [f"weights += {factor}/v.size"]


@rule(Isotonic)
def isotonic(operator: Isotonic, draft: Draft) -> str:
    """Sort, take the weights away, and pool what is out of order."""
    body = [*weights_of(operator.terms, draft, operator.absolute),
            f"sorted_prox(v, step*weights, {operator.absolute}, out)"]  # fmt: skip
    what = "sizes" if operator.absolute else "entries"
    return draft.define("prox", PROX, f"Isotonic regression of the sorted {what}.", body)


@rule(Pooled)
def pooled(operator: Pooled, draft: Draft) -> str:
    """Sort, and pool blocks by the prox of one size."""
    pool = draft.make("pool", "pooling", draft.prox(operator.block))
    body = [*weights_of(operator.terms, draft, True), f"{pool}(v, step*weights, p, out)"]
    return draft.define("prox", PROX, "Pool the sorted sizes that are out of order.", body)


@rule(SortedSphere)
def sorted_sphere(operator: SortedSphere, draft: Draft) -> str:
    """Grow along the weights, or project on the ball."""
    inside = draft.prox(operator.inside)
    empty = '    raise ValueError("the set is empty: a norm does not have this value")'
    body = [f"bound = {draft.number(operator.bound)}", "order = descending(v, True)",
            *weights_of(operator.terms, draft, True), "t = np.empty(v.size)",
            "t[order] = weights", "gap = bound - np.sum(t*np.abs(v))",
            "if bound < 0.0 or (gap > 0.0 and not np.any(weights > 0.0)):", empty,
            "if gap <= 0.0:", f"    {inside}(v, 1.0, p, out)", "else:",
            "    t *= gap/np.sum(t*t)", "    out[:] = np.copysign(np.abs(v) + t, v)"]  # fmt: skip
    return draft.define("prox", PROX, "The point at which a norm of sorted sizes is given.", body)


@rule(KeepLargest)
def keep(operator: KeepLargest, draft: Draft) -> str:
    """Keep the largest entries."""
    count = f"int(max(np.floor({draft.number(operator.count)}), 0.0))"
    body = [f"keep_largest(v, {count}, out)"]
    return draft.define("prox", PROX, "Keep the entries of largest size.", body)


@rule(SparseSymmetric)
def sparse(operator: SparseSymmetric, draft: Draft) -> str:
    """Project on the largest and the smallest entries, and take the nearest point."""
    inner, value = draft.prox(operator.inner), value_of(operator.indicator, draft)
    body = [f"count = int(min(max(np.floor({draft.number(operator.count)}), 0.0), v.size))",
            "order, best, u = descending(v, False), np.inf, np.zeros(v.size)",
            "x, y = np.empty(count), np.empty(count)", "for k in range(count, -1, -1):",
            "    for i in range(count):",
            "        x[i] = v[order[i if i < k else i + v.size - count]]",
            "    u[:] = 0.0", "    if count > 0:", f"        {inner}(x, 1.0, p, y)",
            "    elif not np.isfinite(value_at):", "        continue",
            "    for i in range(count):",
            "        u[order[i if i < k else i + v.size - count]] = y[i]",
            "    cost = np.sum((u - v)**2)", "    if cost < best:",
            "        best = cost", "        out[:] = u"]  # fmt: skip
    body = [line for line in body if "value_at" not in line and line != "        continue"]
    check = ["if count == 0:", "    out[:] = 0.0", f"    if {value}(out, p) != 0.0:",
             '        raise ValueError("the set is empty")', "    return"]  # fmt: skip
    about = "The nearest of the projections with few entries."
    return draft.define("prox", PROX, about, [body[0], *check, *body[1:]])


@rule(LpBall)
def lp_norm(operator: LpBall, draft: Draft) -> str:
    """Cut at one size, shrink, or solve one equation, by the order."""
    weight = draft.number(operator.weight)
    head = [f"radius = step*({weight})"]
    if isinstance(operator.order, Constant):
        body = [*head, "flattened(v.reshape(-1), radius, out.reshape(-1))"]
        return draft.define("prox", PROX, "Cut the sizes where the cuts add up.", body)
    order = draft.number(operator.order)
    if isinstance(operator.order, Number) and operator.order.value == 1:
        body = [*head, "shrink(v.reshape(-1), radius, out.reshape(-1))"]
        return draft.define("prox", PROX, "Shrink every size.", body)
    return draft.define("prox", PROX, "Moreau's decomposition with the ball of dual order.",
                        [*head, *_any_order(operator, order, draft)])  # fmt: skip


def _any_order(operator: LpBall, order: str, draft: Draft) -> list[str]:
    table = table_of(operator.power)
    if table is None:
        raise NotDerivable("no kernel: the prox of a power is not a table")
    scalar = draft.table(table)
    tag = scalar.tag
    point = draft.define("point", "mu, q, v, out", "The prox of the sum of powers.", [
        *scalar.prepared(draft.settings(scalar, step="mu", q="q")),
        f"apply_{tag}(v, consts_{tag}, out)"])  # fmt: skip
    excess = draft.define("excess", "mu, args", "The norm at the prox, above the radius.", [
        "v, q, radius, u = args", f"{point}(mu, q, v, u)",
        "return norm_of(u, q) - radius"])  # fmt: skip
    root = draft.make("root", "falling_zero", excess)
    return [f"t, x, u = {order}, v.reshape(-1), out.reshape(-1)", "scale = np.abs(x).max()",
            "if t == 1.0:", "    shrink(x, radius, u)", "    return",
            "if np.isinf(t):", "    flattened(x, radius, u)", "    return",
            "q = t/(t - 1.0)", "if scale == 0.0 or norm_of(x, q) <= radius:", "    u[:] = 0.0",
            "    return", "if radius <= 1e-20*scale:", "    u[:] = x", "    return",
            "y = x/scale", f"mu = {root}(1e-300, 1.0, (y, q, radius/scale, u))",
            f"{point}(mu, q, y, u)", "u[:] = x - scale*u"]  # fmt: skip
