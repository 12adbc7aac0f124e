"""Derivatives of a case table, in its argument and in each parameter, as case tables.

Inside a case the result is smooth.  A point that solves ``slope(u, parameters) = v`` moves by the
implicit function theorem, so a derivative costs one evaluation at the point that the kernel has
anyway, and no search.  Where two cases meet, the derivative is that of the case which gives the
value there: zero at the edge of a dead zone, whose border belongs to it.  Jumps are not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen.opaque import Call
from normcalc.codegen.stable import in_pieces, tame
from normcalc.errors import InputError, NotDerivable
from normcalc.line.table import Arc, Case, CaseTable, Hull, Regime, Root

if TYPE_CHECKING:
    from collections.abc import Sequence

_OTHER = {"odd": "even", "even": "odd", None: None}


def differentiated(table: CaseTable, name: str) -> CaseTable:
    """Return the table of the derivative in what is called `name`.

    Parameters
    ----------
    table : CaseTable
        What to differentiate.
    name : str
        The argument of the table, or one of its parameters.

    Raises
    ------
    InputError
        If nothing is called so.
    NotDerivable
        If a point is found by a search, or the result is set-valued.

    Examples
    --------
    >>> v, u = sp.symbols("v u", real=True)
    >>> step = sp.Symbol("step", positive=True)
    >>> cases = (Case(sp.S.Zero, step, sp.S.Zero, u), Case(step, sp.oo, v - step, u))
    >>> table = CaseTable(v, u, (step,), (Regime((), cases=cases),), "odd")
    >>> [case.result for case in differentiated(table, "step").regimes[0].cases]
    [0, -1]
    """
    found = _tabulated(table, [name])
    parity = _OTHER[table.parity] if name == table.argument.name else table.parity
    regimes = tuple(
        replace(regime, cases=tuple(replace(c, result=c.result[1]) for c in regime.cases))
        for regime in found.regimes
    )
    return replace(found, regimes=regimes, parity=parity)


def with_derivatives(table: CaseTable) -> CaseTable:
    """Return the table whose results are the value and all its derivatives, in call order."""
    names = [table.argument.name, *(parameter.name for parameter in table.parameters)]
    return _tabulated(table, names)


def _tabulated(table: CaseTable, names: Sequence[str]) -> CaseTable:
    known = [table.argument.name, *(parameter.name for parameter in table.parameters)]
    for name in names:
        if name not in known:
            raise InputError(f"there is no {name!r} to differentiate in: {', '.join(known)}")
    regimes = []
    for regime in table.regimes:
        calculus = _Calculus(table, regime)
        cases = tuple(calculus.case(case, names) for case in regime.cases)
        regimes.append(replace(regime, cases=cases, flats=()))
    return replace(table, regimes=tuple(regimes))


@dataclass(frozen=True)
class _Calculus:
    """Derivatives in one regime: names stand for whatever symbols carry them."""

    table: CaseTable
    regime: Regime

    def case(self, case: Case, names: Sequence[str]) -> Case:
        """Return the case whose result is the tuple of the value and its derivatives."""
        if isinstance(case.result, tuple):
            raise NotDerivable("a set-valued result has no derivative")
        found = [self._total(case, name) for name in names]
        return replace(case, result=sp.Tuple(case.result, *found))

    def _total(self, case: Case, name: str) -> sp.Expr:
        result = in_pieces(_steady(case.result))
        direct = self._partial(result, name)
        through = _by_name(result, self.table.point.name)
        if through == 0:
            return direct
        return direct + through * self._of_point(case.point, name)

    def _of_point(self, point: sp.Expr | Arc | Hull, name: str) -> sp.Expr:
        if isinstance(point, Hull):
            raise NotDerivable(f"a point found by a search has no derivative: {point.reason}")
        if not isinstance(point, Arc):
            return self._partial(in_pieces(point), name)
        here = {point.variable: self.table.point}
        # A power and a quotient in one: u**(p - 1)/u is no number at zero, u**(p - 2) is.
        slope = _steady(point.slope)
        steepness = sp.powsimp(sp.diff(slope, point.variable), combine="exp").xreplace(here)
        if name == self.table.argument.name:
            return 1 / steepness
        mark = sp.Dummy("u")
        moved = self._partial(slope.xreplace({point.variable: mark}), name)
        return -moved.xreplace({mark: self.table.point}) / steepness

    def _partial(self, expr: sp.Expr, name: str) -> sp.Expr:
        """Return the derivative at a fixed point; the roots of the set-up move with `name`."""
        found = _by_name(expr, name)
        for root in self.regime.roots:
            through = sp.diff(expr, root.symbol)
            if through != 0:
                found += through * self._of_root(root, name)
        return found

    def _of_root(self, root: Root, name: str) -> sp.Expr:
        if name == self.table.argument.name:
            return sp.S.Zero
        if root.inner:
            raise NotDerivable(f"{root.symbol} is defined by points without formulas")
        mark = sp.Dummy("root")
        equation = root.equation.xreplace({root.variable: mark})
        moved = self._partial(equation, name) / sp.diff(equation, mark)
        return -moved.xreplace({mark: root.symbol})


def _steady(expr: sp.Expr) -> sp.Expr:
    """Return `expr` as it is evaluated, without overflow, where SymPy can differentiate that."""
    tamed = tame(expr)
    return expr if tamed.has(Call) else tamed


def _by_name(expr: sp.Expr, name: str) -> sp.Expr:
    """Return the derivative in all symbols that are called `name`."""
    symbols = sorted((s for s in expr.free_symbols if s.name == name), key=str)
    return sp.powsimp(sp.Add(*(sp.diff(expr, symbol) for symbol in symbols)), combine="exp")
