"""Where a seminorm of a vector or a matrix vanishes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.facts.rules import traits
from normcalc.forms.constants import depends
from normcalc.language.nodes import Apply, Node, Symbol
from normcalc.language.text import text

if TYPE_CHECKING:
    from normcalc.facts.names import Names

_ONE_TO_ONE = frozenset(("neg", "cumsum", "entries", "transpose"))


def vanishes_only_at_zero(node: Node, names: Names) -> bool:
    """Tell whether a map is known to be zero at zero only.

    Examples
    --------
    >>> from normcalc.facts.names import Names
    >>> from normcalc.language.parser import parse
    >>> names = Names(("x",), shape="vector")
    >>> [vanishes_only_at_zero(parse(t), names) for t in ("2*cumsum(x)", "diff(x)")]
    [True, False]
    """
    if isinstance(node, Symbol):
        return node.name in names.coordinates
    if not isinstance(node, Apply):
        return False
    if node.head in _ONE_TO_ONE:
        return vanishes_only_at_zero(node.args[0], names)
    if node.head in ("mul", "div"):
        return _multiple(node, names)
    if node.head == "solve":
        return vanishes_only_at_zero(node.args[1], names)
    if node.head == "image":
        definite = names.order(node.args[0]) == "definite"
        return definite and vanishes_only_at_zero(node.args[1], names)
    if node.head == "group_norms":
        return names.order(node.args[1]) == "partition" and vanishes_only_at_zero(
            node.args[0], names
        )
    return False


def _multiple(node: Apply, names: Names) -> bool:
    moving = [arg for arg in node.args if depends(arg, names.coordinates)]
    factors = [traits(arg, names).constant for arg in node.args if arg not in moving]
    live = all(c is not None and c.is_zero is False for c in factors)
    return live and len(moving) == 1 and vanishes_only_at_zero(moving[0], names)


def in_words(zeros: tuple[Node, ...], names: Names) -> str:
    """Return the set where all maps vanish.

    Examples
    --------
    >>> from normcalc.facts.names import Names
    >>> from normcalc.language.parser import parse
    >>> names = Names(("x",), shape="vector")
    >>> print(in_words((parse("diff(x)"),), names))
    {x : diff(x) = 0}, the constant vectors
    """
    (name,) = names.coordinates
    conditions = " and ".join(_vanishing(zero) for zero in zeros)
    extra = _familiar(zeros[0], name) if len(zeros) == 1 else ""
    return f"{{{name} : {conditions}}}{extra and ', ' + extra}"


def _vanishing(zero: Node) -> str:
    if isinstance(zero, Apply) and zero.head == "group_norms":
        part, groups, _ = map(text, zero.args)
        return f"{part} is zero on every group of {groups}"
    return f"{text(zero)} = 0"


def _familiar(node: Node, name: str) -> str:
    match node:
        case Apply("diff", (Symbol(x),)) if x == name:
            return "the constant vectors"
        case Apply("image", (Symbol(matrix), Symbol(x))) if x == name:
            return f"the null space of {matrix}"
        case Apply("sub", (Symbol(x), Apply("mean", (Symbol(y),)))) if x == y == name:
            return "the constant vectors"
        case Apply("sum", (Symbol(x),)) if x == name:
            return "the vectors of sum zero"
    return ""
