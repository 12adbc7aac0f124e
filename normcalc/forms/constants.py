"""Formulas as exact SymPy expressions, and the constants among them as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.errors import LanguageError
from normcalc.language.nodes import Node, symbols
from normcalc.language.symbolic import symbolic_node

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import sympy as sp


def depends(node: Node, names: Collection[str]) -> bool:
    """Tell whether any of the names occurs below the node."""
    return any(name in names for name in symbols(node))


def constant(node: Node) -> sp.Expr | None:
    """Return the value of a node without names, or None if it has one or is not a finite real.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> constant(parse("sqrt(1/2)"))
    sqrt(2)/2
    >>> constant(parse("lam")) is None
    True
    """
    value = expression(node, {})
    if value is None or value.is_finite is not True or value.is_real is not True:
        return None
    return value


def expression(node: Node, names: Mapping[str, sp.Expr]) -> sp.Expr | None:
    """Return a formula in SymPy's terms, or None where a name is missing or a vector is meant.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> expression(parse("2*s"), {"s": constant(parse("pi"))})
    2*pi
    """
    if any(name not in names for name in symbols(node)):
        return None
    try:
        return symbolic_node(node, dict(names))
    except LanguageError:
        return None
