"""Functions of first differences: the taut string in linear time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.draft import PROX
from normcalc.codegen.formulas import Written
from normcalc.codegen.rules.registry import rule
from normcalc.operators import TautString

if TYPE_CHECKING:
    from normcalc.codegen.draft import Draft


@rule(TautString)
def taut_string(operator: TautString, draft: Draft) -> str:
    """Write the widths of the tube, and pull the string."""
    body = ["if v.size < 2:", "    out[:] = v", "    return",
            f"up = {_room(operator, '1.0', draft)}",
            f"down = {_room(operator, '(-1.0)', draft)}",
            "above, below = tubes(up, down, out)",
            "pull_string(v, above, below, out)"]  # fmt: skip
    return draft.define("prox", PROX, "The slopes of a taut string.", body)


def _room(operator: TautString, side: str, draft: Draft) -> str:
    element = operator.element
    found = draft.formula(element.body, {element.variable.name: Written(side, 0)})
    if found.ndim == 0:
        return f"np.full(1, step*({found.text}))"
    return f"step*({found.text})"
