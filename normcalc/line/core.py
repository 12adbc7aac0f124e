"""The core operator: the inverse slope map of the lower convex hull, regime by regime.

For any F on the line, ``v -> argmin_u F(u) - v*u`` is the inverse of the derivative of the lower
convex hull of F.  With ``F = u**2/2 + step*f`` it is the proximal operator of f, convex or not;
with ``F = f`` it gives the convex conjugate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.line.branches import Affine, Branch, candidates, check_coercive, one_sided_slopes
from normcalc.line.context import Context, Refusal
from normcalc.line.curve import Curve, curve
from normcalc.line.deadline import TimeUp, deadline
from normcalc.line.explore import Compute, explore
from normcalc.line.invert import invert
from normcalc.line.simplify import tidy
from normcalc.line.sweep import Reign, sweep
from normcalc.line.table import Arc, Case, CaseTable, Flat, Regime

BUDGET = 30.0
ARGUMENT = sp.Symbol("v", real=True)
POINT = sp.Symbol("u", real=True)
STEP = sp.Symbol("step", positive=True)


@dataclass(frozen=True)
class Line:
    """A function of one real variable with parameters: what the core operator is applied to.

    Parameters
    ----------
    expr : sympy.Expr
        The formula in `variable`.
    variable : sympy.Symbol
        Real.
    lo, hi : sympy.Expr
        The ends of the domain outside which the function is ``+oo``.
    parameters : tuple of sympy.Symbol
        With their kinds as assumptions.
    relations : tuple of sympy relations
        What is known of the parameters beyond their kinds.
    """

    expr: sp.Expr
    variable: sp.Symbol
    parameters: tuple[sp.Symbol, ...] = ()
    relations: tuple[sp.Basic, ...] = ()
    lo: sp.Expr = -sp.oo
    hi: sp.Expr = sp.oo

    @property
    def even(self) -> bool:
        """Whether the formula is proved to be even."""
        if self.lo != -self.hi:
            return False
        w = sp.Symbol("w", positive=True)
        right, left = (self.expr.subs(self.variable, s * w) for s in (1, -1))
        return bool(right == left or sp.simplify(right - left) == 0)


Result = Callable[[Branch], sp.Expr]


def _moreau(line: Line, result: Result, parity: str, budget: float) -> CaseTable:
    even = line.even

    def compute(context: Context) -> Regime:
        f = _curve(line, even, context)
        objective = f.map(lambda value, u: u**2 / 2 + STEP * value)
        found = candidates(_substituted(objective, context), context)
        check_coercive(found.branches, even)
        reigns = sweep(found, sp.S.Zero if even else -sp.oo, context)
        return _regime(reigns, found.affine, result, context)

    parameters = (STEP, *line.parameters)
    regimes = _explore(compute, line, parameters, budget)
    return CaseTable(ARGUMENT, POINT, parameters, regimes, parity if even else None)


@lru_cache(maxsize=256)
def prox_table(line: Line, budget: float = BUDGET) -> CaseTable:
    """Return the proximal operator ``argmin_u f(u) + (u - v)**2/(2*step)``, all regimes.

    Raises
    ------
    NotDerivable
        It exists for no parameters, or the time budget ran out.
    """
    return _moreau(line, lambda branch: POINT, "odd", budget)


def envelope_table(line: Line, budget: float = BUDGET) -> CaseTable:
    """Return the Moreau envelope ``min_u f(u) + (u - v)**2/(2*step)``, all regimes.

    Raises
    ------
    NotDerivable
        As for `prox_table`.
    """

    def value(branch: Branch) -> sp.Expr:
        at = branch.value if branch.slope is None else branch.value.subs(branch.variable, POINT)
        point = branch.lo if branch.slope is None else POINT
        return tidy((at - ARGUMENT * point + ARGUMENT**2 / 2) / STEP)

    return _moreau(line, value, "even", budget)


def conjugate_table(line: Line, budget: float = BUDGET) -> CaseTable:
    """Return the convex conjugate ``sup_u v*u - f(u)``, ``oo`` outside its domain.

    Raises
    ------
    NotDerivable
        As for `prox_table`.
    """
    even = line.even

    def value(branch: Branch) -> sp.Expr:
        at = branch.value if branch.slope is None else branch.value.subs(branch.variable, POINT)
        return tidy(ARGUMENT * (branch.lo if branch.slope is None else POINT) - at)

    def compute(context: Context) -> Regime:
        found = candidates(_substituted(_curve(line, even, context), context), context)
        if not found.branches:
            raise Refusal("the conjugate is +oo everywhere: f has no affine minorant")
        start = sp.S.Zero if even else found.branches[0].vlo
        reigns = sweep(found, start, context)
        return _finite(_regime(reigns, found.affine, value, context), even)

    regimes = _explore(compute, line, line.parameters, budget)
    return CaseTable(ARGUMENT, POINT, line.parameters, regimes, "even" if even else None)


def subdifferential_table(line: Line, budget: float = BUDGET) -> CaseTable:
    """Return the subdifferential at every point of the domain, as an interval.

    On a piece it is the derivative, at a knot the interval between the one-sided derivatives:
    the subdifferential of convex analysis where the function is convex, else Clarke's.

    Raises
    ------
    NotDerivable
        As for `prox_table`.
    """

    def compute(context: Context) -> Regime:
        f = shape_of(line, context)
        cases = tuple(_slope_cases(f, context))
        return Regime((), tuple(context.roots), cases, log=tuple(context.log))

    regimes = _explore(compute, line, line.parameters, budget)
    return CaseTable(ARGUMENT, POINT, line.parameters, regimes)


def _slope_cases(f: Curve, context: Context) -> Iterator[Case]:
    knots = {k.at: k for k in f.knots}
    pieces = {p.lo: p for p in f.pieces}
    for lo, hi in zip((-sp.oo, *f.breaks), (*f.breaks, sp.oo), strict=True):
        if lo in knots:
            left, right = one_sided_slopes(knots[lo], f, context)
            if context.compare(left, right) != 0:
                ends = (left, right) if context.compare(left, right) < 0 else (right, left)
                yield Case(lo, lo, lo, ends, "knot")
        if lo in pieces:
            piece = pieces[lo]
            slope = tidy(sp.diff(piece.expr, piece.variable)).subs(piece.variable, POINT)
            yield Case(lo, hi, ARGUMENT, (slope, slope), "piece")


def _finite(regime: Regime, even: bool) -> Regime:
    """Add the stretches beyond the domain of a conjugate, where it is ``oo``."""
    first, last = regime.cases[0], regime.cases[-1]
    before = () if even or first.lo == -sp.oo else (_infinite(-sp.oo, first.lo, hi_open=True),)
    after = () if last.hi == sp.oo else (_infinite(last.hi, sp.oo),)
    return replace(regime, cases=(*before, *regime.cases, *after))


def _infinite(lo: sp.Expr, hi: sp.Expr, hi_open: bool = False) -> Case:
    return Case(lo, hi, sp.nan, sp.oo, "outside the domain", hi_open=hi_open)


def settle(
    compute: Compute, line: Line, symbols: tuple[sp.Symbol, ...], budget: float
) -> tuple[Regime, ...]:
    """Run a computation over all regimes of the parameters, within a time budget.

    Raises
    ------
    NotDerivable
        The budget ran out.
    """
    try:
        with deadline(budget):
            return explore(compute, list(symbols), line.relations)
    except TimeUp:
        raise NotDerivable(
            f"the derivation for {line.expr} did not end within {budget:g} s: "
            "raise budget=, or give numbers for some of the parameters"
        ) from None


def _explore(
    compute: Compute, line: Line, symbols: tuple[sp.Symbol, ...], budget: float
) -> tuple[Regime, ...]:
    regimes = settle(compute, line, symbols, budget)
    if all(regime.refusal for regime in regimes):
        reasons = "; ".join(dict.fromkeys(str(r.refusal) for r in regimes))
        raise NotDerivable(f"no answer for {line.expr}: {reasons}")
    return regimes


def _curve(line: Line, even: bool, context: Context) -> Curve:
    return curve(line.expr, line.variable, line.lo, line.hi, even, context)


def shape_of(line: Line, context: Context) -> Curve:
    """Return the whole function as pieces and knots, in the regime of the context."""
    return _substituted(_curve(line, False, context), context)


def _substituted(f: Curve, context: Context) -> Curve:
    """On a border of the parameters, use the equation that holds there."""
    pairs = list(context.substitution.items())
    return f.map(lambda value, _: value.subs(pairs)) if pairs else f


def _regime(
    reigns: list[Reign], affine: tuple[Affine, ...], result: Result, context: Context
) -> Regime:
    ends = [*(r.start for r in reigns[1:]), reigns[-1].branch.vhi]
    jumps = [*(r.jump for r in reigns[1:]), False]
    cases = tuple(
        Case(reign.start, hi, _point(reign.branch, context), result(reign.branch), reign.why, jump)
        for reign, hi, jump in zip(reigns, ends, jumps, strict=True)
    )
    borders = [r.start for r in reigns[1:]]
    flats = tuple(
        Flat(a.slope, a.lo, a.hi, sp.true)
        for a in affine
        if any(context.is_zero(a.slope - b) for b in borders)
    )
    used = tuple(context.roots)
    return Regime((), used, cases, flats, None, tuple(context.log), tuple(context.how))


def _point(branch: Branch, context: Context) -> sp.Expr | Arc:
    return branch.lo if branch.slope is None else invert(branch, ARGUMENT, context)
