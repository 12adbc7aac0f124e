"""Sums, multiples and partial evaluation of functions, as new formulas."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from numbers import Rational, Real
from typing import TYPE_CHECKING, Any

from normcalc.errors import LanguageError, ParameterError
from normcalc.language.construct import negate, over, plus, times
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Node,
    Number,
    Symbol,
    substitute,
    symbols,
    walk,
)
from normcalc.language.relations import check_names, check_relations
from normcalc.language.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.language.function import Domain, Function
    from normcalc.language.parameters import Parameter
    from normcalc.language.shapes import Variable


def exact(value: Any) -> Fraction:
    """Return a real number as the fraction that its shortest decimal means.

    Examples
    --------
    >>> exact(0.1)
    Fraction(1, 10)
    """
    if isinstance(value, bool):
        raise ParameterError(f"a real number is needed, not {value}")
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, Real) and math.isfinite(value):
        # float32 prints shorter than the double it widens to, and that is what was meant
        return Fraction(str(value))
    raise ParameterError(f"a finite real number is needed, not {value!r}")


def add(f: Function, g: Function) -> Function:
    """Return ``f + g``; a parameter of both must be of the same kind in both.

    Coordinates are counted to the higher of the two dimensions, and a function of one real
    variable joins a function of a vector as its separable sum.
    """
    variable = _common_variable(f, g)
    left, right = (_renamed(h, variable) for h in (f, g))
    clash = [p.name for p in (*f.parameters, *g.parameters) if p.name in variable.names]
    if clash:
        raise ParameterError(f"{clash[0]!r} is the variable of one and a parameter of the other")
    return replace(
        f,
        body=plus(left, right),
        variable=variable,
        parameters=merged(f, g),
        relations=tuple(dict.fromkeys((*f.relations, *g.relations))),
        domain=_intersection(f.domain, g.domain),
        text="",
    )


def _common_variable(f: Function, g: Function) -> Variable:
    kinds = {f.variable.kind, g.variable.kind}
    if len(kinds) == 1:
        size = max(f.variable.size or 0, g.variable.size or 0) or None
        return replace(f.variable, size=size)
    if kinds == {"scalar", "vector"} and f.domain is None and g.domain is None:
        return f.variable if f.variable.kind == "vector" else g.variable
    raise LanguageError(
        f"{f} has a {f.variable.kind} variable and {g} a {g.variable.kind} one; write both in the "
        "same"
    )


def _renamed(f: Function, variable: Variable) -> Node:
    new = {old: Symbol(name) for old, name in zip(f.variable.names, variable.names, strict=False)}
    body = substitute(f.body, new)
    lifted = f.variable.kind == "scalar" and variable.kind == "vector"
    return Apply("sum", (body,)) if lifted else body


def merged(*functions: Function) -> tuple[Parameter, ...]:
    """Return the parameters of several functions, each once.

    Raises
    ------
    ParameterError
        A name is of one kind in one function, and of another kind in another.
    """
    first: dict[str, tuple[Parameter, Function]] = {}
    for f in functions:
        for parameter in f.parameters:
            known, where = first.setdefault(parameter.name, (parameter, f))
            if known != parameter:
                raise ParameterError(
                    f"{parameter.name} is {known.kind} in {where} and {parameter.kind} in {f}; "
                    "rename one, or declare both alike"
                )
    return tuple(parameter for parameter, _ in first.values())


def _intersection(a: Domain | None, b: Domain | None) -> Domain | None:
    if a is None or b is None:
        return a or b
    lows = [end for end in (a[0], b[0]) if end is not None]
    highs = [end for end in (a[1], b[1]) if end is not None]
    lo, hi = max(lows, default=None), min(highs, default=None)
    if lo is not None and hi is not None and lo > hi:
        raise LanguageError("the domains have no point in common: the sum is plus infinity")
    return (lo, hi)


def scale(f: Function, factor: Any) -> Function:
    """Return a real multiple of a function."""
    number = exact(factor)
    extended = f.domain is not None or Constant("oo") in walk(f.body)
    if extended and number <= 0:
        raise LanguageError(
            f"{f} takes the value plus infinity, so it cannot be multiplied by {number}"
        )
    body = negate(f.body) if number == -1 else times(Number(number), f.body)
    return f if number == 1 else replace(f, body=body, text="")


def divide(f: Function, divisor: Any) -> Function:
    """Return a function divided by a real number."""
    number = exact(divisor)
    if number == 0:
        raise ParameterError(f"{f} divided by zero")
    if number < 0 or number.denominator != 1:
        return scale(f, 1 / number)
    return f if number == 1 else replace(f, body=over(f.body, Number(number)), text="")


def bind(f: Function, values: Mapping[str, Any]) -> Function:
    """Return a function with some parameters replaced by numbers, each checked by its kind."""
    kinds = {parameter.name: parameter.kind for parameter in f.parameters}
    literals: dict[str, Node] = {}
    for name, value in values.items():
        if name not in kinds:
            raise ParameterError(f"{f} has no parameter {name!r}; {did_you_mean(name, kinds)}")
        if kinds[name].shape != "scalar":
            raise ParameterError(f"{name} is a {kinds[name].shape}, and only numbers can be bound")
        literals[name] = Number(exact(value))
        kinds[name].check(name, float(value))
    relations = tuple(substitute(link, literals) for link in f.relations)
    numeric = {name: float(values[name]) for name in literals}
    check_relations([link for link in f.relations if set(symbols(link)) <= set(numeric)], numeric)
    body = substitute(f.body, literals)
    open_links = tuple(r for r in relations if isinstance(r, Compare) and symbols(r))
    rest = tuple(parameter for parameter in f.parameters if parameter.name not in literals)
    check_names(open_links, {parameter.name for parameter in rest})
    return replace(f, body=body, parameters=rest, relations=open_links, text="")
