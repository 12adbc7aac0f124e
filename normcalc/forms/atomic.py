"""Gauges of the hull of finitely many points, and Lovasz extensions of set functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from normcalc.forms.terms import summands
from normcalc.forms.vectors import Whole
from normcalc.language.nodes import Apply, Node, Symbol

if TYPE_CHECKING:
    from normcalc.language.function import Function


@dataclass(frozen=True)
class Atomic(Whole):
    """``factor`` times the gauge of the hull of zero and the rows of `points`.

    With `signed` the negatives of the rows are points as well.
    """

    factor: Node
    points: Node
    signed: bool


@dataclass(frozen=True)
class Lovasz(Whole):
    """``factor * lovasz(x, table)``."""

    factor: Node
    table: str


def read_atomic(function: Function) -> Atomic | Lovasz | None:
    """Return one of these forms, if the function is a multiple of such a head of the variable."""
    terms, x = summands(function), Symbol(function.variable.name)
    match [(term.factor, term.core) for term in terms]:
        case [(factor, Apply("atomic_norm" | "gauge_of_points" as head, (inner, points)))]:
            if inner == x:
                return Atomic(function, factor, points, head == "atomic_norm")
        case [(factor, Apply("lovasz", (inner, Symbol(table))))] if inner == x:
            return Lovasz(function, factor, table)
    return None
