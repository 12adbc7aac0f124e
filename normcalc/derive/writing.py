"""Expressions and comparisons as text: positive terms first, the way people write them."""

from __future__ import annotations

import sympy as sp
from sympy.printing.str import StrPrinter


class Writer(StrPrinter):  # type: ignore[misc]  # SymPy is untyped
    """SymPy's printer with ``v - lam*step`` instead of ``-lam*step + v``."""

    def _print_Add(self, expr: sp.Add, order: str | None = None) -> str:  # noqa: N802 - SymPy's protocol
        del order
        terms = sorted(expr.args, key=lambda t: (bool(t.could_extract_minus_sign()), _rank(t)))
        parts: list[str] = []
        for term in terms:
            text = self._print(term)
            minus = text.startswith("-")
            bare = text[1:] if minus else text
            sign = ("-" if minus else "") if not parts else (" - " if minus else " + ")
            parts.append(sign + bare)
        return "".join(parts)

    def _print_LambertW(self, expr: sp.LambertW) -> str:  # noqa: N802 - SymPy's protocol
        return f"lambertw({self._print(expr.args[0])})"

    def _print_Relational(self, expr: sp.Rel) -> str:  # noqa: N802 - SymPy's protocol
        return f"{self._print(expr.lhs)} {expr.rel_op} {self._print(expr.rhs)}"

    def _print_Abs(self, expr: sp.Abs) -> str:  # noqa: N802 - SymPy's protocol
        return f"abs({self._print(expr.args[0])})"


def _rank(term: sp.Expr) -> tuple[bool, str]:
    return (not term.has(sp.Symbol("v", real=True)), str(term))


def write(expr: sp.Basic) -> str:
    """Return an expression as text.

    Examples
    --------
    >>> v, step = sp.Symbol("v", real=True), sp.Symbol("step", positive=True)
    >>> write(-step + v)
    'v - step'
    """
    return str(Writer().doprint(expr))


_LETTERS = {
    "step": r"\mathrm{step}",
    "lam": r"\lambda",
    "lambda_": r"\lambda",
    "eps": r"\varepsilon",
}


def write_latex(expr: sp.Basic) -> str:
    """Return an expression in LaTeX, with Greek parameter names as letters."""
    names = {s: _LETTERS[s.name] for s in expr.free_symbols if s.name in _LETTERS}
    return str(sp.latex(expr, order="none", symbol_names=names))


def write_range(name: str, lo: sp.Expr, hi: sp.Expr) -> str:
    """Return ``lo <= name <= hi`` without infinite ends.

    Examples
    --------
    >>> write_range("v", sp.S.Zero, sp.oo), write_range("v", -sp.oo, sp.oo)
    ('v >= 0', 'all v')
    """
    if lo == -sp.oo and hi == sp.oo:
        return f"all {name}"
    if hi == sp.oo:
        return f"{name} >= {write(lo)}"
    if lo == -sp.oo:
        return f"{name} <= {write(hi)}"
    return f"{write(lo)} <= {name} <= {write(hi)}"
