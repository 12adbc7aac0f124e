"""Where a smooth function on an interval is positive, zero and negative.

The method is Rolle's: between two neighbouring zeros of the derivative a function is monotone, so
the signs of its values there say whether it has a zero in between, and there is at most one.  The
derivative is treated the same way, down to a function whose sign is known.  Zeros without a closed
form become `Root` symbols.  No equation is ever handed to a general solver, and no sample decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import sympy as sp

from normcalc.line.closed_roots import closed_roots, root_inside
from normcalc.line.context import Beyond, Context
from normcalc.line.limits import limit, power_sum
from normcalc.line.periodic import WAVES, amplitude_sign, wave_zeros
from normcalc.line.simplify import sign_numerator
from normcalc.line.smt import unsatisfiable

DEPTH = 8
_FEW = 4  # terms: polynomials with fewer have derivatives with two, whose zeros have a formula


@dataclass(frozen=True)
class Stretch:
    """An open interval of the line and the symbol, with its assumptions, that runs over it."""

    lo: sp.Expr
    hi: sp.Expr
    variable: sp.Symbol


@dataclass(frozen=True)
class Pattern:
    """The zeros of a function inside a stretch, in order, and its signs between them."""

    cuts: tuple[sp.Expr, ...]
    signs: tuple[int, ...]


def variable_on(lo: sp.Expr, hi: sp.Expr, context: Context, name: str = "u") -> sp.Symbol:
    """Return a symbol that carries the sign the interval gives it."""
    if lo != -sp.oo and context.holds(sp.Ge(lo, 0, evaluate=False)):
        return sp.Symbol(name, positive=True)
    if hi != sp.oo and context.holds(sp.Le(hi, 0, evaluate=False)):
        return sp.Symbol(name, negative=True)
    return sp.Symbol(name, real=True)


def pattern(expr: sp.Expr, on: Stretch, context: Context, depth: int = DEPTH) -> Pattern:
    """Return the sign pattern of `expr` on the stretch.

    Raises
    ------
    Refusal
        The zeros were not separated within the depth of the method, as for ``cos`` on the line.
    Fork
        The pattern depends on the parameters.

    Examples
    --------
    >>> u = sp.Symbol("u", positive=True)
    >>> pattern(u**2 - 2, Stretch(sp.S.Zero, sp.oo, u), Context(()))
    Pattern(cuts=(sqrt(2),), signs=(-1, 1))
    """
    if on.variable.is_negative:
        return _mirrored(expr, on, context, depth)
    result = Pattern((), (1,))
    for factor, odd in sign_numerator(expr):
        single = _factor_pattern(factor, on, context, depth)
        result = _multiply(result, single if odd else _squared(single), context)
    return result


def _mirrored(expr: sp.Expr, on: Stretch, context: Context, depth: int) -> Pattern:
    """Return the pattern by way of a positive variable, whose powers can be taken apart."""
    positive = sp.Symbol(on.variable.name, positive=True)
    stretch = Stretch(-on.hi, -on.lo, positive)
    found = pattern(expr.subs(on.variable, -positive), stretch, context, depth)
    return Pattern(tuple(-cut for cut in reversed(found.cuts)), found.signs[::-1])


def _factor_pattern(expr: sp.Expr, on: Stretch, context: Context, depth: int) -> Pattern:
    if not expr.has(on.variable):
        return Pattern((), (context.sign(expr),))
    constant = _constant_sign(expr, on, context)
    if constant:
        return Pattern((), (constant,))
    if expr.has(*WAVES):
        wave = _wave_pattern(expr, on, context)
        if wave is not None:
            return wave
    if depth == 0:
        raise Beyond(f"the zeros of {expr} on ({on.lo}, {on.hi}) were not separated")
    expr = _fewer_powers(expr, on.variable)
    slope = pattern(_without_parameter(expr, on.variable), on, context, depth - 1)
    return _from_monotone_parts(expr, slope, on, context)


def _wave_pattern(expr: sp.Expr, on: Stretch, context: Context) -> Pattern | None:
    """Return the pattern of a sine or cosine, or of one that a larger constant lifts off zero."""
    lifted = amplitude_sign(expr, on.variable, context)
    if lifted is not None:
        return Pattern((), (lifted,))
    zeros = wave_zeros(expr, on.variable, on.lo, on.hi)
    if zeros is None:
        return None
    ends = (on.lo, *zeros, on.hi)
    middles = [(a + b) / 2 for a, b in pairwise(ends)]
    signs = tuple(context.sign(expr.subs(on.variable, middle)) for middle in middles)
    return Pattern(tuple(zeros), signs)


def _fewer_powers(expr: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """Divide a sum of symbolic powers by one of them, so that its derivative has a term less."""
    powers = power_sum(expr, variable) if variable.is_positive else None
    if powers is None or all(exponent.is_Rational for exponent in powers):
        return expr
    first = next(iter(powers))
    return sp.Add(*[c * variable ** sp.expand(e - first) for e, c in powers.items()])


def _without_parameter(expr: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """Return the derivative, after a division by a power whose coefficient leaves with it.

    Where the variable is positive, and a parameter stands in one coefficient of a polynomial
    only, the zeros of that derivative do not depend on it, so that more of them have a formula.
    """
    powers = power_sum(expr, variable) if variable.is_positive else None
    if powers is None or len(powers) < _FEW or not all(e.is_Integer for e in powers):
        return sp.diff(expr, variable)
    for exponent, coefficient in powers.items():
        others = set().union(*(c.free_symbols for e, c in powers.items() if e != exponent))
        if coefficient.free_symbols - others:
            rest = sp.Add(*[c * variable ** (e - exponent) for e, c in powers.items()])
            return sp.diff(rest, variable)
    return sp.diff(expr, variable)


def _constant_sign(expr: sp.Expr, on: Stretch, context: Context) -> int:
    """Return the sign if it is the same all over the stretch and easily proved, else 0."""
    if expr.is_positive or expr.is_negative:
        return 1 if expr.is_positive else -1
    inside = tuple(
        relation
        for end, relation in ((on.lo, on.variable > on.lo), (on.hi, on.variable < on.hi))
        if end.is_finite is not False and relation != sp.true
    )
    for sign, negated in ((1, expr <= 0), (-1, expr >= 0)):
        # One cheap look first: the solver is only asked what the middle of the stretch suggests.
        if _suggests(expr, on, context, sign) and unsatisfiable(
            (*context.relations, *inside, negated), tuple(context.roots)
        ):
            return sign
    return 0


def _suggests(expr: sp.Expr, on: Stretch, context: Context, sign: int) -> bool:
    for sample in context.samples or [{}]:
        lo, hi = (end.xreplace(sample) for end in (on.lo, on.hi))
        for inner in _inner_points(lo, hi):
            value = expr.xreplace(sample).xreplace({on.variable: inner}).evalf(15)
            if value.is_Float and value * sign < 0:
                return False
    return True


def _inner_points(lo: sp.Expr, hi: sp.Expr) -> list[sp.Expr]:
    steps = (0.01, 0.3, 1, 4, 50)
    if lo == -sp.oo and hi == sp.oo:
        return [sp.Float(sign * step) for step in steps for sign in (1, -1)]
    if lo == -sp.oo:
        return [hi - sp.Float(step) for step in steps]
    if hi == sp.oo:
        return [lo + sp.Float(step) for step in steps]
    return [lo + (hi - lo) * sp.Float(part) for part in (0.02, 0.25, 0.5, 0.75, 0.98)]


def _from_monotone_parts(expr: sp.Expr, slope: Pattern, on: Stretch, context: Context) -> Pattern:
    ends = (on.lo, *slope.cuts, on.hi)
    values = [
        _sign_at(expr, on, end, "+" if i == 0 else "-", context) for i, end in enumerate(ends)
    ]
    candidates: list[sp.Expr] | None = None
    cuts: list[sp.Expr] = []
    signs: list[int] = []
    for i, direction in enumerate(slope.signs):
        left, right = values[i], values[i + 1]
        if i > 0 and left == 0 and signs[-1] != (direction or signs[-1]):
            cuts.append(ends[i])
            signs.append(direction)
        elif i == 0:
            signs.append(left if left != 0 else direction)
        if left * right == -1:
            if candidates is None:
                candidates = closed_roots(expr, on.variable)
            stretch = Stretch(ends[i], ends[i + 1], on.variable)
            cuts.append(_the_root(expr, candidates, stretch, right > 0, context))
            signs.append(right)
    return Pattern(tuple(cuts), tuple(signs))


def _sign_at(expr: sp.Expr, on: Stretch, end: sp.Expr, side: str, context: Context) -> int:
    if end not in (on.lo, on.hi):
        return context.sign(expr.subs(on.variable, end))
    return context.sign(limit(expr, on.variable, end, side, context))


def _the_root(
    expr: sp.Expr, candidates: list[sp.Expr], on: Stretch, rising: bool, context: Context
) -> sp.Expr:
    """Return the only zero in the stretch: in closed form if one candidate is proved inside."""
    found = root_inside(candidates, on.lo, on.hi, context)
    if found is not None:
        return found
    return context.new_root(expr, on.variable, on.lo, on.hi, rising)


def _squared(single: Pattern) -> Pattern:
    return Pattern(single.cuts, tuple(sign * sign for sign in single.signs))


def _multiply(left: Pattern, right: Pattern, context: Context) -> Pattern:
    """Return the pattern of a product, merging the zeros of the factors in order."""
    cuts: list[sp.Expr] = []
    signs = [left.signs[0] * right.signs[0]]
    i = j = 0
    while i < len(left.cuts) or j < len(right.cuts):
        if i == len(left.cuts):
            order = 1
        elif j == len(right.cuts):
            order = -1
        else:
            order = context.compare(left.cuts[i], right.cuts[j])
        cuts.append(left.cuts[i] if order <= 0 else right.cuts[j])
        i, j = i + (order <= 0), j + (order >= 0)
        signs.append(left.signs[i] * right.signs[j])
    return Pattern(tuple(cuts), tuple(signs))
