"""Fewer divisions and exponentials in what a loop computes again and again."""

from __future__ import annotations

import sympy as sp

from normcalc.codegen.opaque import Reciprocal


def economical(exprs: list[sp.Expr]) -> list[sp.Expr]:
    """Return expressions of the same values, at most a rounding apart, that share more.

    Examples
    --------
    >>> u = sp.Symbol("u", real=True)
    >>> economical([sp.exp(u), sp.exp(-u), 1 / u, u**-2])
    [Reciprocal(exp(-u)), exp(-u), Reciprocal(u), Reciprocal(u)**2]
    """
    return _with_reciprocals(_with_one_exponential(exprs))


def _with_one_exponential(exprs: list[sp.Expr]) -> list[sp.Expr]:
    """Write ``exp(x)`` as ``1/exp(-x)`` where both occur; both overflow to what they should."""
    found = {part for expr in exprs for part in expr.atoms(sp.exp)}
    kept = {part for part in found if part.exp.could_extract_minus_sign()}
    other = {
        part: Reciprocal(sp.exp(-part.exp)) for part in found - kept if sp.exp(-part.exp) in kept
    }
    return [expr.xreplace(other) for expr in exprs]


def _with_reciprocals(exprs: list[sp.Expr]) -> list[sp.Expr]:
    """Write two different negative powers of something as powers of one quotient."""
    powers = {p for expr in exprs for p in expr.atoms(sp.Pow) if _divides(p)}
    bases = [p.base for p in powers]
    shared = {p: Reciprocal(p.base) ** (-p.exp) for p in powers if bases.count(p.base) > 1}
    return [expr.xreplace(shared) for expr in exprs]


def _divides(power: sp.Pow) -> bool:
    return bool(power.exp.is_Integer and power.exp < 0 and not power.base.is_number)
