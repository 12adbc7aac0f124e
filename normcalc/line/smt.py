"""Questions about signs of SymPy expressions, asked of an SMT solver over the reals.

Only ``unsat`` is used: it says that no real numbers satisfy the hypotheses together with the
negated claim.  Transcendental subexpressions become free variables with the few facts written
here, which only weakens what can be proved, never what is true.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import sympy as sp
import z3

from normcalc.line.deadline import shield

if TYPE_CHECKING:
    from normcalc.line.table import Root

TIMEOUT_MS = 1500


class Translator:
    """SymPy expressions to z3 terms in one context; `side` collects what defines new variables."""

    def __init__(self) -> None:
        self.context = z3.Context()
        self.side: list[Any] = []
        self._known: dict[sp.Expr, Any] = {}

    def term(self, expr: sp.Expr) -> Any:
        """Translate a real-valued expression."""
        if expr not in self._known:
            self._known[expr] = self._translate(expr)
        return self._known[expr]

    def relation(self, relation: sp.Basic) -> Any:
        """Translate a comparison or a Boolean combination of comparisons."""
        if isinstance(relation, sp.And | sp.Or | sp.Not):
            parts = [self.relation(part) for part in relation.args]
            join = {sp.And: z3.And, sp.Or: z3.Or, sp.Not: z3.Not}[type(relation)]
            return join(*parts)
        if relation in (sp.true, sp.false):
            return z3.BoolVal(relation is sp.true, self.context)
        left, right = self.term(relation.lhs), self.term(relation.rhs)
        return _COMPARE[relation.func](left, right)

    def define(self, root: Root) -> None:
        """Add what is known of a root: its equation and its bracket."""
        symbol = self.term(root.symbol)
        equation = root.equation.xreplace({root.variable: root.symbol})
        self.side.append(self.term(equation) == 0)
        self.side.extend(symbol > self.term(end) for end in [root.lo] if end.is_finite)
        self.side.extend(symbol < self.term(end) for end in [root.hi] if end.is_finite)

    def _real(self, name: str) -> Any:
        return z3.Real(name, self.context)

    def _fresh(self, hint: str) -> Any:
        return self._real(f"{hint}!{len(self.side)}!{len(self._known)}")

    def _translate(self, expr: sp.Expr) -> Any:
        if expr.is_Rational:
            return z3.RealVal(f"{expr.p}/{expr.q}", self.context)
        if expr.is_Symbol:
            return self._symbol(expr)
        if expr.is_Add:
            return reduce(lambda a, b: a + b, map(self.term, expr.args))
        if expr.is_Mul:
            return reduce(lambda a, b: a * b, map(self.term, expr.args))
        if expr.is_Pow and expr.exp.is_Rational:
            return self._power(expr)
        if isinstance(expr, sp.Abs):
            inner = self.term(expr.args[0])
            return z3.If(inner >= 0, inner, -inner)
        return self._opaque(expr)

    def _symbol(self, symbol: sp.Symbol) -> Any:
        variable = self._real(symbol.name)
        if symbol.is_positive:
            self.side.append(variable > 0)
        elif symbol.is_negative:
            self.side.append(variable < 0)
        elif symbol.is_nonnegative:
            self.side.append(variable >= 0)
        return variable

    def _power(self, expr: sp.Pow) -> Any:
        base, numerator, denominator = self.term(expr.base), int(expr.exp.p), int(expr.exp.q)
        if denominator > 1:
            root = self._fresh("root")
            meaning = z3.And(root >= 0, _product(root, denominator) == base)
            # Nothing may follow from a value that is not real occurring somewhere in a question.
            self.side.append(meaning if expr.base.is_nonnegative else z3.Implies(base >= 0, meaning))
            base = root
        if numerator > 0:
            return _product(base, numerator)
        inverse = self._fresh("inverse")
        meaning = inverse * _product(base, -numerator) == 1
        self.side.append(meaning if expr.base.is_nonzero else z3.Implies(base != 0, meaning))
        return inverse

    def _opaque(self, expr: sp.Expr) -> Any:
        """Stand for a transcendental value by a variable that keeps its sign and size."""
        variable = self._fresh("value")
        if isinstance(expr, sp.exp):
            exponent = self.term(expr.args[0])
            # exp is positive, above its tangent at 0, and above 1 exactly on the right of 0.
            above = (variable > 1) == (exponent > 0), (variable < 1) == (exponent < 0)
            self.side += [variable > 0, variable >= 1 + exponent, *above]
        elif isinstance(expr, sp.log):
            inner = self.term(expr.args[0])
            above = (variable > 0) == (inner > 1), (variable < 0) == (inner < 1)
            self.side += [variable <= inner - 1, *above]
        elif expr.is_number:
            self._enclose(variable, expr)
        elif isinstance(expr, sp.sin | sp.cos | sp.tanh):
            self.side += [variable <= 1, variable >= -1]
        elif expr.is_positive:
            self.side.append(variable > 0)
        return variable

    def _enclose(self, variable: Any, constant: sp.Expr) -> None:
        value = sp.Rational(str(constant.evalf(30)))
        slack = sp.Rational(1, 10**20) * max(abs(value), 1)
        for bound, above in ((value - slack, False), (value + slack, True)):
            end = z3.RealVal(f"{bound.p}/{bound.q}", self.context)
            self.side.append(variable < end if above else variable > end)


_COMPARE: dict[Any, Any] = {
    sp.StrictGreaterThan: lambda a, b: a > b,
    sp.GreaterThan: lambda a, b: a >= b,
    sp.StrictLessThan: lambda a, b: a < b,
    sp.LessThan: lambda a, b: a <= b,
    sp.Equality: lambda a, b: a == b,
    sp.Unequality: lambda a, b: a != b,
}


def _product(base: Any, times: int) -> Any:
    return reduce(lambda a, b: a * b, [base] * times)


def unsatisfiable(
    relations: tuple[sp.Basic, ...], roots: tuple[Root, ...] = (), timeout: int = TIMEOUT_MS
) -> bool:
    """Return whether the solver proves that no real numbers satisfy all `relations`.

    Examples
    --------
    >>> a = sp.Symbol("a", real=True)
    >>> unsatisfiable((a > 1, a**2 < 1)), unsatisfiable((a > 1, a**2 < 2))
    (True, False)
    """
    with shield():
        return _refuted(relations, roots, timeout)


def _refuted(relations: tuple[sp.Basic, ...], roots: tuple[Root, ...], timeout: int) -> bool:
    translator = Translator()
    goals = [translator.relation(relation) for relation in relations]
    for root in roots:
        translator.define(root)
    solver = z3.Tactic("qfnra-nlsat", ctx=translator.context).solver()
    solver.set("timeout", timeout)
    solver.add(*goals, *translator.side)
    try:
        return bool(solver.check() == z3.unsat)
    except z3.Z3Exception:
        return False
