"""From an expression with kinks to smooth pieces and the values at the points between them.

A *switch* is a subexpression whose formula depends on the sign of something: ``Abs``, ``Max``,
``Min``, ``sign``, ``Heaviside``, the conditions of a ``Piecewise``; and also the places where a
formula stops being real (the argument of ``log``, the base of a root, a denominator).  Each switch
cuts the line where its sign changes; what is left on a piece is smooth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.pattern import Stretch, pattern, variable_on

if TYPE_CHECKING:
    from normcalc.line.context import Context

_RELATIONS = (sp.Le, sp.Lt, sp.Ge, sp.Gt, sp.Eq, sp.Ne)
_CHOICES = (sp.Abs, sp.sign, sp.Heaviside, sp.Max, sp.Min, *_RELATIONS)
_HALF_LINE = {sp.log: 0, sp.loggamma: 0}


@dataclass(frozen=True)
class Piece:
    """A smooth formula on an open interval."""

    lo: sp.Expr
    hi: sp.Expr
    expr: sp.Expr
    variable: sp.Symbol


def resolve(
    expr: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr, context: Context
) -> tuple[Piece, ...]:
    """Return the smooth pieces of `expr` on ``(lo, hi)``, left to right.

    A piece on which the function is infinite, or not real, carries the expression ``oo`` or
    ``nan``.

    Examples
    --------
    >>> from normcalc.line.context import Context
    >>> x = sp.Symbol("x", real=True)
    >>> pieces = resolve(sp.Max(1 - x, 0), x, -sp.oo, sp.oo, Context(()))
    >>> [(str(p.lo), str(p.hi), str(p.expr)) for p in pieces]
    [('-oo', '1', '1 - u'), ('1', 'oo', '0')]
    >>> three = resolve(sp.Max(x, -2 * x, 3 * x - 1), x, -sp.oo, sp.oo, Context(()))
    >>> [(str(p.lo), str(p.hi)) for p in three]
    [('-oo', '0'), ('0', '1/2'), ('1/2', 'oo')]
    """
    symbol = variable_on(lo, hi, context)
    return tuple(_split(Piece(lo, hi, expr.subs(x, symbol), symbol), frozenset(), context))


def value_at(expr: sp.Expr, x: sp.Symbol, point: sp.Expr, context: Context) -> sp.Expr | None:
    """Return the value of `expr` at one point, or None where the formula is not defined.

    Examples
    --------
    >>> from normcalc.line.context import Context
    >>> x = sp.Symbol("x", real=True)
    >>> value_at(sp.Piecewise((0, sp.Eq(x, 0)), (1, True)), x, sp.S.Zero, Context(()))
    0
    """
    value = _at(expr, x, point, context)
    if value.has(sp.nan, sp.zoo) or (value.is_number and value.is_extended_real is False):
        return None
    return value


def _at(expr: sp.Expr, x: sp.Symbol, point: sp.Expr, context: Context) -> sp.Expr:
    if not expr.has(x):
        return expr
    if isinstance(expr, sp.Piecewise):
        for branch, condition in expr.args:
            if _true_at(condition, x, point, context):
                return _at(branch, x, point, context)
        return sp.nan
    if expr == x:
        return point
    args = [_at(arg, x, point, context) for arg in expr.args]
    return _apply(expr, args, context)


def _apply(expr: sp.Expr, args: list[sp.Expr], context: Context) -> sp.Expr:
    """Rebuild a node; kinked heads of parameters are settled by signs."""
    if any(arg.has(sp.nan, sp.zoo) for arg in args):
        return sp.nan
    if isinstance(expr, sp.Abs):
        return args[0] * context.sign(args[0])
    if isinstance(expr, sp.sign):
        return sp.Integer(context.sign(args[0]))
    if isinstance(expr, sp.Heaviside):
        return sp.Integer(1 if context.sign(args[0]) >= 0 else 0)
    if isinstance(expr, sp.Max | sp.Min):
        best = args[0]
        towards = 1 if isinstance(expr, sp.Max) else -1
        for arg in args[1:]:
            best = arg if context.compare(arg, best) == towards else best
        return best
    if expr.is_Pow and args[0].is_zero and not args[1].is_number:
        return {1: sp.S.Zero, 0: sp.S.One, -1: sp.oo}[context.sign(args[1])]
    return expr.func(*args)


def _true_at(condition: sp.Basic, x: sp.Symbol, point: sp.Expr, context: Context) -> bool:
    if condition in (sp.true, sp.false):
        return bool(condition)
    if isinstance(condition, sp.And | sp.Or | sp.Not):
        parts = [_true_at(part, x, point, context) for part in condition.args]
        if isinstance(condition, sp.Not):
            return not parts[0]
        return all(parts) if isinstance(condition, sp.And) else any(parts)
    left, right = (_at(side, x, point, context) for side in (condition.lhs, condition.rhs))
    if left.has(sp.nan, sp.zoo) or right.has(sp.nan, sp.zoo):
        return False
    return bool(condition.func(sp.Integer(context.compare(left, right)), 0))


def _split(piece: Piece, real: frozenset[sp.Expr], context: Context) -> list[Piece]:
    """Cut a piece at the first switch found, settle it on each part, and go on inside.

    `real` holds the formulas already known to be real on the whole piece.
    """
    switch = _innermost(piece.expr, piece.variable, real)
    if switch is None:
        # What is added to infinity is real here, though SymPy may not see that it is finite.
        infinite = piece.expr.is_Add and sp.oo in piece.expr.args
        return [replace(piece, expr=sp.oo) if infinite else piece]
    argument = _argument(switch)
    signs = pattern(argument, Stretch(piece.lo, piece.hi, piece.variable), context)
    ends = (piece.lo, *signs.cuts, piece.hi)
    result: list[Piece] = []
    for lo, hi, sign in zip(ends[:-1], ends[1:], signs.signs, strict=True):
        expr = _replace(piece.expr, switch, _settled(switch, argument, sign))
        symbol = variable_on(lo, hi, context) if signs.cuts else piece.variable
        part = Piece(lo, hi, expr.subs(piece.variable, symbol), symbol)
        # A maximum of three loses one part here, and what is left may look like the whole.
        kept = real if isinstance(switch, _CHOICES) else (*real, switch)
        known = frozenset(f.subs(piece.variable, symbol) for f in kept)
        result += _split(part, known, context)
    return result


def _innermost(expr: sp.Basic, variable: sp.Symbol, real: frozenset[sp.Expr]) -> sp.Basic | None:
    """Return a switch that depends on the variable and has no switch inside, or None."""
    if not expr.has(variable) or not expr.args:
        return None
    parts = [a.cond for a in expr.args] if isinstance(expr, sp.Piecewise) else expr.args
    for part in parts:
        found = _innermost(part, variable, real)
        if found is not None:
            return found
    if isinstance(expr, sp.Piecewise):
        of_parameters = [r for part in parts for r in part.atoms(*_RELATIONS)]
        if of_parameters:
            return min(of_parameters, key=sp.default_sort_key)
        # Conditions come first; once they are settled the Piecewise is gone.
        return _innermost(expr.args[0].expr, variable, real)
    return expr if expr not in real and _is_switch(expr, variable) else None


def _is_switch(expr: sp.Basic, variable: sp.Symbol) -> bool:
    if isinstance(expr, _CHOICES):
        return True
    argument = _argument(expr)
    return argument is not None and argument.has(variable) and argument.is_positive is None


def _argument(switch: sp.Basic) -> sp.Expr | None:
    """Return the expression whose sign settles the switch."""
    if isinstance(switch, _RELATIONS):
        return switch.lhs - switch.rhs
    if isinstance(switch, sp.Max | sp.Min):
        return switch.args[0] - switch.args[1]
    if isinstance(switch, sp.Abs | sp.sign | sp.Heaviside) or type(switch) in _HALF_LINE:
        return switch.args[0]
    if switch.is_Pow and (not switch.exp.is_Integer or switch.exp.is_negative):
        return None if switch.exp.has(*switch.base.free_symbols) else switch.base
    return None


def _settled(switch: sp.Basic, argument: sp.Expr, sign: int) -> sp.Basic:
    if isinstance(switch, _RELATIONS):
        return sp.true if bool(switch.func(sp.Integer(sign), 0)) else sp.false
    if isinstance(switch, sp.Abs):
        return sign * argument
    if isinstance(switch, sp.sign):
        return sp.Integer(sign)
    if isinstance(switch, sp.Heaviside):
        return sp.Integer(1 if sign >= 0 else 0)
    if isinstance(switch, sp.Max | sp.Min):
        first = (sign >= 0) == isinstance(switch, sp.Max)
        kept = switch.args[0] if first else switch.args[1]
        return switch.func(kept, *switch.args[2:])
    # A log, a root or a pole: left as it is where it is real.
    integer_power = switch.is_Pow and switch.exp.is_Integer
    return switch if sign > 0 or (integer_power and sign < 0) else sp.nan


def _replace(expr: sp.Basic, old: sp.Basic, new: sp.Basic) -> sp.Basic:
    if expr == old:
        return new
    if not expr.has(old):
        return expr
    if isinstance(expr, sp.Piecewise):
        return _replace_cases(expr, old, new)
    args = [_replace(arg, old, new) for arg in expr.args]
    if isinstance(expr, sp.And | sp.Or) and sp.nan in args:
        args = [sp.false if arg is sp.nan else arg for arg in args]
    return sp.nan if any(arg is sp.nan for arg in args) else expr.func(*args)


def _replace_cases(expr: sp.Piecewise, old: sp.Basic, new: sp.Basic) -> sp.Basic:
    cases = []
    for branch, condition in expr.args:
        held = _replace(condition, old, new)
        if held in (sp.false, sp.nan):
            # A condition on something that is not real does not hold.
            continue
        cases.append((_replace(branch, old, new), held))
        if held == sp.true:
            break
    if not cases:
        return sp.nan
    return cases[0][0] if cases[0][1] == sp.true else sp.Piecewise(*cases)
