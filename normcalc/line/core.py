"""The core operator: the inverse slope map of the lower convex hull, regime by regime.

For any F on the line, ``v -> argmin_u F(u) - v*u`` is the inverse of the derivative of the lower
convex hull of F.  With ``F = u**2/2 + step*f`` it is the proximal operator of f, convex or not;
with ``F = f`` it gives the convex conjugate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.line.branches import Affine, Branch, candidates, check_coercive, one_sided_slopes
from normcalc.line.curve import Curve, curve
from normcalc.line.deadline import TimeUp, deadline
from normcalc.line.explore import Compute, explore
from normcalc.line.invert import invert
from normcalc.line.parity import is_even
from normcalc.line.simplify import tidy
from normcalc.line.sweep import Reign, sweep
from normcalc.line.table import Arc, Case, CaseTable, Flat, Regime

if TYPE_CHECKING:
    from normcalc.line.context import Context

BUDGET = 8.0
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
        return self.lo == -self.hi and is_even(self.expr, self.variable)


class OutOfReach(NotDerivable):
    """The calculus ended without any answer, though there may well be one in some regimes."""

    def __init__(self, message: str, regimes: tuple[Regime, ...]) -> None:
        super().__init__(message)
        self.regimes = regimes


Result = Callable[[Branch], sp.Expr]


def _moreau(line: Line, result: Result, parity: str, budget: float) -> CaseTable:
    even = line.even

    def compute(context: Context) -> Regime:
        f = curve_of(line, even, context)
        objective = substituted(f.map(lambda value, u: u**2 / 2 + STEP * value), context)
        found = candidates(objective, context)
        check_coercive(objective, context)
        reigns = sweep(found, sp.S.Zero if even else -sp.oo, context)
        return regime_of(reigns, sp.oo, found.affine, result, context)

    parameters = (STEP, *line.parameters)
    regimes = answers(compute, line, parameters, budget)
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

    regimes = answers(compute, line, line.parameters, budget)
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


def settle(
    compute: Compute, line: Line, symbols: tuple[sp.Symbol, ...], budget: float
) -> tuple[Regime, ...]:
    """Run a computation over all regimes of the parameters, within a time budget.

    Raises
    ------
    OutOfReach
        The budget ran out, or a constant could not be told from zero.
    """
    try:
        with deadline(budget):
            return explore(compute, list(symbols), line.relations)
    except TimeUp:
        reason = f"the derivation for {line.expr} did not end within {budget:g} s"
    except (ArithmeticError, RecursionError) as error:
        reason = f"the derivation for {line.expr} ended early: {error}"
    raise OutOfReach(
        f"{reason}: give numbers for some of the parameters",
        (Regime((), refusal=reason, beyond=True),),
    )


def answers(
    compute: Compute, line: Line, symbols: tuple[sp.Symbol, ...], budget: float
) -> tuple[Regime, ...]:
    """Run a computation over all regimes, and raise `NotDerivable` where all of them refuse."""
    regimes = settle(compute, line, symbols, budget)
    if all(regime.refusal for regime in regimes):
        reasons = "; ".join(dict.fromkeys(str(r.refusal) for r in regimes))
        words = f"no answer for {line.expr}: {reasons}"
        if any(regime.beyond for regime in regimes):
            raise OutOfReach(words, regimes)
        raise NotDerivable(words)
    return regimes


def curve_of(line: Line, even: bool, context: Context) -> Curve:
    """Return the function, or its right half, as pieces and knots."""
    return curve(line.expr, line.variable, line.lo, line.hi, even, context)


def shape_of(line: Line, context: Context) -> Curve:
    """Return the whole function as pieces and knots, in the regime of the context."""
    return substituted(curve_of(line, False, context), context)


def substituted(f: Curve, context: Context) -> Curve:
    """On a border of the parameters, use the equation that holds there."""
    pairs = list(context.substitution.items())
    return f.map(lambda value, _: value.subs(pairs)) if pairs else f


def regime_of(
    reigns: list[Reign],
    end: sp.Expr,
    affine: tuple[Affine, ...],
    result: Result,
    context: Context,
) -> Regime:
    """Return the regime whose cases are the reigns, the last one up to `end`."""
    ends = [*(r.start for r in reigns[1:]), end]
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
