"""Proxes made from others: other steps, envelopes, conjugates, distances, one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.draft import PROX
from normcalc.codegen.rules.plain import rate_of_shrinkage, table_of
from normcalc.codegen.rules.registry import guarded, rule
from normcalc.codegen.rules.values import value_of
from normcalc.errors import NotDerivable
from normcalc.operators import (
    Chained,
    Decomposed,
    DualBall,
    FunctionOfNorm,
    LargerOfTwo,
    LeastOf,
    OfDistance,
    OfEnvelope,
    OfGauge,
    Orthogonal,
    PolarBall,
    Scaled,
    SlopeOfEnvelope,
    StackedBlocks,
)

if TYPE_CHECKING:
    from normcalc.codegen.draft import Draft, Scalar


@rule(Chained)
def chained(operator: Chained, draft: Draft) -> str:
    """One prox after another."""
    first, second = draft.prox(operator.first), draft.prox(operator.second)
    body = ["w = np.empty_like(v)", f"{first}(v, step, p, w)", f"{second}(w, step, p, out)"]
    return draft.define("prox", PROX, "One prox after another.", body)


@guarded(Orthogonal, "the terms share entries: their maps are not orthogonal")
def orthogonal(operator: Orthogonal, draft: Draft, otherwise: list[str]) -> str:
    """One prox after another, where the maps are orthogonal to each other."""
    from normcalc.codegen.rules.affine import image_of_map

    maps = [draft.make("matrix", "matrix_of", image_of_map(part.map, part.name, draft))
            for part in operator.parts]  # fmt: skip
    proxes = [draft.prox(part) for part in operator.parts]
    body = [f"m_{i} = {name}(v, p)[0]" for i, name in enumerate(maps)]
    pairs = [(i, j) for j in range(len(maps)) for i in range(j)]
    for i, j in pairs:
        body += [f"if not are_orthogonal(m_{i}, m_{j}):", *(f"    {line}" for line in otherwise)]
    body += ["w = v.copy()"]
    for prox in proxes:
        body += [f"{prox}(w, step, p, out)", "w[:] = out"]
    return draft.define("prox", PROX, "One prox after another: the maps are orthogonal.", body)


@rule(Scaled)
def scaled(operator: Scaled, draft: Draft) -> str:
    """The factor multiplies the step."""
    inner = draft.prox(operator.inner)
    body = [f"{inner}(v, step*({draft.number(operator.factor)}), p, out)"]
    return draft.define("prox", PROX, "The factor multiplies the step.", body)


@rule(Decomposed)
def decomposed(operator: Decomposed, draft: Draft) -> str:
    """Moreau's decomposition."""
    inner = draft.prox(operator.inner)
    body = ["t = max(step, 1e-30*np.abs(v).max())",
            f"{inner}(v/t, 1.0/t, p, out)",
            "out[:] = v - t*out"]  # fmt: skip
    return draft.define("prox", PROX, "Moreau's decomposition: v - step*w.", body)


@rule(DualBall)
def dual_ball(operator: DualBall, draft: Draft) -> str:
    """Moreau's decomposition with the unit ball of the dual norm."""
    inner = draft.prox(operator.projection)
    body = ["if step < 1e-150*np.abs(v).max():", "    out[:] = v", "    return",
            f"{inner}(v/step, 1.0, p, out)", "out[:] = v - step*out"]  # fmt: skip
    return draft.define("prox", PROX, f"v - step*w, with w in {operator.dual} <= 1.", body)


@rule(PolarBall)
def polar_ball(operator: PolarBall, draft: Draft) -> str:
    """The prox of the norm takes away what is outside the ball of its dual norm."""
    inner = draft.prox(operator.inner)
    bound, factor = draft.number(operator.bound), draft.number(operator.factor)
    body = [f"radius = ({bound})/({factor})", "if radius < 0.0:",
            '    raise ValueError("the set is empty: a norm has no negative values")',
            "out[:] = 0.0", "if radius > 0.0:", f"    {inner}(v, radius, p, out)",
            "    out[:] = v - out"]  # fmt: skip
    return draft.define("prox", PROX, "v - w, with the bound as the step of w.", body)


