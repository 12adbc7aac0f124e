"""The prox of a polyhedral convex function, and the projection on a polyhedron: exact."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import InputError, NotDerivable
from normcalc.forms.polyhedral_terms import polyhedral_terms
from normcalc.operators.active_set import BELOW, EQUAL, Rows, minimised
from normcalc.operators.affine import affine_map
from normcalc.operators.plain import BySize

if TYPE_CHECKING:
    from normcalc.forms.polyhedral_terms import PolyhedralTerm
    from normcalc.language.function import Function
    from normcalc.operators.base import Floats, Operator, Values


@dataclass(frozen=True)
class PolyhedralProx:
    """The prox of a sum of maxima of affine forms, under affine constraints."""

    terms: tuple[PolyhedralTerm, ...]
    name: str

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox.

        Raises
        ------
        NotDerivable
            No point meets the constraints; the message proves it.
        """
        rows = rows_of(self.terms, self.name, v, values)
        return np.reshape(minimised(v.ravel(), step, rows), v.shape)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        maxima = any(term.role in ("max", "sum") for term in self.terms)
        return _ACTIVE_SET if maxima else (_NEAREST, *_ACTIVE_SET[1:])


_NEAREST = "u = v - A' lam for the rows A of the constraints that hold with equality, lam >= 0"
_ACTIVE_SET = (
    "u = v - step * (the weighted sum of the slopes of the rows that are largest at u)",
    "which rows these are: exact dual active set, the row missed most enters",
    "a row whose weight would fall below zero leaves",
)


def rows_of(terms: tuple[PolyhedralTerm, ...], name: str, like: Floats, values: Values) -> Rows:
    """Return the affine forms of all terms for points of one shape.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> terms = polyhedral_terms(function("max(abs(x)) + indicator(sum(x) == 1)"))
    >>> rows_of(terms, "x", np.zeros(2), {}).block.tolist()
    [0, 0, 0, 0, -2]
    """
    parts: list[Rows] = []
    count = 0
    for term in terms:
        maps = [affine_map(piece, name, like, values) for piece in term.pieces]
        length = max(len(one.shift) for one in maps)
        for one in maps:
            own = length if term.role == "sum" else len(one.shift)
            matrix = np.broadcast_to(one.matrix, (own, like.size))
            first = _CODES.get(term.role, count)
            block = np.arange(first, first + own) if term.role == "sum" else np.full(own, first)
            parts.append(Rows(matrix, np.broadcast_to(one.shift, (own,)), block))
        count += {"max": 1, "sum": length}.get(term.role, 0)
    found = reduce(Rows.joined, parts)
    if not (np.isfinite(found.matrix).all() and np.isfinite(found.shift).all()):
        raise InputError("a bound or a coefficient of the formula is not finite")
    return found


_CODES = {"<=": BELOW, "==": EQUAL}


def exact_or(split: Operator, function: Function) -> Operator:
    """Return the way to the prox: an inner solver, for a polyhedral function only beyond a size.

    The active set is exact, but its work grows with the cube of the number of entries.
    """
    try:
        terms = polyhedral_terms(function)
    except NotDerivable:
        return split
    return BySize(PolyhedralProx(terms, function.variable.name), split, _LARGE)


_LARGE = 300
