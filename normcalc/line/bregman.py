"""The prox in a Bregman geometry: the same core operator, with another function in F.

``argmin_u f(u) + D(u, v)/step`` with ``D(u, v) = phi(u) - phi(v) - phi'(v) (u - v)`` has the
objective ``F(u) - w*u`` with ``F = phi + step*f`` at the slope ``w = phi'(v)``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.branches import Branch, candidates
from normcalc.line.context import Context, Refusal
from normcalc.line.core import (
    ARGUMENT,
    BUDGET,
    POINT,
    STEP,
    Line,
    answers,
    curve_of,
    regime_of,
    shape_of,
    substituted,
)
from normcalc.line.invert import invert
from normcalc.line.simplify import tidy
from normcalc.line.sweep import sweep
from normcalc.line.table import Arc, Case, CaseTable, Regime

if TYPE_CHECKING:
    from collections.abc import Callable


def bregman_table(line: Line, kernel: Line, budget: float = BUDGET) -> CaseTable:
    """Return ``argmin_u f(u) + D(u, v)/step`` for the Bregman distance of `kernel`.

    Raises
    ------
    NotDerivable
        The kernel is not one smooth strictly convex piece whose slope has an inverse in closed
        form, or the minimum does not exist, or the time budget ran out.
    """
    joined = Line(
        kernel.expr + STEP * line.expr.subs(line.variable, kernel.variable),
        kernel.variable,
        tuple(dict.fromkeys((*line.parameters, *kernel.parameters))),
        (*line.relations, *kernel.relations),
        sp.Max(line.lo, kernel.lo),
        sp.Min(line.hi, kernel.hi),
    )

    def compute(context: Context) -> Regime:
        mirror = _mirror(kernel, context)
        found = candidates(substituted(curve_of(joined, False, context), context), context)
        reigns = sweep(found, mirror.vlo, context)
        if not reigns or context.compare(reigns[-1].branch.vhi, mirror.vhi) < 0:
            raise Refusal("f(u) + D(u, v)/step has no minimum for every v in the kernel's domain")
        kept = [r for r in reigns if context.compare(r.start, mirror.vhi) < 0]
        regime = regime_of(kept, mirror.vhi, (), lambda _: POINT, context)
        return _back(regime, mirror, context)

    regimes = answers(compute, joined, (STEP, *joined.parameters), budget)
    return CaseTable(ARGUMENT, POINT, (STEP, *joined.parameters), regimes)


def _mirror(kernel: Line, context: Context) -> Branch:
    """Return the kernel as a single arc."""
    found = candidates(shape_of(kernel, context), context)
    if len(found.branches) != 1 or found.branches[0].slope is None:
        raise Refusal(f"the kernel {kernel.expr} is not one smooth strictly convex piece")
    return found.branches[0]


def _back(regime: Regime, mirror: Branch, context: Context) -> Regime:
    """Write slopes as points: the inverse of the kernel's slope takes borders back."""
    inverse = invert(mirror, ARGUMENT, context).closed
    if inverse is None:
        raise Refusal(f"the slope {mirror.slope} of the kernel has no inverse in closed form")
    assert mirror.slope is not None
    slope = mirror.slope.subs(mirror.variable, ARGUMENT)

    def border(at: sp.Expr) -> sp.Expr:
        if at in (mirror.vlo, mirror.vhi):
            return mirror.lo if at == mirror.vlo else mirror.hi
        return _neat(inverse.subs(ARGUMENT, at))

    def point(expr: sp.Expr | Arc) -> sp.Expr | Arc:
        if not isinstance(expr, Arc):
            return expr
        closed = None if expr.closed is None else _neat(expr.closed.subs(ARGUMENT, slope))
        composed = _neat(inverse.subs(ARGUMENT, expr.slope))
        return replace(expr, slope=composed, closed=closed, shown=closed)

    cases = tuple(_case(case, border, point) for case in regime.cases)
    return replace(regime, cases=cases)


def _case(
    case: Case,
    border: Callable[[sp.Expr], sp.Expr],
    point: Callable[[sp.Expr | Arc], sp.Expr | Arc],
) -> Case:
    return replace(case, lo=border(case.lo), hi=border(case.hi), point=point(case.point))


def _neat(expr: sp.Expr) -> sp.Expr:
    return tidy(sp.powsimp(sp.expand(sp.expand_log(expr, force=True), power_exp=False)))
