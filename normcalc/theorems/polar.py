"""Theorems about functions of the direction and of the length of a vector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.errors import NotDerivable
from normcalc.forms import Lp, Separable, Sum, Transfer, lower
from normcalc.forms.in_coordinates import product_of
from normcalc.forms.terms import about
from normcalc.language.construct import number
from normcalc.language.nodes import Compare, Constant, Piecewise, Symbol
from normcalc.language.shapes import Variable
from normcalc.operators import Polar
from normcalc.theorems.homogeneous import is_homogeneous
from normcalc.theorems.registry import Ask, Conclusion, theorem
from normcalc.theorems.sums import is_radial, total

if TYPE_CHECKING:
    from normcalc.language.function import Function


@theorem(
    "prox",
    Sum,
    needs=["a positively homogeneous separable part", "a function of the norm"],
    source="louyan2018",
)
def prox_of_direction_and_length(form: Sum, ask: Ask) -> Conclusion:
    """With x = r*w, r >= 0 and |w| = 1, the objective of g(x) + phi(|x|) is
    phi(r) + r^2/(2 step) - r*A(w)/step plus a constant, A(w) = <w, v> - step*g(w).  So w maximises
    A, whatever r is, and r is the prox of phi at that maximum.  With c_i the larger of
    v_i - step*g_i(1) and -v_i - step*g_i(-1), it is |max(c, 0)| if a c_i is positive, and else
    max(c), along one axis.  No convexity is needed.
    """
    parts = [t for t in form.terms if isinstance(t, Separable)]
    radial = [t for t in form.terms if is_radial(t)]
    if len(parts) != 1 or len(parts) + len(radial) != len(form.terms):
        raise NotDerivable(f"{form} is not a separable function and functions of the norm")
    if not is_homogeneous(parts[0].element):
        raise NotDerivable(f"{parts[0]} is not known to be positively homogeneous")
    answer = ask("prox", _of_length(total(form, radial)))
    element = parts[0].element
    return Conclusion(
        operator=Polar(element.body, element.variable.name, answer), premises=(answer,)
    )


def _of_length(function: Function) -> Function:
    """Return phi for a function ``phi(norm(x))``, plus infinity for negative arguments."""
    form = lower(function)
    if isinstance(form, Transfer):
        body, s = form.outer.body, Symbol(form.outer.variable.name)
    elif isinstance(form, Lp):
        s = Symbol("s")
        body = product_of([form.weight, s])
    else:
        raise NotDerivable(f"{function} is not a function of the norm")
    half = Piecewise(((body, Compare(">=", s, number(0))), (Constant("oo"), None)))
    return about(function, half, Variable(s.name, "scalar"))
