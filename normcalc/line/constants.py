"""How much a function curves and how steep it is: the constants that step sizes are made of.

On a smooth piece the extremes of f'' and f' follow from the sign pattern of the next derivative.
At a knot a slope that rises is infinite curvature upwards, a slope that falls is infinite
curvature downwards, and so is a jump.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.branches import one_sided_slopes
from normcalc.line.core import BUDGET, Line, answers, curve_of, substituted
from normcalc.line.extremes import Extreme, largest, short, supremum
from normcalc.line.pattern import Stretch
from normcalc.line.shape import broken
from normcalc.line.table import Case, Regime, Root

if TYPE_CHECKING:
    from normcalc.line.context import Context
    from normcalc.line.curve import Curve, Knot


@dataclass(frozen=True)
class Constant:
    """The value of a constant in one regime of the parameters, and the place that decides it.

    Where the computation found no answer, the value is ``nan`` and `where` says why.
    """

    conditions: tuple[sp.Basic, ...]
    value: sp.Expr
    where: str
    roots: tuple[Root, ...] = ()


Rule = Callable[["Curve", "Context"], Extreme]


def smoothness(line: Line, budget: float = BUDGET) -> tuple[Constant, ...]:
    """Return the Lipschitz constant of the derivative, ``oo`` if there is none.

    Raises
    ------
    NotDerivable
        The function is not real somewhere, or beyond the method for all parameters.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> smoothness(Line(sp.log(1 + sp.exp(x)), x))[0].value
    1/4
    """
    return _settled(line, _smoothness, budget)


def weak_convexity(line: Line, budget: float = BUDGET) -> tuple[Constant, ...]:
    """Return the least ``r >= 0`` such that ``f + r*x**2/2`` is convex, ``oo`` if there is none.

    Raises
    ------
    NotDerivable
        As for `smoothness`.

    Examples
    --------
    >>> x, eps = sp.Symbol("x", real=True), sp.Symbol("eps", positive=True)
    >>> weak_convexity(Line(sp.log(1 + sp.Abs(x) / eps), x, (eps,)))[0].value
    eps**(-2)
    """
    return _settled(line, _weak_convexity, budget)


def strong_convexity(line: Line, budget: float = BUDGET) -> tuple[Constant, ...]:
    """Return the largest ``m >= 0`` such that ``f - m*x**2/2`` is convex, 0 if there is none.

    Raises
    ------
    NotDerivable
        As for `smoothness`.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> strong_convexity(Line(sp.Abs(x) + 3 * x**2, x))[0].value
    6
    """
    return _settled(line, _strong_convexity, budget)


def lipschitz(line: Line, budget: float = BUDGET) -> tuple[Constant, ...]:
    """Return the Lipschitz constant on the whole line, ``oo`` if there is none.

    Raises
    ------
    NotDerivable
        As for `smoothness`.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> lipschitz(Line(sp.log(1 + x**2), x))[0].value
    1
    """
    return _settled(line, _lipschitz, budget)


def _settled(line: Line, rule: Rule, budget: float) -> tuple[Constant, ...]:
    even = line.even

    def compute(context: Context) -> Regime:
        f = substituted(curve_of(line, even, context), context)
        found = rule(f, context)
        # A constant is a table of one case, so that regimes join as they do for other answers.
        case = Case(sp.S.Zero, sp.S.One, found.value, found.value, found.place)
        return Regime((), _needed(found.value, context.roots), (case,))

    return tuple(_constant(r) for r in answers(compute, line, line.parameters, budget))


def _needed(value: sp.Expr, roots: list[Root]) -> tuple[Root, ...]:
    """Return the roots that a value uses, and those that bracket them."""
    names, kept = set(value.free_symbols), []
    for root in reversed(roots):
        if root.symbol in names:
            kept.append(root)
            names |= root.equation.free_symbols | root.lo.free_symbols | root.hi.free_symbols
    return tuple(reversed(kept))


def _constant(regime: Regime) -> Constant:
    if regime.refusal:
        return Constant(regime.conditions, sp.nan, regime.refusal)
    case = regime.cases[0]
    assert isinstance(case.result, sp.Expr)
    return Constant(regime.conditions, case.result, case.why, regime.roots)


def _smoothness(f: Curve, context: Context) -> Extreme:
    outside = unbounded(f)
    if outside:
        return Extreme(sp.oo, outside)
    rough = _infinite(f, context, (1, -1))
    if rough is not None:
        return rough
    return largest((_curvature(f, sign, context) for sign in (1, -1)), context)


def _weak_convexity(f: Curve, context: Context) -> Extreme:
    rough = _infinite(f, context, (-1,))
    if rough is not None:
        return rough
    least = _curvature(f, -1, context)
    return largest((Extreme(sp.S.Zero, "f'' >= 0 everywhere"), least), context)


def _strong_convexity(f: Curve, context: Context) -> Extreme:
    rough = _infinite(f, context, (-1,))
    if rough is not None:
        return Extreme(sp.S.Zero, rough.place)
    least = _curvature(f, -1, context)
    if context.compare(least.value, sp.S.Zero) >= 0:
        return Extreme(sp.S.Zero, least.place)
    place = least.place if f.pieces else "a single point"
    return Extreme(short(-least.value), place)


def _lipschitz(f: Curve, context: Context) -> Extreme:
    outside = unbounded(f) or broken(f, context)
    if outside:
        return Extreme(sp.oo, outside)
    return largest((_steepness(f, sign, context) for sign in (1, -1)), context)


def _curvature(f: Curve, sign: int, context: Context) -> Extreme:
    """Return the supremum of ``sign * f''`` over the pieces."""
    return largest(_suprema(f, sign, 2, context), context)


def _steepness(f: Curve, sign: int, context: Context) -> Extreme:
    return largest(_suprema(f, sign, 1, context), context)


def _suprema(f: Curve, sign: int, order: int, context: Context) -> Iterator[Extreme]:
    for p in f.pieces:
        derivative = sign * sp.diff(p.expr, p.variable, order)
        yield supremum(derivative, Stretch(p.lo, p.hi, p.variable), context)


def _infinite(f: Curve, context: Context, signs: tuple[int, ...]) -> Extreme | None:
    """Return infinite curvature of one of the signs at a knot, or a break of the graph."""
    gap = broken(f, context)
    if gap:
        return Extreme(sp.oo, gap)
    for knot in f.knots:
        left, right = slopes(knot, f, context)
        turn = context.compare(right, left)
        if turn in signs and turn != 0:
            return Extreme(sp.oo, f"{'concave' if turn < 0 else 'convex'} kink at x = {knot.at}")
    return None


def slopes(knot: Knot, f: Curve, context: Context) -> tuple[sp.Expr, sp.Expr]:
    """Return the derivatives on both sides of a knot; infinite at an end of the domain."""
    left, right = one_sided_slopes(knot, f, context)
    # Of an even function only the right half is listed, and 0 is no end of it.
    return (-right, right) if f.even and knot.at == 0 else (left, right)


def unbounded(f: Curve) -> str | None:
    """Return in words where the domain ends, or None if it is the whole line."""
    if f.pieces and f.pieces[-1].hi == sp.oo and (f.even or f.pieces[0].lo == -sp.oo):
        return None
    return f"the domain ends at x = {f.breaks[-1 if _ends_right(f) else 0]}"


def _ends_right(f: Curve) -> bool:
    return not f.pieces or f.pieces[-1].hi != sp.oo
