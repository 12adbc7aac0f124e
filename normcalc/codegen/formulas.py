"""Formulas of vectors and matrices as NumPy text that numba compiles as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from normcalc.errors import NotDerivable
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

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

LEFT = "call the derivation itself for numbers"
GROUPS = -1  # in place of a number of dimensions


class Written(NamedTuple):
    """A text and the number of dimensions of its value."""

    text: str
    ndim: int


_ELEMENTWISE = {
    "abs": "np.abs", "sign": "np.sign", "sqrt": "np.sqrt", "cbrt": "np.cbrt", "exp": "np.exp",
    "expm1": "np.expm1", "log": "np.log", "log1p": "np.log1p", "sin": "np.sin", "cos": "np.cos",
    "tan": "np.tan", "asin": "np.arcsin", "acos": "np.arccos", "atan": "np.arctan",
    "sinh": "np.sinh", "cosh": "np.cosh", "tanh": "np.tanh", "asinh": "np.arcsinh",
    "acosh": "np.arccosh", "atanh": "np.arctanh",
}  # fmt: skip
_SIGNS = {"add": " + ", "sub": " - ", "mul": "*", "div": "/", "pow": "**"}
_REDUCTIONS = {"sum": "sum_of", "mean": "np.mean", "prod": "np.prod", "amax": "np.max",
               "amin": "np.min"}  # fmt: skip
_CONSTANTS = {"pi": "np.pi", "e": "np.e", "oo": "np.inf"}
# The text of heads with a place for each argument, the dimensions that their arguments must have
# (None for any), and those of the value.
_FIXED: dict[str, tuple[str, tuple[int | None, ...], int]] = {
    "norm": ("norm_of({0}, {1})", (1, 0), 0),
    "dot": ("inner_product({0}, {1})", (1, 1), 0),
    "sort": ("falling({0})", (1,), 1),
    "sum_largest": ("sum_of_largest({0}, {1})", (1, 0), 0),
    "entry": ("{0}[int({1})]", (1, 0), 0),
    "part": ("part_of({0}, {1}, {2})", (1, 0, 0), 1),
    "diff": ("differences({0})", (1,), 1),
    "cumsum": ("np.cumsum({0})", (1,), 1),
    "image": ("image_of({0}, {1})", (2, 1), 1),
    "solve": ("np.linalg.solve({0}, {1})", (2, 1), 1),
    "group_norms": ("norms_of_groups({0}, {1}, {2})", (1, GROUPS, 0), 1),
    "row_norms": ("norms_of_rows({0}, {1})", (2, 0), 1),
    "column_norms": ("norms_of_rows(turned({0}), {1})", (2, 0), 1),
    "entries": ("entries_of({0})", (2,), 1),
    "diagonal": ("np.diag({0})", (2,), 1),
    "singular_values": ("spectrum_of({0})", (2,), 1),
    "eigenvalues": ("eigenvalues_of({0})", (2,), 1),
    "transpose": ("turned({0})", (2,), 2),
    "product": ("product_of({0}, {1})", (2, 2), 2),
    "block": ("block_of({0}, {1}, {2}, {3}, {4})", (2, 0, 0, 0, 0), 2),
    "reshape": ("reshaped({0}, {1}, {2})", (1, 0, 0), 2),
    "image_gradient": ("slopes_of_image({0})", (2,), 2),
}


def written(node: Node, names: Mapping[str, Written]) -> Written:
    """Return the text of a formula, given those of its names.

    Raises
    ------
    NotDerivable
        A part of the formula has no text.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> written(parse("lam*sum(abs(x))"), {"lam": Written("lam", 0), "x": Written("x", 1)})
    Written(text='lam*sum_of(np.abs(x))', ndim=0)
    """
    if isinstance(node, Number):
        return Written(_number(node), 0)
    if isinstance(node, Constant):
        return Written(_CONSTANTS[node.name], 0)
    if isinstance(node, Symbol):
        if node.name not in names:
            raise NotDerivable(f"no kernel knows the name {node.name}")
        return names[node.name]
    if isinstance(node, Apply):
        return _applied(node, names)
    return _chosen(node, names) if isinstance(node, Piecewise) else _condition(node, names)


def _number(node: Number) -> str:
    value = node.value
    text = repr(float(value)) if value.denominator & (value.denominator - 1) == 0 else (
        f"{value.numerator}.0/{value.denominator}.0"
    )  # fmt: skip
    return f"({text})" if value < 0 or "/" in text else text


def _applied(node: Apply, names: Mapping[str, Written]) -> Written:
    for heads, write in _WRITERS:
        if node.head in heads:
            return write(node, names)
    raise NotDerivable(f"no kernel can evaluate {node.head}; {LEFT}")


def _joined(node: Apply, names: Mapping[str, Written]) -> Written:
    parts = [written(arg, names) for arg in node.args]
    if node.head == "pow":
        power = node.args[1]
        if isinstance(power, Number) and power.value == 2:
            return Written(f"{_atom(parts[0].text)}**2", parts[0].ndim)
    texts = [_atom(part.text) for part in parts]
    if node.head in ("add", "mul"):
        texts = [part.text if _is_plain(part.text, node.head) else _atom(part.text)
                 for part in parts]  # fmt: skip
    return Written(_SIGNS[node.head].join(texts), _ndim(parts))


def _is_plain(text: str, head: str) -> bool:
    """Tell whether a text needs no brackets as a term, or factor."""
    outside, depth = "", 0
    for character in text:
        depth += character in "(["
        outside += character if depth == 0 else ""
        depth -= character in ")]"
    marks = " +-" if head == "mul" else " -"
    return not any(mark in outside for mark in marks) and (head == "add" or "/" not in outside)


def _atom(text: str) -> str:
    bare = text.replace("_", "").replace(".", "").isalnum()
    depth = 0
    for place, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth == 0 and not (character.isalnum() or character in "_.)]"):
            break
        if (
            depth == 0
            and character in ")]"
            and place < len(text) - 1
            and text[place + 1] not in "([."
        ):
            break
    else:
        return text
    return text if bare else f"({text})"


def _ndim(parts: list[Written]) -> int:
    return max(part.ndim for part in parts)


def _negative(node: Apply, names: Mapping[str, Written]) -> Written:
    inner = written(node.args[0], names)
    return Written(f"(-{_atom(inner.text)})", inner.ndim)


def _entrywise(node: Apply, names: Mapping[str, Written]) -> Written:
    inner = written(node.args[0], names)
    return Written(f"{_ELEMENTWISE[node.head]}({inner.text})", inner.ndim)


def _extreme(node: Apply, names: Mapping[str, Written]) -> Written:
    parts = [written(arg, names) for arg in node.args]
    text = parts[0].text
    for part in parts[1:]:
        text = f"np.{node.head}imum({text}, {part.text})"
    return Written(text, _ndim(parts))


def _reduced(node: Apply, names: Mapping[str, Written]) -> Written:
    inner = written(node.args[0], names)
    if inner.ndim != 1:
        raise NotDerivable(f"no kernel takes {node.head} of what has {inner.ndim} dimensions")
    return Written(f"{_REDUCTIONS[node.head]}({inner.text})", 0)


def _fixed(node: Apply, names: Mapping[str, Written]) -> Written:
    text, wanted, ndim = _FIXED[node.head]
    parts = [written(arg, names) for arg in node.args]
    if [part.ndim for part in parts] != list(wanted):
        raise NotDerivable(f"no kernel can evaluate {node.head} of these shapes; {LEFT}")
    return Written(text.format(*(part.text for part in parts)), ndim)


_WRITERS: tuple[tuple[Container[str], Callable[[Apply, Mapping[str, Written]], Written]], ...] = (
    (_SIGNS, _joined),
    (("neg",), _negative),
    (_ELEMENTWISE, _entrywise),
    (("max", "min"), _extreme),
    (_REDUCTIONS, _reduced),
    (_FIXED, _fixed),
)


def _condition(node: Node, names: Mapping[str, Written]) -> Written:
    if isinstance(node, Compare):
        sides = [written(node.left, names), written(node.right, names)]
        text = f"({sides[0].text} {node.relation} {sides[1].text})"
        return Written(text, _ndim(sides))
    assert isinstance(node, Logic)
    parts = [written(arg, names) for arg in node.args]
    if node.head == "all":
        return Written(f"np.all({parts[0].text})", 0)
    if node.head == "not":
        return Written(f"np.logical_not({parts[0].text})", parts[0].ndim)
    sign = " & " if node.head == "and" else " | "
    return Written(f"({sign.join(part.text for part in parts)})", _ndim(parts))


def _chosen(node: Piecewise, names: Mapping[str, Written]) -> Written:
    """Return nested choices; a value beside one with dimensions is spread to its shape."""
    found = Written("np.nan", 0)
    for value, condition in reversed(node.cases):
        one = written(value, names)
        if condition is None:
            found = one
            continue
        holds = written(condition, names)
        parts = [holds, one, found]
        if _ndim(parts) == 0:
            found = Written(f"({one.text} if {holds.text} else {found.text})", 0)
        else:
            found = Written(f"np.where({holds.text}, {one.text}, {found.text})", _ndim(parts))
    return found
