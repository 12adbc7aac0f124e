"""The door for SymPy: every class met is converted exactly, or named in an error."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from normcalc.errors import LanguageError
from normcalc.language.calls import RELATION_NAMES, call, is_function, piecewise
from normcalc.language.construct import (
    FALSE,
    TRUE,
    conjunction,
    disjunction,
    minus,
    negate,
    negation,
    number,
    over,
    plus,
    power,
    times,
)
from normcalc.language.limits import MAX_DECIMAL_EXPONENT, check_size
from normcalc.language.nodes import Apply, Compare, Constant, Node, Relation, Symbol
from normcalc.language.parameters import Integer, Kind, Nonnegative, Positive, Real
from normcalc.language.shapes import Variable, find_variable
from normcalc.language.words import parameter_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def from_sympy(expr: Any) -> Node:
    """Return the tree of a SymPy expression or condition.

    Examples
    --------
    >>> from_sympy(sp.Abs(sp.Symbol("x")))
    Apply(head='abs', args=(Symbol(name='x'),))
    >>> from_sympy(sp.floor(sp.Symbol("x")))
    Traceback (most recent call last):
        ...
    normcalc.errors.LanguageError: floor(x): SymPy's floor is not part of the language
    """
    try:
        return check_size(_node(sp.sympify(expr, strict=True)))
    except sp.SympifyError:
        raise LanguageError(f"{type(expr).__name__} is not a SymPy expression") from None
    except RecursionError:
        raise LanguageError("the SymPy expression is nested too deeply") from None


def draft_sympy(
    expr: Any, variables: Sequence[Any]
) -> tuple[Node, Variable, str, dict[str, Kind], tuple[Any, Any] | None]:
    """Return what the constructor needs to know about a SymPy expression.

    Assumptions on symbols count as declarations: a positive or nonnegative variable restricts the
    domain, and a positive, nonnegative, integer or real parameter is of that kind.
    """
    if not isinstance(expr, sp.Expr):
        raise LanguageError(f"a function needs a SymPy expression, not {type(expr).__name__}")
    by_name = _by_name(expr.free_symbols)
    body = from_sympy(expr)
    variable = find_variable(body, [_name(entry) for entry in variables])
    own = [by_name[name] for name in variable.names if name in by_name]
    restricted = variable.kind == "scalar" and any(symbol.is_nonnegative for symbol in own)
    kinds = {
        name: kind
        for name, symbol in by_name.items()
        if name not in variable.names and (kind := _kind(symbol)) is not None
    }
    return body, variable, "", kinds, (0, None) if restricted else None


def _by_name(symbols: set[Any]) -> dict[str, sp.Symbol]:
    found: dict[str, sp.Symbol] = {}
    for symbol in sorted(symbols, key=str):
        name = _name(symbol)
        if name in found:
            raise LanguageError(f"two different symbols are called {name!r}; rename one")
        found[name] = symbol
    return found


def _name(symbol: Any) -> str:
    name = parameter_name(str(symbol))
    if not (name.isidentifier() and name.isascii()) or name.startswith("_"):
        raise LanguageError(f"the symbol {name!r} cannot be a name; use letters, digits and _")
    if is_function(name):
        raise LanguageError(f"the symbol {name!r} has the name of a function; rename it")
    return name


def _kind(symbol: sp.Symbol) -> Kind | None:
    if symbol.is_positive:
        return Positive
    if symbol.is_nonnegative:
        return Nonnegative
    if symbol.is_integer:
        return Integer
    return Real if symbol.is_real else None


def _node(expr: Any) -> Node:
    for cls in type(expr).__mro__:
        if cls in _CONVERTERS:
            return _CONVERTERS[cls](expr)
    raise LanguageError(_refusal(expr))


def _refusal(expr: Any) -> str:
    name = type(expr).__name__
    shown = str(expr)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    if isinstance(expr, sp.Derivative | sp.Integral | sp.Sum | sp.Product | sp.Limit):
        return f"{shown}: {name} is not part of the language; call .doit() first"
    if expr in (sp.I, sp.zoo, sp.nan):
        return f"{shown} is not a real number"
    return f"{shown}: SymPy's {name} is not part of the language"


def _rational(expr: Any) -> Node:
    if max(abs(int(expr.p)).bit_length(), int(expr.q).bit_length()) > 1000:
        raise LanguageError(f"numbers are limited to 1e{MAX_DECIMAL_EXPONENT} in absolute value")
    return number(Fraction(int(expr.p), int(expr.q)))


def _decimal(expr: Any) -> Node:
    """Read a float as the shortest decimal that means it, so 0.1 is one tenth."""
    value = float(expr)
    if value in (float("inf"), -float("inf")) or (value == 0) != (expr == 0):
        raise LanguageError(f"numbers are limited to 1e{MAX_DECIMAL_EXPONENT} in absolute value")
    return number(Fraction(repr(value) if expr._prec <= 53 else str(expr)))


def _sum(expr: Any) -> Node:
    first, *rest = expr.as_ordered_terms()
    total = _node(first)
    for term in rest:
        negative = term.as_coeff_Mul()[0].is_negative
        total = minus(total, _node(-term)) if negative else plus(total, _node(term))
    return total


def _product(expr: Any) -> Node:
    """Write a product as a quotient, with the sign on its first factor."""
    above: list[Node] = []
    below: list[Node] = []
    sign = 1
    for factor in expr.args:
        if factor.is_Rational:
            sign *= -1 if factor < 0 else 1
            above += [_rational(sp.Integer(abs(factor.p)))] if abs(factor.p) != 1 else []
            below += [_rational(sp.Integer(factor.q))] if factor.q != 1 else []
        elif factor.is_Pow and factor.exp.is_Rational and factor.exp < 0:
            below.append(_power_of(factor.base, -factor.exp))
        else:
            above.append(_node(factor))
    first, *rest = above or [number(1)]
    top = reduce(times, rest, negate(first) if sign < 0 else first)
    return over(top, reduce(times, below)) if below else top


def _power(expr: Any) -> Node:
    base, exponent = expr.as_base_exp() if expr.base == sp.E else (expr.base, expr.exp)
    if exponent.is_Rational and exponent < 0:
        return over(number(1), _power_of(base, -exponent))
    return _power_of(base, exponent)


def _power_of(base: Any, exponent: Any) -> Node:
    if base == sp.E:
        return Apply("exp", (_node(exponent),))
    if exponent == 1:
        return _node(base)
    if exponent == sp.Rational(1, 2):
        return Apply("sqrt", (_node(base),))
    return power(_node(base), _node(exponent))


def _head(head: str) -> Callable[[Any], Node]:
    return lambda expr: Apply(head, tuple(_node(arg) for arg in expr.args))


def _choice(head: str) -> Callable[[Any], Node]:
    return lambda expr: Apply(
        head, tuple(_node(arg) for arg in sorted(expr.args, key=sp.default_sort_key))
    )


def _reciprocal(head: str) -> Callable[[Any], Node]:
    return lambda expr: over(number(1), Apply(head, (_node(expr.args[0]),)))


def _relation(relation: Relation) -> Callable[[Any], Node]:
    return lambda expr: Compare(relation, _node(expr.lhs), _node(expr.rhs))


def _lambertw(expr: Any) -> Node:
    if len(expr.args) == 2 and expr.args[1] != 0:
        raise LanguageError(f"{expr}: only the principal branch of LambertW is in the language")
    return Apply("lambertw", (_node(expr.args[0]),))


def _cases(expr: Any) -> Node:
    return piecewise([(_node(value), _node(condition)) for value, condition in expr.args])


def _if_else(expr: Any) -> Node:
    condition, yes, no = (_node(arg) for arg in expr.args)
    return disjunction(conjunction(condition, yes), conjunction(negation(condition), no))


def _first_argument(expr: Any) -> Node:
    return _node(expr.args[0])


_CONVERTERS: dict[Any, Callable[[Any], Node]] = {
    sp.Symbol: lambda expr: Symbol(_name(expr)),
    sp.Rational: _rational,
    sp.Float: _decimal,
    type(sp.pi): lambda _: Constant("pi"),
    type(sp.E): lambda _: Constant("e"),
    type(sp.oo): lambda _: Constant("oo"),
    type(-sp.oo): lambda _: negate(Constant("oo")),
    sp.Add: _sum,
    sp.Mul: _product,
    sp.Pow: _power,
    sp.exp: _head("exp"),
    sp.Max: _choice("max"),
    sp.Min: _choice("min"),
    sp.LambertW: _lambertw,
    sp.Heaviside: lambda expr: call("heaviside", [_node(arg) for arg in expr.args]),
    sp.Piecewise: _cases,
    sp.ITE: _if_else,
    sp.And: lambda expr: conjunction(*(_node(arg) for arg in expr.args)),
    sp.Or: lambda expr: disjunction(*(_node(arg) for arg in expr.args)),
    sp.Not: lambda expr: negation(_node(expr.args[0])),
    BooleanTrue: lambda _: TRUE,
    BooleanFalse: lambda _: FALSE,
    sp.Contains: lambda expr: _node(expr.args[1].as_relational(expr.args[0])),
    # every quantity of the language is real
    sp.re: _first_argument,
    sp.conjugate: _first_argument,
    sp.im: lambda _: number(0),
    sp.UnevaluatedExpr: _first_argument,
    **{
        getattr(sp, name): _head(name)
        for name in (
            "sign", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh",
            "acosh", "atanh", "erf", "erfc", "loggamma", "log",
        )
    },
    sp.Abs: _head("abs"),
    **{
        getattr(sp, name): _reciprocal(head)
        for name, head in (
            ("sec", "cos"), ("csc", "sin"), ("cot", "tan"),
            ("sech", "cosh"), ("csch", "sinh"), ("coth", "tanh"),
        )
    },
    **{getattr(sp, name): _relation(relation) for name, relation in RELATION_NAMES.items()},
}  # fmt: skip
