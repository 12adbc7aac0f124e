"""SymPy expressions as Python for a graphics card: the functions of `math`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen import printer as python
from normcalc.codegen.opaque import Call
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from normcalc.codegen.printer import Text

_CALLS: dict[type, str] = {
    sp.Abs: "abs", sp.Max: "larger", sp.Min: "smaller", sp.exp: "exp", sp.log: "log",
    sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.asin: "asin", sp.acos: "acos", sp.atan: "atan",
    sp.sinh: "sinh", sp.cosh: "cosh", sp.tanh: "tanh", sp.asinh: "asinh", sp.acosh: "acosh",
    sp.atanh: "atanh", sp.sign: "sign_of", sp.erf: "erf", sp.erfc: "erfc", sp.loggamma: "lgamma",
}  # fmt: skip
_BARE = ("abs", "larger", "smaller", "sign_of")


# What the module uses for itself, beside what no module's names are: see `names`.
RESERVED = {
    "apply", "blocks", "code", "cube_root", "cuda", "device", "divided", "flat", "prepare",
    "larger", "regime", "sign_of", "smaller", "threads", "turn",
}  # fmt: skip


def device_name(name: str) -> str:
    """Return an identifier that the module uses for nothing else.

    Examples
    --------
    >>> device_name("lam"), device_name("threads")
    ('lam', 'threads_')
    """
    return f"{name}_" if name.rstrip("_") in RESERVED else name


class CudaPrinter(python.Printer):
    """Prints expressions for a graphics card, in double precision.

    Examples
    --------
    >>> x = sp.Symbol("x", positive=True)
    >>> CudaPrinter().code(sp.cbrt(x) + sp.exp(x))
    'math.exp(x) + cube_root(x)'
    """

    def _text(self, expr: sp.Basic) -> Text:
        if isinstance(expr, sp.Number | sp.NumberSymbol):
            return self._number(expr)
        if isinstance(expr, sp.Symbol):
            return device_name(expr.name), python._ATOM
        return super()._text(expr)

    def _number(self, expr: sp.Expr) -> Text:
        if expr in (sp.oo, -sp.oo, sp.nan, sp.zoo):
            names = {sp.oo: "math.inf", -sp.oo: "-math.inf"}
            return names.get(expr, "math.nan"), python._SIGN
        if expr.is_Integer and expr >= 0:
            return f"{expr}.0", python._ATOM
        return super()._number(expr)

    def _call(self, expr: sp.Function) -> Text:
        found = expr.call if isinstance(expr, Call) else _CALLS.get(type(expr))
        if found is None:
            raise NotDerivable(f"no kernel can evaluate {type(expr).__name__} in {expr}")
        name = "cube_root" if found == "np.cbrt" else found.replace("np.", "math.")
        if not isinstance(expr, Call) and name not in _BARE:
            name = f"math.{name}"
        text, *others = [self._text(arg)[0] for arg in expr.args]
        if isinstance(expr, sp.Max | sp.Min):
            for other in others:
                text = f"{name}({text}, {other})"
            return text, python._ATOM
        return f"{name}({', '.join([text, *others])})", python._ATOM

    def _piecewise(self, expr: sp.Piecewise) -> Text:
        text, binding = super()._piecewise(expr)
        return text.replace("np.nan", "math.nan"), binding
