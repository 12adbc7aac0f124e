"""The slope and the curvature of a function of one sum over the entries of a vector."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.facts import convexity
from normcalc.forms.kinds import parameter_table
from normcalc.forms.lower import separable
from normcalc.forms.reduced import are_positive
from normcalc.language.construct import negate
from normcalc.language.function import Function
from normcalc.language.symbolic import from_sympy, symbolic

if TYPE_CHECKING:
    from normcalc.forms import OfSum, Separable
    from normcalc.language.nodes import Node

_FACTOR = sp.Symbol("factor", positive=True)


@dataclass(frozen=True)
class Reading:
    """``h(S(x))`` with S a sum of ``s(x_i)``, as expressions.

    The symbols for the total S and for an entry x know their signs; `bounds` says what the kinds
    of the parameters are, for decisions about signs.
    """

    form: OfSum
    h: sp.Expr
    s: sp.Expr
    total: sp.Symbol
    x: sp.Symbol
    bounds: dict[sp.Symbol, sp.Expr]

    @cached_property
    def slope(self) -> sp.Expr:
        """Return ``h'``."""
        return sp.simplify(sp.diff(self.h, self.total))

    @cached_property
    def sign(self) -> int:
        """Return the sign of ``h'``, or 0 if it is not known or changes."""
        slope = self._bounded(self.slope)
        return 1 if slope.is_positive else -1 if slope.is_negative else 0

    def entries(self) -> Separable:
        """Return the sum that is convex: S where h rises, -S where it falls."""
        entry = self.form.entry if self.sign > 0 else negate(self.form.entry)
        return separable(self.form.function, [entry, *self.form.conditions])

    def is_convex(self) -> bool:
        """Tell whether ``h(S)`` is known to be convex, and S or -S, with the sign of ``h'``."""
        if not self.sign or convexity(self.entries().element).value != "YES":
            return False
        curvature = self._bounded(sp.diff(self.slope, self.total))
        return bool(curvature.is_nonnegative) or self._is_balanced()

    def _is_balanced(self) -> bool:
        """Tell whether ``h' diag(s'') + h'' s' s'^T`` is nowhere negative, h concave or not.

        That is so if ``h'*s'' > 0`` and ``1 + h''/h'*sum(s'**2/s'') >= 0``, and is decided where
        ``s'**2/s'' = a*s + b`` with constants a and b.
        """
        first, second = (sp.diff(self.s, self.x, k) for k in (1, 2))
        if not self._bounded(self.sign * second).is_positive:
            return False
        ratio = sp.simplify(first**2 / second)
        a = sp.simplify(sp.diff(ratio, self.x) / first)
        b = sp.simplify(ratio - a * self.s)
        if self._varies(a) or self._varies(b):
            return False
        count = 1 if self.form.is_mean else sp.Symbol("n", positive=True, integer=True)
        bend = sp.diff(self.slope, self.total) / self.slope
        return bool(self._bounded(1 + bend * (a * self.total + count * b)).is_nonnegative)

    def _varies(self, expr: sp.Expr) -> bool:
        """Tell whether an expression may differ from entry to entry."""
        return bool({s.name for s in expr.free_symbols} & {self.x.name, *self.entries().varying})

    def _bounded(self, expr: sp.Expr) -> sp.Expr:
        return sp.simplify(sp.simplify(expr).subs(self.bounds))

    def logarithm(self) -> Function:
        """Return ``log|h'|`` as a function of the total, written without large numbers."""
        expr = sp.expand_log(sp.log(sp.simplify(self.sign * self.slope)), force=True)
        outer = self.form.outer
        return Function(from_sympy(expr), outer.variable, outer.parameters, outer.relations)

    def rate(self) -> Node | None:
        """Return k where ``s(x + c) = exp(k*c)*s(x)`` and ``h(exp(k*c)*S) - h(S)`` is constant."""
        k = sp.simplify(sp.diff(self.s, self.x) / self.s)
        scaled = _FACTOR * self.slope.subs(self.total, _FACTOR * self.total)
        if self.form.conditions or self._varies(k) or sp.simplify(scaled - self.slope) != 0:
            return None
        return from_sympy(k)


def reading(form: OfSum) -> Reading:
    """Return what a form says in symbols.

    Examples
    --------
    >>> from normcalc.forms import lower
    >>> from normcalc.language import function
    >>> read = reading(lower(function("log(sum(exp(x)))")))
    >>> print(read.slope, read.sign, read.is_convex())
    1/s 1 True
    """
    element = separable(form.function, [form.entry]).element
    entry = symbolic(Function(form.entry, element.variable, element.parameters))
    outer = symbolic(form.outer)
    positive = are_positive((*form.conditions, form.entry), element.variable.name)
    x = sp.Symbol(entry.variable.name, real=True, positive=positive or None)
    s = entry.expr.subs(entry.variable, x)
    total = sp.Symbol(
        outer.variable.name, real=True, positive=s.is_positive or None,
        negative=s.is_negative or None,
    )  # fmt: skip
    known = parameter_table(form.function)
    symbols = {**entry.parameters, **outer.parameters}
    bounds = {symbol: known[name] for name, symbol in symbols.items()}
    return Reading(form, outer.expr.subs(outer.variable, total), s, total, x, bounds)
