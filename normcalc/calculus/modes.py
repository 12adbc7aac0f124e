"""The two modes of derivation over one table of rules, both giving trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.calculus.algebra import ENTRY_BY_ENTRY
from normcalc.calculus.collect import ONE, ZERO, add
from normcalc.calculus.elementwise import slope
from normcalc.calculus.rules import Linear, structural
from normcalc.errors import NotDerivable
from normcalc.forms.constants import depends
from normcalc.language.nodes import Apply, Node, Piecewise, Symbol
from normcalc.language.text import text
from normcalc.language.vocabulary import HEADS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from normcalc.calculus.algebra import Algebra

Edge = tuple[Node, Linear]


def edges(c: Algebra, node: Node, names: frozenset[str]) -> list[Edge]:
    """Return the parts that a tree is made of, each with the derivative by it."""
    if isinstance(node, Piecewise):
        return [(leaf, _scale(c, _by_leaf(c, node, leaf, names), node, leaf))
                for leaf in _leaves(node, names)]  # fmt: skip
    if not isinstance(node, Apply):
        return []
    if node.head == "ones":
        return []
    found: list[Edge] = []
    for index, arg in enumerate(node.args):
        if not depends(arg, names):
            continue
        if HEADS[node.head].role in ENTRY_BY_ENTRY:
            found.append((arg, _scale(c, slope(c, node, index), node, arg)))
            continue
        linear = structural(c, node, index)
        if linear is not None:
            found.append((arg, _written_out(c, linear, node, arg)))
    return found


def _scale(c: Algebra, factor: Node, node: Node, arg: Node) -> Linear:
    return Linear(
        lambda t: c.mul(t, factor),
        lambda a: c.narrowed(c.mul(a, factor), node, arg),
    )


def _written_out(c: Algebra, linear: Linear, node: Node, arg: Node) -> Linear:
    """Return a map whose inputs have the shapes that they stand for."""
    return Linear(
        lambda t: linear.push(c.full(t, arg)) if t != ZERO else ZERO,
        lambda a: c.full(linear.pull(c.full(a, node)), arg) if a != ZERO else ZERO,
    )


def _leaves(node: Node, names: frozenset[str]) -> list[Node]:
    """Return the parts below the entry-by-entry top of a tree, through which names enter."""
    if not depends(node, names):
        return []
    parts: tuple[Node, ...] | None = None
    if isinstance(node, Piecewise):
        parts = tuple(value for value, _ in node.cases)
    elif isinstance(node, Apply) and HEADS[node.head].role in ENTRY_BY_ENTRY:
        parts = node.args
    if parts is None:
        return [node]
    return list(dict.fromkeys(leaf for part in parts for leaf in _leaves(part, names)))


def _by_leaf(c: Algebra, node: Piecewise, leaf: Node, names: frozenset[str]) -> Node:
    seeds: dict[Node, Node] = dict.fromkeys(_leaves(node, names), ZERO)
    seeds[leaf] = ONE
    cases = tuple((tangent(c, value, seeds, names), when) for value, when in node.cases)
    values = {value for value, _ in cases}
    return values.pop() if len(values) == 1 else Piecewise(cases)


def tangent(c: Algebra, node: Node, seeds: Mapping[Node, Node], names: frozenset[str]) -> Node:
    """Return the derivative of a tree in a direction, by forward accumulation.

    Parameters
    ----------
    c : Algebra
    node : Node
    seeds : mapping of Node to Node
        The direction: how fast the variables, or other parts of the tree, move.
    names : frozenset of str
        The variables.

    Examples
    --------
    >>> from normcalc.calculus.algebra import Algebra
    >>> from normcalc.language.parser import parse
    >>> x, h = parse("x"), parse("h")
    >>> c = Algebra({"x": "vector", "h": "vector"})
    >>> text(tangent(c, parse("sum(exp(x))"), {x: h}, frozenset({"x"})))
    'dot(h, exp(x))'
    """
    known = dict(seeds)
    for part in _ordered(c, node, names, known):
        if part not in known:
            moved = (
                lin.push(known[arg]) for arg, lin in edges(c, part, names) if known[arg] != ZERO
            )
            known[part] = add(*moved)
    return known.get(node, ZERO)


def adjoint(
    c: Algebra, node: Node, wanted: Collection[Node], names: frozenset[str]
) -> dict[Node, Node]:
    """Return the derivative of a number by several parts of its tree, by reverse accumulation.

    Examples
    --------
    >>> from normcalc.calculus.algebra import Algebra
    >>> from normcalc.language.parser import parse
    >>> x, c = parse("x"), Algebra({"x": "vector", "A": "matrix", "b": "vector"})
    >>> text(adjoint(c, parse("norm(A @ x - b)**2/2"), [x], frozenset({"x"}))[x])
    'transpose(A) @ (A @ x - b)'
    """
    if c.rank(node):
        raise NotDerivable(f"{text(node)} is not one number")
    pulled: dict[Node, list[Node]] = {node: [ONE]}
    for part in reversed(_ordered(c, node, names, {})):
        total = add(*reversed(pulled.get(part, [])))
        if total == ZERO:
            continue
        for arg, linear in edges(c, part, names):
            pulled.setdefault(arg, []).append(linear.pull(total))
    return {part: add(*reversed(pulled.get(part, []))) for part in wanted}


def _ordered(
    c: Algebra, node: Node, names: frozenset[str], known: Mapping[Node, Node]
) -> list[Node]:
    """Return the parts of a tree that depend on the variables, each once, before what holds it."""
    found: dict[Node, None] = {}

    def visit(part: Node) -> None:
        if part in found or part in known:
            return
        if not isinstance(part, Symbol):
            for arg in _inside(part, names):
                visit(arg)
        found[part] = None

    visit(node)
    return list(found)


def _inside(part: Node, names: frozenset[str]) -> list[Node]:
    if isinstance(part, Piecewise):
        return _leaves(part, names)
    return [arg for arg in part.args if depends(arg, names)] if isinstance(part, Apply) else []
