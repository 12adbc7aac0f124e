"""A function of one real variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.language.symbolic import Symbolic


@dataclass(frozen=True)
class Scalar:
    """A function of one real variable, with the same function in SymPy's terms."""

    function: Function
    symbolic: Symbolic

    def __str__(self) -> str:
        """Return the formula."""
        return str(self.function)
