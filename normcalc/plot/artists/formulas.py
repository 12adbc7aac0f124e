"""Formulas under figures, typeset by matplotlib's own mathematics."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from matplotlib.mathtext import MathTextParser

from normcalc.language.latex import latex
from normcalc.language.latex import name as latex_name
from normcalc.language.nodes import Node, Piecewise
from normcalc.plot.words import values_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.language.function import Function


def formula(function: Function, given: Mapping[str, Any] | None = None) -> str:
    r"""Return the formula for a caption, with the values of its parameters.

    It is typeset, or plain text where matplotlib cannot typeset it.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(formula(nc.function("lam*abs(x1 - x2)"), {"lam": 0.5}))
    $\lambda |x_{1} - x_{2}|$, $\lambda = 0.5$
    """
    shown = _typeset(function.body)
    values = [f"${latex_name(name)} = {v}$" for name, v in values_in_words(given or {}).items()]
    return ", ".join([shown if _can_be_set(shown) else str(function), *values])


def _typeset(body: Node) -> str:
    """Return a formula between dollars; cases, which mathtext lacks, become a sentence."""
    if not isinstance(body, Piecewise):
        return f"${_tidy(latex(body))}$"
    parts = [
        f"${_tidy(latex(value))}$ " + ("otherwise" if c is None else f"if ${_tidy(latex(c))}$")
        for value, c in body.cases
    ]
    return ",\n".join(parts).replace(r"\dfrac", r"\frac")


def _tidy(text: str) -> str:
    """Return LaTeX that mathtext sets well: plain bars, readable fractions and exponents."""
    bars = re.sub(r"\\left(\\?\|)((?:(?!\\left|\\frac|\\sqrt).)*?)\\right\\?\|", r"\1\2\1", text)
    exponents = re.sub(r"\^\{\\frac\{(\w+)\}\{(\w+)\}\}", r"^{\1/\2}", bars)
    exponents = re.sub(r"_\{\\frac\{(\w+)\}\{(\w+)\}\}", r"_{\1/\2}", exponents)
    relations = re.sub(r"\\(le|ge|ne)\b", r"\\\1q", exponents)
    return relations.replace(r"\frac", r"\dfrac")


def _can_be_set(text: str) -> bool:
    try:
        for line in text.split("\n"):
            MathTextParser("path").parse(line)
    except ValueError:
        return False
    return True
