"""Write a function of a vector out in its coordinates: ``sort``, ``norm``, ``dot`` disappear."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING

from normcalc.errors import InputError
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    children,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Components = tuple[Node, ...]


def in_coordinates(body: Node, vectors: Mapping[str, int]) -> Node:
    """Return `body` with each vector ``x`` replaced by its coordinates ``x1, x2, ...``.

    Parameters
    ----------
    body : Node
        A formula whose value is one number.
    vectors : mapping of str to int
        The names that stand for vectors, and their sizes.

    Examples
    --------
    >>> from normcalc.language.nodes import Apply, Symbol
    >>> in_coordinates(Apply("sum", (Symbol("x"),)), {"x": 2})
    Apply(head='add', args=(Symbol(name='x1'), Symbol(name='x2')))
    """
    parts = _components(body, vectors)
    if len(parts) != 1:
        raise InputError("The formula gives a vector; a figure needs one number per point.")
    return parts[0]


def _components(node: Node, vectors: Mapping[str, int]) -> Components:
    """Return one node per entry of the value of `node`."""
    if isinstance(node, Symbol) and node.name in vectors:
        return tuple(Symbol(f"{node.name}{i + 1}") for i in range(vectors[node.name]))
    parts = [_components(child, vectors) for child in children(node)]
    if isinstance(node, Apply) and node.head in _ACROSS:
        return _across(node.head, parts)
    size = max(map(len, parts), default=1)
    wide = [a * size if len(a) == 1 else a for a in parts]
    return tuple(_rebuilt(node, [a[i] for a in wide]) for i in range(size))


def _rebuilt(node: Node, parts: list[Node]) -> Node:
    """Return the node with new children, in the order of `children`."""
    if isinstance(node, Apply):
        return Apply(node.head, tuple(parts))
    if isinstance(node, Logic):
        return Logic(node.head, tuple(parts))
    if isinstance(node, Compare):
        return Compare(node.relation, *parts)
    if isinstance(node, Piecewise):
        fresh = iter(parts)
        return Piecewise(
            tuple((next(fresh), None if c is None else next(fresh)) for _, c in node.cases)
        )
    return node


def _across(head: str, args: list[Components]) -> Components:
    """Return the entries of a head that mixes the entries of its argument."""
    first = args[0]
    if head == "dot":
        return (_join("add", tuple(_call("mul", a, b) for a, b in zip(*args, strict=True))),)
    if head == "norm":
        return (_norm(first, args[1][0] if len(args) > 1 else Number(Fraction(2))),)
    if head == "sort":
        return tuple(_largest(first, k + 1) for k in range(len(first)))
    return (_join(_REDUCTIONS[head], first),)


_REDUCTIONS = {"sum": "add", "amax": "max", "amin": "min"}
_ACROSS = frozenset({*_REDUCTIONS, "dot", "norm", "sort"})


def _norm(parts: Components, p: Node) -> Node:
    """Return the p-norm of the entries; its kinks show in ``abs`` and ``max``."""
    sizes = tuple(_call("abs", a) for a in parts)
    if p in (Constant("oo"), Symbol("oo")):
        return _join("max", sizes)
    if p == Number(Fraction(1)):
        return _join("add", sizes)
    powers = _join("add", tuple(_call("pow", a, p) for a in sizes))
    return _call("pow", powers, _call("div", Number(Fraction(1)), p))


def _largest(parts: Components, k: int) -> Node:
    """Return the `k`-th largest entry: the smallest over all maxima of the rest."""
    keep = len(parts) - k + 1
    return _join("min", tuple(_join("max", chosen) for chosen in combinations(parts, keep)))


def _call(head: str, *args: Node) -> Node:
    return Apply(head, args)


def _join(head: str, parts: Components) -> Node:
    return reduce(lambda a, b: _call(head, a, b), parts)
