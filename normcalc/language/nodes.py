"""The syntax tree of the language: seven frozen node types and nothing else.

The three doors (text, SymPy, typed Python function) all end here, so whatever evaluates, prints
or analyses a formula is written once.  Nodes are values: equal when written alike, hashable, safe
to share between threads and processes.

```
Node = Number | Constant | Symbol | Apply | Compare | Logic | Piecewise
```
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from fractions import Fraction

Relation = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class Number:
    """An exact rational literal; ``0.1`` in a text is one tenth."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Constant:
    """A named real constant: ``pi``, ``e``, or ``oo`` for plus infinity."""

    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A variable, a coordinate ``x1, x2, ...`` or a parameter, told apart by the Function."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A head of the vocabulary applied to arguments, e.g. ``Apply("abs", (Symbol("x"),))``."""

    head: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two reals."""

    relation: Relation
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic:
    """``and``, ``or`` or ``not`` of comparisons, or ``all``: a comparison of every entry."""

    head: Literal["and", "or", "not", "all"]
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Piecewise:
    """The first value whose condition holds; a condition of ``None`` always holds."""

    cases: tuple[tuple[Node, Node | None], ...]


Node = Number | Constant | Symbol | Apply | Compare | Logic | Piecewise


def children(node: Node) -> tuple[Node, ...]:
    """Return the direct subtrees of a node, in reading order.

    Examples
    --------
    >>> children(Apply("abs", (Symbol("x"),)))
    (Symbol(name='x'),)
    """
    if isinstance(node, Apply | Logic):
        return node.args
    if isinstance(node, Compare):
        return (node.left, node.right)
    if isinstance(node, Piecewise):
        return tuple(part for case in node.cases for part in case if part is not None)
    return ()


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a node of the same kind whose direct subtrees are changed.

    Examples
    --------
    >>> mapped(Apply("abs", (Symbol("x"),)), lambda part: Symbol("y"))
    Apply(head='abs', args=(Symbol(name='y'),))
    """
    if isinstance(node, Apply | Logic):
        return replace(node, args=tuple(change(arg) for arg in node.args))
    if isinstance(node, Compare):
        return Compare(node.relation, change(node.left), change(node.right))
    if isinstance(node, Piecewise):
        return Piecewise(
            tuple((change(value), None if c is None else change(c)) for value, c in node.cases)
        )
    return node


def substitute(node: Node, values: Mapping[str, Node]) -> Node:
    """Return a tree with names replaced by trees.

    Examples
    --------
    >>> substitute(Symbol("x"), {"x": Symbol("y")})
    Symbol(name='y')
    """
    if isinstance(node, Symbol):
        return values.get(node.name, node)
    return mapped(node, lambda part: substitute(part, values))


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, parents first."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def names(node: Node) -> tuple[str, ...]:
    """Return all names below a node, those of bound points as well."""
    return tuple(dict.fromkeys(n.name for n in walk(node) if isinstance(n, Symbol)))


def symbols(node: Node) -> tuple[str, ...]:
    """Return the names used below a node, in order of first appearance, without bound points."""
    return tuple(name for name in names(node) if not name.startswith("_"))
