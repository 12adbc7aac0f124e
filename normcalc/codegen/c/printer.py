"""SymPy expressions as C."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sympy as sp

from normcalc.codegen import printer as python
from normcalc.codegen.c import carried
from normcalc.codegen.opaque import Call
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.printer import Text

_CALLS: dict[type, str] = {
    sp.Abs: "fabs", sp.Max: "max_of", sp.Min: "min_of", sp.exp: "exp", sp.log: "log",
    sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.asin: "asin", sp.acos: "acos",
    sp.atan: "atan", sp.sinh: "sinh", sp.cosh: "cosh", sp.tanh: "tanh", sp.asinh: "asinh",
    sp.acosh: "acosh", sp.atanh: "atanh", sp.sign: "sign_of", sp.erf: "erf", sp.erfc: "erfc",
    sp.loggamma: "lgamma",
}  # fmt: skip
_KEYWORDS = (
    "auto break case char const continue default do double else enum extern float for goto if "
    "inline int long register restrict return short signed sizeof static struct switch typedef "
    "union unsigned void volatile while exp log sqrt cbrt pow sin cos tan asin acos atan sinh "
    "cosh tanh asinh acosh atanh erf erfc lgamma log1p expm1 fabs isfinite isnan isinf NAN "
    "INFINITY given n turn code marks value derivative"
)
RESERVED = frozenset(_KEYWORDS.split())
_LOGIC, _COMPARE, _SUM = python._LOGIC, python._COMPARE, python._SUM
_CHOICE, _PRODUCT, _ATOM = python._CHOICE, python._PRODUCT, python._ATOM


def c_name(name: str) -> str:
    """Return a Python identifier as one of C: ASCII, and no word that the file uses.

    Examples
    --------
    >>> c_name("lam"), c_name("double"), c_name("λ")
    ('lam', 'double_', 'u03bb')
    """
    ascii_ = re.sub(r"[^0-9A-Za-z_]", lambda m: f"u{ord(m.group()):04x}", name)
    taken = RESERVED | carried.names()
    return f"{ascii_}_" if ascii_.rstrip("_") in taken else ascii_


class CPrinter(python.Printer):
    """Prints expressions as C, in double precision.

    Examples
    --------
    >>> x = sp.Symbol("x", positive=True)
    >>> CPrinter().code(sp.Piecewise((x**2 / 3, x < 1), (sp.sqrt(x), True)))
    'x < 1.0 ? (1.0/3.0)*x*x : sqrt(x)'
    """

    def declared(self, exprs: list[sp.Expr], names: Any) -> tuple[list[str], list[str]]:
        """Return declarations of shared parts, and the texts of `exprs` that use them."""
        lines, texts = self.block(exprs, names)
        return [f"const double {line};" for line in lines], texts

    def _text(self, expr: sp.Basic) -> Text:
        for kinds, method in _METHODS:
            if isinstance(expr, kinds):
                return method(self, expr)
        return super()._text(expr)

    def _number(self, expr: sp.Expr) -> Text:
        if expr in (sp.oo, -sp.oo, sp.nan, sp.zoo):
            return {sp.oo: "INFINITY", -sp.oo: "-INFINITY"}.get(expr, "NAN"), python._SIGN
        if expr.is_negative:
            return f"-{self._number(-expr)[0]}", python._SIGN
        if expr.is_Rational and max(expr.p, expr.q) < 2**53:
            return (f"{expr.p}.0" if expr.q == 1 else f"({expr.p}.0/{expr.q}.0)"), _ATOM
        return repr(float(expr)), _ATOM

    def _symbol(self, expr: sp.Symbol) -> Text:
        return c_name(expr.name), _ATOM

    def _pow(self, expr: sp.Pow) -> Text:
        base, power = expr.args
        if power.is_Integer and power <= 4:
            return super()._pow(expr)
        return f"pow({self._text(base)[0]}, {self._text(power)[0]})", _ATOM

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
        return f"{self._inner(expr.args[0], _SUM)} >= 0.0 ? 1.0 : 0.0", _CHOICE

    def _piecewise(self, expr: sp.Piecewise) -> Text:
        text = ""
        for value, condition in expr.args:
            if condition == sp.true:
                return text + self._inner(value, _LOGIC), _CHOICE
            text += f"{self._inner(condition, _LOGIC)} ? {self._inner(value, _LOGIC)} : "
        return f"{text}NAN", _CHOICE

    def _unequal(self, expr: sp.Ne) -> Text:
        left, right = expr.args
        if self.slack:
            return f"!{self._text(sp.Eq(left, right, evaluate=False))[0]}", _ATOM
        return f"{self._inner(left, _SUM)} != {self._inner(right, _SUM)}", _COMPARE

    def _logic(self, expr: sp.Basic) -> Text:
        if isinstance(expr, sp.Not):
            return f"!({self._text(expr.args[0])[0]})", _ATOM
        word = " && " if isinstance(expr, sp.And) else " || "
        parts = sorted(expr.args, key=sp.default_sort_key)
        return word.join(self._inner(part, _COMPARE) for part in parts), _LOGIC

    def _choice(self, expr: sp.Basic) -> Text:
        condition, yes, no = (self._inner(part, _LOGIC) for part in expr.args)
        return f"{condition} ? {yes} : {no}", _CHOICE

    def _truth(self, expr: sp.Basic) -> Text:
        return str(int(expr == sp.true)), _ATOM


_METHODS: tuple[tuple[Any, Callable[..., Text]], ...] = (
    (type(sp.true), CPrinter._truth),
    (type(sp.false), CPrinter._truth),
    (sp.Ne, CPrinter._unequal),
    ((sp.And, sp.Or, sp.Not), CPrinter._logic),
    (sp.ITE, CPrinter._choice),
    (sp.Symbol, CPrinter._symbol),
    ((sp.Number, sp.NumberSymbol), CPrinter._number),
    (sp.Pow, CPrinter._pow),
    (sp.Piecewise, CPrinter._piecewise),
    (sp.Heaviside, CPrinter._heaviside),
)
