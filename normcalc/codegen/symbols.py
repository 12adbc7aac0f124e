"""The symbols of a table under one roof: each name one symbol, each symbol an identifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen.names import Names
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from normcalc.line.table import CaseTable, Root


class Scope:
    """What the names in a table's expressions mean.

    Derivations give a name different assumptions in different places (``v`` is positive where only
    ``v >= 0`` is treated); in a program each name is one symbol.
    """

    def __init__(self, table: CaseTable) -> None:
        """Give every symbol of `table` its name."""
        names = Names()
        folded = {"positive": True} if table.parity else {"real": True}
        self.argument = sp.Symbol(names.take(table.argument.name), **folded)
        self.point = sp.Symbol(names.take(table.point.name), real=True)
        self.known: dict[str, sp.Symbol] = {}
        for parameter in table.parameters:
            if parameter.name in self.known:
                raise NotDerivable(f"two parameters are called {parameter.name}")
            self.known[parameter.name] = _renamed(parameter, names.take(parameter.name))
        self.known.setdefault(table.argument.name, self.argument)
        self.known.setdefault(table.point.name, self.point)
        self.names = names

    def with_roots(self, roots: Iterable[Root]) -> Scope:
        """Return a scope that knows the symbols of `roots` as well."""
        return self.with_points(root.symbol for root in roots)

    def with_points(self, symbols: Iterable[sp.Symbol]) -> Scope:
        """Return a scope that knows `symbols` as well."""
        scope = Scope.__new__(Scope)
        scope.argument, scope.point, scope.names = self.argument, self.point, Names()
        scope.names.taken |= self.names.taken
        scope.known = dict(self.known)
        for symbol in symbols:
            scope.known[symbol.name] = _renamed(symbol, scope.names.take(symbol.name))
        return scope

    def read(self, expr: sp.Basic) -> sp.Basic:
        """Return `expr` in the symbols of this scope."""
        unknown = sorted(s.name for s in expr.free_symbols if s.name not in self.known)
        if unknown:
            raise NotDerivable(
                f"the table uses {', '.join(unknown)}, which no parameter is called"
            )
        return expr.xreplace({s: self.known[s.name] for s in expr.free_symbols})

    def local(self, variable: sp.Symbol, expr: sp.Expr) -> tuple[sp.Symbol, sp.Expr]:
        """Return a fresh symbol for a bound `variable`, and `expr` in it."""
        mark = sp.Dummy(variable.name)
        fresh = _renamed(variable, self.point.name)
        marked = expr.xreplace({variable: mark})
        names = {s: self.known[s.name] for s in marked.free_symbols if s.name in self.known}
        names.pop(mark, None)
        read = marked.xreplace(names)
        if read.free_symbols - {mark} - set(self.known.values()):
            raise NotDerivable(f"{expr} uses a name that is no parameter")
        return fresh, read.xreplace({mark: fresh})


def _renamed(symbol: sp.Symbol, name: str) -> sp.Symbol:
    signs = ("positive", "negative", "nonnegative")
    kept = {sign: True for sign in signs if getattr(symbol, f"is_{sign}")}
    return sp.Symbol(name, **(kept or {"real": True}))
