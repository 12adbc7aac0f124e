"""Values of functions as text, with functions made from others inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.formulas import LEFT, Written
from normcalc.errors import NotDerivable
from normcalc.language.nodes import Symbol, mapped
from normcalc.language.slack import relaxed
from normcalc.language.transforms import bound, formulas, is_transform

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from normcalc.codegen.draft import Draft
    from normcalc.language.function import Function
    from normcalc.language.nodes import Apply, Node

_NDIM = {"scalar": 0, "vector": 1, "matrix": 2}


def value_of(function: Function, draft: Draft, slack: Fraction | None = None) -> str:
    """Return the name of the function ``(x, p)`` that computes the value of a function.

    With a slack, conditions hold also where they are missed by so much of their two sides.
    """
    body = function.body if slack is None else relaxed(function.body, slack)
    if body == function.body and not _has_transform(body):
        return draft.value(function)
    variable = function.variable
    if function.domain is not None or variable.kind == "coordinates":
        raise NotDerivable(f"no kernel knows the ends of the domain of {function}")
    return number_of(body, variable.name, _NDIM[variable.kind], draft)


def number_of(node: Node, name: str, ndim: int, draft: Draft) -> str:
    """Return the name of the function ``(x, p)`` that computes a formula in one name."""
    names = {name: Written("x", ndim)}

    def named(part: Node) -> Node:
        if not is_transform(part):
            return mapped(part, named)
        if part.head not in _TRANSFORMS:
            raise NotDerivable(f"no kernel can evaluate {part.head}; {LEFT}")
        point = draft.formula(named(part.args[-1]), names)
        symbol = Symbol(f"_{len(names)}")
        value = _TRANSFORMS[part.head](part, point.ndim, draft)
        names[symbol.name] = Written(f"{value}(whole({point.text}), p)", 0)
        return symbol

    found = draft.formula(named(node), names)
    if found.ndim:
        raise NotDerivable("no kernel knows that a formula is one number")
    return draft.define("value", "x, p", "A function in numbers.",
                        [f"return or_infinite({found.text})"])  # fmt: skip


def _has_transform(node: Node) -> bool:
    from normcalc.language.nodes import walk

    return any(map(is_transform, walk(node)))


def _perspective(node: Apply, ndim: int, draft: Draft) -> str:
    (body,) = formulas(node)
    inner = number_of(body, bound(node), ndim, draft)
    return draft.make(
        "perspective", "perspective_of", inner, draft.make("far", "slope_far", inner)
    )


_TRANSFORMS: dict[str, Callable[[Apply, int, Draft], str]] = {"perspective": _perspective}
