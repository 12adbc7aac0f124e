"""Expressions and comparisons as text and in LaTeX: positive terms first, as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from normcalc.language.latex import name as letter

if TYPE_CHECKING:
    from collections.abc import Callable


class Writer(StrPrinter):  # type: ignore[misc]  # SymPy is untyped
    """SymPy's printer with ``v - lam*step`` instead of ``-lam*step + v``."""

    def _print_Add(self, expr: sp.Add, order: str | None = None) -> str:  # noqa: N802 - SymPy's protocol
        del order
        parts: list[str] = []
        for term in _in_order(expr):
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


class LatexWriter(LatexPrinter):  # type: ignore[misc]  # SymPy is untyped
    """SymPy's typesetter with the order of terms of `Writer` and the names of the language."""

    def _as_ordered_terms(self, expr: sp.Add, order: str | None = None) -> list[sp.Expr]:
        del order
        return _in_order(expr)

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:  # noqa: N802 - SymPy's protocol
        del style
        return letter(expr.name)


def _in_order(expr: sp.Add) -> list[sp.Expr]:
    return sorted(expr.args, key=lambda t: (bool(t.could_extract_minus_sign()), _rank(t)))


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


def write_latex(expr: sp.Basic) -> str:
    r"""Return an expression in LaTeX, with Greek parameter names as letters.

    Examples
    --------
    >>> v, lam, step = sp.Symbol("v", real=True), *sp.symbols("lam step", positive=True)
    >>> print(write_latex(v - lam * step))
    v - \lambda \mathrm{step}
    """
    return str(LatexWriter().doprint(expr))


def write_range(
    name: str, lo: sp.Expr, hi: sp.Expr, lo_open: bool = False, hi_open: bool = False
) -> str:
    """Return ``lo <= name <= hi`` without infinite ends, and ``<`` at an open end.

    Examples
    --------
    >>> write_range("v", sp.S.Zero, sp.oo), write_range("v", -sp.oo, sp.oo)
    ('v >= 0', 'all v')
    >>> write_range("v", sp.S.Zero, sp.S.One, hi_open=True)
    '0 <= v < 1'
    """
    if lo == -sp.oo and hi == sp.oo:
        return f"all {name}"
    if hi == sp.oo:
        return f"{name} {'>' if lo_open else '>='} {write(lo)}"
    return _chain(name, lo, hi, ("<" if lo_open else "<=", "<" if hi_open else "<="), write)


_ABOVE = {False: r"\ge", True: ">"}


def latex_range(
    name: str, lo: sp.Expr, hi: sp.Expr, lo_open: bool = False, hi_open: bool = False
) -> str:
    r"""Return what `write_range` does, in LaTeX; empty where both ends are infinite.

    Examples
    --------
    >>> print(latex_range("v", sp.S.Zero, sp.oo, lo_open=True))
    v > 0
    """
    if lo == -sp.oo and hi == sp.oo:
        return ""
    if hi == sp.oo:
        return f"{name} {_ABOVE[lo_open]} {write_latex(lo)}"
    below, above = ("<" if is_open else r"\le" for is_open in (lo_open, hi_open))
    return _chain(name, lo, hi, (below, above), write_latex)


def _chain(
    name: str, lo: sp.Expr, hi: sp.Expr, marks: tuple[str, str], say: Callable[[sp.Expr], str]
) -> str:
    below = "" if lo == -sp.oo else f"{say(lo)} {marks[0]} "
    return f"{below}{name} {marks[1]} {say(hi)}"
