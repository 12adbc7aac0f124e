"""From a `Function` to SymPy and back; SymPy itself is imported on first use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from normcalc.errors import LanguageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sympy

    from normcalc.language.function import Function
    from normcalc.language.nodes import Node


@dataclass(frozen=True)
class Symbolic:
    """A function as a SymPy expression.

    Parameters
    ----------
    expr : sympy.Expr
        The formula, exact.
    variables : tuple of sympy.Symbol
        The variable, or the coordinates in order.
    parameters : dict of str to sympy.Symbol
        With the assumptions that follow from their kinds.
    relations : tuple of sympy relational
        Whatever else holds: the user's relations and the bounds that assumptions cannot express.
    domain : tuple of sympy.Expr
        The ends of the domain, infinite where there is none.
    """

    expr: sympy.Expr
    variables: tuple[sympy.Symbol, ...]
    parameters: dict[str, sympy.Symbol]
    relations: tuple[Any, ...]
    domain: tuple[sympy.Expr, sympy.Expr]

    @property
    def variable(self) -> sympy.Symbol:
        """The only variable."""
        if len(self.variables) != 1:
            raise LanguageError(f"there are {len(self.variables)} variables: {self.variables}")
        return self.variables[0]


def symbolic(function: Function) -> Symbolic:
    """Return a function of one variable or of coordinates as a SymPy expression.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> form = symbolic(function("tau*abs(x)", where="tau < 1"))
    >>> form.expr, form.relations, form.parameters["tau"].is_positive
    (tau*Abs(x), (tau < 1,), True)
    """
    from normcalc.language.to_sympy import convert

    return convert(function)


def symbolic_node(node: Node, symbols: Mapping[str, Any]) -> Any:
    """Return a tree as a SymPy expression or condition.

    Parameters
    ----------
    node : Node
        Without operations on vectors.
    symbols : mapping of str to sympy.Expr
        What each name stands for; other names become real symbols.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> symbolic_node(parse("x/3 + 0.1"), {})
    x/3 + 1/10
    """
    from normcalc.language.to_sympy import convert_node

    return convert_node(node, symbols)


def from_sympy(expr: Any) -> Node:
    """Return the tree of a SymPy expression or condition; the inverse of `symbolic_node`.

    Examples
    --------
    >>> from sympy import Abs, Symbol
    >>> from_sympy(Abs(Symbol("x")))
    Apply(head='abs', args=(Symbol(name='x'),))
    """
    from normcalc.language import sympy_door

    return sympy_door.from_sympy(expr)
