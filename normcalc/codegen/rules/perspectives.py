"""Perspective functions: one equation for the scale."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.codegen.rules.registry import rule
from normcalc.codegen.rules.values import value_of
from normcalc.operators.perspective import Perspective

if TYPE_CHECKING:
    from normcalc.codegen.draft import Draft

_SLACK = Fraction(1, 10**8)  # by how much rounding may miss the domain


@rule(Perspective)
def perspective(operator: Perspective, draft: Draft) -> str:
    """Find the scale t at which the slope in t vanishes; the prox of f does the rest."""
    inner, value = draft.prox(operator.inner), value_of(operator.function, draft)
    loose = value_of(operator.function, draft, _SLACK)
    reached = draft.make("reached", "within_reach", value, loose)
    far = draft.make("far", "slope_far", value)
    fall = draft.define("fall", "t, args", "How fast the objective falls at the scale t.", [
        "y, s, step, p, least, u = args", "w, total, size = np.empty(y.size), 0.0, 0.0",
        "scaled_by(1.0/t, y, w)", f"{inner}(w, step/t, p, u)", "for i in range(y.size):",
        "    total += (y[i] - t*u[i])/step*u[i]", "    size += abs(y[i]*u[i])",
        f"return s - t + step*(total - {reached}(u, p)) - least*size"])  # fmt: skip
    root = draft.make("root", "falling_zero", fall)
    return draft.make("prox", "rescaled", fall, root, far)
