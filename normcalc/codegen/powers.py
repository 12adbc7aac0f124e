"""Fractional powers taken out of slopes: with ``u = w**q`` Newton's method has polynomials."""

from __future__ import annotations

import sympy as sp

from normcalc.codegen.opaque import Call

_HIGHEST = 6


def root_order(exprs: list[sp.Expr], u: sp.Symbol) -> int:
    """Return the `q` for which ``u = w**q`` leaves no fractional powers of `u`, or 1.

    Examples
    --------
    >>> u = sp.Symbol("u", real=True)
    >>> root_order([u + 1 / sp.sqrt(u), 1 - u ** sp.Rational(-3, 2)], u)
    2
    """
    if any(expr.has(Call, sp.Function, sp.Piecewise) for expr in exprs):
        return 1
    powers = {power for expr in exprs for power in expr.atoms(sp.Pow) if power.has(u)}
    if any(power.base != u or not power.exp.is_Rational for power in powers):
        return 1
    order = sp.ilcm(1, *(power.exp.q for power in powers))
    return int(order) if order <= _HIGHEST else 1


def unrooted(expr: sp.Expr, u: sp.Symbol, order: int) -> sp.Expr:
    """Return `expr` at ``u**order``.

    Examples
    --------
    >>> u = sp.Symbol("u", real=True)
    >>> unrooted(u + 1 / sp.sqrt(u), u, 2)
    u**2 + 1/u
    """
    raised = {power: u ** (power.exp * order) for power in expr.atoms(sp.Pow) if power.base == u}
    marks = {power: sp.Dummy() for power in raised}
    put = {mark: raised[power] for power, mark in marks.items()}
    return expr.xreplace(marks).xreplace({u: u**order}).xreplace(put)
