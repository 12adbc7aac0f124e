"""Does a formula change when entries of its variable change sign, or change places?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.facts.transforms import keeps_symmetry, made_from
from normcalc.forms.constants import depends
from normcalc.language.nodes import Apply, Compare, Node, Number, Symbol, children

if TYPE_CHECKING:
    from normcalc.facts.names import Names

_KEPT: Node = Symbol("")
"""Stands for a formula that does not change at all."""
_EVEN = frozenset(("abs", "cos", "cosh", "norm", "group_norms", "row_norms", "column_norms"))
_ODD = frozenset(
    ("neg", "sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "erf", "cbrt", "sign")
)
_PLACED = frozenset(("entries", "transpose", "diagonal", "part", "entry"))
_PRODUCTS = frozenset(("mul", "div", "dot"))
_SUMS = frozenset(("add", "sub"))


def ignores_signs(node: Node, names: Names) -> bool:
    """Tell whether a formula is seen to depend on the sizes of the entries alone.

    Examples
    --------
    >>> from normcalc.facts.names import Names
    >>> from normcalc.language.parser import parse
    >>> names = Names(("x",), shape="vector")
    >>> [ignores_signs(parse(t), names) for t in ("dot(x, w*x)", "norm(x - b)")]
    [True, False]
    """
    return _turning(node, names) == _KEPT


def _turning(node: Node, names: Names) -> Node | None:
    """Return which entries a list turns with: each entry with the same entry of the result.

    `_KEPT` stands for a formula that no change of signs changes, None for anything else.
    """
    if not depends(node, names.coordinates):
        return _KEPT
    if isinstance(node, Symbol):
        return node
    if isinstance(node, Apply) and keeps_symmetry(node):
        inside, bodies = made_from(node, names)
        alike = all(ignores_signs(body, inside) for body in bodies)
        return _KEPT if alike and _turning(node.args[-1], names) is not None else None
    parts = [_turning(child, names) for child in children(node)]
    if all(part == _KEPT for part in parts):
        return _KEPT
    if isinstance(node, Compare):
        zero = Number(node.right.value * 0) if isinstance(node.right, Number) else None
        alone = parts[0] is not None and node.right == zero and node.relation in ("==", "!=")
        return _KEPT if alone else None
    if not isinstance(node, Apply) or None in parts:
        return None
    return _applied(node, [part for part in parts if part is not None])


def _applied(node: Apply, parts: list[Node]) -> Node | None:
    moving = [part for part in parts if part != _KEPT]
    together = len(set(moving)) == 1
    if node.head == "pow" and isinstance(node.args[1], Number) and parts[1] == _KEPT:
        exponent = node.args[1].value
        whole = exponent.denominator == 1
        return None if not whole else _KEPT if exponent % 2 == 0 else parts[0]
    if node.head in _EVEN and len(moving) == 1:
        return _KEPT
    if node.head in _ODD:
        return parts[0]
    if node.head in _PLACED:
        return Apply(node.head, (parts[0], *node.args[1:]))
    if node.head in _PRODUCTS and together:
        if len(moving) % 2 == 0:
            return _KEPT
        return moving[0] if node.head != "dot" else None
    if node.head in _SUMS and together and len(moving) == len(parts):
        return moving[0]
    return None


_SYMMETRIC = frozenset(
    ("sum", "mean", "amax", "amin", "norm", "sum_largest", "prod", "sort", "dot")
)
_BY_ENTRY = frozenset(("image", "product", "solve", "diff", "cumsum", "transpose", "diagonal",
                       "part", "entry", "group_norms", "row_norms", "column_norms",
                       "singular_values", "eigenvalues"))  # fmt: skip


def ignores_order(node: Node, names: Names) -> bool:
    """Tell whether a formula is seen to treat all entries alike.

    Examples
    --------
    >>> from normcalc.facts.names import Names
    >>> from normcalc.language.parser import parse
    >>> names = Names(("x",), shape="vector")
    >>> [ignores_order(parse(t), names) for t in ("dot(w, sort(abs(x)))", "norm(diff(x))")]
    [True, False]
    """
    return _place(node, names) == "kept"


def _place(node: Node, names: Names) -> str | None:
    """Return "kept" for what no change of places changes, "moved" for a list that moves along."""
    if not depends(node, names.coordinates):
        return "kept" if names.shape_of(node) == "scalar" else "fixed"
    if isinstance(node, Symbol):
        return "moved" if names.vector else None
    if isinstance(node, Apply) and keeps_symmetry(node):
        inside, bodies = made_from(node, names)
        alike = all(ignores_order(body, inside) for body in bodies)
        return "kept" if alike and _place(node.args[-1], names) in ("moved", "kept") else None
    parts = {_place(child, names) for child in children(node)}
    if None in parts:
        return None
    if parts <= {"kept", "fixed"}:
        return "kept"
    if "fixed" in parts or (isinstance(node, Apply) and node.head in _BY_ENTRY):
        return None
    symmetric = isinstance(node, Apply) and node.head in _SYMMETRIC
    every = getattr(node, "head", "") == "all"
    return "kept" if symmetric or every else "moved"
