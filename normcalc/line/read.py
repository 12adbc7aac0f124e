"""From a function of the language to a line: the names that answers use are reserved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.language.symbolic import symbolic
from normcalc.line.core import Line

if TYPE_CHECKING:
    from normcalc.language.function import Function

RESERVED = frozenset({"u", "v", "step", "u_left", "u_right"})


def line_of(function: Function) -> Line:
    """Return a function of one real variable in the terms of the calculus of the line.

    Raises
    ------
    NotDerivable
        A parameter has a name that the answers use for something else.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> line_of(function("lam*abs(x)")).parameters
    (lam,)
    """
    found = symbolic(function)
    taken = sorted(RESERVED & set(found.parameters))
    if taken:
        raise NotDerivable(
            f"{taken[0]!r} has a meaning of its own in the answer (v is the argument, u the "
            "point, step the step): give the parameter another name"
        )
    lo, hi = found.domain
    parameters = tuple(found.parameters.values())
    return Line(found.expr, found.variable, parameters, found.relations, lo, hi)
