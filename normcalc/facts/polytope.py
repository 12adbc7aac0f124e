"""Is f a maximum of finitely many linear forms, so that its unit ball is a polyhedron?"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.facts import trials
from normcalc.facts.homogeneous import positively
from normcalc.facts.setting import Setting, setting
from normcalc.facts.triangle import subadditive
from normcalc.facts.truth import Truth, unknown, yes
from normcalc.forms.constants import depends
from normcalc.forms.faces import faces
from normcalc.forms.polyhedral import flat_direction
from normcalc.language.nodes import Apply, Constant, Node, Number, Symbol

if TYPE_CHECKING:
    from normcalc.facts.names import Names
    from normcalc.language.function import Function

_LINEAR = frozenset(
    ("add", "sub", "neg", "sum", "mean", "entries", "transpose", "diagonal", "part", "entry",
     "diff", "cumsum", "image", "product", "solve", "max", "min", "abs", "amax", "amin", "sort",
     "sum_largest", "mul", "div", "dot")
)  # fmt: skip
_BILINEAR = frozenset(("mul", "dot", "image", "product"))
_NOT_BY = {"div": 1, "solve": 0}
"""Which argument must be constant."""
_FLAT_ORDERS = (Number(Fraction(1)), Constant("oo"))
_NORMS = frozenset(("norm", "group_norms", "row_norms", "column_norms"))


def polyhedral(function: Function) -> Truth:
    """Answer whether f is a maximum of finitely many linear forms; YES counts the ball's faces.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(polyhedral(function("max(abs(x1), abs(x2), abs(x3))")))
    YES: a maximum of 6 linear forms; the unit ball has 8 vertices, 12 edges, 6 facets
    >>> print(polyhedral(function("norm(diff(x), 1)")))
    YES: piecewise linear, convex and of degree one, for every size
    >>> print(polyhedral(function("sqrt(x1**2 + x2**2)")).value)
    NO
    """
    prepared = setting(function)
    return polyhedral_in(prepared, positively(prepared), subadditive(prepared))


def polyhedral_in(prepared: Setting, scales: Truth, triangle: Truth) -> Truth:
    """Answer the same where the answers to two axioms are known."""
    if prepared.gauge is not None:
        return yes(_counted(prepared))
    for axiom, words in ((scales, "positively homogeneous"), (triangle, "subadditive")):
        if axiom.value == "NO":
            return replace(axiom, reason=f"a maximum of linear forms is {words}: {axiom.reason}")
    traits = prepared.traits
    pieces = _is_piecewise_linear(prepared.body, prepared.names)
    if pieces and traits.convex and traits.degree == 1:
        return yes("piecewise linear, convex and of degree one, for every size")
    found = trials.refute(prepared.function, trials.flatness)
    return unknown("a rule that shows that f is piecewise linear") if found is None else found


def _counted(prepared: Setting) -> str:
    assert prepared.gauge is not None
    forms = f"a maximum of {len(prepared.gauge.rows)} linear forms"
    if flat_direction(prepared.gauge) is not None:
        return f"{forms}; the unit ball is unbounded"
    try:
        return f"{forms}; the unit ball has {faces(prepared.gauge)}"
    except NotDerivable:
        return f"{forms}; the unit ball has too many faces to count"


def _is_piecewise_linear(node: Node, names: Names) -> bool:
    """Tell whether only maxima, sizes and linear maps are taken."""
    if not depends(node, names.coordinates) or isinstance(node, Symbol):
        return True
    if not isinstance(node, Apply):
        return False
    moving = [arg for arg in node.args if depends(arg, names.coordinates)]
    if node.head in _BILINEAR and len(moving) > 1:
        return False
    if node.head in _NOT_BY and depends(node.args[_NOT_BY[node.head]], names.coordinates):
        return False
    flat = node.head in _LINEAR or (node.head in _NORMS and node.args[-1] in _FLAT_ORDERS)
    return flat and all(_is_piecewise_linear(arg, names) for arg in moving)
