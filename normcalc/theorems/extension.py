"""A function of sizes, which are never negative, continued to all real arguments."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.forms.degree import replaced
from normcalc.forms.natural import on_natural_domain
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Node, Number, Symbol, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

_SORTED = ("singular_values", "eigenvalues")


def evenly(outer: Function, listing: Node) -> Function:
    """Return a function that agrees with the outer one at the sizes in a list.

    Norms and singular values are never negative, so that the function may be continued to be
    even; eigenvalues and entries have signs.  Lists that come sorted are sorted again, so that
    the function no longer depends on their order.

    Raises
    ------
    NotDerivable
        The function treats singular values or eigenvalues differently in a way not understood.

    Examples
    --------
    >>> from normcalc.language import function, parse
    >>> print(evenly(function("max(s)", "s"), parse("singular_values(X)")).body.args[0].head)
    abs
    """
    assert isinstance(listing, Apply)
    s = Symbol(outer.variable.name)
    size: Node = s if listing.head in ("eigenvalues", "entries") else Apply("abs", (s,))
    body = replaced(outer.body, s, size)
    body = replaced(body, Apply("abs", (size,)), size) if size != s else body
    body = _without_sizes(body, size, s) if size != s else body
    if any(p.kind.shape == "matrix" for p in outer.parameters):
        raise NotDerivable(f"{outer} has a matrix among its parameters, which a list does not fit")
    if listing.head in _SORTED:
        body = _symmetric(body, size)
        vectors = {p.name for p in outer.parameters if p.kind.shape != "scalar"}
        if _is_placed(body, size) or any(n in vectors for n in _outside_sort(body, size)):
            raise NotDerivable(f"{outer} depends on the order of {listing.head}")
    if outer.variable.kind == "scalar":
        body = on_natural_domain(body, outer.variable.name)
    return Function(body, outer.variable, outer.parameters, outer.relations)


def _without_sizes(body: Node, size: Node, s: Node) -> Node:
    """Return norms of sizes as norms of the entries, which are the same."""
    for node in list(walk(body)):
        if isinstance(node, Apply) and node.head == "norm" and node.args[0] == size:
            body = replaced(body, node, Apply("norm", (s, *node.args[1:])))
    return body


def _symmetric(body: Node, size: Node) -> Node:
    """Write the first entry as the largest, and weights as weights of the sorted list."""
    first, last = (Apply("entry", (size, Number(Fraction(i)))) for i in (0, -1))
    body = replaced(replaced(body, first, Apply("amax", (size,))), last, Apply("amin", (size,)))
    for node in list(walk(body)):
        if isinstance(node, Apply) and node.head == "dot" and size in node.args:
            ordered = tuple(Apply("sort", (a,)) if a == size else a for a in node.args)
            body = replaced(body, node, Apply("dot", ordered))
    return body


def _is_placed(body: Node, size: Node) -> bool:
    """Tell whether a formula asks for places in the list, other than the first and the last."""
    heads = ("entry", "part", "diff", "cumsum")
    return any(isinstance(n, Apply) and n.head in heads and n.args[0] == size for n in walk(body))


def _outside_sort(body: Node, size: Node) -> Iterator[str]:
    """Yield the names outside products with the sorted list, unless all is said of that list."""
    ordered = Apply("sort", (size,))
    if size not in walk(replaced(body, ordered, Number(Fraction(0)))):
        return
    for node in list(walk(body)):
        if isinstance(node, Apply) and node.head == "dot" and ordered in node.args:
            body = replaced(body, node, Number(Fraction(0)))
    yield from (node.name for node in walk(body) if isinstance(node, Symbol))