@rule(OfDistance)
def of_distance(operator: OfDistance, draft: Draft) -> str:
    """Part of the way to the projection."""
    projection, outer = draft.prox(operator.projection), draft.prox(operator.outer)
    body = [f"{projection}(v, 1.0, p, out)",
            "distance = np.empty(1)", "distance[0] = np.sqrt(np.sum((out - v)**2))",
            "if distance[0] == 0.0:", "    out[:] = v", "    return",
            "left = np.empty(1)", f"{outer}(distance, step, p, left)",
            "share = left[0]/distance[0]", "out[:] = out + share*(v - out)"]  # fmt: skip
    return draft.define("prox", PROX, "Part of the way to the projection.", body)


@rule(OfEnvelope)
def of_envelope(operator: OfEnvelope, draft: Draft) -> str:
    """Part of the way to the prox with both steps."""
    inner, own = draft.prox(operator.inner), draft.number(operator.own)
    body = [f"t = {own}", f"{inner}(v, t + step, p, out)",
            "out[:] = v + step/(t + step)*(out - v)"]  # fmt: skip
    return draft.define("prox", PROX, "Part of the way to the prox with both steps.", body)


@rule(SlopeOfEnvelope)
def slope_of_envelope(operator: SlopeOfEnvelope, draft: Draft) -> str:
    """The gradient of an envelope."""
    inner, own = draft.prox(operator.inner), draft.number(operator.own)
    body = [f"t = {own}", f"{inner}(v, t, p, out)", "out[:] = (v - out)/t"]
    return draft.define("gradient", PROX, "The gradient of an envelope.", body)


@rule(OfGauge)
def of_gauge(operator: OfGauge, draft: Draft) -> str:
    """The projection on a multiple of the set: one equation for the multiple."""
    inner = draft.prox(operator.projection)
    equation = draft.define("excess", "r, args", "The slope of the distance, less the step.", [
        "v, step, p, u = args", f"{inner}(v/r, 1.0, p, u)",
        "return np.sum((v - r*u)*u) - step"])  # fmt: skip
    root = draft.make("root", "falling_zero", equation)
    body = ["scale = np.abs(v).max()", "if scale == 0.0:", "    out[:] = v", "    return",
            "least, args = 1e-12*scale, (v, step, p, out)",
            f"if {equation}(1e-6*scale, args) <= 0.0 and {equation}(least, args) <= 0.0:",
            "    r = least", "else:", f"    r = {root}(least, scale, args)",
            f"{inner}(v/r, 1.0, p, out)", "out[:] = r*out"]  # fmt: skip
    return draft.define("prox", PROX, "r*c, with c the projection of v/r.", body)


@rule(FunctionOfNorm)
def function_of_norm(operator: FunctionOfNorm, draft: Draft) -> str:
    """One equation for the step of the prox of the norm."""
    inner = draft.prox(operator.inner)
    table = table_of(operator.outer)
    if table is None:
        raise NotDerivable(f"no kernel: the prox of {operator.outer.function} is not a table")
    scalar = draft.table(table)
    tag = scalar.tag
    slope = "np.sum(u*(v - u))/mu if mu > 1e-4*far else "
    rate = rate_of_shrinkage(operator.inner, draft)
    if rate:
        return _of_total(operator, scalar, rate, draft)
    value = f"{value_of(operator.norm, draft)}(u, p)"
    length = f"{slope if operator.by_slope else ''}{value}"
    equation = draft.define("gap", "mu, args", "The norm less its prox at norm + mu.", [
        f"v, p, u, consts_{tag}, far = args", f"{inner}(v, mu, p, u)", f"r = {length}",
        f"return r - element_{tag}(r + mu, consts_{tag})"])  # fmt: skip
    root = draft.make("root", "falling_zero", equation)
    body = [*scalar.prepared(draft.settings(scalar)), "far, u = np.sqrt(np.sum(v*v)), v",
            f"r = {value}", f"if r == element_{tag}(r, consts_{tag}):",
            "    out[:] = v", "    return",
            f"mu = {root}(1e-300, step, (v, p, out, consts_{tag}, far))",
            f"{inner}(v, mu, p, out)"]  # fmt: skip
    return draft.define("prox", PROX, "The prox of the norm, with the step that fits.", body)


