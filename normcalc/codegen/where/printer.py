"""SymPy expressions as operations on arrays: choices become ``where``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from normcalc.codegen import printer as python
from normcalc.codegen.opaque import Call
from normcalc.codegen.where.names import local_name
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.printer import Text

_CALLS: dict[type, str] = {
    sp.Abs: "abs", sp.Max: "maximum", sp.Min: "minimum", sp.exp: "exp", sp.log: "log",
    sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.asin: "arcsin", sp.acos: "arccos",
    sp.atan: "arctan", sp.sinh: "sinh", sp.cosh: "cosh", sp.tanh: "tanh", sp.asinh: "arcsinh",
    sp.acosh: "arccosh", sp.atanh: "arctanh", sp.sign: "sign", sp.erf: "erf", sp.erfc: "erfc",
    sp.loggamma: "lgamma",
}  # fmt: skip
_LOGIC, _COMPARE, _SUM, _ATOM = python._LOGIC, python._COMPARE, python._SUM, python._ATOM


class WherePrinter(python.Printer):
    """Prints expressions as operations on arrays.

    Examples
    --------
    >>> x = sp.Symbol("x", positive=True)
    >>> WherePrinter().code(sp.Piecewise((x**2, x < 1), (sp.sqrt(x), True)))
    'where(x < 1, x*x, sqrt(x))'
    """

    def _text(self, expr: sp.Basic) -> Text:
        for kinds, method in _METHODS:
            if isinstance(expr, kinds):
                return method(self, expr)
        return super()._text(expr)

    def _number(self, expr: sp.Expr) -> Text:
        if expr in (sp.oo, -sp.oo, sp.nan, sp.zoo):
            return {sp.oo: "inf", -sp.oo: "-inf"}.get(expr, "nan"), python._SIGN
        return super()._number(expr)

    def _symbol(self, expr: sp.Symbol) -> Text:
        return local_name(expr.name), _ATOM

    def _call(self, expr: sp.Function) -> Text:
        found = expr.call if isinstance(expr, Call) else _CALLS.get(type(expr))
        if found is None:
            raise NotDerivable(f"no kernel can evaluate {type(expr).__name__} in {expr}")
        name = found.removeprefix("np.")
        text, *others = [self._text(arg)[0] for arg in expr.args]
        if isinstance(expr, sp.Max | sp.Min):
            for other in others:
                text = f"{name}({text}, {other})"
            return text, _ATOM
        return f"{name}({', '.join([text, *others])})", _ATOM

    def _heaviside(self, expr: sp.Heaviside) -> Text:
        return f"where({self._inner(expr.args[0], _SUM)} >= 0, 1.0, 0.0)", _ATOM

    def _piecewise(self, expr: sp.Piecewise) -> Text:
        text = "nan"
        for value, condition in reversed(expr.args):
            shown = self._text(value)[0]
            whole = condition == sp.true
            text = shown if whole else f"where({self._text(condition)[0]}, {shown}, {text})"
        return text, _ATOM

    def _unequal(self, expr: sp.Ne) -> Text:
        left, right = expr.args
        if self.slack:
            return f"~{self._text(sp.Eq(left, right, evaluate=False))[0]}", _ATOM
        return f"{self._inner(left, _SUM)} != {self._inner(right, _SUM)}", _COMPARE

    def _logic(self, expr: sp.Basic) -> Text:
        if isinstance(expr, sp.Not):
            return f"~({self._text(expr.args[0])[0]})", _ATOM
        word = " & " if isinstance(expr, sp.And) else " | "
        parts = sorted(expr.args, key=sp.default_sort_key)
        # These bind tighter than comparisons in Python.
        return word.join(self._inner(part, _ATOM) for part in parts), _LOGIC

    def _choice(self, expr: sp.Basic) -> Text:
        condition, yes, no = (self._text(part)[0] for part in expr.args)
        return f"where({condition}, {yes}, {no})", _ATOM

    def _truth(self, expr: sp.Basic) -> Text:
        return ("everywhere" if expr == sp.true else "~everywhere"), _ATOM


_METHODS: tuple[tuple[Any, Callable[..., Text]], ...] = (
    (type(sp.true), WherePrinter._truth),
    (type(sp.false), WherePrinter._truth),
    (sp.Ne, WherePrinter._unequal),
    ((sp.And, sp.Or, sp.Not), WherePrinter._logic),
    (sp.ITE, WherePrinter._choice),
    (sp.Symbol, WherePrinter._symbol),
    ((sp.Number, sp.NumberSymbol), WherePrinter._number),
    (sp.Piecewise, WherePrinter._piecewise),
    (sp.Heaviside, WherePrinter._heaviside),
)
