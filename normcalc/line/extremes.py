"""The largest value of a smooth function on an interval, from the signs of its derivative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.deadline import limited
from normcalc.line.limits import limit
from normcalc.line.pattern import Stretch, pattern
from normcalc.line.periodic import WAVES
from normcalc.line.simplify import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from normcalc.line.context import Context

SECONDS = 1.0


@dataclass(frozen=True)
class Extreme:
    """A supremum, and in words the place where it is reached or approached."""

    value: sp.Expr
    place: str


NONE = Extreme(-sp.oo, "nowhere")


def supremum(expr: sp.Expr, on: Stretch, context: Context) -> Extreme:
    """Return the least upper bound of a smooth function on a stretch.

    It is a one-sided limit at an end, or the value where the derivative turns from plus to minus.

    Raises
    ------
    Refusal
        The turning points or a limit were not found.
    Fork
        The answer depends on the parameters.

    Examples
    --------
    >>> from normcalc.line.context import Context
    >>> u = sp.Symbol("u", positive=True)
    >>> supremum(u / (1 + u**2), Stretch(sp.S.Zero, sp.oo, u), Context(()))
    Extreme(value=1/2, place='at x = 1')
    """
    if not expr.has(on.variable):
        return Extreme(expr, f"on ({on.lo}, {on.hi})")
    wave = _wave(expr, on, context) if expr.has(*WAVES) else None
    return wave or largest(_candidates(expr, on, context), context)


def signs_on(expr: sp.Expr, on: Stretch, context: Context) -> frozenset[int]:
    """Return the signs that a smooth function takes on stretches between its zeros.

    Examples
    --------
    >>> from normcalc.line.context import Context
    >>> u = sp.Symbol("u", real=True)
    >>> sorted(signs_on(sp.cos(u), Stretch(-sp.oo, sp.oo, u), Context(())))
    [-1, 1]
    """
    bounds = wave_bounds(expr, on.variable) if expr.has(*WAVES) else None
    if bounds is None or _ends(on):
        return frozenset(pattern(expr, on, context).signs)
    middle, size = bounds
    size = context.sign(size) * size
    extremes = (context.sign(middle - size), context.sign(middle + size))
    # A wave that only touches zero has the other sign everywhere else.
    return frozenset(extremes) if extremes[0] * extremes[1] else frozenset({sum(extremes)})


def _ends(on: Stretch) -> bool:
    return on.lo.is_finite is not False and on.hi.is_finite is not False


def largest(extremes: Iterable[Extreme], context: Context) -> Extreme:
    """Return the largest of several suprema; minus infinity if there is none."""
    best = NONE
    for found in extremes:
        if context.compare(found.value, best.value) > 0:
            best = found
    return best


def _candidates(expr: sp.Expr, on: Stretch, context: Context) -> list[Extreme]:
    """Return the suprema over the parts on which the function is monotone."""
    slopes = pattern(sp.diff(expr, on.variable), on, context)
    ends = (on.lo, *slopes.cuts, on.hi)
    peaks = {i if sign < 0 else i + 1: None for i, sign in enumerate(slopes.signs)}
    inner = {i: slopes.signs[i - 1 : i + 1] for i in peaks if 0 < i < len(ends) - 1}
    # Between two rising parts nothing is largest: the next part goes on rising.
    passed = {i for i, (before, after) in inner.items() if before == after}
    return [_at(expr, on, ends, i, context) for i in peaks if i not in passed]


def _at(
    expr: sp.Expr, on: Stretch, ends: tuple[sp.Expr, ...], index: int, context: Context
) -> Extreme:
    end = ends[index]
    if index in (0, len(ends) - 1):
        value = limit(expr, on.variable, end, "-" if index else "+", context)
    else:
        value = expr.subs(on.variable, end)
    finite = end.is_finite is not False
    return Extreme(short(value), f"at x = {end}" if finite else f"as x -> {end}")


def short(value: sp.Expr) -> sp.Expr:
    """Return an equal expression in the shortest form that is quickly found.

    Examples
    --------
    >>> g = sp.Symbol("g", positive=True)
    >>> short(sp.sqrt(3 * g)**2 / (g**2 + g * sp.sqrt(g)**2))
    3/(2*g)
    """
    tidied = tidy(value)
    if not tidied.has(sp.Pow, sp.exp, sp.log) or tidied.is_infinite:
        return tidied
    simple = limited(SECONDS, lambda: sp.simplify(tidied))
    if simple is None or simple.count_ops() >= tidied.count_ops():
        return tidied
    return simple


def _wave(expr: sp.Expr, on: Stretch, context: Context) -> Extreme | None:
    """Return the supremum ``a + |b|`` of ``a + b*sin(k*u + c)`` on a stretch without an end."""
    bounds = wave_bounds(expr, on.variable)
    if bounds is None or _ends(on):
        return None
    middle, size = bounds
    return Extreme(short(middle + context.sign(size) * size), "at every period of the wave")


def wave_bounds(expr: sp.Expr, variable: sp.Symbol) -> tuple[sp.Expr, sp.Expr] | None:
    """Return a and b of ``a + b*sin(k*u + c)`` or the same with cos; None for anything else.

    Examples
    --------
    >>> u = sp.Symbol("u", real=True)
    >>> wave_bounds(1 - 2 * sp.cos(3 * u), u)
    (1, -2)
    """
    waves = [w for w in expr.atoms(*WAVES) if w.has(variable)]
    if len(waves) != 1 or sp.diff(waves[0].args[0], variable).has(variable):
        return None
    mark = sp.Dummy("wave", real=True)
    marked = sp.expand(expr.xreplace({waves[0]: mark}))
    size = marked.coeff(mark, 1)
    middle = sp.expand(marked - size * mark)
    return None if middle.has(variable, mark) or size.has(variable, mark) else (middle, size)
