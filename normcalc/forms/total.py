"""Sums of functions of a vector that have different forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from normcalc.forms.lp import Lp
from normcalc.forms.recognise import VectorForm
from normcalc.forms.reduced import OfSum, OrderedImage
from normcalc.forms.separable import Separable
from normcalc.forms.sorted import Sorted

if TYPE_CHECKING:
    from normcalc.language.function import Function

Term = Separable | Lp | Sorted | VectorForm | OfSum | OrderedImage


@dataclass(frozen=True)
class Sum:
    """The sum of two or more terms, at most one of them separable."""

    terms: tuple[Term, ...]
    function: Function

    def __str__(self) -> str:
        """Return the terms with their signs."""
        first, *rest = map(str, self.terms)
        signed = (f" - {term[1:]}" if term.startswith("-") else f" + {term}" for term in rest)
        return first + "".join(signed)