def _of_total(operator: FunctionOfNorm, scalar: Scalar, rate: str, draft: Draft) -> str:
    """Write the prox of a function of a norm whose own prox takes the same from every size.

    Such a norm is a multiple of the sum of sizes, and after its prox that is a sum of
    ``max(size - tau, 0)``: the equation has breakpoints, at which it is split.
    """
    tag = scalar.tag
    gap = draft.define("gap", "total, tau, args", "The norm less its prox at norm + mu.", [
        f"rate, consts_{tag} = args", "r = rate*total",
        f"return r - element_{tag}(r + tau/rate, consts_{tag})"])  # fmt: skip
    root = draft.make("root", "breaking", gap)
    body = [*scalar.prepared(draft.settings(scalar)),
            f"tau = {root}(v.reshape(-1), ({rate}, consts_{tag}))",
            "shrink(v.reshape(-1), tau, out.reshape(-1))"]  # fmt: skip
    return draft.define("prox", PROX, "What is left of the sizes decides what is taken.", body)


@rule(LargerOfTwo)
def larger_of_two(operator: LargerOfTwo, draft: Draft) -> str:
    """One of the two, or the mixture at which both are equal."""
    f, g = (value_of(function, draft) for function in operator.functions)
    first, second = (draft.prox(one) for one in operator.alone)
    draft.add_parameter(operator.share)
    mixed = draft.prox(operator.mixture)
    draft.drop_parameter(operator.share)
    lead = draft.define("lead", "t, args", "What the second has more at the mixture.", [
        "v, step, p, u = args", f"{mixed}(v, step, p + (min(t, 1.0 - 1e-15),), u)",
        f"return {g}(u, p) - {f}(u, p)"])  # fmt: skip
    root = draft.make("root", "falling_zero", lead)
    body = [f"{first}(v, step, p, out)", f"if {f}(out, p) >= {g}(out, p):", "    return",
            f"{second}(v, step, p, out)", f"if {g}(out, p) >= {f}(out, p):", "    return",
            f"t = {root}(1e-15, 1.0 - 1e-15, (v, step, p, out))",
            f"{mixed}(v, step, p + (min(t, 1.0 - 1e-15),), out)"]  # fmt: skip
    return draft.define("prox", PROX, "One of two, or the mixture where they are equal.", body)


@rule(LeastOf)
def least_of(operator: LeastOf, draft: Draft) -> str:
    """The best of several points."""
    body = ["u, best = np.empty_like(v), np.inf"]
    for option, function in zip(operator.options, operator.functions, strict=True):
        prox, value = draft.prox(option), value_of(function, draft)
        body += [f"{prox}(v, step, p, u)",
                 f"cost = {value}(u, p) + np.sum((u - v)**2)/(2.0*step)",
                 "if cost < best:", "    best = cost", "    out[:] = u"]  # fmt: skip
    return draft.define("prox", PROX, "The best of the points of several functions.", body)


@rule(StackedBlocks)
def stacked_blocks(operator: StackedBlocks, draft: Draft) -> str:
    """Keep the entries in no group; stack groups that overlap, for the inner solver."""
    inner, listing = draft.prox(operator.inner), operator.listing
    if listing.head != "group_norms":
        return inner
    groups, place, _ = draft.locals[listing.args[1].name]  # type: ignore[union-attr]
    terms = draft.define("terms", "y, step, p, likes, z", "The prox for groups apart.", [
        f"{inner}(y, step, p, z)"])  # fmt: skip
    solver = draft.make("minimised", "alternating", terms)
    own = "".join("dense, " if i == place else f"p[{i}], " for i in range(len(draft.locals)))
    body = [f"indices, starts, order, kind, top = {groups}", "if kind < 2:",
            "    if top > v.size:",
            '        raise IndexError("a group names an index beyond the entries")',
            "    matrix = rows_at(indices, v.size)",
            "    dense = (np.arange(indices.size), starts, order, 4, indices.size)",
            f"    {solver}(v, step, matrix, np.zeros(indices.size), "
            f"({own}), 0, out)", "    return",
            f"{inner}(v, step, p, out)", f"keep_others(v, {groups}[0], out)"]  # fmt: skip
    return draft.define("prox", PROX, "Groups that overlap are stacked; other entries kept.", body)
