"""Why a formula is convex, operation by operation, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.facts.rules import traits
from normcalc.forms.constants import depends
from normcalc.language.nodes import Apply, Compare, Logic, Node, Piecewise
from normcalc.language.text import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.facts.names import Names
    from normcalc.facts.setting import Setting
    from normcalc.facts.traits import Traits

_RULES = {
    "add": "a sum of {} parts",
    "sub": "a difference of parts, the second one of the other curvature",
    "neg": "minus a part of the other curvature",
    "mul": "a multiple of a part",
    "div": "a multiple of a part",
    "abs": "the size of an affine part",
    "max": "the largest of convex parts",
    "min": "the least of concave parts",
    "amax": "the largest of convex entries",
    "amin": "the least of concave entries",
    "sum": "a sum of {} parts",
    "mean": "a mean of {} parts",
    "cumsum": "sums of {} parts",
    "sum_largest": "the largest sum of so many convex entries",
    "norm": "a norm of affine, or of nonnegative convex, entries",
    "group_norms": "norms of affine, or of nonnegative convex, entries",
    "row_norms": "norms of affine, or of nonnegative convex, entries",
    "column_norms": "norms of affine, or of nonnegative convex, entries",
    "pow": "a power of a nonnegative part that keeps it {}",
    "sqrt": "a root that leaves the part {}: it is the square of a convex part, or concave",
    "dot": "products with weights that do not change the curvature",
}


def curvature_steps(prepared: Setting) -> tuple[str, ...]:
    """Return one line for each operation: its curvature, its sign, and the rule.

    Examples
    --------
    >>> from normcalc.facts.setting import setting
    >>> from normcalc.language.build import function
    >>> asked = setting(function("norm(A @ x - b)**2 + lam*sum(abs(x))"))
    >>> print("\\n".join(curvature_steps(asked)))
    norm(A @ x - b)**2 + lam*sum(abs(x)): convex, nonnegative -- a sum of convex parts
      norm(A @ x - b)**2: convex, nonnegative -- a power of a nonnegative part that keeps it convex
        norm(A @ x - b): convex, nonnegative -- a norm of affine, or of nonnegative convex, entries
          A @ x - b: affine
      lam*sum(abs(x)): convex, nonnegative -- a multiple of a part
        sum(abs(x)): convex, nonnegative -- a sum of convex parts
          abs(x): convex, nonnegative -- the size of an affine part
            x: affine
    """
    return tuple(_steps(prepared.body, prepared.names, 0))


def _steps(node: Node, names: Names, depth: int) -> Iterator[str]:
    if isinstance(node, Compare | Logic) or not depends(node, names.coordinates):
        return
    found = traits(node, names)
    yield "  " * depth + _line(node, found)
    if found.curvature != "affine":
        for part in _parts(node):
            yield from _steps(part, names, depth + 1)


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Piecewise):
        return tuple(value for value, _ in node.cases)
    return node.args if isinstance(node, Apply) else ()


def _line(node: Node, found: Traits) -> str:
    sign = ", positive" if found.positive else ", nonnegative" if found.nonnegative else ""
    shown = text(node)
    if found.curvature is None:
        return f"{shown}: no rule gives its curvature{sign}"
    if found.curvature == "affine":
        return f"{shown}: affine"
    rule = found.why or _RULES.get(node.head if isinstance(node, Apply) else "", "")
    why = rule.format(found.curvature)
    return f"{shown}: {found.curvature}{sign}{why and ' -- ' + why}"
