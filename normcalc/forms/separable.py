"""Sums over the entries of a vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from normcalc.language.function import Function


@dataclass(frozen=True)
class Separable:
    """``sum over i of element(x_i)``.

    Parameters
    ----------
    element : Function
        A function of one real variable.
    varying : tuple of str
        Parameters of the element that differ from entry to entry: vectors in the formula.
    """

    element: Function
    varying: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the sum."""
        return f"sum({self.element})"
