"""From branches to the lower convex hull: which branch is minimal for which slope v.

Write ``e(v)`` for the least value of ``F(u) - v*u`` on a branch; then ``e' = -u``.  For a branch
i left of a branch j the difference ``e_i - e_j`` has the derivative ``u_j - u_i > 0``, so j
overtakes i at most once.  One sweep from left to right with a stack finds all reigns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import sympy as sp

from normcalc.line.closed_roots import closed_roots, root_inside
from normcalc.line.context import Beyond, Context
from normcalc.line.invert import invert
from normcalc.line.limits import limit
from normcalc.line.simplify import tidy

if TYPE_CHECKING:
    from normcalc.line.branches import Branch, Candidates
    from normcalc.line.table import Arc


@dataclass(frozen=True)
class Reign:
    """A branch, the slope at which it starts to be minimal, and whether the point jumps there."""

    branch: Branch
    start: sp.Expr
    jump: bool
    why: str


class Between(NamedTuple):
    """What is known of the slopes of F between two branches.

    Whether none is less than the right one's first, so that the left one is better there; whether
    none is more than the left one's last, so that the right one is.
    """

    rises: bool
    falls: bool


def sweep(found: Candidates, start: sp.Expr, context: Context) -> list[Reign]:
    """Return the reigns from left to right; the first begins at `start`."""
    stack: list[Reign] = []
    for branch in found.branches:
        if context.compare(branch.vhi, start) > 0:
            _push(stack, branch, start, found, context)
    return stack


def _push(
    stack: list[Reign], new: Branch, start: sp.Expr, found: Candidates, context: Context
) -> None:
    between, last = Between(False, False), None
    while stack:
        top = stack[-1]
        between = _between(top.branch, new, last, between, found, context)
        # Along a concave stretch the slope falls, so neighbours overlap.
        order = -1 if between.falls else context.compare(new.vlo, top.branch.vhi)
        if order == 0:
            jump = top.branch.hi != new.lo and not context.is_zero(top.branch.hi - new.lo)
            stack.append(Reign(new, new.vlo, jump, "the slopes meet"))
            return
        if order > 0:
            # The function is closed and coercive: the regime must be empty, and is not seen to be.
            raise Beyond(f"no minimiser for slopes between {top.branch.vhi} and {new.vlo}")
        at, why = _overtakes(top.branch, new, between, context)
        if at == sp.oo or _too_late(new, at, context):
            return
        if at != -sp.oo and _starts_before(top, new, at, context):
            context.log.append(f"v = {at}: {_name(new)} overtakes {_name(top.branch)} ({why})")
            stack.append(Reign(new, at, True, why))
            return
        last = stack.pop().branch
    # Everything to the left was overtaken before it reigned.
    first = start if context.compare(new.vlo, start) < 0 else new.vlo
    stack.append(Reign(new, first, False, "leftmost"))


def _between(
    top: Branch,
    new: Branch,
    last: Branch | None,
    after: Between,
    found: Candidates,
    context: Context,
) -> Between:
    """Return what is known between two branches, and `after` the `last` one that was given up."""
    neighbours = (top.hi, new.lo) in found.concave
    if last is None or not after.rises or neighbours:
        return Between(neighbours, neighbours)
    joined = top.hi == last.lo or (top.hi, last.lo) in found.concave
    rises = joined and context.holds(sp.Ge(last.vlo, new.vlo, evaluate=False))
    return Between(rises, False)


def _too_late(new: Branch, at: sp.Expr, context: Context) -> bool:
    """Whether a kink is overtaken by what lies right of it before it overtakes anything itself.

    An arc is overtaking at one of its own slopes, so the question is only asked of kinks.
    """
    return new.slope is None and at != -sp.oo and context.compare(at, new.vhi) >= 0


def _starts_before(top: Reign, new: Branch, at: sp.Expr, context: Context) -> bool:
    """Whether the branch on top reigns at all before the new one overtakes it."""
    if top.start == -sp.oo or context.holds(sp.Ge(new.vlo, top.start, evaluate=False)):
        return True
    return context.compare(at, top.start) > 0


def _name(branch: Branch) -> str:
    return f"u = {branch.lo}" if branch.slope is None else f"the arc on ({branch.lo}, {branch.hi})"


def _overtakes(
    left: Branch, right: Branch, between: Between, context: Context
) -> tuple[sp.Expr, str]:
    """Return the slope at which `right` becomes smaller than `left`: -oo always, oo never.

    Neighbours have only a concave stretch between them.  There ``F(u) - v*u`` rises towards the
    right one at its first slope, and falls away from the left one at its last slope: each is the
    better one at its own end, so that the overtaking in between is certain.
    """
    if left.slope is None and right.slope is None:
        chord = (right.value - left.value) / (right.lo - left.lo)
        return tidy(chord), "slope of the chord"
    if left.slope is None or right.slope is None:
        return _tangent(left, right, between, context)
    return _bitangent(left, right, between, context)


def _tangent(
    left: Branch, right: Branch, between: Between, context: Context
) -> tuple[sp.Expr, str]:
    """One kink and one arc: the tangent of the arc that passes through the kink.

    ``T(u) = F(u) - F(c) - (u - c) F'(u)`` has the derivative ``-(u - c) F''(u)``: it is monotone,
    so its signs at the ends of the arc say whether there is a tangent point, and where to look.
    """
    kink, arc = (left, right) if left.slope is None else (right, left)
    assert arc.slope is not None
    assert arc.variable is not None
    u, c = arc.variable, kink.lo
    equation = tidy(sp.expand(arc.value - kink.value - (u - c) * arc.slope))
    rising = kink is right
    toward = 1 if rising else -1
    # `before` and `after` are signs of e_left - e_right at the two ends of the arc.
    first = between.rises and not rising and context.compare(arc.vlo, kink.vlo) >= 0
    last = between.falls and rising and context.compare(arc.vhi, kink.vhi) <= 0
    before = -1 if first else toward * context.sign(limit(equation, u, arc.lo, "+", context))
    after = 1 if last else toward * context.sign(limit(equation, u, arc.hi, "-", context))
    if before >= 0:
        return (arc.vlo if before == 0 else -sp.oo), "better from its first slope on"
    if after <= 0:
        return (arc.vhi if after == 0 else sp.oo), "never better"
    point = root_between(equation, arc, rising, context)
    return tidy(arc.slope.subs(u, point)), f"tangent through u = {c}: {equation} = 0"


def root_between(equation: sp.Expr, arc: Branch, rising: bool, context: Context) -> sp.Expr:
    """Return the only zero of an equation on an arc, in closed form if one is proved inside."""
    assert arc.variable is not None
    found = root_inside(closed_roots(equation, arc.variable), arc.lo, arc.hi, context)
    if found is not None:
        return found
    return context.new_root(equation, arc.variable, arc.lo, arc.hi, rising)


def _bitangent(
    left: Branch, right: Branch, between: Between, context: Context
) -> tuple[sp.Expr, str]:
    """Two arcs: the common tangent, where their least values agree."""
    if context.compare(right.vhi, left.vlo) <= 0:
        return _apart(left, right, context)
    joined = _joined(left, right, context)
    starts, ends = context.compare(left.vlo, right.vlo), context.compare(left.vhi, right.vhi)
    lo, hi = (left if starts > 0 else right).vlo, (left if ends <= 0 else right).vhi
    v = sp.Symbol("v", real=True)
    arcs = [invert(branch, v, context) for branch in (left, right)]
    closed = all(_algebraic(arc) for arc in arcs)
    gap = tidy(sp.expand(_least(left, arcs[0], v) - _least(right, arcs[1], v))) if closed else None
    # Far out the difference follows that of the points, and so does it at a neighbour's own end.
    first = lo == -sp.oo or ((joined or between.rises) and starts <= 0)
    last = hi == sp.oo or ((joined or between.falls) and ends <= 0)
    before = -1 if first else _gap_sign(left, right, (gap, v), lo, "+", context)
    if before >= 0:
        return (lo if before == 0 else -sp.oo), "better from its first slope on"
    after = 1 if last else _gap_sign(left, right, (gap, v), hi, "-", context)
    if after <= 0:
        return (hi if after == 0 else sp.oo), "never better"
    if gap is None:
        return _implicit_bitangent(left, right, arcs, (lo, hi), context)
    at = root_inside(closed_roots(gap, v), lo, hi, context)
    at = context.new_root(gap, v, lo, hi, True) if at is None else tidy(at)
    return at, f"equal values: {gap} = 0"


def _apart(left: Branch, right: Branch, context: Context) -> tuple[sp.Expr, str]:
    """Two arcs without a common slope: the right one ends before the left one begins.

    At its last slope the right arc is at its right end, and the left one still at its left end.
    """
    ends = ((left, left.lo, "+"), (right, right.hi, "-"))
    values = [
        limit(b.value - right.vhi * b.variable, b.variable, end, side, context)
        for b, end, side in ends
        if b.variable is not None
    ]
    if context.compare(values[0], values[1]) >= 0:
        return -sp.oo, "better before the other begins"
    return sp.oo, "over before it is better"


def _joined(left: Branch, right: Branch, context: Context) -> bool:
    """Whether two arcs meet at a concave kink: as beside a concave stretch, a switch is sure."""
    if left.hi != right.lo or left.hi == sp.oo:
        return False
    values = [b.value.subs(b.variable, left.hi) for b in (left, right)]
    return values[0] == values[1] or context.is_zero(values[0] - values[1])


def _gap_sign(
    left: Branch,
    right: Branch,
    gap: tuple[sp.Expr | None, sp.Symbol],
    v: sp.Expr,
    side: str,
    context: Context,
) -> int:
    """Return the sign of the difference of the least values at one end of the common slopes."""
    if gap[0] is not None:
        return context.sign(limit(gap[0], gap[1], v, side, context))
    values = [_least_at(branch, v, context) for branch in (left, right)]
    return context.sign(values[0] - values[1])


def _least_at(branch: Branch, v: sp.Expr, context: Context) -> sp.Expr:
    """Return the least value of ``F(u) - v*u`` on an arc for one of its slopes."""
    assert branch.slope is not None
    assert branch.variable is not None
    if v in (branch.vlo, branch.vhi):
        end, side = (branch.lo, "+") if v == branch.vlo else (branch.hi, "-")
        return limit(branch.value - v * branch.variable, branch.variable, end, side, context)
    point = root_between(branch.slope - v, branch, True, context)
    return branch.value.subs(branch.variable, point) - v * point


def _implicit_bitangent(
    left: Branch, right: Branch, arcs: list[Arc], span: tuple[sp.Expr, sp.Expr], context: Context
) -> tuple[sp.Expr, str]:
    """Two arcs of which one has no closed form: the tie is a root whose points are roots."""
    v = sp.Symbol("v", real=True)
    points = [sp.Symbol(name, real=True) for name in ("u_left", "u_right")]
    values = [
        branch.value.subs(branch.variable, p) - v * p
        for branch, p in zip((left, right), points, strict=True)
    ]
    inner = tuple(zip(points, arcs, strict=True))
    root = context.new_root(values[0] - values[1], v, *span, rising=True, inner=inner)
    return root, "equal values on two arcs"


def _algebraic(arc: Arc) -> bool:
    return arc.closed is not None and not arc.closed.has(sp.LambertW)


def _least(branch: Branch, arc: Arc, v: sp.Symbol) -> sp.Expr:
    return branch.value.subs(branch.variable, arc.closed) - v * arc.closed
