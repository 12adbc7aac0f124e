"""Separable functions, and choices between operators."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen.draft import PROX
from normcalc.codegen.printer import Printer
from normcalc.codegen.rules.registry import guarded_rule_for, refused, rule
from normcalc.errors import NotDerivable
from normcalc.line.table import Arc
from normcalc.operators import Applied, BySize, Entrywise, FirstOf
from normcalc.operators.coordinatewise import Coordinatewise

if TYPE_CHECKING:
    from normcalc.codegen.draft import Draft, Scalar
    from normcalc.line.table import CaseTable
    from normcalc.operators.base import Premise


def table_of(premise: Premise) -> CaseTable | None:
    """Return the case table of a premise that has no operator."""
    if getattr(premise, "operator", None) is not None:
        return None
    return getattr(premise, "table", None)


def separable(operator: object) -> CaseTable | None:
    """Return the table of an operator that maps every entry alike, else None."""
    return table_of(operator.premise) if isinstance(operator, Applied) else None


def shrinkage(table: CaseTable | None) -> sp.Expr | None:
    """Return t where the table is ``sign(v)*max(|v| - t, 0)``, else None."""
    if table is None or table.parity != "odd" or len(table.regimes) != 1:
        return None
    cases = table.regimes[0].cases
    if len(cases) != 2 or any(case.result != table.point for case in cases):
        return None
    zero, rest = cases
    point = rest.point.closed if isinstance(rest.point, Arc) else rest.point
    fits = zero.lo == 0 and zero.point == 0 and rest.hi == sp.oo and isinstance(point, sp.Expr)
    if not fits or table.argument in zero.hi.free_symbols:
        return None
    assert isinstance(point, sp.Expr)
    v = next((s for s in point.free_symbols if s.name == table.argument.name), table.argument)
    return zero.hi if sp.expand(v - point - zero.hi) == 0 else None


def rate_of_shrinkage(operator: object, draft: Draft) -> str:
    """Return the text of what an operator takes from every size for a step of 1, or nothing.

    What it takes is proportional to the step; sizes that are smaller become zero.
    """
    amount = shrinkage(separable(operator))
    step = next((s for s in amount.free_symbols if s.name == "step"), None) if amount else None
    if amount is None or step is None or sp.diff(amount, step, 2) != 0:
        return ""
    rate = sp.diff(amount, step)
    known = {s: sp.Symbol(draft.locals[s.name].text) for s in rate.free_symbols}
    return Printer().code(rate.xreplace(known))


def is_positive_part(table: CaseTable | None) -> bool:
    """Tell whether a table is ``max(v, 0)``."""
    if table is None or table.parity is not None or len(table.regimes) != 1:
        return False
    cases = table.regimes[0].cases
    points = [c.point.closed if isinstance(c.point, Arc) else c.point for c in cases]
    return (
        len(cases) == 2
        and cases[0].hi == 0
        and points[0] == 0
        and getattr(points[1], "name", "") == table.argument.name
        and all(case.result == table.point for case in cases)
    )


@rule(Applied)
def applied(operator: Applied, draft: Draft) -> str:
    """Map every entry by the table of the premise, or take the operator of the premise."""
    premise = operator.premise
    inner = getattr(premise, "operator", None)
    if inner is not None:
        return draft.prox(inner)
    table = table_of(premise)
    if table is None:
        raise NotDerivable(f"no kernel can be made of the {premise.goal} of {premise.function}")
    scalar = draft.table(table)
    call = f"apply_{scalar.tag}(v.reshape(-1), consts_{scalar.tag}, out.reshape(-1))"
    body = [*scalar.prepared(draft.settings(scalar)), call]
    return draft.define("prox", PROX, f"Map each entry: prox of {premise.function}.", body)


@rule(Entrywise)
def entrywise(operator: Entrywise, draft: Draft) -> str:
    """Map every entry by the table for its own parameters."""
    table = table_of(operator.premise)
    if table is None:
        raise NotDerivable(f"no kernel can be made of the prox of {operator.premise.function}")
    scalar = draft.table(table)
    about = f"Map each entry: prox of {operator.premise.function}."
    return draft.define("prox", PROX, about, per_entry(scalar, operator.varying, draft))


def per_entry(scalar: Scalar, varying: tuple[str, ...], draft: Draft) -> list[str]:
    """Return the loop over entries whose parameters differ."""
    rows = {name: draft.locals[name].text for name in varying if name in scalar.parameters}
    texts = draft.settings(scalar, **{name: f"{text}_i[i]" for name, text in rows.items()})
    spreads = [f"{text}_i = spread({text}.reshape(-1), v.size)" for text in rows.values()]
    steps = [f"    {line}" for line in scalar.set_up(texts)] if rows else []
    whole = [] if rows else scalar.set_up(texts)
    element = f"    flat[i] = element_{scalar.tag}(source[i], consts_{scalar.tag})"
    return [*spreads, *scalar.workspace(), *whole, "source, flat = v.reshape(-1), out.reshape(-1)",
            "for i in range(v.size):", *steps, element]  # fmt: skip


@rule(FirstOf)
def first_of(operator: FirstOf, draft: Draft) -> str:
    """Take the first option whose condition holds; the conditions stand in the options."""
    *conditional, last = operator.options
    try:
        left = [f"{draft.prox(last)}(v, step, p, out)", "return"]
    except NotDerivable as error:
        left = refused(str(error).replace('"', "'"))
    for option in reversed(conditional):
        write = guarded_rule_for(option)
        if write is None:
            raise NotDerivable(f"no kernel knows when {type(option).__name__} holds")
        left = [f"{write(option, draft, left)}(v, step, p, out)", "return"]
    return left[0].split("(")[0]


@rule(BySize)
def by_size(operator: BySize, draft: Draft) -> str:
    """Choose by the number of entries; where only one of the operators has a kernel, take it."""
    ways = []
    for one in (operator.few, operator.many):
        with suppress(NotDerivable):
            ways.append(draft.prox(one))
    if not ways:
        return draft.prox(operator.few)
    if len(ways) == 1:
        return ways[0]
    body = [f"if v.size <= {operator.size}:", f"    {ways[0]}(v, step, p, out)",
            "else:", f"    {ways[1]}(v, step, p, out)"]  # fmt: skip
    return draft.define("prox", PROX, "Choose by the number of entries.", body)


@rule(Coordinatewise)
def coordinatewise(operator: Coordinatewise, draft: Draft) -> str:
    """Map the coordinates of each part."""
    body = ["out[:] = v"]
    for places, premise in operator.parts:
        prox = draft.prox(Applied(premise))
        listed = ", ".join(str(i) for i in places)
        body += [f"places = np.array([{listed}])", "u = np.empty(places.size)",
                 "w = v[places]", f"{prox}(w, step, p, u)", "for i in range(places.size):",
                 "    out[places[i]] = u[i]"]  # fmt: skip
    return draft.define("prox", PROX, "Map the coordinates of each part.", body)
