"""The syntax tree of the language: seven frozen node types and nothing else.

The three doors (text, SymPy, typed Python function) all end here, so whatever evaluates, prints
or analyses a formula is written once.  Nodes are values: equal when written alike, hashable, safe
to share between threads and processes.

```
Node = Number | Constant | Symbol | Apply | Compare | Logic | Piecewise
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
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


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, parents first."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def symbols(node: Node) -> tuple[str, ...]:
    """Return the names used below a node, in order of first appearance."""
    return tuple(dict.fromkeys(n.name for n in walk(node) if isinstance(n, Symbol)))
