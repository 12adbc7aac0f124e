"""Forms of functions that are known through another one: conjugates and envelopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from normcalc.language.function import Function


@dataclass(frozen=True)
class Conjugate:
    """The convex conjugate of `function`."""

    function: Function

    def __str__(self) -> str:
        """Return the composition in words."""
        return f"conjugate of {self.function}"


@dataclass(frozen=True)
class Envelope:
    """The Moreau envelope of `function`."""

    function: Function

    def __str__(self) -> str:
        """Return the composition in words."""
        return f"Moreau envelope of {self.function}"
