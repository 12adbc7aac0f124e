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

from normcalc.line.helpers import helpers

if TYPE_CHECKING:
    from normcalc.line.table import Root

TIMEOUT_MS = 600
_GRACE = 0.3


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
        if isinstance(expr, sp.Max | sp.Min):
            chosen = _larger if isinstance(expr, sp.Max) else _smaller
            return reduce(chosen, map(self.term, expr.args))
        if isinstance(expr, sp.sign | sp.Heaviside):
            inner, one = self.term(expr.args[0]), z3.RealVal(1, self.context)
            at_zero = 0 * one if isinstance(expr, sp.sign) else one
            below = -one if isinstance(expr, sp.sign) else 0 * one
            return z3.If(inner > 0, one, z3.If(inner < 0, below, at_zero))
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
            base = self._root(expr.base, denominator)
        if numerator > 0:
            return _product(base, numerator)
        inverse = self._fresh("inverse")
        meaning = inverse * _product(base, -numerator) == 1
        self.side.append(meaning if expr.base.is_nonzero else z3.Implies(base != 0, meaning))
        return inverse

    def _root(self, radicand: sp.Expr, order: int) -> Any:
        """Stand for a root by one variable, the same one in all powers that use it."""
        mark = sp.Pow(radicand, sp.Rational(1, order), evaluate=False)
        if mark not in self._known:
            root = self._known[mark] = self._fresh("root")
            base = self.term(radicand)
            meaning = z3.And(root >= 0, _product(root, order) == base)
            # Nothing may follow from a value that is not real occurring somewhere in a question.
            is_real = radicand.is_nonnegative
            self.side.append(meaning if is_real else z3.Implies(base >= 0, meaning))
        return self._known[mark]

    def _opaque(self, expr: sp.Expr) -> Any:
        """Stand for a transcendental value by a variable that keeps its sign and size."""
        variable = self._fresh("value")
        if isinstance(expr, sp.exp):
            self.side.append(variable == self._exponential(expr.args[0]))
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

    def _exponential(self, exponent: sp.Expr) -> Any:
        """Translate ``exp`` of a sum as a product, so that ``exp(-u)`` is known by ``exp(u)``."""
        product = z3.RealVal(1, self.context)
        for term in sp.Add.make_args(sp.expand(exponent)):
            rate, rest = term.as_coeff_Mul()
            rate, rest = (rate, rest) if rate.is_Rational else (sp.S.One, term)
            factor = self._single_exponential(rest / rate.q)
            power = _product(factor, abs(int(rate.p)))
            product = product * power if rate > 0 else product / power
        return product

    def _single_exponential(self, exponent: sp.Expr) -> Any:
        """Stand for ``exp`` by a variable with the facts that are known of it."""
        mark = sp.exp(exponent, evaluate=False)
        if mark not in self._known:
            variable = self._known[mark] = self._fresh("exp")
            at = self.term(exponent)
            # exp is positive, above its tangent at 0, and above 1 exactly on the right of 0.
            above = (variable > 1) == (at > 0), (variable < 1) == (at < 0)
            self.side += [variable > 0, variable >= 1 + at, *above]
            if exponent.is_number:
                self._enclose(variable, mark)
        return self._known[mark]

    def _enclose(self, variable: Any, constant: sp.Expr) -> None:
        value = sp.Rational(str(constant.evalf(30)))
        slack = sp.Rational(1, 10**20) * max(abs(value), 1)
        for bound, above in ((value - slack, False), (value + slack, True)):
            end = z3.RealVal(f"{bound.p}/{bound.q}", self.context)
            self.side.append(variable < end if above else variable > end)


def _larger(a: Any, b: Any) -> Any:
    return z3.If(a >= b, a, b)


def _smaller(a: Any, b: Any) -> Any:
    return z3.If(a >= b, b, a)


_COMPARE: dict[Any, Any] = {
    sp.StrictGreaterThan: lambda a, b: a > b,
    sp.GreaterThan: lambda a, b: a >= b,
    sp.StrictLessThan: lambda a, b: a < b,
    sp.LessThan: lambda a, b: a <= b,
    sp.Equality: lambda a, b: a == b,
    sp.Unequality: lambda a, b: a != b,
}


def _eliminated(relations: tuple[sp.Basic, ...], roots: tuple[Root, ...]) -> tuple[sp.Basic, ...]:
    """Put numbers in for the symbols that the equations among the relations fix."""
    values = dict(filter(None, map(_fixed, relations)))
    parts = [part for root in roots for part in (root.equation, root.lo, root.hi)]
    used = set().union(*(part.free_symbols for part in parts), set())
    values = {symbol: value for symbol, value in values.items() if symbol not in used}
    try:
        return tuple(
            sp.S.true if (found := _fixed(r)) and found[0] in values else r.xreplace(values)
            for r in relations
        )
    except TypeError:
        # A part that is not real at these numbers: the solver takes it as any number.
        return relations


def _fixed(relation: sp.Basic) -> tuple[sp.Symbol, sp.Rational] | None:
    """Return the symbol and the number of an equation such as ``9*mu - 4 = 0``."""
    if not isinstance(relation, sp.Eq) or len(relation.free_symbols) != 1:
        return None
    (symbol,) = relation.free_symbols
    gap = relation.lhs - relation.rhs
    if not gap.is_polynomial(symbol) or sp.degree(gap, symbol) != 1:
        return None
    value = -gap.coeff(symbol, 0) / gap.coeff(symbol, 1)
    fits = not (symbol.is_positive and value <= 0) and not (symbol.is_negative and value >= 0)
    return (symbol, value) if value.is_Rational and fits else None


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
    asked = set().union(*(relation.free_symbols for relation in relations), set())
    named = tuple(root for root in roots if root.symbol in asked)
    # What follows without the other roots follows, and each root in a question costs it much.
    return any(_within(relations, known, timeout) for known in dict.fromkeys((named, roots)))


def _within(relations: tuple[sp.Basic, ...], roots: tuple[Root, ...], timeout: int) -> bool:
    # The solver's own limit is not always kept.
    seconds = timeout / 1000 + _GRACE
    return helpers().ask(lambda: _refuted(relations, roots, timeout), seconds) is True


def _refuted(relations: tuple[sp.Basic, ...], roots: tuple[Root, ...], timeout: int) -> bool:
    translator = Translator()
    goals = [translator.relation(relation) for relation in _eliminated(relations, roots)]
    for root in roots:
        translator.define(root)
    solver = z3.Tactic("qfnra-nlsat", ctx=translator.context).solver()
    solver.set("timeout", timeout)
    solver.add(*goals, *translator.side)
    try:
        return bool(solver.check() == z3.unsat)
    except z3.Z3Exception:
        return False
