"""Changes of variables that turn roots into rational functions."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

import sympy as sp

if TYPE_CHECKING:
    from collections.abc import Sequence


class NoChange(Exception):
    """No change of variables is known that removes the roots."""


@dataclass(frozen=True)
class Change:
    """``x = formula(new)``, the conditions on `new`, and the expressions after the change."""

    formula: sp.Expr
    conditions: tuple[sp.Basic, ...]
    values: tuple[sp.Expr, ...]
    new: sp.Symbol
    inverse: sp.Expr

    def back(self, x: sp.Symbol, end: sp.Expr) -> sp.Expr:
        """Return the new variable at an end of an interval of the old one.

        Raises
        ------
        NoChange
            If the way there and back does not end where it started.
        """
        found = sp.limit(self.inverse, x, end) if end.is_infinite else self.inverse.subs(x, end)
        there = sp.limit(self.formula, self.new, found, "+" if found == 0 else "-")
        if there != end and sp.simplify(there - end) != 0:
            raise NoChange("an end that cannot be translated")
        return found


def rationalised(values: Sequence[sp.Expr], x: sp.Symbol, name: str) -> Change:
    """Return a change of the variable `x` after which the expressions are rational in it.

    Powers of `x` itself give way to ``x = new**q``, and roots of ``a + b x**2`` to the rational
    points of a circle or a hyperbola.

    Raises
    ------
    NoChange
        If the roots have other bases, or several.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> rationalised([x ** sp.Rational(2, 3)], x, "s").values
    (s**2,)
    >>> rationalised([sp.sqrt(1 - x**2)], x, "s").formula
    2*s/(s**2 + 1)
    """
    roots = {p for e in values for p in e.atoms(sp.Pow) if _is_root(p, x)}
    bases = {sp.factor_terms(p.base) for p in roots}
    if not roots:
        new = sp.Symbol(name, real=True)
        return Change(new, (), tuple(e.subs(x, new) for e in values), new, x)
    if bases == {x}:
        new = sp.Symbol(name, nonnegative=True)
        degree = lcm(*(int(p.exp.q) for p in roots))
        changed = tuple(e.subs(x, new**degree) for e in values)
        return Change(new**degree, (new >= 0,), changed, new, sp.root(x, degree))
    if len(bases) != 1 or any(p.exp.q != 2 for p in roots):
        raise NoChange("roots of several terms")
    return _conic(values, x, name, roots)


def _is_root(p: sp.Pow, x: sp.Symbol) -> bool:
    if not p.has(x):
        return False
    if not isinstance(p.exp, sp.Rational):
        raise NoChange("an exponent that is not a number")
    return not p.exp.is_integer


def _conic(values: Sequence[sp.Expr], x: sp.Symbol, name: str, roots: set[sp.Pow]) -> Change:
    base = sp.Poly(next(iter(roots)).base, x) if _is_quadratic(roots, x) else None
    if base is None or base.nth(1) != 0 or not base.nth(0).is_positive:
        raise NoChange("a root of something else")
    a, b = base.nth(0), base.nth(2)
    if b.is_positive:
        new = sp.Symbol(name, positive=True)
        unit = sp.sqrt(a / b)
        formula, root = unit * (new**2 - 1) / (2 * new), (new**2 + 1) / (2 * new)
        inverse = (x + sp.sqrt(x**2 + unit**2)) / unit
        conditions: tuple[sp.Basic, ...] = (sp.StrictGreaterThan(new, 0, evaluate=False),)
    elif b.is_negative:
        new = sp.Symbol(name, real=True)
        unit = sp.sqrt(-a / b)
        formula, root = unit * 2 * new / (1 + new**2), (1 - new**2) / (1 + new**2)
        inverse = x / (unit + sp.sqrt(unit**2 - x**2))
        conditions = (new >= -1, new <= 1)
    else:
        raise NoChange("a quadratic of unknown sign")
    changed = {p: (sp.sqrt(a) * root) ** int(2 * p.exp) for p in roots}
    after = tuple(e.subs(changed).subs(x, formula) for e in values)
    return Change(formula, conditions, after, new, inverse)


def _is_quadratic(roots: set[sp.Pow], x: sp.Symbol) -> bool:
    return all(p.base.is_polynomial(x) and sp.degree(p.base, x) == 2 for p in roots)
