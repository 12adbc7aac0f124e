"""SymPy expressions as Python text that numba compiles and NumPy runs.

Rational powers become chains of square and cube roots, small whole powers become products, and in
the code of elements every literal is cast to the type of the argument, so that float32 stays
float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from normcalc.codegen.opaque import Call, Flagged, Reciprocal, Root2, Root3
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.names import Names

_CALLS: dict[type, str] = {
    sp.Abs: "abs", sp.Max: "max", sp.Min: "min", sp.exp: "np.exp", sp.log: "np.log",
    sp.sin: "np.sin", sp.cos: "np.cos", sp.tan: "np.tan", sp.asin: "np.arcsin",
    sp.acos: "np.arccos", sp.atan: "np.arctan", sp.sinh: "np.sinh", sp.cosh: "np.cosh",
    sp.tanh: "np.tanh", sp.asinh: "np.arcsinh", sp.acosh: "np.arccosh", sp.atanh: "np.arctanh",
    sp.sign: "np.sign", sp.erf: "math.erf", sp.erfc: "math.erfc", sp.loggamma: "math.lgamma",
}  # fmt: skip
# What loops over many numbers call instead: see `transcendental`.
_FAST = {
    "np.exp": "exponential", "np.expm1": "exponential_less_one", "np.log": "logarithm",
    "np.log1p": "logarithm_one_more", "np.cbrt": "cube_root", "np.tanh": "hyperbolic_tangent",
    "np.arctanh": "area_hyperbolic_tangent", "np.arcsinh": "area_hyperbolic_sine",
}  # fmt: skip
_RELATIONS = {"<": "less", "<=": "at_most", "==": "same"}

# How tightly the outermost operation of a text binds.
_CHOICE, _LOGIC, _COMPARE, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(8)
Text = tuple[str, int]


class Printer:
    """Prints expressions in one of three styles.

    Parameters
    ----------
    literal : str
        The name of the type that literals are cast to; empty for float64 code.
    slack : str
        The name of the slack variable that comparisons take; empty for plain comparisons.
    fast : bool
        Whether functions of the C library give way to ones that vectorise.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> Printer("real").code(2 * x / (1 + sp.sqrt(x)))
    'real(2)*x/(real(1) + np.sqrt(x))'
    """

    def __init__(self, literal: str = "", slack: str = "", fast: bool = False) -> None:
        """Choose the style."""
        self.fast = fast
        self.literal = literal
        self.slack = slack

    def code(self, expr: sp.Basic) -> str:
        """Return the Python text of an expression or condition."""
        return self._text(lower(expr))[0]

    def block(self, exprs: list[sp.Expr], names: Names) -> tuple[list[str], list[str]]:
        """Return assignments of shared parts, and the texts of `exprs` that use them."""
        lowered = [lower(expr) for expr in exprs]
        # A base that is printed more than once counts as shared: cse sees it twice.
        repeated = [base for expr in lowered for base in _repeated(expr)]
        fresh = (sp.Symbol(names.numbered("t"), real=True) for _ in iter(int, 1))
        shared, reduced = sp.cse([*lowered, *repeated], symbols=fresh, order="none", list=False)
        # A shared minus sign is no saving: -u is written where it stands.
        plain = {name: expr for name, expr in shared if expr.is_Mul and (-expr).is_Symbol}
        shared = [(name, e.xreplace(plain)) for name, e in shared if name not in plain]
        reduced = [expr.xreplace(plain) for expr in reduced]
        lines = [f"{name} = {self._text(expr)[0]}" for name, expr in shared]
        return lines, [self._text(expr)[0] for expr in reduced[: len(exprs)]]

    def _text(self, expr: sp.Basic) -> Text:
        for kinds, method in _METHODS:
            if isinstance(expr, kinds):
                return method(self, expr)
        return self._call(expr)

    def _inner(self, expr: sp.Basic, least: int) -> str:
        text, binding = self._text(expr)
        return text if binding >= least else f"({text})"

    def _number(self, expr: sp.Expr) -> Text:
        if expr in (sp.oo, -sp.oo, sp.nan, sp.zoo):
            return {sp.oo: "np.inf", -sp.oo: "-np.inf"}.get(expr, "np.nan"), _SIGN
        if expr.is_negative:
            return f"-{self._number(-expr)[0]}", _SIGN
        exact = expr.is_Rational and max(expr.p, expr.q) < 2**53
        text = str(expr) if exact else repr(float(expr))
        if self.literal:
            return f"{self.literal}({text})", _ATOM
        return (f"({text})" if "/" in text else text), _ATOM

    def _symbol(self, expr: sp.Symbol) -> Text:
        return expr.name, _ATOM

    def _add(self, expr: sp.Add) -> Text:
        terms = sorted(expr.args, key=lambda t: (t.could_extract_minus_sign(), _rank(t)))
        text = self._inner(terms[0], _SUM)
        for term in terms[1:]:
            if term.could_extract_minus_sign():
                text += f" - {self._inner(-term, _PRODUCT)}"
            else:
                text += f" + {self._inner(term, _SUM + 1)}"
        return text, _SUM

    def _mul(self, expr: sp.Mul) -> Text:
        coefficient, rest = expr.as_coeff_Mul()
        if coefficient.is_negative:
            return f"-{self._inner(-coefficient * rest, _PRODUCT)}", _SIGN
        above = [] if coefficient == 1 else [coefficient]
        below = []
        for part in sp.Mul.make_args(rest):
            base, power = part.as_base_exp() if part.is_Pow else (part, sp.S.One)
            if power.is_Integer and power < 0:
                below.append(base**-power)
            else:
                above.append(part)
        return self._quotient(sorted(above, key=_rank), sorted(below, key=_rank))

    def _quotient(self, above: list[sp.Expr], below: list[sp.Expr]) -> Text:
        text = "*".join(self._inner(part, _PRODUCT) for part in above or [sp.S.One])
        if not below:
            return text, _PRODUCT
        divisor = "*".join(self._inner(part, _PRODUCT) for part in below)
        if len(below) > 1 or self._text(below[0])[1] == _PRODUCT:
            divisor = f"({divisor})"
        return f"{text}/{divisor}", _PRODUCT

    def _pow(self, expr: sp.Pow) -> Text:
        base, power = expr.args
        if power.is_Integer and power < 0:
            return self._quotient([], [base**-power])
        text = self._inner(base, _ATOM)
        if power.is_Integer and power <= 4:
            return "*".join([text] * int(power)), _PRODUCT
        # A whole exponent stays an int, whatever the type of the base.
        exponent = str(power) if power.is_Integer else self._inner(power, _ATOM)
        return f"{text}**{exponent}", _POWER

    def _call(self, expr: sp.Function) -> Text:
        name = expr.call if isinstance(expr, Call) else _CALLS.get(type(expr))
        if name is None:
            raise NotDerivable(f"no kernel can evaluate {type(expr).__name__} in {expr}")
        name = _FAST.get(name, name) if self.fast else name
        arguments = [self._text(arg)[0] for arg in expr.args]
        if name in ("max", "min"):
            text = arguments[0]
            for argument in arguments[1:]:
                text = f"{name}({text}, {argument})"
            return text, _ATOM
        text = f"{name}({', '.join(arguments)})"
        return (f"{self.literal or 'float'}({text})" if "math." in name else text), _ATOM

    def _flagged(self, expr: Flagged) -> Text:
        value, root = expr.args
        zero = self._text(sp.S.Zero)[0]
        return f"{self._inner(value, _SUM)} + {zero}*{self._inner(root, _PRODUCT)}", _SUM

    def _reciprocal(self, expr: Reciprocal) -> Text:
        return self._quotient([], [expr.args[0]])

    def _heaviside(self, expr: sp.Heaviside) -> Text:
        one, zero = self._text(sp.S.One)[0], self._text(sp.S.Zero)[0]
        return f"{one} if {self._inner(expr.args[0], _SUM)} >= {zero} else {zero}", _CHOICE

    def _piecewise(self, expr: sp.Piecewise) -> Text:
        text = ""
        for value, condition in expr.args:
            if condition == sp.true:
                return text + self._inner(value, _LOGIC), _CHOICE
            text += f"{self._inner(value, _LOGIC)} if {self._inner(condition, _LOGIC)} else "
        return f"{text}np.nan", _CHOICE

    def _relation(self, expr: sp.Basic) -> Text:
        if isinstance(expr, sp.Ne):
            return f"not {self._inner(sp.Eq(*expr.args, evaluate=False), _COMPARE)}", _LOGIC
        expr = expr.reversed if expr.rel_op in (">", ">=") else expr
        left, right = expr.args
        if self.slack:
            texts = f"{self._text(left)[0]}, {self._text(right)[0]}"
            return f"{_RELATIONS[expr.rel_op]}({texts}, {self.slack})", _ATOM
        return f"{self._inner(left, _SUM)} {expr.rel_op} {self._inner(right, _SUM)}", _COMPARE

    def _logic(self, expr: sp.Basic) -> Text:
        if isinstance(expr, sp.Not):
            return f"not {self._inner(expr.args[0], _COMPARE)}", _LOGIC
        word = " and " if isinstance(expr, sp.And) else " or "
        parts = sorted(expr.args, key=sp.default_sort_key)
        return word.join(self._inner(part, _COMPARE) for part in parts), _LOGIC

    def _choice(self, expr: sp.Basic) -> Text:
        condition, yes, no = (self._inner(part, _LOGIC) for part in expr.args)
        return f"{yes} if {condition} else {no}", _CHOICE

    def _truth(self, expr: sp.Basic) -> Text:
        return str(expr == sp.true), _ATOM


_METHODS: tuple[tuple[Any, Callable[..., Text]], ...] = (
    ((BooleanTrue, BooleanFalse), Printer._truth),
    (sp.core.relational.Relational, Printer._relation),
    ((sp.And, sp.Or, sp.Not), Printer._logic),
    (sp.ITE, Printer._choice),
    (sp.Symbol, Printer._symbol),
    ((sp.Number, sp.NumberSymbol), Printer._number),
    (sp.Add, Printer._add),
    (sp.Mul, Printer._mul),
    (sp.Pow, Printer._pow),
    (sp.Piecewise, Printer._piecewise),
    (sp.Heaviside, Printer._heaviside),
    (Flagged, Printer._flagged),
    (Reciprocal, Printer._reciprocal),
)


def _rank(expr: sp.Expr) -> tuple[int, int, str]:
    """Order factors and terms as people write them: numbers, names, then the rest."""
    return (0 if expr.is_number else 1 if expr.is_Symbol else 2), len(str(expr)), str(expr)


def lower(expr: sp.Basic) -> sp.Basic:
    """Replace what Python has no good operation for: rational powers, and numbers like sqrt(2).

    Examples
    --------
    >>> x = sp.Symbol("x", positive=True)
    >>> [lower(x ** sp.Rational(*power)) for power in ((3, 2), (2, 3), (-1, 4))]
    [x*Root2(x), Root3(x)**2, 1/Root2(Root2(x))]
    """
    if isinstance(expr, sp.Expr) and expr.is_number and expr.is_finite and not expr.is_Rational:
        return expr.evalf(17)
    if not expr.args:
        return expr
    if isinstance(expr, sp.Pow) and expr.exp.is_Rational and not expr.exp.is_Integer:
        return _chain(lower(expr.base), expr.exp)
    return expr.func(*[lower(arg) for arg in expr.args])


def _chain(base: sp.Expr, power: sp.Rational) -> sp.Expr:
    if power < 0:
        return 1 / _chain(base, -power)
    root, rest = base, int(power.q)
    for prime, function in ((2, Root2), (3, Root3)):
        while rest % prime == 0:
            root, rest = function(root), rest // prime
    if rest != 1 or power.q > 12:
        return sp.Pow(base, sp.Float(power, 17), evaluate=False)
    whole, part = divmod(int(power.p), int(power.q))
    return base**whole * root**part


def _repeated(expr: sp.Basic) -> list[sp.Expr]:
    """List the bases that are printed more than once because their power becomes a product."""
    powers = sorted(expr.atoms(sp.Pow), key=sp.default_sort_key)
    found = [p.base for p in powers if p.exp.is_Integer and 2 <= abs(p.exp) <= 4]
    flags = [flag.args[1] for flag in expr.atoms(Flagged)]
    return [base for base in [*found, *flags] if not base.is_Symbol and not base.is_number]
