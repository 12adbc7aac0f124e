"""Trees as SymPy expressions: exact numbers, and symbols that know what their kinds say."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy as sp

from normcalc.errors import LanguageError, ParameterError
from normcalc.language.evaluate import implementation
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
)
from normcalc.language.symbolic import Symbolic
from normcalc.language.text import text
from normcalc.language.vocabulary import HEADS, VECTOR_HEADS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.language.function import Function
    from normcalc.language.parameters import Kind

_CONSTANTS = {"pi": sp.pi, "e": sp.E, "oo": sp.oo}
_RELATIONS = {"<": sp.Lt, "<=": sp.Le, ">": sp.Gt, ">=": sp.Ge, "==": sp.Eq, "!=": sp.Ne}
_LOGIC = {"and": sp.And, "or": sp.Or, "not": sp.Not}


@lru_cache(maxsize=512)
def convert(function: Function) -> Symbolic:
    """Return a function of one variable or of coordinates as a SymPy expression.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> convert(function("lam*abs(x)")).expr
    lam*Abs(x)
    """
    if function.variable.kind == "vector":
        raise LanguageError(f"{function} is a function of a vector, which SymPy cannot express")
    variables = tuple(sp.Symbol(name, real=True) for name in function.variable.names)
    parameters = {p.name: parameter_symbol(p.name, p.kind) for p in function.parameters}
    names = {**parameters, **{variable.name: variable for variable in variables}}
    return Symbolic(
        convert_node(function.body, names),
        variables,
        parameters,
        _relations(function, parameters),
        _ends(function),
    )


def parameter_symbol(name: str, kind: Kind) -> sp.Symbol:
    """Return the symbol of a parameter, with the assumptions that follow from its kind.

    Examples
    --------
    >>> from normcalc.language.parameters import Positive
    >>> parameter_symbol("lam", Positive).is_positive
    True
    """
    if kind.shape == "vector":
        raise LanguageError(f"{name} is a vector, which SymPy cannot express here")
    assumptions = {"real": True, **_sign(kind)}
    if kind.integer:
        assumptions["integer"] = True
    return sp.Symbol(name, **assumptions)


def _sign(kind: Kind) -> dict[str, bool]:
    if kind.lo is not None and kind.lo >= 0:
        return {"positive": True} if kind.lo > 0 or kind.lo_open else {"nonnegative": True}
    if kind.hi is not None and kind.hi <= 0:
        return {"negative": True} if kind.hi < 0 or kind.hi_open else {"nonpositive": True}
    return {}


def _relations(function: Function, parameters: Mapping[str, sp.Symbol]) -> tuple[Any, ...]:
    found: list[Any] = []
    for parameter in function.parameters:
        found.extend(_bounds(parameters[parameter.name], parameter.kind))
    for link in function.relations:
        relation = convert_node(link, parameters)
        if relation == sp.false:
            raise ParameterError(f"{text(link)} contradicts the kinds of its parameters")
        if relation != sp.true:
            found.append(relation)
    return tuple(dict.fromkeys(found))


def _bounds(symbol: sp.Symbol, kind: Kind) -> list[Any]:
    found = []
    if kind.lo is not None:
        found.append((sp.Gt if kind.lo_open else sp.Ge)(symbol, _rational(kind.lo)))
    if kind.hi is not None:
        found.append((sp.Lt if kind.hi_open else sp.Le)(symbol, _rational(kind.hi)))
    return [relation for relation in found if relation != sp.true]


def _ends(function: Function) -> tuple[sp.Expr, sp.Expr]:
    lo, hi = function.domain or (None, None)
    return (
        -sp.oo if lo is None else sp.Rational(lo.numerator, lo.denominator),
        sp.oo if hi is None else sp.Rational(hi.numerator, hi.denominator),
    )


def _rational(value: float) -> sp.Rational:
    number = Fraction(repr(float(value)))
    return sp.Rational(number.numerator, number.denominator)


def convert_node(node: Node, symbols: Mapping[str, Any]) -> Any:
    """Return a tree as a SymPy expression or condition.

    Parameters
    ----------
    node : Node
        Without operations on vectors.
    symbols : mapping of str to sympy.Expr
        What each name stands for; other names become real symbols.
    """
    if isinstance(node, Number):
        return sp.Rational(node.value.numerator, node.value.denominator)
    if isinstance(node, Symbol):
        return symbols[node.name] if node.name in symbols else sp.Symbol(node.name, real=True)
    if isinstance(node, Constant):
        return _CONSTANTS[node.name]
    if isinstance(node, Apply):
        return _apply(node, [convert_node(arg, symbols) for arg in node.args])
    if isinstance(node, Compare):
        sides = (convert_node(side, symbols) for side in (node.left, node.right))
        return _RELATIONS[node.relation](*sides)
    if isinstance(node, Logic):
        return _LOGIC[node.head](*(convert_node(arg, symbols) for arg in node.args))
    return _piecewise(node, symbols)


def _apply(node: Apply, values: list[Any]) -> Any:
    if node.head in VECTOR_HEADS:
        raise LanguageError(f"{text(node)} works on vectors, which SymPy cannot express")
    return implementation(HEADS[node.head].sympy)(*values)


def _piecewise(node: Piecewise, symbols: Mapping[str, Any]) -> Any:
    return sp.Piecewise(
        *(
            (
                convert_node(value, symbols),
                True if condition is None else convert_node(condition, symbols),
            )
            for value, condition in node.cases
        )
    )
