"""Functions whose structure no other form describes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from normcalc.language.function import Function


@dataclass(frozen=True)
class Coordinates:
    """A function of named coordinates x1, x2, ..."""

    function: Function

    def __str__(self) -> str:
        """Return the formula."""
        return str(self.function)


@dataclass(frozen=True)
class General:
    """A function of a vector of any length."""

    function: Function

    def __str__(self) -> str:
        """Return the formula."""
        return str(self.function)
