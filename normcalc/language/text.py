"""Print a tree as text that `parse` reads back."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
)
from normcalc.language.transforms import SETS, condition, is_transform, shown

if TYPE_CHECKING:
    from collections.abc import Callable

# how tightly each form binds; arguments that bind less tightly get parentheses
_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(9)

_TIGHTNESS = {
    "add": _SUM, "sub": _SUM, "mul": _PRODUCT, "div": _PRODUCT, "neg": _SIGN, "pow": _POWER,
    "or": _OR, "and": _AND, "not": _NOT, "image": _PRODUCT, "product": _PRODUCT,
}  # fmt: skip

_WRITTEN = {"amax": "max", "amin": "min"}


def text(node: Node) -> str:
    """Return the formula as text, with no more parentheses than it needs.

    Parameters
    ----------
    node : Node

    Returns
    -------
    str
        ``parse(text(node))`` has the same value as `node`.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> text(parse("(lam)*Abs(x)-(x**2)/(2*gamma)"))
    'lam*abs(x) - x**2/(2*gamma)'
    """
    if isinstance(node, Number):
        return _number(node.value)
    if isinstance(node, Symbol):
        return shown(node.name)
    if isinstance(node, Constant):
        return node.name
    if isinstance(node, Compare):
        return f"{_at(node.left, _SUM)} {node.relation} {_at(node.right, _SUM)}"
    if isinstance(node, Piecewise):
        return f"Piecewise({', '.join(_case(*case) for case in node.cases)})"
    return _logic(node) if isinstance(node, Logic) else _apply(node)


def _at(node: Node, least: int) -> str:
    written = text(node)
    return written if _tightness(node) >= least else f"({written})"


def _tightness(node: Node) -> int:
    if isinstance(node, Number):
        if "/" in _number(node.value):
            return _PRODUCT
        return _ATOM if node.value >= 0 else _SIGN
    if isinstance(node, Apply | Logic):
        return _TIGHTNESS.get(node.head, _ATOM)
    return _COMPARE if isinstance(node, Compare) else _ATOM


def _number(value: Fraction) -> str:
    """Write 3, 1/3 or 0.05: a decimal where it is exact, short and the shorter to read."""
    if value.denominator <= 9:
        return str(value)
    decimal = repr(float(value))
    return decimal if Fraction(decimal) == value else str(value)


def _case(value: Node, condition: Node | None) -> str:
    return f"({text(value)}, {'True' if condition is None else text(condition)})"


def _logic(node: Logic) -> str:
    if not node.args:
        return "True" if node.head == "and" else "False"
    if node.head == "not":
        return f"not {_at(node.args[0], _ATOM)}"
    if node.head == "all":
        return f"all({text(node.args[0])})"
    return f" {node.head} ".join(_at(arg, _TIGHTNESS[node.head] + 1) for arg in node.args)


def _apply(node: Apply) -> str:
    if node.head == "add":
        return _sum(node.args)
    if node.head == "norm" and node.args[1] == Number(Fraction(2)):
        return f"norm({text(node.args[0])})"
    if is_transform(node):
        return _transform(node)
    if node.head in _BRACKETED:
        return _BRACKETED[node.head](node)
    if node.head not in _TIGHTNESS:
        name = _WRITTEN.get(node.head, node.head)
        return f"{name}({', '.join(text(arg) for arg in node.args)})"
    return _operator(node.head, node.args)


def _transform(node: Apply) -> str:
    """Write the point only where it is not the variable, and a set by its condition."""
    args = (text(condition(arg)) if node.head in SETS else text(arg) for arg in node.args[:-1])
    point = text(node.args[-1])
    return f"{node.head}({', '.join(args)})" + ("" if point in ("x", "X") else f"({point})")


def _slice(node: Apply) -> str:
    """Write the ends of one slice, or of two after a matrix."""
    ends = ["" if end in (_FIRST, _LAST) else text(end) for end in node.args[1:]]
    slices = ", ".join(":".join(pair) for pair in zip(ends[::2], ends[1::2], strict=True))
    return f"{_at(node.args[0], _ATOM)}[{slices}]"


_FIRST, _LAST = Number(Fraction(0)), Constant("oo")
_BRACKETED: dict[str, Callable[[Apply], str]] = {
    "entry": lambda node: f"{_at(node.args[0], _ATOM)}[{text(node.args[1])}]",
    "part": _slice,
    "block": _slice,
    "image": lambda node: _matrix_product(*node.args),
    "product": lambda node: _matrix_product(*node.args),
}


def _matrix_product(left: Node, right: Node) -> str:
    chained = isinstance(left, Apply) and left.head == "product"
    return f"{_at(left, _PRODUCT if chained else _ATOM)} @ {_at(right, _ATOM)}"


def _operator(head: str, args: tuple[Node, ...]) -> str:
    if head == "neg":
        return f"-{_at(args[0], _POWER)}"
    if head == "pow":
        return f"{_at(args[0], _ATOM)}**{_at(args[1], _POWER)}"
    if head == "sub":
        return f"{_at(args[0], _SUM)} - {_at(args[1], _PRODUCT)}"
    sign = "*" if head == "mul" else "/"
    return sign.join([_at(args[0], _PRODUCT), *(_at(arg, _SIGN + 1) for arg in args[1:])])


def _sum(args: tuple[Node, ...]) -> str:
    """Write a flat sum; from three terms on, a negated term is written with a minus sign."""
    written = _at(args[0], _SUM)
    for arg in args[1:]:
        opposite = _without_sign(arg) if len(args) > 2 else None
        if opposite is not None:
            written += f" - {_at(opposite, _PRODUCT)}"
        else:
            # "a + (-b)" is one sum of two terms, where "a - b" would be a difference
            written += f" + {_at(arg, _ATOM if text(arg).startswith('-') else _PRODUCT)}"
    return written


def _without_sign(node: Node) -> Node | None:
    if isinstance(node, Number) and node.value < 0:
        return Number(-node.value)
    return node.args[0] if isinstance(node, Apply) and node.head == "neg" else None
