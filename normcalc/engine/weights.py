"""Numbers in front of a penalty as parameters: one derivation and one kernel for all of them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

from normcalc.engine.operators import BoundPenalty, bind, check_parameters, operators
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Node, Number, Symbol
from normcalc.language.parameters import Parameter, Positive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@lru_cache(maxsize=1024)
def with_weights(function: Function) -> tuple[Function, Mapping[str, float]]:
    """Return a function with parameters for the numbers before it, and the numbers.

    Of a multiple it is the number before it; of a sum of multiples the number before each, where
    each is convex, so that no order of the weights decides what the sum is.

    Examples
    --------
    >>> import normcalc as nc
    >>> f, weights = with_weights(nc.function("0.3*abs(x)"))
    >>> print(f, weights)
    weight*abs(x) {'weight': 0.3}
    """
    terms = _terms(function.body)
    if len(terms) > 1 and not all(_convex(function, term) for term in terms):
        return function, {}
    names, weights, bodies = _names(function), {}, []
    for term in terms:
        number, factors = _multiple(term)
        if number is None:
            bodies.append(term)
            continue
        name = next(names)
        weights[name] = number
        bodies.append(Apply("mul", (Symbol(name), *factors)))
    if not weights:
        return function, {}
    body = Apply("add", tuple(bodies)) if len(bodies) > 1 else bodies[0]
    new = tuple(Parameter(name, Positive) for name in weights)
    parameters = (*function.parameters, *new)
    return replace(function, body=body, parameters=parameters, text=""), weights


def bound(penalty: Any, given: Mapping[str, Any], size: int) -> BoundPenalty:
    """Return a penalty of one number, at arrays of `size`, with numbers for its parameters."""
    weights: Mapping[str, float] = {}
    if isinstance(penalty, Function):
        penalty, weights = with_weights(penalty)
    chosen = operators(penalty)
    values = {name: given[name] for name in chosen.parameters if name in given}
    return bind(chosen, check_parameters(chosen, {**values, **weights}), size)


def _terms(node: Node) -> tuple[Node, ...]:
    return node.args if isinstance(node, Apply) and node.head == "add" else (node,)


def _multiple(term: Node) -> tuple[float | None, tuple[Node, ...]]:
    """Return the positive number before a term, and its other factors."""
    if not isinstance(term, Apply) or term.head != "mul":
        return None, ()
    first, *rest = term.args
    number, kept = _multiple(first)
    if number is not None:
        return number, (*kept, *rest)
    if not isinstance(first, Number) or first.value <= 0:
        return None, ()
    return float(first.value), tuple(rest)


def _convex(function: Function, term: Node) -> bool:
    from normcalc.facts import convex

    return convex(replace(function, body=term, text="")).value == "YES"


def _names(function: Function) -> Iterator[str]:
    """Yield names that the function does not use."""
    used = {p.name for p in function.parameters} | set(function.variable.names)
    for k in count():
        name = f"weight{k or ''}"
        if name not in used:
            yield name
