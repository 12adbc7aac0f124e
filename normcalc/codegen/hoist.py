"""Take out of an element's formula everything that depends on parameters only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sympy as sp

if TYPE_CHECKING:
    from normcalc.codegen.names import Names


@dataclass
class Pool:
    """The constants of one regime, in the order of their first use.

    Two formulas that need the same constant share it.
    """

    names: Names
    slots: dict[sp.Expr, sp.Symbol] = field(default_factory=dict)

    def slot(self, expr: sp.Expr, wish: str = "") -> sp.Expr:
        """Return the symbol of a constant; numbers and infinities stay as they are."""
        if expr.is_number:
            return expr
        # One quotient instead of a difference of quotients: 1 - step/gamma would cancel.
        expr = expr if expr.is_Symbol else sp.together(expr)
        if expr.is_number:
            return expr
        if expr not in self.slots:
            wish = wish or (expr.name if expr.is_Symbol else "")
            name = self.names.take(wish) if wish else self.names.numbered("c")
            self.slots[expr] = sp.Symbol(name, real=True)
        return self.slots[expr]


def hoist(expr: sp.Expr, moving: frozenset[sp.Symbol], pool: Pool) -> sp.Expr:
    """Replace each largest part of `expr` that holds no `moving` symbol by a constant of `pool`.

    Examples
    --------
    >>> from normcalc.codegen.names import Names
    >>> v, a, b = sp.symbols("v a b")
    >>> pool = Pool(Names())
    >>> hoist((v - a * b) / (1 - a / b), frozenset({v}), pool)
    c2*(-c1 + v)
    >>> pool.slots
    {a*b: c1, b/(-a + b): c2}
    """
    # Conditions are rebuilt around their sides; a symbol counts as an expression.
    if isinstance(expr, sp.Expr) and not expr.free_symbols & moving:
        return pool.slot(expr)
    if isinstance(expr, sp.Add | sp.Mul):
        return _grouped(expr, moving, pool)
    return expr.func(*[hoist(arg, moving, pool) for arg in expr.args]) if expr.args else expr


def _grouped(expr: sp.Expr, moving: frozenset[sp.Symbol], pool: Pool) -> sp.Expr:
    fixed: list[sp.Expr] = []
    free: list[sp.Expr] = []
    for part in expr.args:
        (free if part.free_symbols & moving else fixed).append(part)
    constant = expr.func(*fixed)
    rest = [hoist(part, moving, pool) for part in free]
    if constant.could_extract_minus_sign():
        negative = -pool.slot(-constant)
        return expr.func(negative, *rest)
    return expr.func(pool.slot(constant), *rest)
