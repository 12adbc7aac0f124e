"""Ordered weighted norms: weights against the sizes of the entries, the largest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from normcalc.language.nodes import Node, Number
from normcalc.language.text import text

if TYPE_CHECKING:
    from normcalc.language.function import Function


@dataclass(frozen=True)
class Sorted:
    """``factor * dot(weights, sort(abs(x)))`` with nonincreasing nonnegative weights.

    Parameters
    ----------
    weights : str
        The name of the vector parameter.
    factor : Node
        A positive number or formula in the parameters.
    function : Function
        What the user wrote; it holds the kinds of the parameters.
    """

    weights: str
    factor: Node
    function: Function

    def __str__(self) -> str:
        """Return the formula."""
        one = isinstance(self.factor, Number) and self.factor.value == 1
        lead = "" if one else f"{text(self.factor)}*"
        return f"{lead}dot({self.weights}, sort(abs({self.function.variable.name})))"
