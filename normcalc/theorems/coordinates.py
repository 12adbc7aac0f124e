"""Theorems about functions of named coordinates."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.forms import Coordinates
from normcalc.forms.entries import as_vector
from normcalc.forms.in_coordinates import product_of
from normcalc.forms.natural import on_natural_domain
from normcalc.forms.polyhedral_terms import polyhedral_terms
from normcalc.forms.recognise import condition_of, indicator
from normcalc.forms.terms import about, summands
from normcalc.language.construct import plus
from normcalc.language.nodes import Logic, Node, Symbol, substitute, symbols
from normcalc.language.shapes import Variable
from normcalc.operators import PolyhedralProx
from normcalc.operators.coordinatewise import Coordinatewise
from normcalc.theorems.registry import Ask, Conclusion, as_operator, theorem

if TYPE_CHECKING:
    from normcalc.language.function import Function


@theorem(
    "prox", Coordinates, needs=["a sum without shared coordinates"], source="beck2017, Theorem 6.6"
)
def prox_of_independent_coordinates(form: Coordinates, ask: Ask) -> Conclusion:
    """The prox of a sum of functions that share no coordinate is the prox of each one at its own
    coordinates.
    """
    function = form.function
    names = function.variable.names
    groups = _groups(_terms(function), names)
    if len(groups) == 1 and len(groups[0][0]) > 1:
        raise NotDerivable(f"the coordinates of {form} depend on each other")
    parts = []
    for places, bodies in groups:
        answer = ask("prox", _part(function, places, reduce(plus, bodies)))
        parts.append((places, answer))
    operator = Coordinatewise(tuple(parts))
    return Conclusion(operator=operator, premises=tuple(answer for _, answer in parts))


def _terms(function: Function) -> list[Node]:
    """Return the terms, with one indicator for each of several conditions."""
    found: list[Node] = []
    for term in summands(function):
        condition = condition_of(term.core)
        several = isinstance(condition, Logic) and condition.head == "and"
        parts = condition.args if several and isinstance(condition, Logic) else ()
        found += [indicator(c) for c in parts] or [product_of([term.factor, term.core])]
    return found


def _groups(terms: list[Node], names: tuple[str, ...]) -> list[tuple[tuple[int, ...], list[Node]]]:
    """Return the positions of coordinates that depend on each other, with the terms on them."""
    groups: list[tuple[set[str], list[Node]]] = []
    for term in terms:
        used = set(symbols(term)) & set(names)
        touched = [g for g in groups if g[0] & used]
        joined = (
            used.union(*(g[0] for g in touched)),
            [t for g in touched for t in g[1]] + [term],
        )
        groups = [g for g in groups if g not in touched] + ([joined] if used else [])
    return [(tuple(i for i, n in enumerate(names) if n in used), own) for used, own in groups]


def _part(function: Function, places: tuple[int, ...], body: Node) -> Function:
    """Return a function of some of the coordinates, which get numbers from 1 again."""
    variable = function.variable
    if len(places) == 1:
        name = variable.names[places[0]]
        return about(function, on_natural_domain(body, name), Variable(name, "scalar"))
    fewer = Variable(variable.name, "coordinates", len(places))
    new: dict[str, Node] = {
        variable.names[i]: Symbol(name) for i, name in zip(places, fewer.names, strict=True)
    }
    return about(function, substitute(body, new), fewer)


@theorem(
    "prox",
    Coordinates,
    needs=["sums of maxima of affine forms"],
    source="beck2017, Theorem 3.50; goldfarbidnani1983",
)
def prox_of_polyhedral_function_of_coordinates(form: Coordinates, ask: Ask) -> Conclusion:
    """The subdifferential of a polyhedral function is spanned by the affine forms that are
    largest and the constraints that are equalities: v - u is step times a combination of their
    slopes, which the active set finds.
    """
    del ask
    vector = as_vector(form.function)
    return Conclusion(operator=PolyhedralProx(polyhedral_terms(vector), vector.variable.name))


@theorem("prox", Coordinates, needs=["a theorem for the vector"], source="beck2017, Theorem 6.6")
def prox_of_entries(form: Coordinates, ask: Ask) -> Conclusion:
    """A function of named coordinates is a function of the vector that they are the entries of."""
    answer = ask("prox", as_vector(form.function))
    return Conclusion(operator=as_operator(answer), premises=(answer,))
