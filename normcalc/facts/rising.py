"""Does a formula grow with every entry, on the points whose entries are not negative?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.facts.composed import rises_on_half_line
from normcalc.facts.rules import traits
from normcalc.forms.constants import depends
from normcalc.language.nodes import Apply, Node, Symbol, children

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.facts.names import Names

_ORDERED = frozenset(
    ("add", "max", "min", "sum", "mean", "amax", "amin", "sum_largest", "sort", "cumsum",
     "entries", "transpose", "diagonal", "part", "entry", "exp", "expm1", "cbrt", "atan",
     "tanh", "sinh", "asinh", "erf")
)  # fmt: skip
_OF_SIZES = frozenset(
    ("sqrt", "log", "log1p", "abs", "norm", "group_norms", "row_norms", "column_norms", "pow",
     "prod")
)  # fmt: skip


def rises(node: Node, names: Names) -> bool:
    """Tell whether ``0 <= x <= y`` is seen to give ``f(x) <= f(y)``.

    Examples
    --------
    >>> from normcalc.facts.names import Names
    >>> from normcalc.language.parser import parse
    >>> names = Names(("x",), shape="vector")
    >>> [rises(parse(t), names) for t in ("sum(sqrt(abs(x)))", "norm(diff(x))")]
    [True, False]
    """
    if not depends(node, names.coordinates) or isinstance(node, Symbol):
        return True
    if not isinstance(node, Apply):
        return rises_on_half_line(node, names, _grows(names))
    moving = [arg for arg in node.args if depends(arg, names.coordinates)]
    grow = all(rises(arg, names) for arg in moving)
    if node.head in _ORDERED and grow:
        return True
    alike = grow and all(_nonnegative(arg, names) for arg in moving)
    if node.head in _OF_SIZES and alike and _positive_power(node, names):
        return True
    if node.head in ("mul", "dot", "div") and alike and _factors(node, names):
        return True
    return rises_on_half_line(node, names, _grows(names))


def _grows(names: Names) -> Callable[[Node], bool]:
    return lambda part: rises(part, names) and _nonnegative(part, names)


def _positive_power(node: Apply, names: Names) -> bool:
    if node.head != "pow":
        return True
    exponent = traits(node.args[1], names).constant
    return exponent is not None and exponent.is_positive is True


def _factors(node: Apply, names: Names) -> bool:
    """Tell whether the factors without the variable are not negative, divisors among them."""
    if node.head == "div" and depends(node.args[1], names.coordinates):
        return False
    fixed = [arg for arg in node.args if not depends(arg, names.coordinates)]
    return all(traits(arg, names).nonnegative for arg in fixed)


def _nonnegative(node: Node, names: Names) -> bool:
    """Tell whether a formula is seen to have no negative entry where the variable has none."""
    if isinstance(node, Symbol) and node.name in names.coordinates:
        return True
    if traits(node, names).nonnegative:
        return True
    kept = isinstance(node, Apply) and node.head in ("add", "mul", "div", "dot", "sum", "mean",
        "amax", "amin", "max", "min", "sort", "cumsum", "entries", "transpose", "diagonal", "part",
        "entry", "sum_largest", "pow", "prod", "sqrt")  # fmt: skip
    return kept and all(_nonnegative(child, names) for child in children(node))
