"""Whether a function of a vector is convex, node by node; what cannot be told counts as no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.facts import facts
from normcalc.forms import (
    Blocks,
    Composition,
    Epigraph,
    Extreme,
    LargestBlock,
    LevelSet,
    Lp,
    OfNorm,
    Ordered,
    Quadratic,
    RootOfQuadratic,
    Scalar,
    Separable,
    Sorted,
    Sum,
    Transfer,
    lower,
)
from normcalc.language.nodes import Apply
from normcalc.language.parameters import Interval
from normcalc.theorems.extension import evenly

if TYPE_CHECKING:
    from normcalc.forms import Form
    from normcalc.language.function import Function


def is_convex(function: Function) -> bool:
    """Tell whether a function is known to be convex.

    Examples
    --------
    >>> from normcalc.language import function
    >>> [is_convex(function(f)) for f in ("norm(A @ x)", "-norm(x)", "sum(group_norms(x, G, 2))")]
    [True, False, True]
    """
    return form_is_convex(lower(function))


def form_is_convex(form: Form) -> bool:
    """Tell whether a function of this form is known to be convex."""
    match form:
        case Scalar(function=f):
            return facts(f).convex.value == "YES"
        case Separable(element=f):
            return facts(f).convex.value == "YES"
        case Transfer(outer=outer, listing=listing):
            return is_convex(evenly(outer, listing))
        case Composition(outer=outer):
            return is_convex(outer)
        case LevelSet(level=level, relation=relation):
            return relation == "<=" and is_convex(level)
        case Epigraph(level=level):
            return is_convex(level)
        case Extreme(functions=functions, largest=largest):
            return largest and all(map(is_convex, functions))
        case OfNorm(outer=outer, inner=inner):
            return is_convex(evenly(outer, Apply("norm", ()))) and is_convex(inner)
        case Sum(terms=terms):
            return all(form_is_convex(term) for term in terms)
        case Lp():
            return has_triangle(form)
        # the numbers tell whether weights fall, and whether a curvature is negative
        case Sorted() | Ordered() | Quadratic() | RootOfQuadratic() | Blocks() | LargestBlock():
            return True
    return False


def has_triangle(form: Lp) -> bool:
    """Tell whether the order of a p-norm is known to be at least one."""
    if form.exponent is not None:
        return form.exponent >= 1
    kinds = {p.name: p.kind for p in form.function.parameters}
    kind = kinds.get(getattr(form.order, "name", ""), Interval(0, None))
    return kind.lo is not None and kind.lo >= 1
