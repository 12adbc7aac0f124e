"""A function together with the kernel of a Bregman distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from normcalc.language.function import Function


@dataclass(frozen=True)
class BregmanPair:
    """`function`, to be minimised beside the Bregman distance of `kernel`."""

    function: Function
    kernel: Function

    def __str__(self) -> str:
        """Return both formulas."""
        return f"{self.function} with {self.kernel}"
