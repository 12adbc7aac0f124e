"""Balls of norms, read from the indicators that people type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from normcalc.forms.constants import depends
from normcalc.forms.recognise import condition_of
from normcalc.language.nodes import Apply, Compare, Logic, Node
from normcalc.language.shaping import shape_of

if TYPE_CHECKING:
    from normcalc.language.function import Function


def size_and_radius(formula: Function) -> tuple[Node, Node] | None:
    """Return the sides of one inequality; of one for each of many sizes the largest."""
    condition, name = condition_of(formula.body), formula.variable.name
    whole = condition
    if isinstance(condition, Logic) and condition.head == "all":
        whole = condition.args[0]
    if not isinstance(whole, Compare) or whole.relation not in ("<=", ">="):
        return None
    sides = (whole.left, whole.right) if whole.relation == "<=" else (whole.right, whole.left)
    size, radius = sides
    if depends(radius, (name,)) or not depends(size, (name,)):
        return None
    if whole is not condition:
        shapes: Any = {p.name: p.kind.shape for p in formula.parameters}
        if shape_of(radius, shapes) != "scalar":
            return None
        size = Apply("amax", (size,))
    return size, radius
