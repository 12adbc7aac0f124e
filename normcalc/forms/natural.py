"""The natural domain of a formula: where its logarithms and roots are real."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.forms.constants import depends
from normcalc.language.construct import conjunction
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Node,
    Number,
    Piecewise,
    children,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def on_natural_domain(body: Node, name: str) -> Node:
    """Return the formula, plus infinity where a logarithm or a root in it is not real.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> from normcalc.language.text import text
    >>> text(on_natural_domain(parse("s - log(s)"), "s"))
    'Piecewise((s - log(s), s >= 0), (oo, True))'
    """
    bounds = tuple(dict.fromkeys(_bounds(body, name)))
    if not bounds:
        return body
    return Piecewise(((body, conjunction(*bounds)), (Constant("oo"), None)))


def _bounds(node: Node, name: str) -> Iterator[Compare]:
    """Yield that what stands below a logarithm or a root is not negative; not inside choices."""
    if isinstance(node, Piecewise) or not depends(node, (name,)):
        return
    if isinstance(node, Apply):
        argument = node.args[0]
        if node.head in ("log", "sqrt") or (node.head == "pow" and _is_root(node.args[1], name)):
            yield from _nonnegative(argument, name)
    for child in children(node):
        yield from _bounds(child, name)


def _nonnegative(argument: Node, name: str) -> Iterator[Compare]:
    never = isinstance(argument, Apply) and argument.head in ("abs", "exp", "cosh")
    even = (
        isinstance(argument, Apply)
        and argument.head == "pow"
        and isinstance(argument.args[1], Number)
        and argument.args[1].value % 2 == 0
    )
    if depends(argument, (name,)) and not never and not even:
        yield Compare(">=", argument, Number(Fraction(0)))


def _is_root(exponent: Node, name: str) -> bool:
    if depends(exponent, (name,)):
        return False
    return not isinstance(exponent, Number) or exponent.value.denominator != 1
