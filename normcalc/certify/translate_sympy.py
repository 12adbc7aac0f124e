"""The table's SymPy expressions and conditions as terms for the solver."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp
import z3

from normcalc.certify.terms import (
    COMPARE,
    NotAlgebraic,
    Term,
    Terms,
    fold,
    largest,
    magnitude,
    rational_power,
    signum,
    smallest,
    step_at_zero,
)

Names = Mapping[sp.Symbol, Term]


def expression(terms: Terms, e: sp.Expr, names: Names) -> Term:
    """Return the term of an expression.

    Raises
    ------
    NotAlgebraic
        If the expression is infinite or transcendental.
    """
    if isinstance(e, sp.Symbol):
        return names[e]
    if isinstance(e, sp.Rational):
        return terms.number(Fraction(int(e.p), int(e.q)))
    if e in (sp.pi, sp.E):
        return terms.constant("pi" if e == sp.pi else "e")
    if isinstance(e, sp.Pow):
        if not isinstance(e.exp, sp.Rational):
            raise NotAlgebraic(str(e))
        exponent = Fraction(int(e.exp.p), int(e.exp.q))
        return rational_power(terms, expression(terms, e.base, names), exponent)
    if isinstance(e, sp.Piecewise):
        return _piecewise(terms, e, names)
    if not e.args or e.has(sp.oo, -sp.oo, sp.zoo, sp.nan):
        raise NotAlgebraic(str(e))
    return _apply(terms, e, names)


def _apply(terms: Terms, e: sp.Expr, names: Names) -> Term:
    parts = [expression(terms, part, names) for part in e.args[: 1 if _unary(e) else None]]
    if isinstance(e, sp.Add):
        return fold(lambda a, b: a + b, parts)
    if isinstance(e, sp.Mul):
        return fold(lambda a, b: a * b, parts)
    if isinstance(e, sp.Max | sp.Min):
        return fold(largest if isinstance(e, sp.Max) else smallest, parts)
    if isinstance(e, sp.Abs):
        return magnitude(parts[0])
    if isinstance(e, sp.sign):
        return signum(parts[0])
    if isinstance(e, sp.Heaviside):
        return step_at_zero(parts[0])
    raise NotAlgebraic(str(e))


def _unary(e: sp.Expr) -> bool:
    return isinstance(e, sp.Heaviside)  # its second argument is the value at zero


def _piecewise(terms: Terms, e: sp.Piecewise, names: Names) -> Term:
    *first, last = e.args
    if last[1] != sp.true:
        raise NotAlgebraic("a Piecewise without a last branch")
    result = expression(terms, last[0], names)
    for value, test in reversed(first):
        result = z3.If(relation(terms, test, names), expression(terms, value, names), result)
    return result


def relation(terms: Terms, e: sp.Basic, names: Names) -> Term:
    """Return the term of a condition."""
    if e in (sp.true, sp.false):
        return terms.truth(bool(e))
    if isinstance(e, sp.And | sp.Or):
        parts = [relation(terms, part, names) for part in e.args]
        return terms.every(parts) if isinstance(e, sp.And) else terms.some(parts)
    if isinstance(e, sp.Not):
        return z3.Not(relation(terms, e.args[0], names))
    if isinstance(e, sp.Rel):
        left, right = (expression(terms, side, names) for side in (e.lhs, e.rhs))
        return COMPARE[e.rel_op](left, right)
    raise NotAlgebraic(str(e))
