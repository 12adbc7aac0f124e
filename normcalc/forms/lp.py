"""Multiples of the p-norm of a vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from normcalc.language.nodes import Apply, Constant, Node, Number, Symbol
from normcalc.language.text import text

if TYPE_CHECKING:
    from normcalc.language.function import Function


@dataclass(frozen=True)
class Lp:
    """``weight * norm(x, order)``, with a positive weight and ``0 < order <= oo``.

    Parameters
    ----------
    order, weight : Node
        Numbers or formulas in the parameters.
    function : Function
        What the user wrote; it holds the kinds of the parameters.
    """

    order: Node
    weight: Node
    function: Function

    @property
    def exponent(self) -> float | None:
        """The order as a number, or None if it is a parameter."""
        if isinstance(self.order, Number):
            return float(self.order.value)
        return float("inf") if self.order == Constant("oo") else None

    def __str__(self) -> str:
        """Return the weighted norm."""
        vector = Symbol(self.function.variable.name)
        norm = Apply("norm", (vector, self.order))
        one = isinstance(self.weight, Number) and self.weight.value == 1
        return text(norm if one else Apply("mul", (self.weight, norm)))
